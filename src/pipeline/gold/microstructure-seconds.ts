import type { WindowSpan } from '../../book/index.ts';
import { NS_PER_SECOND, type NsOfDay } from '../../core/index.ts';
import type { ColumnRequest, TableReader } from '../../lake/index.ts';

/** The seconds of a book's `book_snapshot_1s`: an entry a second; NaN where a side is empty. */
export interface TouchSeconds {
  count: number;
  /** End of each, ns since the day's start, ascending. */
  ends: Float64Array;
  /** Best prices, ticks. */
  bidTick: Float64Array;
  askTick: Float64Array;
  /** Lots at them. */
  bidLots: Float64Array;
  askLots: Float64Array;
  /** 1: the book was whole at the second's end. */
  valid: Uint8Array;
  /** Lots by the side of the aggressor. */
  bought: Float64Array;
  sold: Float64Array;
}

/** Columns of `book_snapshot_1s` that `readTouchSeconds` takes, in its order. */
export function touchRequest(originNs: bigint): ColumnRequest[] {
  return [
    { name: 'window_end_ts_ns', origin: originNs },
    { name: 'best_bid_price_int' },
    { name: 'best_ask_price_int' },
    { name: 'best_bid_qty' },
    { name: 'best_ask_qty' },
    { name: 'buy_volume' },
    { name: 'sell_volume' },
    { name: 'book_valid' },
  ];
}

/** All seconds of a reader opened with `touchRequest`. @param tickSize 1e-9 currency. */
export function readTouchSeconds(reader: TableReader, tickSize: number): TouchSeconds {
  const f64 = () => new Float64Array(reader.totalRows);
  const numbers = [f64(), f64(), f64(), f64(), f64(), f64(), f64()] as const;
  const valid = new Uint8Array(reader.totalRows);
  const divisors = [1, tickSize, tickSize, 1, 1, 1, 1];
  let count = 0;
  for (let batch = reader.next(); batch !== null; batch = reader.next()) {
    const { rows, columns, nulls } = batch;
    numbers.forEach((column, k) => {
      for (let i = 0; i < rows; i++) {
        column[count + i] = nulls[k]?.[i] === 1 ? Number.NaN : columns[k]![i]! / divisors[k]!;
      }
    });
    for (let i = 0; i < rows; i++) valid[count + i] = columns[7]![i]!;
    count += rows;
  }
  const [ends, bidTick, askTick, bidLots, askLots, bought, sold] = numbers;
  return { count, ends, bidTick, askTick, bidLots, askLots, valid, bought, sold };
}

/** The stretches of seconds without a gap. */
export function spansOf(ends: Float64Array): WindowSpan[] {
  const spans: WindowSpan[] = [];
  let fromNs: NsOfDay = Number.NaN;
  ends.forEach((end, i) => {
    if (i === 0 || ends[i - 1] !== end - NS_PER_SECOND) fromNs = end - NS_PER_SECOND;
    if (ends[i + 1] !== end + NS_PER_SECOND) spans.push({ fromNs, toNs: end });
  });
  return spans;
}
