/** Silver's `book_snapshot_1s` and gold's `microstructure_1s` as columns of a forecast's day. */
import { DataError, NS_PER_SECOND } from '../../core/index.ts';
import { type ForecastDay, type ForecastDayName, makeForecastDay } from '../../forecast/index.ts';
import type { ColumnRequest, TableReader, TableRows } from '../../lake/index.ts';

/** Windows that are wanted: ends from `fromSecond` (inclusive) to `toSecond` (exclusive). */
export interface SecondRange {
  fromSecond: number;
  toSecond: number;
}

/** A session without its surfaces, and where spot stood. */
export interface SnapshotWindows {
  day: ForecastDay;
  /** Spot at each window's end, whole ticks; NaN where there is none. */
  spotTick: Float64Array;
}

/** What is read of `book_snapshot_1s`. @param originNs 00:00 UTC of the date. */
export function snapshotColumns(originNs: bigint): ColumnRequest[] {
  const names = [
    'best_bid_price_int',
    'best_bid_qty',
    'best_ask_price_int',
    'best_ask_qty',
    'spot_ref_price_int',
    'spot_stale',
    'book_valid',
    'crossed',
  ];
  return [
    { name: 'window_end_ts_ns', origin: originNs },
    ...names.map((name): ColumnRequest => ({ name })),
  ];
}

/** Columns of `microstructure_1s`, and the arrays they fill. */
const MICROSTRUCTURE = [
  ['queue_imbalance', 'queueImbalance'],
  ['micro_price_edge', 'microPriceEdge'],
  ['ofi', 'orderFlowImbalance'],
  ['trade_imbalance', 'tradeImbalance'],
  ['net_edge', 'netEdge'],
] as const satisfies readonly (readonly [string, keyof ForecastDay])[];

/** What is read of `microstructure_1s`. */
export function microstructureColumns(originNs: bigint): ColumnRequest[] {
  return [
    { name: 'window_end_ts_ns', origin: originNs },
    ...MICROSTRUCTURE.map(([name]): ColumnRequest => ({ name })),
  ];
}

/** A column as float64: NaN where there is no value. */
function known(batch: TableRows, column: number, row: number): number {
  return batch.nulls[column]?.[row] === 1 ? Number.NaN : batch.columns[column]![row]!;
}

function secondOf(endNs: number): number {
  const second = endNs / NS_PER_SECOND;
  if (Number.isInteger(second)) return second;
  throw new DataError('CONTRACT', 'a window that ends within a second', {
    found: `${endNs} ns after the day's start`,
    expected: 'a whole second',
  });
}

/** Writes row `row` of a snapshot batch to window `i`. */
function writeWindow(
  windows: SnapshotWindows,
  i: number,
  batch: TableRows,
  row: number,
  tick: number,
): void {
  const { day, spotTick } = windows;
  const bid = known(batch, 1, row) / tick;
  const ask = known(batch, 3, row) / tick;
  const spot = known(batch, 5, row) / tick;
  const isStale = batch.columns[6]![row] === 1;
  const isWhole = batch.columns[7]![row] === 1;
  const isCrossed = batch.columns[8]![row] === 1;
  // Of a book that is being rebuilt nothing is known, its best prices least of all.
  const mid = isWhole ? (bid + ask) / 2 : Number.NaN;
  const isKnown = !Number.isNaN(mid) && Number.isInteger(spot);
  day.mid[i] = mid;
  day.valid[i] = isKnown && !isCrossed && !isStale ? 1 : 0;
  day.bidLots[i] = isWhole && !Number.isNaN(bid) ? batch.columns[2]![row]! : Number.NaN;
  day.askLots[i] = isWhole && !Number.isNaN(ask) ? batch.columns[4]![row]! : Number.NaN;
  day.spreadTicks[i] = isWhole ? ask - bid : Number.NaN;
  spotTick[i] = spot;
  if (day.valid[i] === 1 && Math.abs(mid - spot) > 1) throw spotElsewhere(mid, spot, day, i);
}

function spotElsewhere(mid: number, spot: number, day: ForecastDay, i: number): DataError {
  return new DataError('CONTRACT', 'spot of a valid book is not its mid', {
    found: `mid ${mid} and spot ${spot} ticks in the second that ends at ${day.endSecond[i]} s`,
    expected: 'less than a tick apart',
  });
}

/** Only the first `count` windows of a day. */
function firstWindows({ day, spotTick }: SnapshotWindows, count: number): SnapshotWindows {
  if (count === day.windows) return { day, spotTick };
  const name = { root: day.root, dt: day.dt, symbol: day.symbol, productType: day.productType };
  const cut = makeForecastDay(name, count);
  const columns = ['endSecond', 'mid', 'valid', 'bidLots', 'askLots', 'spreadTicks'] as const;
  for (const column of columns) cut[column].set(day[column].subarray(0, count));
  return { day: cut, spotTick: spotTick.slice(0, count) };
}

/**
 * Windows of a `book_snapshot_1s` that was opened with `snapshotColumns`, all else of the day still
 * unknown.
 * @param tick 1e-9 currency.
 * @throws DataError CONTRACT
 */
export function readSnapshotWindows(
  reader: TableReader,
  name: ForecastDayName,
  range: SecondRange,
  tick: number,
): SnapshotWindows {
  const most = Math.min(reader.totalRows, Math.max(0, range.toSecond - range.fromSecond));
  const windows = {
    day: makeForecastDay(name, most),
    spotTick: new Float64Array(most).fill(Number.NaN),
  };
  const { endSecond } = windows.day;
  let count = 0;
  for (let batch = reader.next(); batch !== null; batch = reader.next()) {
    for (let row = 0; row < batch.rows; row++) {
      const second = secondOf(batch.columns[0]![row]!);
      if (second < range.fromSecond || second >= range.toSecond) continue;
      if (count > 0 && second <= endSecond[count - 1]!) throw notAscending(second);
      endSecond[count] = second;
      writeWindow(windows, count++, batch, row, tick);
    }
  }
  return firstWindows(windows, count);
}

function notAscending(second: number): DataError {
  return new DataError('CONTRACT', 'windows do not ascend', { found: `${second} s once more` });
}

/**
 * Fills in what a `microstructure_1s`, opened with `microstructureColumns`, says of the windows of
 * a day; a window that it has not stays unknown.
 */
export function readMicrostructure(reader: TableReader, day: ForecastDay): void {
  let i = 0;
  for (let batch = reader.next(); batch !== null; batch = reader.next()) {
    for (let row = 0; row < batch.rows; row++) {
      const second = secondOf(batch.columns[0]![row]!);
      while (i < day.windows && day.endSecond[i]! < second) i++;
      if (i < day.windows && day.endSecond[i] === second) writeMicrostructure(day, i, batch, row);
    }
  }
}

function writeMicrostructure(day: ForecastDay, i: number, batch: TableRows, row: number): void {
  for (let k = 0; k < MICROSTRUCTURE.length; k++) {
    day[MICROSTRUCTURE[k]![1]][i] = known(batch, k + 1, row);
  }
}
