/**
 * One-second windows of real files: their best prices against independent reconstructions and the
 * vendor's own rows, and conservation in every row.
 */

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  DbnDecoder,
  type DbnRecord,
  decodeRecord,
  decompressZstd,
  initZstd,
} from '../../src/dbn/index.ts';
import { row, toColumns } from '../book/records.ts';
import {
  bestsOf,
  bestText,
  expectConservation,
  plainBests,
  SECOND,
  windowsOf,
} from '../book/window-checks.ts';
import { columnsOfCsv, nano, nsOfDay, readCsv, readMboFile } from './book-files.ts';
import { describeConformance } from './data.ts';

const DAY = 86_400_000_000_000n;
const timeOf = (value: unknown) => BigInt(String(value));

/** Records of a compressed file. */
async function recordsOf(path: string): Promise<DbnRecord[]> {
  await initZstd();
  const decoder = new DbnDecoder();
  const records: DbnRecord[] = [];
  for (const chunk of decompressZstd([new Uint8Array(readFileSync(path))])) {
    decoder.write(chunk.slice());
    for (let run = decoder.next(); run !== null; run = decoder.next()) {
      for (let i = 0; i < run.count; i++) records.push(decodeRecord(run, i));
    }
  }
  return records;
}

describeConformance('one-second windows of real files', (pathOf) => {
  it('a window is named by its end, as the vendor’s bbo-1s are', async () => {
    for (const set of ['GLBX.MDP3', 'EQUS.MINI', 'IFEU.IMPACT', 'NDEX.IMPACT']) {
      const bbos = await recordsOf(pathOf(`vendor-fixtures/${set}__test_data.bbo-1s.dbn.zst`));
      for (const bbo of bbos) {
        const end = timeOf(bbo.ts_recv);
        const trade = timeOf(bbo.ts_event);
        expect(end % 1_000_000_000n).toBe(0n);
        if (trade !== 2n ** 64n - 1n) expect(trade).toBeLessThan(end);
      }
    }
    const [bbo] = await recordsOf(pathOf('vendor-fixtures/EQUS.MINI__test_data.bbo-1s.dbn.zst'));
    const [quote] = await recordsOf(pathOf('vendor-fixtures/EQUS.MINI__test_data.mbp-1.dbn.zst'));
    expect(quote!.sequence).toBe(bbo!.sequence);
    const ts = Number(timeOf(quote!.ts_recv) % DAY);
    const clear = row(String(quote!.action), 'N', 0, 2 ** 63, 0, Number(quote!.flags), ts);
    const { snapshots } = windowsOf(toColumns([clear]), 10_000_000, 5);
    const changed = snapshots.find((s) => s.events > 0)!;
    expect(changed.end).toBe(Number(timeOf(bbo!.ts_recv) % DAY));
  });

  it.each([
    ['ES, 2023-12-25', 'dbn/esh4-20231225.mbo.v1.dbn.zst', '2023-12-25', 250_000_000, 81_540e9],
    ['ES, 2024-05-08', 'dbn/esm4-20240508-snapshot.mbo.v1.dbn.zst', '2024-05-08', 250_000_000, 0],
    ['CL, no snapshot', 'dbn/clx5-20250924-no-snapshot.mbo.v3.dbn', '2025-09-24', 10_000_000, 0],
    ['MES, 2025-01-21', 'dbn/mesh5-20250121.mbo.v2.dbn.zst', '2025-01-21', 250_000_000, 0],
  ] as const)('%s: best prices of a plain book; every row conserved', async (...facts) => {
    const [, file, date, tick, fromNs] = facts;
    const c = await readMboFile(pathOf(file), date);
    const radius = 264;
    const windows = windowsOf(c, tick, radius, fromNs);
    const { snapshots, engine } = windows;
    const want = plainBests(
      c,
      snapshots.map((s) => s.end),
    );
    expect(snapshots.map(bestsOf)).toEqual(want);
    expect(expectConservation(windows, radius)).toBeGreaterThan(100);
    const trades = snapshots.reduce((n, s) => n + s.trades, 0);
    if (fromNs === 0) expect(trades).toBe(engine.book.counters.tradeCount);
    expect(windows.depth.length).toBeGreaterThan(snapshots.length);
  });

  it('ARL, 2025-07-17: the best prices of the published MBP-10 at every second', () => {
    const mbo = readCsv(pathOf('other/arl-20250717.mbo.csv'));
    const published = readCsv(pathOf('other/arl-20250717.mbp-10.csv'));
    const c = columnsOfCsv(mbo);
    const windows = windowsOf(c, 10_000_000, 1320);
    const { snapshots } = windows;
    const keyOf = (r: Record<string, string>) =>
      [nsOfDay(r.ts_event), r.action, nano(r.price), Number(r.size), Number(r.sequence)].join(' ');
    const keys = mbo.map(keyOf);
    const level = (price: string, size: string) =>
      price === '' ? null : { price: nano(price), qty: Number(size) };
    const bests = new Map<number, string>();
    let at = 0;
    for (const row of published) {
      at = keys.indexOf(keyOf(row), at);
      const end = (Math.floor(c.tsRecv[at++] / SECOND) + 1) * SECOND;
      const bid = level(row.bid_px_00, row.bid_sz_00);
      const ask = level(row.ask_px_00, row.ask_sz_00);
      bests.set(end, bestText(bid, ask));
    }
    let last = bestText(null, null);
    let compared = 0;
    for (const s of snapshots) {
      last = bests.get(s.end) ?? last;
      if (bestsOf(s) !== last) expect({ end: s.end, got: bestsOf(s) }).toEqual(last);
      compared++;
    }
    expect(compared).toBe(snapshots.length);
    expect(compared).toBeGreaterThan(40_000);
    expect(expectConservation(windows, 1320)).toBeGreaterThan(10_000);
  });
});
