import type { FlowLog } from '../book/index.ts';
import { FLOW } from '../book/index.ts';
import { type CheckpointReader, type CheckpointWriter, damaged } from './checkpoint.ts';
import { EPOCH_BITS, epochOf, HALVES, VANISHED, weightOf } from './decay-clock.ts';

/** Cells kept; beyond it the half that was idle the longest is forgotten (and counted). */
export const MAX_CELLS = 131_072;
/** Sums of a slot: add, pull, fill, each at the four time constants of `TAU_S`. */
export const SUMS = 12;

/** `pendingTs` of a slot that waits for nothing. */
const NOTHING = -Infinity;

/**
 * The decaying sums of every (bucket, side): what flows did to each price, in forward-decay form.
 *
 * A cell is a bucket; slot `2 * cell + side` is one side of it. Lots that reach a slot at one clock are first added up
 * as integers and enter the sums when the clock has moved on. The bits of a sum therefore depend on the sequence of
 * (clock, total lots) of its slot and on nothing else: not on how lots were split, batched or read.
 */
export class CellStore {
  /** Cells in use. Cell 0 is every bucket that was never touched: all zero, for ever. */
  length = 1;
  /** Cells forgotten because there were more than `MAX_CELLS`. */
  forgotten = 0;
  /** Bucket of each cell. [capacity] */
  buckets: Int32Array;
  /** Count of the event that last touched the cell. [capacity] */
  lastEvent: Uint32Array;
  /** Weighted lots, in units of the slot's epoch. [2 capacity x SUMS] */
  sums: Float64Array;
  /** Epoch of the slot's sums, see decay-clock.ts. [2 capacity] */
  epochs: Float64Array;
  /** Clock of the lots that are not in the sums yet, ns. [2 capacity] */
  pendingTs: Float64Array;
  /** Those lots: add, pull, fill. [2 capacity x 3] */
  pending: Float64Array;
  /** Slots with pending lots. [2 capacity] */
  waiting: Int32Array;
  /** Of them in use. */
  waitingLength = 0;

  /** Ticks of a bucket. */
  readonly bucketTicks: number;
  private capacity: number;
  /** Open addressing, bucket -> cell, 0 = free. */
  private table: Int32Array;
  private shift: number;
  /** Weights at `weightTs`, by `TAU_S`: flows of one event share them. */
  private weightTs = Number.NaN;
  private weightEpoch = 0;
  private w2 = 1;
  private w5 = 1;
  private w10 = 1;
  private w30 = 1;

  constructor(bucketTicks: number, capacity = 1024) {
    this.bucketTicks = bucketTicks;
    this.capacity = capacity;
    this.buckets = new Int32Array(capacity);
    this.lastEvent = new Uint32Array(capacity);
    this.sums = new Float64Array(2 * capacity * SUMS);
    this.epochs = new Float64Array(2 * capacity);
    this.pendingTs = new Float64Array(2 * capacity).fill(NOTHING);
    this.pending = new Float64Array(2 * capacity * 3);
    this.waiting = new Int32Array(2 * capacity);
    this.table = new Int32Array(0);
    this.shift = 0;
    this.rebuildTable();
  }

  /** The cell of a bucket, or 0 when nothing ever touched it. */
  find(bucket: number): number {
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
    const n = flows.closed;
    if (n === 0) return;
    const { ts, tick, code, qty, eventId } = flows;
    const { bucketTicks } = this;
    for (let i = 0; i < n; i++) {
      const kind = code[i] & 3;
      if (kind === FLOW.HIDDEN_FILL) continue;
      const bucket = bucketTicks === 1 ? tick[i] : Math.floor(tick[i] / bucketTicks);
      let cell = this.find(bucket);
      if (cell === 0) cell = this.insert(bucket);
      const slot = 2 * cell + (code[i] >> 2);
      const now = ts[i];
      const waitsFor = this.pendingTs[slot];
      if (waitsFor !== now) {
        if (waitsFor === NOTHING) this.waiting[this.waitingLength++] = slot;
        else this.fold(slot, waitsFor);
        this.pendingTs[slot] = now;
      } else if (now === NOTHING) {
        // From before the first valid clock: infinitely long ago, so nothing is left of it.
        this.lastEvent[cell] = eventId[i];
        continue;
      }
      this.pending[3 * slot + kind] += qty[i];
      this.lastEvent[cell] = eventId[i];
    }
    flows.consume();
  }

  /** Moves lots that came before `ts` into the sums: no more can come at their clocks. */
  settle(ts: number): void {
    const { waiting, pendingTs } = this;
    let kept = 0;
    for (let i = 0; i < this.waitingLength; i++) {
      const slot = waiting[i];
      const waitsFor = pendingTs[slot];
      if (waitsFor < ts) {
        this.fold(slot, waitsFor);
        pendingTs[slot] = NOTHING;
      } else waiting[kept++] = slot;
    }
    this.waitingLength = kept;
  }

  /** Adds the slot's pending lots to its sums as if they came at `ts` (not before the slot's epoch). */
  fold(slot: number, ts: number): void {
    if (ts !== this.weightTs) this.setWeights(ts);
    if (this.epochs[slot] !== this.weightEpoch) this.moveToEpoch(slot, this.weightEpoch);
    const { sums, pending, w2, w5, w10, w30 } = this;
    let o = slot * SUMS;
    for (let p = 3 * slot; p < 3 * slot + 3; p++, o += 4) {
      const q = pending[p];
      if (q === 0) continue;
      sums[o] += q * w2;
      sums[o + 1] += q * w5;
      sums[o + 2] += q * w10;
      sums[o + 3] += q * w30;
      pending[p] = 0;
    }
  }

  /** Restates a slot's sums in a later epoch: exact, so it does not matter when or how often it is done. */
  moveToEpoch(slot: number, epoch: number): void {
    const { sums } = this;
    const passed = epoch - this.epochs[slot];
    this.epochs[slot] = epoch;
    for (let i = 0; i < SUMS; i++) {
      const bits = passed * EPOCH_BITS[i & 3];
      const moved = sums[slot * SUMS + i] * HALVES[Math.min(bits, 1022)];
      sums[slot * SUMS + i] = moved < VANISHED ? 0 : moved;
    }
  }

  /** The cells of consecutive buckets from `first`, their sums moved to `epoch`. */
  locate(first: number, epoch: number, out: Int32Array): void {
    const { epochs } = this;
    for (let r = 0; r < out.length; r++) {
      const cell = this.find(first + r);
      out[r] = cell;
      if (epochs[2 * cell] !== epoch) this.moveToEpoch(2 * cell, epoch);
      if (epochs[2 * cell + 1] !== epoch) this.moveToEpoch(2 * cell + 1, epoch);
    }
  }

  /** Weights at `ts`, by `TAU_S`, into `out` [4]; returns the epoch they belong to. */
  weightsAt(ts: number, out: Float64Array): number {
    if (ts !== this.weightTs) this.setWeights(ts);
    out[0] = this.w2;
    out[1] = this.w5;
    out[2] = this.w10;
    out[3] = this.w30;
    return this.weightEpoch;
  }

  /** Appends everything that must survive a restart. */
  save(to: CheckpointWriter): void {
    const n = this.length;
    to.put(Float64Array.of(n, this.forgotten));
    to.put(this.buckets.slice(0, n));
    to.put(this.lastEvent.slice(0, n));
    to.put(this.sums.slice(0, 2 * n * SUMS));
    to.put(this.epochs.slice(0, 2 * n));
    to.put(this.pendingTs.slice(0, 2 * n));
    to.put(this.pending.slice(0, 6 * n));
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
    this.sums.set(new Float64Array(from.take(16 * n * SUMS)));
    this.epochs.set(new Float64Array(from.take(16 * n)));
    this.pendingTs.set(new Float64Array(from.take(16 * n)));
    this.pending.set(new Float64Array(from.take(48 * n)));
    this.findWaiting();
    this.rebuildTable();
  }

  private setWeights(ts: number): void {
    const epoch = epochOf(ts);
    const w30 = weightOf(ts, epoch);
    const w10 = w30 * w30 * w30;
    const w5 = w10 * w10;
    this.weightTs = ts;
    this.weightEpoch = epoch;
    this.w30 = w30;
    this.w10 = w10;
    this.w5 = w5;
    this.w2 = w5 * w5 * w10;
  }

  private insert(bucket: number): number {
    if (this.length === this.capacity) {
      if (this.capacity < MAX_CELLS) this.grow(this.capacity * 2);
      else this.forgetIdle();
    }
    const cell = this.length++;
    this.buckets[cell] = bucket;
    this.lastEvent[cell] = 0;
    for (let slot = 2 * cell; slot < 2 * cell + 2; slot++) {
      this.sums.fill(0, slot * SUMS, (slot + 1) * SUMS);
      this.pending.fill(0, 3 * slot, 3 * slot + 3);
      this.pendingTs[slot] = NOTHING;
      // Empty sums may take any epoch; the oldest possible one lets `fold` move them forward.
      this.epochs[slot] = -Infinity;
    }
    this.place(cell);
    return cell;
  }

  private place(cell: number): void {
    const { table } = this;
    const mask = table.length - 1;
    let h = Math.imul(this.buckets[cell], 0x9e3779b1) >>> this.shift;
    while (table[h] !== 0) h = (h + 1) & mask;
    table[h] = cell;
  }

  private rebuildTable(): void {
    const bits = Math.ceil(Math.log2(this.capacity)) + 1;
    this.table = new Int32Array(2 ** bits);
    this.shift = 32 - bits;
    for (let cell = 1; cell < this.length; cell++) this.place(cell);
  }

  private grow(capacity: number): void {
    const floats = (old: Float64Array, length: number) => {
      const grown = new Float64Array(length);
      grown.set(old);
      return grown;
    };
    this.sums = floats(this.sums, 2 * capacity * SUMS);
    this.epochs = floats(this.epochs, 2 * capacity);
    this.pendingTs = floats(this.pendingTs, 2 * capacity);
    this.pending = floats(this.pending, 2 * capacity * 3);
    const buckets = new Int32Array(capacity);
    buckets.set(this.buckets);
    this.buckets = buckets;
    const lastEvent = new Uint32Array(capacity);
    lastEvent.set(this.lastEvent);
    this.lastEvent = lastEvent;
    const waiting = new Int32Array(2 * capacity);
    waiting.set(this.waiting);
    this.waiting = waiting;
    this.capacity = capacity;
    this.rebuildTable();
  }

  /** Keeps the cells whose last event is later than the median one's. */
  private forgetIdle(): void {
    const median = this.lastEvent.slice(1, this.length).sort()[this.length >> 1];
    const before = this.length;
    let kept = 1;
    for (let cell = 1; cell < before; cell++) {
      if (this.lastEvent[cell] > median) this.move(cell, kept++);
    }
    this.length = kept;
    this.forgotten += before - kept;
    this.findWaiting();
    this.rebuildTable();
  }

  private findWaiting(): void {
    this.waitingLength = 0;
    for (let slot = 2; slot < 2 * this.length; slot++) {
      if (this.pendingTs[slot] !== NOTHING) this.waiting[this.waitingLength++] = slot;
    }
  }

  private move(from: number, to: number): void {
    this.buckets[to] = this.buckets[from];
    this.lastEvent[to] = this.lastEvent[from];
    this.sums.copyWithin(2 * to * SUMS, 2 * from * SUMS, 2 * (from + 1) * SUMS);
    this.epochs.copyWithin(2 * to, 2 * from, 2 * from + 2);
    this.pendingTs.copyWithin(2 * to, 2 * from, 2 * from + 2);
    this.pending.copyWithin(6 * to, 6 * from, 6 * from + 6);
  }
}
