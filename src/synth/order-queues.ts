import { assert } from '../core/index.ts';

/** Most orders alive at once; the flow keeps some thousands. */
const MAX_ORDERS = 1 << 17;
/** No slot: the end of a queue. */
export const NO_ORDER = -1;

/**
 * The resting orders of the synthetic market: a first-in-first-out queue per tick, as linked slots
 * of typed arrays.
 *
 * A tick holds bids or asks, never both, so one array of levels serves the two sides. Ticks are
 * indices `[0, ticks)`.
 */
export class OrderQueues {
  /** Displayed lots of the order in a slot. [MAX_ORDERS] */
  readonly qty = new Int32Array(MAX_ORDERS);
  /** Lots of an iceberg that are not displayed. [MAX_ORDERS] */
  readonly reserve = new Int32Array(MAX_ORDERS);
  /** Tick of the order in a slot. [MAX_ORDERS] */
  readonly tick = new Int32Array(MAX_ORDERS);
  /** Order id, an exact integer below 2^53. [MAX_ORDERS] */
  readonly id = new Float64Array(MAX_ORDERS);
  /** Slot behind in the queue. [MAX_ORDERS] */
  readonly next = new Int32Array(MAX_ORDERS);
  /** Slot in front in the queue. [MAX_ORDERS] */
  readonly prev = new Int32Array(MAX_ORDERS);
  /** First slot of a tick's queue, `NO_ORDER` when empty. [ticks] */
  readonly head: Int32Array;
  /** Last slot of a tick's queue. [ticks] */
  readonly tail: Int32Array;
  /** Displayed lots of a tick. [ticks] */
  readonly levelQty: Int32Array;
  /** Orders of a tick. [ticks] */
  readonly levelCount: Int32Array;
  /** Orders alive. */
  live = 0;

  private readonly free = new Int32Array(MAX_ORDERS);

  constructor(ticks: number) {
    this.head = new Int32Array(ticks).fill(NO_ORDER);
    this.tail = new Int32Array(ticks).fill(NO_ORDER);
    this.levelQty = new Int32Array(ticks);
    this.levelCount = new Int32Array(ticks);
    for (let i = 0; i < MAX_ORDERS; i++) this.free[i] = i;
  }

  /** Appends an order to its tick's queue; returns its slot. */
  add(tick: number, qty: number, reserve: number, id: number): number {
    assert(this.live < MAX_ORDERS, 'the synthetic market holds too many orders');
    const slot = this.free[this.live++]!;
    this.qty[slot] = qty;
    this.reserve[slot] = reserve;
    this.id[slot] = id;
    this.append(slot, tick);
    return slot;
  }

  /**
   * Takes an order out of the market. Its id and quantity stay readable until the next `add`; its
   * tick is `NO_ORDER`.
   */
  remove(slot: number): void {
    this.unlink(slot);
    this.tick[slot] = NO_ORDER;
    this.free[--this.live] = slot;
  }

  /** Gives an order a new tick and size at the end of the queue there. */
  requeue(slot: number, tick: number, qty: number): void {
    this.unlink(slot);
    this.qty[slot] = qty;
    this.append(slot, tick);
  }

  /** Changes an order's size where it stands. */
  resize(slot: number, qty: number): void {
    this.levelQty[this.tick[slot]!]! += qty - this.qty[slot]!;
    this.qty[slot] = qty;
  }

  private append(slot: number, tick: number): void {
    const last = this.tail[tick]!;
    this.tick[slot] = tick;
    this.prev[slot] = last;
    this.next[slot] = NO_ORDER;
    if (last === NO_ORDER) this.head[tick] = slot;
    else this.next[last] = slot;
    this.tail[tick] = slot;
    this.levelQty[tick]! += this.qty[slot]!;
    this.levelCount[tick]!++;
  }

  private unlink(slot: number): void {
    const tick = this.tick[slot]!;
    const before = this.prev[slot]!;
    const after = this.next[slot]!;
    if (before === NO_ORDER) this.head[tick] = after;
    else this.next[before] = after;
    if (after === NO_ORDER) this.tail[tick] = before;
    else this.prev[after] = before;
    this.levelQty[tick]! -= this.qty[slot]!;
    this.levelCount[tick]!--;
  }
}
