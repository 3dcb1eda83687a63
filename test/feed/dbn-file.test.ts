import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MboColumns } from '../../src/dbn/index.ts';
import { type DbnFile, openDbn, openDbnThreaded } from '../../src/feed/index.ts';
import {
  FOREIGN_RTYPE,
  fillRows,
  mboBytes,
  ORIGIN_NS,
  temporaryFolder,
  writeMboFile,
} from './mbo-fixture.ts';

const folder = temporaryFolder();
const ROWS = 12_000;
const WAYS = { inline: openDbn, threaded: openDbnThreaded };

function rowsOf(file: DbnFile, capacity: number): { sequence: number[]; ts: number[] } {
  const columns = new MboColumns(capacity, ORIGIN_NS);
  const sequence: number[] = [];
  const ts: number[] = [];
  for (const batch of file.batches(columns)) {
    sequence.push(...batch.sequence.subarray(0, batch.length));
    ts.push(...batch.tsRecv.subarray(0, batch.length));
  }
  return { sequence, ts };
}

function expected() {
  const columns = new MboColumns(ROWS, ORIGIN_NS);
  fillRows(columns, ROWS);
  return { sequence: [...columns.sequence], ts: [...columns.tsRecv] };
}

describe.each(Object.entries(WAYS))('a file read %s', (_, open) => {
  it.each([
    ['raw', false],
    ['compressed', true],
  ])('%s: every row comes once, in order, whatever the batch', async (form, compressed) => {
    const path = await writeMboFile(folder, `${form}.dbn`, {
      rows: ROWS,
      compressed,
      foreign: true,
    });
    for (const capacity of [7, 4096, 2 * ROWS]) {
      const file = await open(path);
      expect(rowsOf(file, capacity)).toEqual(expected());
      expect(file.end).toMatchObject({ truncated: false, trailingBytes: 0 });
      expect([...file.passedOver]).toEqual([[FOREIGN_RTYPE, 1]]);
      file.close();
    }
  });

  it('async batches are the same', async () => {
    const path = await writeMboFile(folder, 'async.dbn.zst', { rows: ROWS, compressed: true });
    const file = await open(path);
    const sequence: number[] = [];
    for await (const batch of file.batchesAsync(new MboColumns(1000, ORIGIN_NS))) {
      sequence.push(...batch.sequence.subarray(0, batch.length));
    }
    expect(sequence).toEqual(expected().sequence);
    file.close();
  });

  it('a compressed file that is cut short gives its whole records and says so', async () => {
    const path = await writeMboFile(folder, 'cut.dbn.zst', { rows: ROWS, compressed: true });
    truncateSync(path, readFileSync(path).length - 1000);
    const file = await open(path);
    const { sequence } = rowsOf(file, 4096);
    expect(sequence.length).toBeGreaterThan(ROWS / 2);
    expect(sequence).toEqual(expected().sequence.slice(0, sequence.length));
    expect(file.end?.truncated).toBe(true);
    file.close();
  });

  it('damage, another schema and no DBN at all are errors that name the file', async () => {
    const damaged = await writeMboFile(folder, 'damaged.dbn.zst', { rows: ROWS, compressed: true });
    const bytes = readFileSync(damaged);
    bytes.fill(0xff, bytes.length >> 1, (bytes.length >> 1) + 64);
    writeFileSync(damaged, bytes);
    const file = await open(damaged);
    expect(() => rowsOf(file, 4096)).toThrowError(/damaged\.dbn\.zst.*zstd/);
    file.close();

    const trades = await writeMboFile(folder, 'trades.dbn', { rows: 10, schema: 'trades' });
    await expect(open(trades)).rejects.toMatchObject({
      code: 'DBN_SCHEMA',
      message: expect.stringMatching(/trades\.dbn.*schema trades/),
    });

    const text = join(folder, 'text.dbn');
    writeFileSync(text, 'not a market at all, only words and words');
    await expect(open(text)).rejects.toMatchObject({ code: 'DBN_MAGIC' });
    await expect(open(join(folder, 'none.dbn'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await expect(open(folder)).rejects.toMatchObject({ code: 'FILE_READ' });
  });
});

describe('a file that changes while it is read', () => {
  it('is told as such, with both sizes', async () => {
    const path = await writeMboFile(folder, 'shrinks.dbn', { rows: ROWS });
    const file = await openDbn(path);
    const columns = new MboColumns(1000, ORIGIN_NS);
    file.fill(columns);
    truncateSync(path, 200_000);
    expect(() => [...file.batches(columns)]).toThrowError(/shrinks\.dbn: the file changed while/);
    file.close();
  });
});

describe('a threaded file that is closed early', () => {
  it('stops its thread', async () => {
    const path = await writeMboFile(folder, 'early.dbn.zst', { rows: 8 * ROWS, compressed: true });
    const file = await openDbnThreaded(path);
    expect(file.fill(new MboColumns(10, ORIGIN_NS))).toBe(10);
    file.close();
    expect((await mboBytes({ rows: 10 })).length).toBeGreaterThan(560);
  });
});
