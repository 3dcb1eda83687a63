/**
 * The windows of a day from silver's snapshots: what is told of each before its surfaces.
 */
import { NS_PER_SECOND } from '../core/index.ts';
import type { ColumnRequest, TableRows } from '../lake/index.ts';
import { snapshotColumns } from '../pipeline/index.ts';
import type { StreamGap } from '../wire/index.ts';
import { knownValue } from './row-slices.ts';
import type { WindowState } from './velocity-block.ts';

/** Columns that follow those of `snapshotColumns`, whose order is fixed. */
const OWN = ['mid_price', 'mid_price_int', 'buy_volume', 'sell_volume', 'trade_count', 'events'];

/** Places of the columns in `velocitySnapshotColumns`. */
const COLUMN = {
  end: 0,
  bid: 1,
  ask: 3,
  spot: 5,
  stale: 6,
  valid: 7,
  crossed: 8,
  mid: 9,
  midInt: 10,
  bought: 11,
  sold: 12,
  trades: 13,
  events: 14,
} as const;

/** What a day's stream reads of `book_snapshot_1s`. @param originNs 00:00 UTC of the date. */
export function velocitySnapshotColumns(originNs: bigint): ColumnRequest[] {
  return [...snapshotColumns(originNs), ...OWN.map((name) => ({ name }))];
}

const NO_ROW = 'the lake has nothing of this second: the market was closed, or data is missing';
const NOT_WHOLE = 'the book was cleared and waits for its snapshot';

/** Second of a row's window end. */
export function secondOfRow(rows: TableRows, row: number): number {
  return rows.columns[COLUMN.end]![row]! / NS_PER_SECOND;
}

/** Events of a window. */
export function eventsOfRow(rows: TableRows, row: number): number {
  return rows.columns[COLUMN.events]![row]!;
}

/** Mid in currency; NaN when unknown. */
export function midOfRow(rows: TableRows, row: number): number {
  return knownValue(rows, COLUMN.mid, row);
}

/** Spot reference, 1e-9 currency; NaN when unknown. */
export function spotOfRow(rows: TableRows, row: number): number {
  return knownValue(rows, COLUMN.spot, row);
}

/** 1 where the book is whole. */
export function validOfRow(rows: TableRows, row: number): number {
  return rows.columns[COLUMN.valid]![row]!;
}

function priceText(rows: TableRows, column: number, row: number): string | null {
  const price = knownValue(rows, column, row);
  return Number.isNaN(price) ? null : BigInt(price).toString();
}

function instant(originNs: bigint, second: number): string {
  return String(originNs + BigInt(second) * 1_000_000_000n);
}

function gapBefore(originNs: bigint, second: number, cause: string): StreamGap {
  return { from_ns: instant(originNs, second - 1), to_ns: instant(originNs, second), cause };
}

/** A second that the lake has no row of. */
export function absentWindow(originNs: bigint, second: number): WindowState {
  return {
    seq: second,
    window_end_ts_ns: instant(originNs, second),
    surfaces: ['snap'],
    mid_price_int: null,
    spot_ref_price_int: null,
    best_bid_price_int: null,
    best_ask_price_int: null,
    book_valid: false,
    crossed: false,
    spot_stale: true,
    buy_volume: 0,
    sell_volume: 0,
    trade_count: 0,
    gap: gapBefore(originNs, second, NO_ROW),
  };
}

/** What is told of the window of a row. */
export function windowState(originNs: bigint, rows: TableRows, row: number): WindowState {
  const flag = (column: number) => rows.columns[column]![row] === 1;
  const second = secondOfRow(rows, row);
  const isWhole = flag(COLUMN.valid);
  return {
    seq: second,
    window_end_ts_ns: instant(originNs, second),
    surfaces: ['snap', 'velocity', 'options', 'forecast'],
    mid_price_int: priceText(rows, COLUMN.midInt, row),
    spot_ref_price_int: priceText(rows, COLUMN.spot, row),
    best_bid_price_int: priceText(rows, COLUMN.bid, row),
    best_ask_price_int: priceText(rows, COLUMN.ask, row),
    book_valid: isWhole,
    crossed: flag(COLUMN.crossed),
    spot_stale: flag(COLUMN.stale),
    buy_volume: rows.columns[COLUMN.bought]![row]!,
    sell_volume: rows.columns[COLUMN.sold]![row]!,
    trade_count: rows.columns[COLUMN.trades]![row]!,
    gap: isWhole ? null : gapBefore(originNs, second, NOT_WHOLE),
  };
}
