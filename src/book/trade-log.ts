/**
 * Trades of a book, in the order they came: the hand-over from a book to an engine, by the protocol
 * of `FlowLog`. Entries `[0, closed)` are complete, the rest belong to the open event.
 */

/** Aggressor of a trade in `TradeLog.side`. */
export const AGGRESSOR = { BUY: 0, SELL: 1, NONE: 2 } as const;

/** Growable columns of trades; see the file comment for who may read when. */
export class TradeLog {
  /** Entries written. */
  length = 0;
  /** Entries whose event is complete. */
  closed = 0;
  /** Clock at the event's F_LAST, ns of day. [capacity] */
  ts: Float64Array;
  /** Price, 1e-9 currency. [capacity] */
  price: Float64Array;
  /** Lots. [capacity] */
  size: Float64Array;
  /** `AGGRESSOR` code. [capacity] */
  side: Uint8Array;
  /** 1-based count of the book's completed events at the entry. [capacity] */
  eventId: Uint32Array;

  constructor(capacity = 256) {
    this.ts = new Float64Array(capacity);
    this.price = new Float64Array(capacity);
    this.size = new Float64Array(capacity);
    this.side = new Uint8Array(capacity);
    this.eventId = new Uint32Array(capacity);
  }

  /** Appends a trade of the open event. */
  append(price: number, size: number, side: number): void {
    if (this.length === this.ts.length) this.grow();
    const n = this.length++;
    this.price[n] = price;
    this.size[n] = size;
    this.side[n] = side;
  }

  /** Drops the closed entries and moves the open event's to the front. */
  consume(): void {
    const { closed, length } = this;
    if (closed < length) {
      for (const a of [this.ts, this.price, this.size, this.side, this.eventId]) {
        a.copyWithin(0, closed, length);
      }
    }
    this.length = length - closed;
    this.closed = 0;
  }

  private grow(): void {
    const capacity = this.ts.length * 2;
    const floats = (a: Float64Array) => {
      const b = new Float64Array(capacity);
      b.set(a);
      return b;
    };
    this.ts = floats(this.ts);
    this.price = floats(this.price);
    this.size = floats(this.size);
    const side = new Uint8Array(capacity);
    side.set(this.side);
    this.side = side;
    const eventId = new Uint32Array(capacity);
    eventId.set(this.eventId);
    this.eventId = eventId;
  }
}
