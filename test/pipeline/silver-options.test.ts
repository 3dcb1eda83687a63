import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QuoteBook, StrikeBooks, type WindowSpan } from '../../src/book/index.ts';
import { OptionWindows } from '../../src/pipeline/silver/option-windows.ts';
import {
  LAST,
  MS,
  type Quote,
  type QuoteRow,
  quote,
  quoteColumns,
  trade,
} from '../book/quote-records.ts';
import { type Row, row, toColumns } from '../book/records.ts';
import { DOLLAR, type Listed, named, SECOND, seconds, termsOf } from './option-fixture.ts';
import { slowOptions } from './slow-options.ts';

const CENT = 10_000_000;

interface Facts {
  listed: readonly Listed[];
  spans: readonly WindowSpan[];
  /** By the window's end in seconds. */
  spot: (end: number) => number | null;
  tickSize?: number;
  radiusTicks?: number;
}

function optionsOf({ listed, spans, spot, tickSize = CENT, radiusTicks = 2500 }: Facts) {
  return {
    tickSize,
    radiusTicks,
    spotAt: (endNs: number) => spot(endNs / SECOND) ?? Number.NaN,
    spans,
    originNs: 0n,
    terms: termsOf(listed),
  };
}

function cut<T>(rows: readonly T[], batch: number): T[][] {
  const parts: T[][] = [];
  for (let i = 0; i < rows.length; i += batch) parts.push(rows.slice(i, i + batch));
  return parts;
}

/** Both tables of consolidated quotes, and the counters. */
function quotes(rows: QuoteRow[], facts: Facts, batch = 1000) {
  const windows = new OptionWindows(new QuoteBook(), optionsOf(facts));
  const parts = cut(rows, batch).map((part) => quoteColumns(part));
  const depth = named('equity_option_cmbp_1', 'depth_and_flow_1s', windows.depth(parts));
  const snapshots = named('equity_option_cmbp_1', 'book_snapshot_1s', windows.snapshots());
  return { depth, snapshots, counters: windows.counters() };
}

/** Both tables of orders, and the counters. */
function orders(rows: Row[], facts: Facts, batch = 1000) {
  const windows = new OptionWindows(new StrikeBooks(50_000_000, 0n), optionsOf(facts));
  const parts = cut(rows, batch).map((part) => toColumns(part));
  const depth = named('future_option_mbo', 'depth_and_flow_1s', windows.depth(parts));
  const snapshots = named('future_option_mbo', 'book_snapshot_1s', windows.snapshots());
  return { depth, snapshots, counters: windows.counters() };
}

const of = (id: number, one: QuoteRow): QuoteRow => ({ ...one, id });
const on = (instrument: number, ts: number, one: Row): Row => ({ ...one, instrument, ts });

const ES = { tickSize: 250_000_000, radiusTicks: 200 };

describe('silver of options: defects that must not return', () => {
  it('B4: modifies use their own price, side and size, in the tables too', () => {
    const { depth, snapshots } = orders(
      [
        on(0, 1, row('A', 'B', 1, 10 * DOLLAR, 10)),
        on(1, 2, row('A', 'A', 2, 50 * DOLLAR, 4)),
        on(0, 1.1 * SECOND, row('M', 'B', 1, 11 * DOLLAR, 10)),
        on(0, 1.2 * SECOND, row('M', 'B', 1, 11 * DOLLAR, 10)),
      ],
      {
        listed: [
          { right: 'C', strike: 6000 },
          { right: 'P', strike: 6000 },
        ],
        spans: seconds(0, 2),
        spot: () => 6000 * DOLLAR,
        ...ES,
      },
    );
    const second = depth.filter((r) => r['window_end_ts_ns'] === 2 * SECOND);
    expect(second).toMatchObject([
      { right: 'C', side: 'B', depth_qty_start: 10, add_qty: 10, pull_qty_total: 10 },
      { right: 'P', side: 'A', depth_qty_start: 4, add_qty: 0, pull_qty_total: 0 },
    ]);
    expect(second[0]).toMatchObject({ pull_qty_rest: 10, depth_qty_end: 10, depth_qty_rest: 10 });
    expect(snapshots[2]).toMatchObject({ bid_price_int: 11 * DOLLAR, bid_qty: 10 });
  });

  it('B5: consolidated quotes run from the first event on', () => {
    const { depth, snapshots } = quotes([of(0, quote(0, [DOLLAR, 3], [2 * DOLLAR, 4]))], {
      listed: [{ right: 'C', strike: 500 }],
      spans: seconds(0, 1),
      spot: () => 500 * DOLLAR,
    });
    expect(depth.map((r) => [r['side'], r['depth_qty_end']])).toEqual([
      ['A', 4],
      ['B', 3],
    ]);
    expect(snapshots).toMatchObject([{ mid_price: 1.5, mid_price_int: 1.5e9, crossed: false }]);
  });

  it('B7: strikes keep their place when spot is between them; none are merged', () => {
    const listed: Listed[] = [5990, 5995, 6000, 6005, 6010].map((strike) => ({
      right: 'C',
      strike,
    }));
    const rows = listed.map((_, id) => on(id, id, row('A', 'B', id + 1, DOLLAR, id + 1)));
    const { depth } = orders(rows, {
      listed,
      spans: seconds(0, 1),
      spot: () => 6002.5 * DOLLAR,
      ...ES,
    });
    expect(depth.map((r) => [r['strike_points'], r['rel_ticks'], r['depth_qty_end']])).toEqual([
      [5990, -50, 1],
      [5995, -30, 2],
      [6000, -10, 3],
      [6005, 10, 4],
      [6010, 30, 5],
    ]);
  });

  it('B7: strikes beyond the window are left out and counted, not piled into the edge', () => {
    const listed: Listed[] = [5949, 5950, 6050, 6051, 7000].map((strike) => ({
      right: 'P',
      strike,
    }));
    const rows = listed.map((_, id) => on(id, id, row('A', 'A', id + 1, DOLLAR, 10 ** id)));
    const { depth, snapshots, counters } = orders(rows, {
      listed,
      spans: seconds(0, 3),
      spot: (end) => (end === 3 ? 6001 : 6000) * DOLLAR,
      ...ES,
    });
    const at = (end: number) =>
      depth
        .filter((r) => r['window_end_ts_ns'] === end * SECOND)
        .map((r) => [r['strike_points'], r['rel_ticks'], r['depth_qty_end']]);
    expect(at(1)).toEqual([
      [5950, -200, 10],
      [6050, 200, 100],
    ]);
    expect(at(3)).toEqual([
      [6050, 196, 100],
      [6051, 200, 1000],
    ]);
    expect(snapshots.map((r) => r['instrument_id'])).toEqual([1, 2, 1, 2, 2, 3]);
    expect(counters).toMatchObject({
      instruments: 5,
      instruments_beyond_window: 2,
      instrument_seconds_beyond_window: 9,
    });
  });

  it('B9: a second without a message keeps its standing depth', () => {
    const listed: Listed[] = [{ right: 'C', strike: 6000 }];
    const rows = [on(0, 1, row('A', 'B', 1, DOLLAR, 7))];
    const { depth, snapshots } = orders(rows, {
      listed,
      spans: seconds(0, 4),
      spot: () => 6000 * DOLLAR,
      ...ES,
    });
    expect(depth.map((r) => [r['depth_qty_start'], r['add_qty'], r['depth_qty_end']])).toEqual([
      [0, 7, 7],
      [7, 0, 7],
      [7, 0, 7],
      [7, 0, 7],
    ]);
    expect(snapshots).toHaveLength(4);
    const quiet = quotes([of(0, quote(1, [DOLLAR, 7], null))], {
      listed,
      spans: seconds(0, 3),
      spot: () => 6000 * DOLLAR,
    });
    expect(quiet.depth.map((r) => r['depth_qty_end'])).toEqual([7, 7, 7]);
  });

  it('B12: trades are used: volumes, mean price, last trade, fills', () => {
    const before: [Quote, Quote] = [
      [1 * DOLLAR, 10],
      [1.1 * DOLLAR, 8],
    ];
    const { depth, snapshots } = quotes(
      [
        of(0, quote(0, ...before)),
        of(0, trade(1, 'B', 1.1 * DOLLAR, 5, ...before)),
        of(0, trade(2, 'A', 1 * DOLLAR, 2, ...before)),
        of(0, trade(3, 'N', 1.05 * DOLLAR, 1, ...before)),
        of(0, quote(4, [1 * DOLLAR, 8], [1.1 * DOLLAR, 3])),
      ],
      { listed: [{ right: 'C', strike: 500 }], spans: seconds(0, 1), spot: () => 500 * DOLLAR },
    );
    expect(snapshots).toMatchObject([
      { buy_volume: 5, sell_volume: 2, trade_count: 3, last_trade_price_int: 1.05 * DOLLAR },
    ]);
    expect(snapshots[0]!['vwap']).toBeCloseTo((5 * 1.1 + 2 * 1 + 1.05) / 8, 12);
    expect(depth).toMatchObject([
      { side: 'A', fill_qty: 5, pull_qty_total: 0 },
      { side: 'B', fill_qty: 2, pull_qty_total: 0 },
    ]);
  });

  it('A2: nothing of the future is in a row: spot and depth are those of the window end', () => {
    const listed: Listed[] = [{ right: 'C', strike: 500 }];
    const rows = [0, 1, 2, 3].map((k) => of(0, quote(k * SECOND, [DOLLAR, k + 1], null)));
    const facts = { listed, spans: seconds(0, 4), spot: (end: number) => (500 + end) * DOLLAR };
    const whole = quotes(rows, facts);
    expect(whole.depth.map((r) => r['spot_ref_price_int'])).toEqual(
      [501, 502, 503, 504].map((n) => n * DOLLAR),
    );
    expect(whole.depth.map((r) => r['depth_qty_end'])).toEqual([1, 2, 3, 4]);
    for (let k = 1; k <= 4; k++) {
      const past = quotes(rows.slice(0, k), { ...facts, spans: seconds(0, k) });
      expect(whole.depth.slice(0, k)).toEqual(past.depth);
      expect(whole.snapshots.slice(0, k)).toEqual(past.snapshots);
    }
  });
});

describe('silver of options', () => {
  it('has no rows while spot is not known, and counts those seconds', () => {
    const { depth, snapshots, counters } = quotes([of(0, quote(0, [DOLLAR, 7], null))], {
      listed: [{ right: 'C', strike: 500 }],
      spans: seconds(0, 3),
      spot: (end) => (end < 3 ? null : 500 * DOLLAR),
    });
    expect(depth).toMatchObject([{ depth_qty_start: 7, add_qty: 0, depth_qty_end: 7 }]);
    expect(snapshots).toHaveLength(1);
    expect(counters).toMatchObject({ windows_without_spot: 2 });
  });

  it('leaves out a strike that is no multiple of the tick, and counts it', () => {
    const { depth, counters } = quotes([of(0, quote(0, [DOLLAR, 7], null))], {
      listed: [{ right: 'C', strike: 500.005 }],
      spans: seconds(0, 1),
      spot: () => 500 * DOLLAR,
    });
    expect(depth).toEqual([]);
    expect(counters).toMatchObject({ off_grid_strikes: 1, instruments: 1 });
  });

  it('sums the instruments of one right and strike', () => {
    const listed: Listed[] = [
      { right: 'P', strike: 500 },
      { right: 'P', strike: 500 },
    ];
    const { depth, snapshots } = quotes(
      [of(0, quote(0, [DOLLAR, 7], null)), of(1, quote(0, [2 * DOLLAR, 2], null))],
      { listed, spans: seconds(0, 1), spot: () => 500 * DOLLAR },
    );
    expect(depth.map((r) => r['depth_qty_end'])).toEqual([9]);
    expect(snapshots.map((r) => r['bid_qty'])).toEqual([7, 2]);
  });

  it('builds the book from the first record, stores the windows of the spans only', () => {
    const { depth } = quotes(
      [
        of(0, quote(0, [DOLLAR, 7], null)),
        of(0, quote(2.5 * SECOND, [DOLLAR, 9], null)),
        of(0, quote(6.5 * SECOND, [DOLLAR, 4], null)),
      ],
      {
        listed: [{ right: 'C', strike: 500 }],
        spans: [...seconds(2, 3), ...seconds(5, 8)],
        spot: () => 500 * DOLLAR,
      },
    );
    const told = depth.map((r) => [
      Number(r['window_end_ts_ns']) / SECOND,
      r['depth_qty_start'],
      r['add_qty'],
      r['pull_qty_total'],
    ]);
    expect(told).toEqual([
      [3, 7, 2, 0],
      [6, 9, 0, 0],
      [7, 9, 0, 5],
      [8, 4, 0, 0],
    ]);
  });

  it('says which windows a clear broke', () => {
    const { depth, counters } = orders(
      [
        on(0, 1, row('A', 'B', 1, DOLLAR, 7)),
        on(0, 1.1 * SECOND, row('R', 'N', 0, 0, 0, LAST)),
        on(0, 1.2 * SECOND, row('A', 'B', 2, DOLLAR, 3)),
      ],
      {
        listed: [{ right: 'C', strike: 6000 }],
        spans: seconds(0, 3),
        spot: () => 6000 * DOLLAR,
        ...ES,
      },
    );
    const told = depth.map((r) => [r['depth_qty_start'], r['depth_qty_end'], r['window_valid']]);
    expect(told).toEqual([
      [0, 7, true],
      [0, 3, false],
      [3, 3, true],
    ]);
    expect(counters).toMatchObject({ instrument_seconds_cleared: 1 });
  });
});

const LISTED: Listed[] = [
  { right: 'C', strike: 495 },
  { right: 'C', strike: 500 },
  { right: 'P', strike: 500 },
  { right: 'P', strike: 500 },
  { right: 'P', strike: 502.5 },
  { right: 'C', strike: 500.001 },
];

const side = (base: number): fc.Arbitrary<Quote> =>
  fc.oneof(
    { weight: 1, arbitrary: fc.constant(null) },
    {
      weight: 9,
      arbitrary: fc
        .tuple(fc.integer({ min: base, max: base + 3 }), fc.integer({ min: 0, max: 9 }))
        .map(([price, lots]) => [price * CENT, lots] as const),
    },
  );

const anyRow = fc.record({
  gap: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 900 * MS })),
  id: fc.integer({ min: 0, max: LISTED.length - 1 }),
  action: fc.constantFrom(...'AAAAACMNTTTR'),
  side: fc.constantFrom(...'ABN'),
  price: fc.integer({ min: 99, max: 105 }).map((cents) => cents * CENT),
  size: fc.integer({ min: 0, max: 12 }),
  flags: fc.constantFrom(LAST, LAST, LAST, LAST, LAST, 0, LAST | 32),
  bid: side(99),
  ask: side(101),
});

const anySpot = fc.option(fc.integer({ min: 98, max: 102 }).map((n) => n * 5.12 * DOLLAR));

describe('silver of options against the slow tables', () => {
  it('agrees in every row of both tables, whatever the batches', () => {
    fc.assert(
      fc.property(
        fc.array(anyRow, { maxLength: 70 }),
        fc.array(anySpot, { minLength: 7, maxLength: 7 }),
        fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 1, max: 40 })),
        (raw, spots, [gap, batch]) => {
          let ts = 0;
          const rows = raw.map(({ gap: since, ...one }) => {
            ts += since;
            return { ...one, ts } as QuoteRow;
          });
          const spans = [...seconds(gap, gap + 3), ...seconds(gap + 3 + gap, gap + 12 + gap)];
          const spot = (end: number) => spots[end % spots.length] ?? null;
          const facts = { listed: LISTED, spans, spot, radiusTicks: 600 };
          const want = slowOptions({ rows, tickSize: CENT, ...facts });
          const got = quotes(rows, facts, batch);
          expect(got.depth).toEqual(want.depth);
          expect(got.snapshots).toEqual(want.snapshots);
          for (const r of got.depth) {
            const [start, end] = [Number(r['depth_qty_start']), Number(r['depth_qty_end'])];
            const flow = Number(r['add_qty']) - Number(r['pull_qty_total']) - Number(r['fill_qty']);
            expect(end).toBe(start + flow);
            expect(Math.min(start, end)).toBeGreaterThanOrEqual(0);
          }
          for (const n of Object.values(got.counters)) expect(n).toBeGreaterThanOrEqual(0);
          expect(quotes(rows, facts, 1).counters).toEqual(got.counters);
        },
      ),
      { seed: 20260106, numRuns: 120 },
    );
  });
});
