import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { MboColumns } from '../../src/dbn/index.ts';
import {
  DayCache,
  type DbnFile,
  openDbn,
  openDbnThreaded,
  SeekableDay,
} from '../../src/feed/index.ts';
import { dateToUnixNs } from '../../src/lake/index.ts';
import { describeConformance } from './data.ts';

function count(file: DbnFile): { records: number; sum: number } {
  let records = 0;
  let sum = 0;
  for (const columns of file.batches(new MboColumns(5000, dateToUnixNs('2023-12-25')))) {
    records += columns.length;
    for (let i = 0; i < columns.length; i++) sum += (columns.size[i] as number) * (i % 7);
  }
  file.close();
  return { records, sum };
}

describeConformance('files as batches', (pathOf) => {
  it.each([
    ['dbn/esh4-20231225.mbo.v1.dbn.zst', 68_792],
    ['dbn/esh4-20231224-snapshot.mbo.v1.dbn.zst', 8725],
    ['dbn/esm4-20240508-snapshot.mbo.v1.dbn.zst', 13_796],
    ['dbn/clx5-20250924-no-snapshot.mbo.v3.dbn', 38_212],
    ['dbn/mesh5-20250121.mbo.v2.dbn.zst', 4176],
  ])('%s: %i records, the same with a thread', async (name, records) => {
    const inline = count(await openDbn(pathOf(name)));
    expect(inline.records).toBe(records);
    expect(count(await openDbnThreaded(pathOf(name)))).toEqual(inline);
  });

  it('refuses other schemas by name', async () => {
    const path = pathOf('dbn/esm4-20240610-truncated.mbp-1.v3.dbn.zst');
    await expect(openDbn(path)).rejects.toMatchObject({
      code: 'DBN_SCHEMA',
      message: expect.stringMatching(/esm4-20240610.*schema mbp-1/),
    });
  });
});

describeConformance('days that can be sought', (pathOf) => {
  const root = mkdtempSync(join(tmpdir(), 'spymaster-days-'));
  const cache = new DayCache(root, 1e9);
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it.each([
    ['dbn/esh4-20231225.mbo.v1.dbn.zst', '2023-12-25', 'ESH4', 68_792],
    ['dbn/clx5-20250924-no-snapshot.mbo.v3.dbn', '2025-09-24', 'CLX5', 38_212],
    ['dbn/mesh5-20250121.mbo.v2.dbn.zst', '2025-01-21', 'MESH5', 4176],
  ])('%s: %s %s', async (name, dt, symbol, records) => {
    const originNs = dateToUnixNs(dt);
    const day = await SeekableDay.open(pathOf(name), { originNs, cache, now: () => new Date() });
    const { instrument } = day.select(symbol, dt);
    expect(instrument.records).toBe(records);
    expect(instrument.bars.reduce((a, b) => a + b, 0)).toBe(records);
    const reader = day.reader(instrument);
    const columns = new MboColumns(1000, originNs);
    let read = 0;
    for (let n = reader.fill(columns); n >= 0; n = reader.fill(columns)) read += n;
    expect(read).toBe(records);
    reader.close();
    day.close();
  });
});
