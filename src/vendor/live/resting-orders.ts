/**
 * Orders that rest in the books of a dataset, in the order of their priority: what a snapshot is
 * made of. Source: Databento docs, the published order book algorithm and MBO snapshots.
 */
import { ACTION, FLAG, type RecordRun, RTYPE, SIDE, UNDEF_PRICE } from '../../dbn/index.ts';

const MBO_BYTES = 56;
const AT = {
  orderId: 16,
  price: 24,
  size: 32,
  flags: 36,
  action: 38,
  side: 39,
  tsEvent: 8,
  tsRecv: 40,
  tsInDelta: 48,
  sequence: 52,
} as const;
const SNAPSHOT_FLAGS = FLAG.SNAPSHOT | FLAG.BAD_TS_RECV;
/** An order id from here on, high word, is no exact float64. */
const EXACT_HIGH_WORD = 1 << 21;
const TWO_32 = 4_294_967_296;

interface Book {
  publisherId: number;
  instrumentId: number;
  /** By order id, or by side for top-of-book feeds: the record that added or changed it last. */
  orders: Map<number | bigint | string, DataView>;
  /** The last record ended an event. */
  whole: boolean;
}

/** The books; apply every record, in order. */
export class RestingOrders {
  private readonly books = new Map<number, Book>();

  /** Forgets every order, as a session's start does. */
  clear(): void {
    for (const book of this.books.values()) book.orders.clear();
  }

  /** Applies MBO records `[from, to)`. */
  apply(run: RecordRun, from: number, to: number): void {
    const view = new DataView(run.bytes.buffer, run.bytes.byteOffset, run.bytes.byteLength);
    for (let i = from; i < to; i++) this.applyOne(view, run.start + i * run.stride);
  }

  /** Instruments that had a record. */
  instruments(): number[] {
    return [...this.books.values()].map((book) => book.instrumentId);
  }

  /** Publishers of an instrument's books; empty when it had no record. */
  publishersOf(instrumentId: number): number[] {
    const books = [...this.books.values()].filter((b) => b.instrumentId === instrumentId);
    return books.map((book) => book.publisherId);
  }

  /**
   * The snapshot of one book: a clear, then every order as an add. An empty book is the clear
   * alone, and ends its event.
   */
  snapshot(publisherId: number, instrumentId: number, nowNs: bigint): Uint8Array {
    const book = this.books.get(keyOf(publisherId, instrumentId));
    const orders = [...(book?.orders.values() ?? [])];
    const bytes = new Uint8Array((orders.length + 1) * MBO_BYTES);
    const view = new DataView(bytes.buffer);
    bytes.set(clearRecord(publisherId, instrumentId, nowNs, SNAPSHOT_FLAGS));
    for (const [i, order] of orders.entries()) {
      const at = (i + 1) * MBO_BYTES;
      bytes.set(new Uint8Array(order.buffer), at);
      bytes[at + AT.action] = ACTION.ADD;
      bytes[at + AT.flags] = SNAPSHOT_FLAGS;
      view.setBigUint64(at + AT.tsRecv, nowNs, true);
      view.setInt32(at + AT.tsInDelta, 0, true);
    }
    if (orders.length === 0 || book!.whole)
      bytes[bytes.length - MBO_BYTES + AT.flags]! |= FLAG.LAST;
    return bytes;
  }

  private applyOne(view: DataView, at: number): void {
    const book = this.bookOf(view.getUint16(at + 2, true), view.getUint32(at + 4, true));
    const flags = view.getUint8(at + AT.flags);
    book.whole = (flags & FLAG.LAST) !== 0;
    const action = view.getUint8(at + AT.action);
    if (action === ACTION.CLEAR) book.orders.clear();
    else if (action === ACTION.CANCEL) cancel(book, view, at);
    else if (action === ACTION.ADD || action === ACTION.MODIFY) rest(book, view, at, flags);
  }

  private bookOf(publisherId: number, instrumentId: number): Book {
    const key = keyOf(publisherId, instrumentId);
    let book = this.books.get(key);
    if (!book) {
      book = { publisherId, instrumentId, orders: new Map(), whole: false };
      this.books.set(key, book);
    }
    return book;
  }
}

/** Adds or changes an order; it goes to the end of the line unless it only got smaller. */
function rest(book: Book, view: DataView, at: number, flags: number): void {
  const top = (flags & FLAG.TOB) !== 0;
  const key = top ? `side ${view.getUint8(at + AT.side)}` : orderKey(view, at);
  const known = book.orders.get(key);
  const price = view.getBigInt64(at + AT.price, true);
  const size = view.getUint32(at + AT.size, true);
  if (size === 0 || (top && price === UNDEF_PRICE)) {
    book.orders.delete(key);
    return;
  }
  const keeps =
    known && known.getBigInt64(AT.price, true) === price && known.getUint32(AT.size, true) >= size;
  if (known && keeps) {
    known.setUint32(AT.size, size, true);
    return;
  }
  if (known) book.orders.delete(key);
  const from = view.byteOffset + at;
  const copy = view.buffer.slice(from, from + MBO_BYTES);
  new Uint8Array(copy)[0] = MBO_BYTES / 4;
  book.orders.set(key, new DataView(copy as ArrayBuffer));
}

function cancel(book: Book, view: DataView, at: number): void {
  const key = orderKey(view, at);
  const known = book.orders.get(key);
  if (!known) return;
  const left = known.getUint32(AT.size, true) - view.getUint32(at + AT.size, true);
  if (left <= 0) book.orders.delete(key);
  else known.setUint32(AT.size, left, true);
}

/** A record that clears a book, of the given flags. */
export function clearRecord(
  publisherId: number,
  instrumentId: number,
  ns: bigint,
  flags: number,
): Uint8Array {
  const view = new DataView(new ArrayBuffer(MBO_BYTES));
  view.setUint8(0, MBO_BYTES / 4);
  view.setUint8(1, RTYPE.MBO);
  view.setUint16(2, publisherId, true);
  view.setUint32(4, instrumentId, true);
  view.setBigUint64(AT.tsEvent, ns, true);
  view.setBigInt64(AT.price, UNDEF_PRICE, true);
  view.setUint8(AT.flags, flags);
  view.setUint8(AT.action, ACTION.CLEAR);
  view.setUint8(AT.side, SIDE.NONE);
  view.setBigUint64(AT.tsRecv, ns, true);
  return new Uint8Array(view.buffer);
}

function keyOf(publisherId: number, instrumentId: number): number {
  return publisherId * TWO_32 + instrumentId;
}

function orderKey(view: DataView, at: number): number | bigint {
  const high = view.getUint32(at + AT.orderId + 4, true);
  if (high >= EXACT_HIGH_WORD) return view.getBigUint64(at + AT.orderId, true);
  return high * TWO_32 + view.getUint32(at + AT.orderId, true);
}
