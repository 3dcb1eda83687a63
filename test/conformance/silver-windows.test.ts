/**
 * One-second windows of real files: their best prices against independent reconstructions and the
 * vendor's own rows, and conservation in every row.
 */

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { SecondWindows } from '../../src/book/index.ts';
import {
  DbnDecoder,
  type DbnRecord,
  decodeRecord,
  decompressZstd,
  initZstd,
  type MboColumns,
} from '../../src/dbn/index.ts';
import { row, toColumns } from '../book/records.ts';
import { type DepthRow, depthRows, type SnapshotRow, snapshotRows } from '../book/slow-windows.ts';
import { columnsOfCsv, nano, nsOfDay, readCsv, readMboFile } from './book-files.ts';
import { describeConformance } from './data.ts';

const SECOND = 1e9;
const LAST = 0x80;

interface Windows {
  snapshots: SnapshotRow[];
  depth: DepthRow[];
  engine: SecondWindows;
}

/** Every second of a file from `fromNs` on, with depth `radius` ticks around spot. */
function windowsOf(c: MboColumns, tickSize: number, radius: number, fromNs = 0): Windows {
  const toNs = (Math.floor(c.tsRecv[c.length - 1] / SECOND) + 2) * SECOND;
  const spans = [{ fromNs: Math.max(fromNs, Math.floor(c.tsRecv[0] / SECOND) * SECOND), toNs }];
  const engine = new SecondWindows({
    tickSize,
    originNs: c.originNs,
    gridTicks: radius,
    spans,
    depthRows: 65_536,
  });
  const depth: DepthRow[] = [];
  const take = () => {
    for (const row of depthRows(engine.depth, tickSize)) depth.push(row);
    engine.depth.rows = 0;
  };
  for (let i = 0; i < c.length; ) {
    i = engine.advance(c, i, Math.min(c.length, i + 1777));
    if (engine.full) take();
  }
  while (!engine.finish()) take();
  take();
  return { snapshots: snapshotRows(engine.snapshots), depth, engine };
}

type Best = { price: number; qty: number } | null;

/** The vendor's rules in a few lines: two maps, no queues, no levels kept. */
class PlainBook {
  readonly orders = new Map<string, { side: string; price: number; qty: number }>();
  private snapshot = false;

  apply(c: MboColumns, i: number): void {
    const action = String.fromCharCode(c.action[i]);
    const side = String.fromCharCode(c.side[i]);
    const id = `${c.orderIdHi[i]} ${c.orderIdLo[i]}`;
    const inSnapshot = (c.flags[i] & 0x20) !== 0;
    if (action === 'R' || (inSnapshot && !this.snapshot)) this.orders.clear();
    this.snapshot = inSnapshot;
    const order = this.orders.get(id);
    if (action === 'A' || action === 'M') {
      if (c.size[i] > 0) this.orders.set(id, { side, price: c.price[i], qty: c.size[i] });
    } else if (action === 'C' && order !== undefined) {
      order.qty -= c.size[i];
      if (order.qty <= 0) this.orders.delete(id);
    }
  }

  best(side: string): Best {
    let best: Best = null;
    for (const o of this.orders.values()) {
      if (o.side !== side) continue;
      if (best === null || (side === 'B' ? o.price > best.price : o.price < best.price)) {
        best = { price: o.price, qty: 0 };
      }
      if (o.price === best.price) best.qty += o.qty;
    }
    return best;
  }
}

/** Best prices at each second's end by the plain book: whole events, the second of their F_LAST. */
function plainBests(c: MboColumns, ends: number[]): string[] {
  const book = new PlainBook();
  const events: { from: number; to: number; ts: number }[] = [];
  for (let i = 0, from = 0; i < c.length; i++) {
    const late = i > from && c.tsRecv[i] - c.tsRecv[from] > SECOND;
    if (late) events.push({ from, to: i, ts: c.tsRecv[i - 1] });
    if (late) from = i;
    if ((c.flags[i] & LAST) === 0 && i < c.length - 1) continue;
    events.push({ from, to: i + 1, ts: c.tsRecv[i] });
    from = i + 1;
  }
  let next = 0;
  let last = '';
  return ends.map((end) => {
    const start = next;
    for (; next < events.length && events[next].ts < end; next++) {
      for (let i = events[next].from; i < events[next].to; i++) book.apply(c, i);
    }
    if (next > start || last === '') last = text(book.best('B'), book.best('A'));
    return last;
  });
}

const text = (bid: Best, ask: Best) =>
  `${bid?.price ?? null} x ${bid?.qty ?? 0} - ${ask?.price ?? null} x ${ask?.qty ?? 0}`;
const textOf = (s: SnapshotRow) => `${s.bid} x ${s.bidQty} - ${s.ask} x ${s.askQty}`;

/** Every row is conserved, and starts as the window before it ended. */
function expectConservation({ depth }: Windows, radius: number): number {
  const at = new Map<number, Map<string, DepthRow>>();
  const spots = new Map<number, number>();
  let joined = 0;
  for (const r of depth) {
    const mine = at.get(r.end) ?? new Map<string, DepthRow>();
    at.set(r.end, mine.set(r.side + r.tick, r));
    spots.set(r.end, r.spot);
    if (r.depth !== r.start + r.add - r.pull - r.fill) expect(r).toBe('conserved');
    if (r.start < 0 || r.rest > r.depth || r.pullRest > r.pull) expect(r).toBe('in bounds');
    const spot = spots.get(r.end - SECOND);
    if (!r.valid || spot === undefined || Math.abs(r.tick - spot) > radius) continue;
    const before = at.get(r.end - SECOND)?.get(r.side + r.tick)?.depth ?? 0;
    if (r.start !== before) expect({ ...r, before }).toBe('continued');
    joined++;
  }
  return joined;
}

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
        const { ts_recv: end, ts_event: trade } = bbo as { ts_recv: bigint; ts_event: bigint };
        expect(end % 1_000_000_000n).toBe(0n);
        if (trade !== 2n ** 64n - 1n) expect(trade).toBeLessThan(end);
      }
    }
    const [bbo] = await recordsOf(pathOf('vendor-fixtures/EQUS.MINI__test_data.bbo-1s.dbn.zst'));
    const [quote] = await recordsOf(pathOf('vendor-fixtures/EQUS.MINI__test_data.mbp-1.dbn.zst'));
    expect(quote!.sequence).toBe(bbo!.sequence);
    const ts = Number((quote as { ts_recv: bigint }).ts_recv % 86_400_000_000_000n);
    const clear = row(String(quote!.action), 'N', 0, 2 ** 63, 0, Number(quote!.flags), ts);
    const { snapshots } = windowsOf(toColumns([clear]), 10_000_000, 5);
    const changed = snapshots.find((s) => s.events > 0)!;
    expect(changed.end).toBe(Number((bbo as { ts_recv: bigint }).ts_recv % 86_400_000_000_000n));
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
    expect(snapshots.map(textOf)).toEqual(want);
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
      bests.set(end, text(bid, ask));
    }
    let last = text(null, null);
    let compared = 0;
    for (const s of snapshots) {
      last = bests.get(s.end) ?? last;
      if (textOf(s) !== last) expect({ end: s.end, got: textOf(s) }).toEqual(last);
      compared++;
    }
    expect(compared).toBe(snapshots.length);
    expect(compared).toBeGreaterThan(40_000);
    expect(expectConservation(windows, 1320)).toBeGreaterThan(10_000);
  });
});
