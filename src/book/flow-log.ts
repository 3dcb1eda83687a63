/**
 * What happened to the quantity of a book, in the order it happened: the hand-over from a book to
 * an engine.
 *
 * A book appends while an event is open and stamps the entries at the event's F_LAST; entries `[0,
 * closed)` are complete, the rest belong to the open event. The consumer reads the closed ones and
 * calls `consume()`. Meaning of each kind: docs/formulas.md (flow attribution).
 */
export const FLOW = { ADD: 0, PULL: 1, FILL: 2, HIDDEN_FILL: 3 } as const;
/** Bit of a pull's `FlowLog.code`: the quantity had been at its price for `REST_NS` or longer. */
export const FLOW_RESTED = 8;
/** Time at one price after which quantity counts as resting, ns. */
export const REST_NS = 500e6;

/** Growable columns of flow entries; see the file comment for who may read when. */
export class FlowLog {
  /** Entries written. */
  length = 0;
  /** Entries whose event is complete. */
  closed = 0;
  /** Entries that were written before the book was last emptied: they tell of another book. */
  cleared = 0;
  /** Pulls carry `FLOW_RESTED`; otherwise nobody looks the age up. */
  readonly ages: boolean;
  /** Clock at the event's F_LAST, ns of day. [capacity] */
  ts: Float64Array;
  /** Absolute tick. [capacity] */
  tick: Int32Array;
  /** `FLOW` kind in bits 0-1, side in bit 2 (0 bid, 1 ask), `FLOW_RESTED`. [capacity] */
  code: Uint8Array;
  /** Lots, > 0. [capacity] */
  qty: Float64Array;
  /** 1-based count of the book's completed events at the entry. [capacity] */
  eventId: Uint32Array;

  constructor(capacity = 4096, ages = false) {
    this.ages = ages;
    this.ts = new Float64Array(capacity);
    this.tick = new Int32Array(capacity);
    this.code = new Uint8Array(capacity);
    this.qty = new Float64Array(capacity);
    this.eventId = new Uint32Array(capacity);
  }

  /** Makes room for `extra` more entries; existing ones are kept. */
  reserve(extra: number): void {
    const need = this.length + extra;
    if (need <= this.ts.length) return;
    const capacity = Math.max(need, this.ts.length * 2);
    const grow = <T extends Float64Array | Int32Array | Uint8Array | Uint32Array>(
      a: T,
      b: T,
    ): T => {
      b.set(a as never);
      return b;
    };
    this.ts = grow(this.ts, new Float64Array(capacity));
    this.tick = grow(this.tick, new Int32Array(capacity));
    this.code = grow(this.code, new Uint8Array(capacity));
    this.qty = grow(this.qty, new Float64Array(capacity));
    this.eventId = grow(this.eventId, new Uint32Array(capacity));
  }

  /**
   * Writes an entry of an event that is complete, while no event is open; `reserve` has made room.
   */
  push(code: number, tick: number, qty: number, ts: number, eventId: number): void {
    const n = this.length;
    this.ts[n] = ts;
    this.tick[n] = tick;
    this.code[n] = code;
    this.qty[n] = qty;
    this.eventId[n] = eventId;
    this.length = n + 1;
    this.closed = n + 1;
  }

  /** Drops the closed entries and moves the open event's to the front. */
  consume(): void {
    const { closed, length } = this;
    if (closed < length) {
      this.ts.copyWithin(0, closed, length);
      this.tick.copyWithin(0, closed, length);
      this.code.copyWithin(0, closed, length);
      this.qty.copyWithin(0, closed, length);
      this.eventId.copyWithin(0, closed, length);
    }
    this.length = length - closed;
    this.cleared = Math.max(0, this.cleared - closed);
    this.closed = 0;
  }
}
