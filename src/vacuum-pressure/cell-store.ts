import { FLOW, type FlowLog } from '../book/index.ts';
import { type CheckpointReader, type CheckpointWriter, damaged } from './checkpoint.ts';
import { EPOCH_BITS, epochOf, HALVES, VANISHED, weightOf } from './decay-clock.ts';

const HIDDEN_FILL = FLOW.HIDDEN_FILL;

/** Cells kept (34 MB); beyond it the half that was idle the longest is forgotten, and counted. */
export const MAX_CELLS = 65_536;

/** Float64 values of a slot: a cache line, the last unused. */
export const SLOT = 8;
/** Where in a slot its sum for tau = 2 s is. */
export const SUM_2 = 0;
/** Its sum for 5 s. */
export const SUM_5 = 1;
/** Its sum for 10 s. */
export const SUM_10 = 2;
/** Its sum for 30 s. */
export const SUM_30 = 3;
/** Clock of the lots that are not in the sums yet, ns. */
const WAIT_TS = 4;
/** Those lots. */
const WAIT_LOTS = 5;
/** Weight of their clock, see decay-clock.ts. */
const WAIT_WEIGHT = 6;
/** Float64 values of a cell: bids, then asks, four slots each: add, pull, fill, and one unused. */
export const CELL = 8 * SLOT;
/** Where the asks of a cell begin. */
export const CELL_ASKS = 4 * SLOT;

/** Buckets around the market whose cells are found by one read instead of by hash. */
const NEAR_BUCKETS = 4096;

/** `WAIT_TS` of a slot that waits for nothing. */
const NOTHING = -Infinity;

/**
 * The decaying sums of every (bucket, side, flow): what happened at each price, in forward-decay
 * form.
 *
 * Lots that reach a slot at one clock are first added up as integers and enter its sums when the
 * clock has moved on. The bits of a sum therefore depend on the sequence of (clock, total lots) of
 * its slot and on nothing else: not on how lots were split, batched or read.
 */
export class CellStore {
  /** Cells in use. Cell 0 is every bucket that was never touched: all zero, for ever. */
  length = 1;
  /** Cells forgotten because there were more than `MAX_CELLS`. */
  forgotten = 0;
  /** Count of the event that last touched the cell. [capacity] */
  lastEvent: Uint32Array;
  /** Epoch that the cell's sums are in units of. [capacity] */
  epochs: Float64Array;
  /** Slots of the cells; see `CELL` and `SLOT`. [capacity x CELL] */
  slots: Float64Array;
  /** Slots (offsets into `slots`) with waiting lots. [6 capacity] */
  waiting: Int32Array;
  /** Of them in use. */
  waitingLength = 0;

  /** Slots as they were before `includeWaiting`. */
  private included = new Float64Array(0);

  /** Ticks of a bucket. */
  readonly bucketTicks: number;
  /** Bucket of each cell. [capacity] */
  private buckets: Int32Array;
  private capacity: number;
  /** Open addressing, bucket -> cell, 0 = free. */
  private table = new Int32Array(0);
  private shift = 0;
  /** Cells of buckets `nearFirst` and on, 0 = none. [NEAR_BUCKETS] */
  private readonly near = new Int32Array(NEAR_BUCKETS);
  private nearFirst = 0;

  constructor(bucketTicks: number, capacity = 1024) {
    this.bucketTicks = bucketTicks;
    this.capacity = capacity;
    this.buckets = new Int32Array(capacity);
    this.lastEvent = new Uint32Array(capacity);
    this.epochs = new Float64Array(capacity);
    this.slots = new Float64Array(capacity * CELL);
    this.waiting = new Int32Array(capacity * 6);
    this.rebuildTable();
  }

  /** The cell of a bucket, or 0 when nothing ever touched it. */
  find(bucket: number): number {
    const i = bucket - this.nearFirst;
    return i >= 0 && i < NEAR_BUCKETS ? this.near[i] : this.findFar(bucket);
  }

  private findFar(bucket: number): number {
    const { table, buckets } = this;
    const mask = table.length - 1;
    let h = Math.imul(bucket, 0x9e3779b1) >>> this.shift;
    for (;;) {
      const cell = table[h];
      if (cell === 0 || buckets[cell] === bucket) return cell;
      h = (h + 1) & mask;
    }
  }

  /** Takes in all closed entries of a flow log and consumes them. */
  apply(flows: FlowLog): void {
    const { ts, tick, code, qty, eventId, closed } = flows;
    const { bucketTicks } = this;
    let { slots, lastEvent } = this;
    let clock = NOTHING;
    let weight = 1;
    for (let i = 0; i < closed; i++) {
      const flow = code[i];
      if ((flow & 3) === HIDDEN_FILL) continue;
      const bucket = bucketTicks === 1 ? tick[i] : Math.floor(tick[i] / bucketTicks);
      let cell = this.find(bucket);
      if (cell === 0) {
        cell = this.insert(bucket);
        ({ slots, lastEvent } = this);
      }
      lastEvent[cell] = eventId[i];
      const now = ts[i];
      if (now !== clock) {
        clock = now;
        weight = weightOf(now, epochOf(now));
      }
      const o = cell * CELL + flow * SLOT;
      const since = slots[o + WAIT_TS];
      if (since === now) {
        // What comes before the first valid clock is infinitely long ago: nothing is left of it.
        if (now !== NOTHING) slots[o + WAIT_LOTS] += qty[i];
        continue;
      }
      if (since === NOTHING) this.waiting[this.waitingLength++] = o;
      else this.fold(o, slots[o + WAIT_WEIGHT], since);
      slots[o + WAIT_TS] = now;
      slots[o + WAIT_LOTS] = qty[i];
      slots[o + WAIT_WEIGHT] = weight;
    }
    if (closed > 0) flows.consume();
  }

  /** Moves lots that came before `ts` into the sums: no more can come at their clocks. */
  settle(ts: number): void {
    const { waiting, slots } = this;
    let kept = 0;
    for (let i = 0; i < this.waitingLength; i++) {
      const o = waiting[i];
      const since = slots[o + WAIT_TS];
      if (since < ts) {
        this.fold(o, slots[o + WAIT_WEIGHT], since);
        slots[o + WAIT_TS] = NOTHING;
      } else waiting[kept++] = o;
    }
    this.waitingLength = kept;
  }

  /** Adds the lots that still wait as if they came at `ts`, until `excludeWaiting`. */
  includeWaiting(ts: number): void {
    const { waiting, waitingLength, slots } = this;
    const epoch = epochOf(ts);
    const weight = weightOf(ts, epoch);
    if (this.included.length < waitingLength * SLOT) {
      this.included = new Float64Array(2 * waitingLength * SLOT);
    }
    for (let i = 0; i < waitingLength; i++) {
      const o = waiting[i];
      const cell = (o / CELL) | 0;
      // Moving is for good, so it comes before what is to be undone.
      if (this.epochs[cell] !== epoch) this.moveToEpoch(cell, epoch);
      this.included.set(slots.subarray(o, o + SLOT), i * SLOT);
      this.fold(o, weight, ts);
    }
  }

  /** Undoes `includeWaiting`, to the bit. */
  excludeWaiting(): void {
    const { waiting, waitingLength, slots, included } = this;
    for (let i = 0; i < waitingLength; i++) {
      slots.set(included.subarray(i * SLOT, (i + 1) * SLOT), waiting[i]);
    }
  }

  /** The cells of buckets `first + from .. first + to - 1` into `rows`, their sums in `epoch`. */
  locate(first: number, epoch: number, rows: Int32Array, from: number, to: number): void {
    const { epochs } = this;
    const margin = first - this.nearFirst;
    if (margin < rows.length || margin > NEAR_BUCKETS - 2 * rows.length) this.moveNear(first);
    for (let r = from; r < to; r++) {
      const cell = this.find(first + r);
      rows[r] = cell;
      if (epochs[cell] !== epoch) this.moveToEpoch(cell, epoch);
    }
  }

  /** Appends everything that must survive a restart. */
  save(to: CheckpointWriter): void {
    const n = this.length;
    to.put(Float64Array.of(n, this.forgotten));
    to.put(this.buckets.slice(0, n));
    to.put(this.lastEvent.slice(0, n));
    to.put(this.epochs.slice(0, n));
    to.put(this.slots.slice(0, n * CELL));
  }

  /** Takes over what `save` wrote; the store must be fresh. */
  restore(from: CheckpointReader): void {
    const [n, forgotten] = new Float64Array(from.take(16));
    if (!(n >= 1 && n <= MAX_CELLS)) throw damaged(`${n} cells`);
    while (this.capacity < n) this.grow(this.capacity * 2);
    this.length = n;
    this.forgotten = forgotten;
    this.buckets.set(new Int32Array(from.take(4 * n)));
    this.lastEvent.set(new Uint32Array(from.take(4 * n)));
    this.epochs.set(new Float64Array(from.take(8 * n)));
    this.slots.set(new Float64Array(from.take(8 * n * CELL)));
    this.findWaiting();
    this.rebuildTable();
  }

  private insert(bucket: number): number {
    if (this.length === this.capacity) {
      if (this.capacity < MAX_CELLS) this.grow(this.capacity * 2);
      else this.forgetIdle();
    }
    const cell = this.length++;
    this.buckets[cell] = bucket;
    // Empty sums stand in no particular epoch.
    this.epochs[cell] = -Infinity;
    this.slots.fill(0, cell * CELL, (cell + 1) * CELL);
    for (let o = cell * CELL; o < (cell + 1) * CELL; o += SLOT) this.slots[o + WAIT_TS] = NOTHING;
    this.place(cell);
    return cell;
  }

  /** Puts the market's buckets in the middle of the near ones. */
  private moveNear(first: number): void {
    this.nearFirst = first - (NEAR_BUCKETS >> 1);
    for (let i = 0; i < NEAR_BUCKETS; i++) this.near[i] = this.findFar(this.nearFirst + i);
  }

  private place(cell: number): void {
    const i = this.buckets[cell] - this.nearFirst;
    if (i >= 0 && i < NEAR_BUCKETS) this.near[i] = cell;
    const { table } = this;
    const mask = table.length - 1;
    let h = Math.imul(this.buckets[cell], 0x9e3779b1) >>> this.shift;
    while (table[h] !== 0) h = (h + 1) & mask;
    table[h] = cell;
  }

  private rebuildTable(): void {
    const bits = Math.ceil(Math.log2(this.capacity)) + 2;
    this.table = new Int32Array(2 ** bits);
    this.shift = 32 - bits;
    this.near.fill(0);
    for (let cell = 1; cell < this.length; cell++) this.place(cell);
  }

  private grow(capacity: number): void {
    const { slots, epochs, buckets, lastEvent, waiting } = this;
    this.epochs = new Float64Array(capacity);
    this.epochs.set(epochs);
    this.slots = new Float64Array(capacity * CELL);
    this.slots.set(slots);
    this.buckets = new Int32Array(capacity);
    this.buckets.set(buckets);
    this.lastEvent = new Uint32Array(capacity);
    this.lastEvent.set(lastEvent);
    this.waiting = new Int32Array(capacity * 6);
    this.waiting.set(waiting);
    this.capacity = capacity;
    this.rebuildTable();
  }

  /** Keeps the cells whose last event is later than the median one's. */
  private forgetIdle(): void {
    const { lastEvent, buckets, epochs, slots, length } = this;
    const median = lastEvent.slice(1, length).sort()[length >> 1];
    let kept = 1;
    for (let cell = 1; cell < length; cell++) {
      if (lastEvent[cell] <= median) continue;
      buckets[kept] = buckets[cell];
      lastEvent[kept] = lastEvent[cell];
      epochs[kept] = epochs[cell];
      slots.copyWithin(kept * CELL, cell * CELL, (cell + 1) * CELL);
      kept++;
    }
    this.length = kept;
    this.forgotten += length - kept;
    this.findWaiting();
    this.rebuildTable();
  }

  private findWaiting(): void {
    this.waitingLength = 0;
    for (let o = CELL; o < this.length * CELL; o += SLOT) {
      if (this.slots[o + WAIT_TS] !== NOTHING) this.waiting[this.waitingLength++] = o;
    }
  }

  /** Adds a slot's waiting lots to its sums; `weight` is that of `ts`. */
  private fold(o: number, weight: number, ts: number): void {
    const { slots } = this;
    const cell = (o / CELL) | 0;
    const epoch = epochOf(ts);
    if (this.epochs[cell] !== epoch) {
      if (this.epochs[cell] > epoch) {
        this.foldLate(o, weight, this.epochs[cell] - epoch);
        return;
      }
      this.moveToEpoch(cell, epoch);
    }
    const lots = slots[o + WAIT_LOTS];
    const w10 = weight * weight * weight;
    const w5 = w10 * w10;
    slots[o + SUM_2] += lots * (w5 * w5 * w10);
    slots[o + SUM_5] += lots * w5;
    slots[o + SUM_10] += lots * w10;
    slots[o + SUM_30] += lots * weight;
  }

  /** `fold` where another flow has moved the cell `passed` epochs on: scaled exactly, same bits. */
  private foldLate(o: number, weight: number, passed: number): void {
    const { slots } = this;
    const lots = slots[o + WAIT_LOTS];
    const w10 = weight * weight * weight;
    const w5 = w10 * w10;
    const weights = [w5 * w5 * w10, w5, w10, weight];
    for (let i = 0; i < 4; i++) {
      const late = lots * weights[i] * HALVES[Math.min(passed * EPOCH_BITS[i], 1022)];
      if (late >= VANISHED) slots[o + i] += late;
    }
  }

  /** Restates a cell's sums in a later epoch: exact, so it does not matter when or how often. */
  private moveToEpoch(cell: number, epoch: number): void {
    const { slots } = this;
    const passed = epoch - this.epochs[cell];
    this.epochs[cell] = epoch;
    for (let o = cell * CELL; o < (cell + 1) * CELL; o += SLOT) {
      for (let i = 0; i < 4; i++) {
        const bits = passed * EPOCH_BITS[i];
        const moved = slots[o + i] * HALVES[Math.min(bits, 1022)];
        slots[o + i] = moved < VANISHED ? 0 : moved;
      }
    }
  }
}
