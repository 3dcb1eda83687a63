/**
 * Books of many instruments from one mixed stream, keyed by publisher and instrument.
 */
import type { PriceNano } from '../core/index.ts';
import type { MboColumns } from '../dbn/index.ts';
import { OrderBook, type OrderBookOptions } from './order-book.ts';

/** Books that one set makes at most; rows of further instruments are counted and skipped. */
export const MAX_INSTRUMENTS = 65_536;

/** What a set of books is made with. */
export interface BookSetOptions {
  /** Tick size of an instrument, 1e-9 currency; asked once, at its first row. */
  tickSizeOf: (publisherId: number, instrumentId: number) => PriceNano;
  /** Logs of an instrument's book; none when absent. */
  logsOf?: (
    publisherId: number,
    instrumentId: number,
  ) => Pick<OrderBookOptions, 'flows' | 'trades'>;
  /** Unix ns that clocks count from. */
  originNs?: bigint;
}

/** A book and whose it is. */
export interface BookEntry {
  readonly publisherId: number;
  readonly instrumentId: number;
  readonly book: OrderBook;
}

/** One book an instrument, made when its first row comes. */
export class BookSet {
  /** Rows skipped because there were `MAX_INSTRUMENTS` books already. */
  refusedRows = 0;
  private readonly options: BookSetOptions;
  private readonly entries = new Map<number, BookEntry>();

  constructor(options: BookSetOptions) {
    this.options = options;
  }

  /** Books held. */
  get size(): number {
    return this.entries.size;
  }

  /** Applies rows `[from, to)`; neighbouring rows of one instrument go to its book as one range. */
  applyBatch(columns: MboColumns, from = 0, to = columns.length): void {
    for (let i = from; i < to; ) {
      const end = endOfRun(columns, i, to);
      const entry = this.entryFor(columns.publisherId[i], columns.instrumentId[i]);
      if (entry === null) this.refusedRows += end - i;
      else entry.book.applyBatch(columns, i, end);
      i = end;
    }
  }

  /** The book of an instrument, if a row of it came. */
  book(publisherId: number, instrumentId: number): OrderBook | undefined {
    return this.entries.get(keyOf(publisherId, instrumentId))?.book;
  }

  /** The entry of an instrument, made when it is not there; null beyond `MAX_INSTRUMENTS`. */
  entryFor(publisherId: number, instrumentId: number): BookEntry | null {
    const key = keyOf(publisherId, instrumentId);
    const known = this.entries.get(key);
    if (known !== undefined) return known;
    if (this.entries.size >= MAX_INSTRUMENTS) return null;
    const { tickSizeOf, logsOf, originNs = 0n } = this.options;
    const book = new OrderBook({
      tickSize: tickSizeOf(publisherId, instrumentId),
      originNs,
      ...logsOf?.(publisherId, instrumentId),
    });
    const entry = { publisherId, instrumentId, book };
    this.entries.set(key, entry);
    return entry;
  }

  /** All books, in the order of their first rows. */
  [Symbol.iterator](): Iterator<BookEntry> {
    return this.entries.values();
  }

  /** Closes every event that the end of the data left open. */
  finish(): void {
    for (const { book } of this) book.finish();
  }
}

/** First row from `i` on that belongs to another instrument than row `i`, or `to`. */
export function endOfRun(columns: MboColumns, i: number, to: number): number {
  const { instrumentId, publisherId } = columns;
  const instrument = instrumentId[i];
  const publisher = publisherId[i];
  let end = i + 1;
  while (end < to && instrumentId[end] === instrument && publisherId[end] === publisher) end++;
  return end;
}

function keyOf(publisherId: number, instrumentId: number): number {
  return publisherId * 4294967296 + instrumentId;
}
