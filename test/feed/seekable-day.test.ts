import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MboColumns } from '../../src/dbn/index.ts';
import { DayCache, type DayReader, SeekableDay } from '../../src/feed/index.ts';
import { FOREIGN_RTYPE, IDS, ORIGIN_NS, temporaryFolder, writeMboFile } from './mbo-fixture.ts';

const folder = temporaryFolder();
const ROWS = 8_000;
const DT = '2026-01-05';
const cache = new DayCache(join(folder, 'cache'), 100e6);

function openDay(path: string, into = cache) {
  return SeekableDay.open(path, { originNs: ORIGIN_NS, cache: into, now: () => new Date() });
}

function sequences(reader: DayReader, capacity = 1000): number[] {
  const columns = new MboColumns(capacity, ORIGIN_NS);
  const all: number[] = [];
  for (let n = reader.fill(columns); n >= 0; n = reader.fill(columns)) {
    all.push(...columns.sequence.subarray(0, n));
  }
  reader.close();
  return all;
}

const ofEsh6 = Array.from({ length: ROWS }, (_, i) => i).filter((i) => i % 7 !== 3);

describe.each([
  ['raw', false],
  ['compressed', true],
])('a %s day', (form, compressed) => {
  const write = () =>
    writeMboFile(folder, `${form}-day.dbn`, { rows: ROWS, compressed, foreign: true });

  it('gives one instrument, from the start or from any batch on', async () => {
    const day = await openDay(await write());
    const { instrument } = day.select('ESH6', DT);
    expect(sequences(day.reader(instrument))).toEqual(ofEsh6);

    const columns = new MboColumns(777, ORIGIN_NS);
    const reader = day.reader(instrument);
    for (let batch = 0; batch < 5; batch++) reader.fill(columns);
    const { offset } = reader;
    const last = columns.sequence[columns.length - 1] as number;
    const rest = sequences(day.reader(instrument, offset), 333);
    expect(rest).toEqual(ofEsh6.slice(ofEsh6.indexOf(rest[0] as number)));
    expect(ofEsh6.indexOf(rest[0] as number)).toBe(ofEsh6.indexOf(last) + 1);
    reader.close();
    day.close();
  });

  it('knows activity, range and what it passed over', async () => {
    const day = await openDay(await write());
    const { instrument } = day.select('ESH6', DT);
    expect(day.index.records).toBe(ROWS);
    expect(day.index.passedOver).toEqual({ [FOREIGN_RTYPE]: 1 });
    expect(instrument).toMatchObject({
      records: ofEsh6.length,
      firstNs: 14 * 3600e9,
      liveNs: (14 * 3600 + 11) * 1e9,
      lastNs: (14 * 3600 + (ofEsh6.at(-1) as number)) * 1e9,
    });
    const bars = instrument.bars.slice(14 * 60);
    const secondsOf = (bar: number) =>
      ofEsh6.filter((i) => Math.floor((i < 10 ? 0 : i) / 60) === bar);
    expect(bars.slice(0, 5)).toEqual([0, 1, 2, 3, 4].map((bar) => secondsOf(bar).length));
    expect(bars.reduce((a, b) => a + b, 0)).toBe(ofEsh6.length);
    day.close();
  });

  it('is prepared once: the second time nothing is read but the index', async () => {
    const path = await write();
    const first = await openDay(path);
    first.close();
    const names = readdirSync(cache.folder);
    const second = await openDay(path);
    expect(readdirSync(cache.folder)).toEqual(names);
    expect(second.identity).toBe(first.identity);
    expect(second.index).toEqual(first.index);
    second.close();
  });
});

describe('selection', () => {
  it('takes a root for its most active contract, and names what is there', async () => {
    const day = await openDay(await writeMboFile(folder, 'select.dbn', { rows: 1000 }));
    expect(day.select('ES', DT).symbol).toBe('ESH6');
    expect(day.select('ESM6', DT).instrument.instrumentId).toBe(IDS.ESM6);
    expect(() => day.select('NQH6', DT)).toThrowError(/select\.dbn.*NQH6.*ESH6 ESM6/);
    expect(() => day.select('ESH6', '2026-01-06')).toThrowError(/no symbol at all/);
    day.close();
  });

  it('takes the only symbol of a file without mappings', async () => {
    const path = await writeMboFile(folder, 'bare.dbn', { rows: 3, mappings: false });
    const day = await openDay(path);
    expect(day.select('ESH6', DT).instrument.records).toBe(3);
    day.close();
  });
});

describe('a day that goes wrong', () => {
  it('refuses a file that changed since it was indexed', async () => {
    const path = await writeMboFile(folder, 'changes.dbn', { rows: ROWS });
    const day = await openDay(path);
    truncateSync(path, 100_000);
    expect(() => day.reader(day.select('ESH6', DT).instrument)).toThrowError(/the file changed/);
    rmSync(path);
    expect(() => day.reader(day.select('ESH6', DT).instrument)).toThrowError(/no such file/);
    day.close();
  });

  it('leaves nothing behind when the file is damaged', async () => {
    const path = await writeMboFile(folder, 'broken.dbn.zst', { rows: ROWS, compressed: true });
    const bytes = readFileSync(path);
    bytes.fill(0, bytes.length - 3000, bytes.length - 2000);
    writeFileSync(path, bytes);
    const names = readdirSync(cache.folder);
    await expect(openDay(path)).rejects.toMatchObject({ code: 'DBN_ZSTD' });
    expect(readdirSync(cache.folder)).toEqual(names);
  });

  it('reads a compressed day that is cut short up to where it is cut', async () => {
    const path = await writeMboFile(folder, 'short.dbn.zst', { rows: ROWS, compressed: true });
    truncateSync(path, readFileSync(path).length - 2000);
    const day = await openDay(path);
    expect(day.index.records).toBeLessThan(ROWS);
    const read = sequences(day.reader(day.select('ESH6', DT).instrument));
    expect(read).toEqual(ofEsh6.slice(0, read.length));
    day.close();
  });
});

describe('the cache', () => {
  it('stays within its bytes: drops what was unused longest, never what is held', async () => {
    const small = new DayCache(join(folder, 'small'), 1e6);
    const paths: string[] = [];
    for (let i = 0; i < 4; i++) {
      paths.push(
        await writeMboFile(folder, `lru-${i}.dbn.zst`, { rows: ROWS + i, compressed: true }),
      );
    }
    const days: SeekableDay[] = [];
    for (const path of paths) {
      const day = await openDay(path, small);
      if (days.length > 0) day.close();
      days.push(day);
    }
    const held = days[0] as SeekableDay;
    expect(existsSync(small.path(`${held.identity}.dbn`))).toBe(true);
    const decoded = readdirSync(small.folder).filter((name) => name.endsWith('.dbn'));
    expect(decoded.length).toBeLessThan(4);
    held.close();
  });
});
