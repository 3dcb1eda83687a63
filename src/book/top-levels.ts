/**
 * The best N levels of one side, remembered between looks, and whether they have changed since.
 */
import type { PriceNano, Tick } from '../core/index.ts';
import { UNDEF_ORDER_SIZE, UNDEF_PRICE_F64 } from '../dbn/index.ts';
import { LEVEL_ORDERS, LEVEL_STRIDE, type LevelLadder } from './level-ladder.ts';

const NOTHING_TOUCHED = -2147483648;
const EVERYTHING_TOUCHED = 2147483647;

/** A copy of the best levels of a ladder. */
export class TopLevels {
  private readonly ladder: LevelLadder;
  private readonly tickSize: PriceNano;
  private readonly limit: number;
  private count = 0;
  private readonly keys: Int32Array;
  private readonly qty: Float64Array;
  private readonly orders: Int32Array;

  constructor(ladder: LevelLadder, limit: number, tickSize: PriceNano) {
    this.ladder = ladder;
    this.limit = limit;
    this.tickSize = tickSize;
    this.keys = new Int32Array(limit);
    this.qty = new Float64Array(limit);
    this.orders = new Int32Array(limit);
    ladder.touched = EVERYTHING_TOUCHED;
  }

  /** Looks again; true when price, size or count of one of the levels is not what it was. */
  refresh(): boolean {
    const { ladder, keys, qty, orders, limit } = this;
    const touched = ladder.touched;
    ladder.touched = NOTHING_TOUCHED;
    if (touched === NOTHING_TOUCHED) return false;
    if (this.count === limit && touched < keys[limit - 1]) return false;
    let changed = false;
    let n = 0;
    for (let s = ladder.best; s !== 0 && n < limit; s = ladder.below(keys[n++])) {
      const key = ladder.keyOf(s);
      const count = ladder.rows[s * LEVEL_STRIDE + LEVEL_ORDERS];
      if (n >= this.count || keys[n] !== key || qty[n] !== ladder.qty[s] || orders[n] !== count) {
        changed = true;
        keys[n] = key;
        qty[n] = ladder.qty[s];
        orders[n] = count;
      }
    }
    changed ||= n !== this.count;
    this.count = n;
    return changed;
  }

  /** Levels better than `tick`, as far as the copy reaches. */
  better(tick: Tick): number {
    const key = tick ^ this.ladder.flip;
    let n = 0;
    while (n < this.count && this.keys[n] > key) n++;
    return n;
  }

  /** Writes the levels into rows of `limit` entries that begin at `at`. */
  write(at: number, price: Float64Array, size: Uint32Array, count: Uint32Array): void {
    for (let i = 0; i < this.limit; i++) {
      const there = i < this.count;
      price[at + i] = there ? (this.keys[i] ^ this.ladder.flip) * this.tickSize : UNDEF_PRICE_F64;
      size[at + i] = there ? Math.min(this.qty[i], UNDEF_ORDER_SIZE - 1) : 0;
      count[at + i] = there ? this.orders[i] : 0;
    }
  }
}
