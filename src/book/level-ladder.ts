/**
 * Price levels of one side of a book.
 *
 * Levels live in a pool. A dense window of ticks around the market maps a price to its level in one
 * read, and a two-step bitmap over it finds the next occupied price; levels outside the window are
 * in a sorted list. The window grows to a named limit and moves to where levels are made, so
 * hostile prices cost no memory.
 *
 * Inside, a price is a **key**: the tick for bids, its complement for asks, so that a larger key is
 * always better. Slot 0 means "none".
 */
import type { Side, Tick } from '../core/index.ts';
import { FarLevels } from './far-levels.ts';

/** Ticks that the dense window covers at most, per side (1 MB). */
export const MAX_WINDOW_TICKS = 262_144;
/** Largest absolute tick a book accepts, so that the distance of two ticks is an int32. */
export const MAX_TICK = 1_073_741_823;

/** Int32 fields of a level from `slot * LEVEL_STRIDE` on: its key, and then as follows. */
export const LEVEL_STRIDE = 4;
/** Orders, aggregates not counted. */
export const LEVEL_ORDERS = 1;
/** First order in the queue; also links the free list. */
export const LEVEL_HEAD = 2;
/** Last order in the queue. */
export const LEVEL_TAIL = 3;

const INITIAL_WINDOW_TICKS = 256;
const INITIAL_LEVELS = 32;
/** Far levels tolerated, beyond twice the near ones, before the window moves. */
const FAR_SLACK = 64;

/** The levels of one side; fields are read-only to everyone but the book's own functions. */
export class LevelLadder {
  readonly side: Side;
  /** `key = tick ^ flip`. */
  readonly flip: number;
  /** Level records, see `LEVEL_STRIDE`. */
  rows = new Int32Array(INITIAL_LEVELS * LEVEL_STRIDE);
  /** Total lots, aggregate included. [slot] */
  qty = new Float64Array(INITIAL_LEVELS);
  /** Lots that belong to no order (top-of-book and aggregated feeds). [slot] */
  aggregate = new Float64Array(INITIAL_LEVELS);
  /** Levels that exist. */
  count = 0;
  /** Slot of the best level, or 0. */
  best = 0;
  /** Key of the best level; meaningless when there is none. */
  bestKey = 0;
  /** Best key whose quantity or order count changed since the reader last set it to -2^31. */
  touched = -2147483648;
  /** Levels outside the window. */
  readonly far = new FarLevels();
  private used = 1;
  private free = 0;
  private farMade = 0;
  private base = 0;
  private width = 0;
  private directory = new Int32Array(0);
  private words = new Int32Array(0);
  private blocks = new Int32Array(0);

  constructor(side: Side) {
    this.side = side;
    this.flip = side === 0 ? 0 : -1;
  }

  /** Tick of a level. */
  tickOf(slot: number): Tick {
    return this.rows[slot * LEVEL_STRIDE] ^ this.flip;
  }

  /** Key of a level. */
  keyOf(slot: number): number {
    return this.rows[slot * LEVEL_STRIDE];
  }

  /** Orders at a level, aggregates not counted. */
  ordersOf(slot: number): number {
    return this.rows[slot * LEVEL_STRIDE + LEVEL_ORDERS];
  }

  /** Slot of the level at `key`, or 0. */
  find(key: number): number {
    const i = key - this.base;
    if (i >= 0 && i < this.width) return this.directory[i];
    return this.far.count === 0 ? 0 : this.far.find(key);
  }

  /** Slot of the level at `key` when it lies in the window, or 0. */
  near(key: number): number {
    const i = key - this.base;
    return i >= 0 && i < this.width ? this.directory[i] : 0;
  }

  /** Slot of the level at `key`, made when it is not there (then it is empty). */
  obtain(key: number): number {
    const slot = this.find(key);
    return slot !== 0 ? slot : this.create(key);
  }

  /** Removes a level that has become empty. */
  drop(slot: number): void {
    const key = this.rows[slot * LEVEL_STRIDE];
    const i = key - this.base;
    if (i >= 0 && i < this.width) {
      this.directory[i] = 0;
      const w = i >> 5;
      this.words[w] &= ~(1 << (i & 31));
      if (this.words[w] === 0) this.blocks[w >> 5] &= ~(1 << (w & 31));
    } else this.far.remove(key);
    this.count--;
    if (slot === this.best) this.setBest(this.count === 0 ? 0 : this.below(key));
    this.rows[slot * LEVEL_STRIDE + LEVEL_HEAD] = this.free;
    this.free = slot;
  }

  /** Slot of the best level with a key below `key`, or 0. */
  below(key: number): number {
    let near = 0;
    const last = Math.min(key - this.base, this.width) - 1;
    if (last >= 0) {
      const i = highestSet(this.words, this.blocks, last);
      if (i >= 0) near = this.directory[i];
    }
    if (this.far.count === 0) return near;
    const far = this.far.below(key);
    if (near === 0 || far === 0) return near | far;
    return this.keyOf(near) > this.keyOf(far) ? near : far;
  }

  /** Forgets every level; the window stays where it is. */
  clear(): void {
    this.directory.fill(0);
    this.words.fill(0);
    this.blocks.fill(0);
    this.far.clear();
    this.count = 0;
    this.best = 0;
    this.used = 1;
    this.free = 0;
    this.touched = 2147483647;
  }

  /** Bytes held by the arrays, far levels included. */
  get byteLength(): number {
    return (
      this.qty.length * 32 +
      this.directory.byteLength +
      this.words.byteLength * 2 +
      this.far.count * 16
    );
  }

  private create(key: number): number {
    let slot = this.free;
    if (slot !== 0) this.free = this.rows[slot * LEVEL_STRIDE + LEVEL_HEAD];
    else {
      if (this.used === this.qty.length) this.growPool();
      slot = this.used++;
    }
    const at = slot * LEVEL_STRIDE;
    this.rows[at] = key;
    this.rows[at + LEVEL_ORDERS] = 0;
    this.rows[at + LEVEL_HEAD] = 0;
    this.rows[at + LEVEL_TAIL] = 0;
    this.qty[slot] = 0;
    this.aggregate[slot] = 0;
    this.count++;
    this.place(key, slot);
    if (this.best === 0 || key > this.bestKey) this.setBest(slot);
    return slot;
  }

  private setBest(slot: number): void {
    this.best = slot;
    this.bestKey = this.rows[slot * LEVEL_STRIDE];
  }

  /** Puts a level into the window, which may have to grow or move for it, or into the far list. */
  private place(key: number, slot: number): void {
    const i = key - this.base;
    if (i >= 0 && i < this.width) {
      this.mark(i, slot);
      return;
    }
    const margin = this.width >> 2;
    const from = this.width === 0 ? key : Math.min(this.base, key - margin);
    const to = this.width === 0 ? key : Math.max(this.base + this.width - 1, key + margin);
    if (to - from < MAX_WINDOW_TICKS) {
      let width = INITIAL_WINDOW_TICKS;
      while (width < to - from + 1) width *= 2;
      this.far.insert(key, slot);
      this.moveWindow(from - ((width - (to - from)) >> 1), width);
      return;
    }
    this.far.insert(key, slot);
    this.farMade++;
    const near = this.count - this.far.count;
    if (this.far.count > near * 2 + FAR_SLACK && this.farMade * 2 > this.count) {
      this.moveWindow(key - (MAX_WINDOW_TICKS >> 1), MAX_WINDOW_TICKS);
    }
  }

  private mark(i: number, slot: number): void {
    this.directory[i] = slot;
    const w = i >> 5;
    this.words[w] |= 1 << (i & 31);
    this.blocks[w >> 5] |= 1 << (w & 31);
  }

  /** Re-lays every level over a window of `width` ticks from key `base`. */
  private moveWindow(base: number, width: number): void {
    const slots: number[] = [];
    for (let s = this.far.below(2147483647); s !== 0; s = this.far.below(this.keyOf(s)))
      slots.push(s);
    for (let i = 0; i < this.width; i++) {
      if (this.directory[i] !== 0) slots.push(this.directory[i]);
    }
    this.far.clear();
    this.farMade = 0;
    this.base = base;
    this.width = width;
    this.directory = new Int32Array(width);
    this.words = new Int32Array(width >> 5);
    this.blocks = new Int32Array((width >> 10) + 1);
    for (const slot of slots) {
      const i = this.keyOf(slot) - base;
      if (i >= 0 && i < width) this.mark(i, slot);
      else this.far.insert(this.keyOf(slot), slot);
    }
  }

  private growPool(): void {
    const capacity = this.qty.length * 2;
    const rows = new Int32Array(capacity * LEVEL_STRIDE);
    rows.set(this.rows);
    this.rows = rows;
    const qty = new Float64Array(capacity);
    qty.set(this.qty);
    this.qty = qty;
    const aggregate = new Float64Array(capacity);
    aggregate.set(this.aggregate);
    this.aggregate = aggregate;
  }
}

/**
 * Index of the highest set bit at or below `i`, or -1. `blocks` has a bit for each word that is not
 * 0.
 */
function highestSet(words: Int32Array, blocks: Int32Array, i: number): number {
  let w = i >> 5;
  const own = words[w] & (-1 >>> (31 - (i & 31)));
  if (own !== 0) return (w << 5) + 31 - Math.clz32(own);
  let b = w >> 5;
  let block = blocks[b] & ((1 << (w & 31)) - 1);
  while (block === 0) {
    if (b === 0) return -1;
    block = blocks[--b];
  }
  w = (b << 5) + 31 - Math.clz32(block);
  return (w << 5) + 31 - Math.clz32(words[w]);
}
