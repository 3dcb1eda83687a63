/**
 * One-second tables of consolidated option quotes, written to be obvious: every second asks every
 * instrument. The transform is held against it.
 */
import type { WindowSpan } from '../../src/book/index.ts';
import type { QuoteRow } from '../book/quote-records.ts';
import { SlowQuotes, type SlowWindow } from '../book/slow-quotes.ts';
import { DOLLAR, type Listed, type Named, SECOND } from './option-fixture.ts';

export interface SlowOptions {
  /** In order of `ts`; `id` is an index of `listed`. */
  rows: readonly QuoteRow[];
  listed: readonly Listed[];
  spans: readonly WindowSpan[];
  /** By the window's end in seconds; null: unknown. */
  spot: (end: number) => number | null;
  tickSize: number;
  radiusTicks: number;
}

interface Instrument extends Listed {
  id: number;
  quotes: SlowQuotes;
}

/** Both tables, in the order of their keys. */
export function slowOptions(o: SlowOptions): { depth: Named[]; snapshots: Named[] } {
  const instruments = o.listed.map((one, id) => ({ ...one, id, quotes: new SlowQuotes() }));
  const depth: Named[] = [];
  const snapshots: Named[] = [];
  let next = 0;
  const applyBefore = (ns: number) => {
    for (; next < o.rows.length && o.rows[next]!.ts < ns; next++) {
      const row = o.rows[next]!;
      instruments[row.id]!.quotes.apply(row, row.ts);
    }
  };
  for (const { fromNs, toNs } of o.spans) {
    applyBefore(fromNs);
    for (const { quotes } of instruments) quotes.close(fromNs);
    for (let end = fromNs + SECOND; end <= toNs; end += SECOND) {
      applyBefore(end);
      const windows = instruments.map((one) => ({ one, window: one.quotes.close(end) }));
      const spot = o.spot(end / SECOND);
      if (spot === null) continue;
      const near = windows.filter(({ one }) => {
        const ticks = (one.strike * DOLLAR - spot) / o.tickSize;
        return one.quotes.seen && Math.abs(ticks) <= o.radiusTicks && Number.isInteger(ticks);
      });
      depth.push(...depthRows(end, spot, o.tickSize, near));
      snapshots.push(...near.map(({ one, window }) => snapshotRow(end, spot, one, window)));
    }
  }
  return { depth, snapshots };
}

type Seen = { one: Instrument; window: SlowWindow };

function depthRows(end: number, spot: number, tickSize: number, near: Seen[]): Named[] {
  const strikes = [...new Set(near.map(({ one }) => one.strike))].sort((a, b) => a - b);
  const rows: Named[] = [];
  for (const right of ['C', 'P'] as const) {
    for (const side of ['A', 'B'] as const) {
      for (const strike of strikes) {
        const here = near.filter(({ one }) => one.right === right && one.strike === strike);
        const sides = here.map(({ window }) => (side === 'A' ? window.ask : window.bid));
        const sum = (of: (w: (typeof sides)[number]) => number) =>
          sides.reduce((n, w) => n + of(w), 0);
        const quantities = {
          depth_qty_start: sum((w) => w.start),
          depth_qty_end: sum((w) => w.end),
          add_qty: sum((w) => w.add),
          pull_qty_total: sum((w) => w.pull),
          pull_qty_rest: sum((w) => w.pullRest),
          fill_qty: sum((w) => w.fill),
          depth_qty_rest: sum((w) => w.depthRest),
          hidden_fill_qty: sum((w) => w.hidden),
        };
        if (Object.values(quantities).every((n) => n === 0)) continue;
        rows.push({
          window_start_ts_ns: end - SECOND,
          window_end_ts_ns: end,
          strike_price_int: strike * DOLLAR,
          strike_points: strike,
          right,
          side,
          spot_ref_price_int: spot,
          rel_ticks: (strike * DOLLAR - spot) / tickSize,
          ...quantities,
          window_valid: here.every(({ window }) => window.valid && !window.broken),
        });
      }
    }
  }
  return rows;
}

function snapshotRow(end: number, spot: number, one: Instrument, w: SlowWindow): Named {
  const bid = w.bid.price;
  const ask = w.ask.price;
  const both = bid !== null && ask !== null;
  return {
    window_start_ts_ns: end - SECOND,
    window_end_ts_ns: end,
    instrument_id: one.id,
    right: one.right,
    strike_price_int: one.strike * DOLLAR,
    bid_price_int: bid,
    bid_qty: w.bid.end,
    ask_price_int: ask,
    ask_qty: w.ask.end,
    mid_price: both ? (bid + ask) / 2 / 1e9 : null,
    mid_price_int: both ? Math.floor((bid + ask) / 2) : null,
    last_trade_price_int: w.last,
    spot_ref_price_int: spot,
    book_valid: w.valid,
    crossed: both && bid >= ask,
    buy_volume: w.buy,
    sell_volume: w.sell,
    trade_count: w.trades,
    vwap: w.trades === 0 ? null : w.turnover / w.lots / 1e9,
  };
}
