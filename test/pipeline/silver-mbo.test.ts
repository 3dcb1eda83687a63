import { describe, expect, it } from 'vitest';
import {
  dateToUnixNs,
  loadProducts,
  type ProductType,
  productOf,
  sessionWindows,
} from '../../src/lake/index.ts';
import {
  type Stage,
  type StageTask,
  silverEquityMbo,
  silverFutureMbo,
} from '../../src/pipeline/index.ts';
import { generateRows } from '../book/generate-rows.ts';
import type { Row } from '../book/records.ts';
import { slowWindows } from '../book/slow-windows.ts';
import { bronzeOf, type NamedRow, SilverIo } from './silver-io.ts';

/** The last minute of the regular session, 20:59 UTC in winter, ns of day. */
const LAST_MINUTE = (20 * 3600 + 59 * 60) * 1e9;

function taskOf(symbol: string, productType: ProductType, dt = '2026-01-05'): StageTask {
  const product = productOf(loadProducts(), symbol);
  return { lake: '', productType, symbol, dt, product, session: 'regular' };
}

/** A market's records from `startNs` on, a few a second. */
function market(seed: number, tickSize: number, startNs: number, nasty = 0): Row[] {
  const rows = generateRows({ seed, count: 1500, nasty, tickSize });
  const at = (ts: number) => Math.floor(startNs + (ts - 1e12) * 30);
  return rows
    .filter((r) => Math.abs(r.price) <= 2 ** 63 - 1024 || r.price === 2 ** 63)
    .map((r) => ({ ...r, ts: at(r.ts), tsEvent: at(r.tsEvent ?? r.ts) }));
}

async function run(stage: Stage, task: StageTask, rows: Row[]) {
  const { productType, symbol, dt } = task;
  const ref = { layer: 'bronze', productType, table: 'mbo', symbol, dt } as const;
  const io = new SilverIo(bronzeOf(ref, rows, dateToUnixNs(dt)));
  const report = await stage.run(task, io);
  const rowsOf = (table: string) => io.tables.get(table)!.rows;
  return { io, report, depth: rowsOf('depth_and_flow_1s'), snapshots: rowsOf('book_snapshot_1s') };
}

/** What the slow windows say, under the contracts' names. */
function expected(rows: Row[], task: StageTask, radius: number) {
  const { product, dt } = task;
  const tick = product.tickSizeInt;
  const { spans } = sessionWindows(product, dt, 'regular');
  const slow = slowWindows(rows, tick, radius, spans);
  const time = (ns: number) => dateToUnixNs(dt) + BigInt(ns);
  const ends = (end: number) => ({
    window_start_ts_ns: time(end - 1e9),
    window_end_ts_ns: time(end),
  });
  const depth = slow.depth.map(
    (r): NamedRow => ({
      ...ends(r.end),
      price_int: r.tick * tick,
      side: r.side,
      spot_ref_price_int: r.spot * tick,
      rel_ticks: r.rel,
      rel_ticks_side: r.relSide,
      depth_qty_start: r.start,
      depth_qty_end: r.depth,
      add_qty: r.add,
      pull_qty_total: r.pull,
      pull_qty_rest: r.pullRest,
      fill_qty: r.fill,
      depth_qty_rest: r.rest,
      hidden_fill_qty: r.hidden,
      window_valid: r.valid,
    }),
  );
  const snapshots = slow.snapshots.map(
    (r): NamedRow => ({
      ...ends(r.end),
      best_bid_price_int: r.bid,
      best_bid_qty: r.bidQty,
      best_ask_price_int: r.ask,
      best_ask_qty: r.askQty,
      mid_price: r.mid,
      mid_price_int: r.midInt,
      last_trade_price_int: r.last,
      spot_ref_price_int: r.spot,
      spot_stale: r.stale,
      book_valid: r.valid,
      crossed: r.crossed,
      buy_volume: r.buy,
      sell_volume: r.sell,
      trade_count: r.trades,
      vwap: r.vwap,
      events: r.events,
    }),
  );
  return { depth, snapshots };
}

function expectRows(got: NamedRow[], want: NamedRow[]): void {
  expect(got.length).toBe(want.length);
  expect(Object.keys(got[0]!)).toEqual(Object.keys(want[0]!));
  for (let i = 0; i < got.length; i++) {
    const { vwap, ...rest } = got[i]!;
    const { vwap: mean, ...other } = want[i]!;
    for (const name of Object.keys(rest)) {
      if (rest[name] !== other[name]) expect({ i, ...rest }).toEqual({ i, ...other });
    }
    if (typeof mean === 'number') expect(vwap).toBeCloseTo(mean, 6);
    else expect(vwap).toBe(mean);
  }
}

describe('silver of futures and equities', () => {
  it('is what slow windows say, under the contracts’ names: futures', async () => {
    const task = taskOf('ESH6', 'future_mbo');
    const rows = market(3, 250_000_000, LAST_MINUTE, 0.02);
    const { depth, snapshots, io, report } = await run(silverFutureMbo, task, rows);
    const want = expected(rows, task, 200 + 64);
    expectRows(depth, want.depth);
    expectRows(snapshots, want.snapshots);
    expect(snapshots.length).toBe(6.5 * 3600);
    expect(report.published.map((p) => [p.ref.table, p.rows])).toEqual([
      ['depth_and_flow_1s', depth.length],
      ['book_snapshot_1s', snapshots.length],
    ]);
    expect(io.opened).toEqual([
      { layer: 'bronze', productType: 'future_mbo', table: 'mbo', symbol: 'ESH6', dt: task.dt },
    ]);
    expect(io.closed).toBe(1);
    expect(Math.max(...io.progressed)).toBeLessThanOrEqual(1);
  });

  it('is per tick and as wide as gold’s buckets reach: equities', async () => {
    const task = taskOf('QQQ', 'equity_mbo');
    const rows = market(4, 10_000_000, LAST_MINUTE);
    const far = rows[0]!.price + 1319 * 10_000_000;
    rows.unshift({ ...rows[0]!, action: 'A', id: 8_000_001, price: far, side: 'A', size: 9 });
    rows[0]!.flags = 128;
    const { depth, snapshots } = await run(silverEquityMbo, task, rows);
    const want = expected(rows, task, 1000 + 64 * 5);
    expectRows(depth, want.depth);
    expectRows(snapshots, want.snapshots);
    expect(depth.some((r) => Number(r['rel_ticks']) > 1000)).toBe(true);
  });

  it('counts what it leaves out: records of another instrument or venue', async () => {
    const task = taskOf('ESH6', 'future_mbo');
    const rows = market(5, 250_000_000, LAST_MINUTE);
    const other = (r: Row) => ({ ...r, instrument: 2, id: 1 });
    const venue = (r: Row) => ({ ...r, publisher: 9, id: 1 });
    const mixed = rows.flatMap((r, i) => (i % 3 ? [r] : [r, other(r), venue(r)]));
    const alone = await run(silverFutureMbo, task, rows);
    const { depth, snapshots, report } = await run(silverFutureMbo, task, mixed);
    expect(depth).toEqual(alone.depth);
    expect(snapshots).toEqual(alone.snapshots);
    expect(report.counters['other_instrument_records']).toBe(1000);
    expect(report.rowsRead).toBe(2500);
    expect(alone.report.counters['other_instrument_records']).toBe(0);
    const { counters } = report;
    for (const [name, count] of Object.entries(counters)) {
      expect(name).toMatch(/^[a-z_]+$/);
      expect(count).toBeGreaterThanOrEqual(0);
    }
  });

  it('reads no further than the session', async () => {
    const task = taskOf('ESH6', 'future_mbo');
    const rows = market(6, 250_000_000, LAST_MINUTE + 58e9);
    const late = rows.at(-1)!;
    for (let i = 1; i <= 30_000; i++) rows.push({ ...late, action: 'N', ts: late.ts + i * 1e7 });
    const { io, snapshots } = await run(silverFutureMbo, task, rows);
    expect(io.rowsRead).toBeLessThan(10_000);
    expect(snapshots.length).toBe(23_400);
    expect(snapshots.at(-1)!['events']).toBeGreaterThan(0);
  });

  it('has no rows on a holiday, half a day of them on an early close', async () => {
    const rows = market(7, 10_000_000, LAST_MINUTE);
    const closed = await run(silverEquityMbo, taskOf('QQQ', 'equity_mbo', '2026-12-25'), rows);
    expect([closed.depth.length, closed.snapshots.length]).toEqual([0, 0]);
    const half = await run(silverEquityMbo, taskOf('QQQ', 'equity_mbo', '2026-11-27'), rows);
    expect([half.depth.length, half.snapshots.length]).toEqual([0, 3.5 * 3600]);
    const counters = half.report.counters;
    expect(counters['windows_without_spot']).toBe(3.5 * 3600);
  });

  it('names what it reads and writes', () => {
    for (const [stage, productType] of [
      [silverFutureMbo, 'future_mbo'],
      [silverEquityMbo, 'equity_mbo'],
    ] as const) {
      const task = taskOf(productType === 'future_mbo' ? 'ESH6' : 'QQQ', productType);
      const { symbol, dt } = task;
      const ref = { layer: 'bronze', productType, table: 'mbo', symbol, dt };
      expect(stage.inputs(task)).toEqual([{ kind: 'partition', ref }]);
      expect(stage.outputs.map((o) => `${o.layer}.${o.productType}.${o.table}`)).toEqual([
        `silver.${productType}.depth_and_flow_1s`,
        `silver.${productType}.book_snapshot_1s`,
      ]);
    }
    expect([silverFutureMbo.name, silverEquityMbo.name]).toEqual([
      'silver_compute_book_states_1s',
      'silver_compute_equity_book_states_1s',
    ]);
  });
});
