/**
 * What of many books has not rested: orders that took their price late in a window. Only prices
 * that something came to in the window's last half second are looked at, and there only as many
 * orders from the end of the line as came.
 */
import type { NsOfDay, Side, Tick } from '../core/index.ts';
import type { OrderBook } from './order-book.ts';
import type { StrikeSeconds } from './strike-seconds.ts';

const TICKS = 2 ** 31;
const HALF_TICKS = 2 ** 30;

/** Arrivals of a window; see the file comment. */
export class YoungLots {
  private length = 0;
  /** Where it came to: (slot * 2 + side) * 2^31 + tick + 2^30. */
  private place = new Float64Array(256);
  private ts = new Float64Array(256);
  /** Places of the late arrivals, sorted. */
  private late = new Float64Array(256);

  /** Notes lots that came to a price of `slot * 2 + side`. */
  note(at: number, tick: Tick, ts: NsOfDay): void {
    if (this.length === this.place.length) this.grow();
    this.place[this.length] = at * TICKS + tick + HALF_TICKS;
    this.ts[this.length++] = ts;
  }

  /** Forgets all arrivals. */
  clear(): void {
    this.length = 0;
  }

  /**
   * Takes the lots of orders that took their price after `restedBy` off `seconds.depthRest`. Books
   * that were set anew in the window are looked through: a snapshot's orders are not noted.
   */
  subtract(books: readonly OrderBook[], seconds: StrikeSeconds, restedBy: NsOfDay): void {
    const { ts, place, late, length } = this;
    let n = 0;
    for (let i = 0; i < length; i++) if (ts[i]! > restedBy) late[n++] = place[i]!;
    late.subarray(0, n).sort();
    for (let i = 0; i < n; ) {
      let j = i + 1;
      while (j < n && late[j] === late[i]) j++;
      const at = Math.floor(late[i]! / TICKS);
      const tick = late[i]! - at * TICKS - HALF_TICKS;
      if (seconds.broken[at >> 1] === 0) {
        const book = books[at >> 1]!;
        const side = (at & 1) as Side;
        const rested = book.restingDepthAt(side, tick, restedBy, j - i);
        seconds.depthRest[at]! -= book.depthAt(side, tick) - rested;
      }
      i = j;
    }
    for (let slot = 0; slot < books.length; slot++) {
      if (seconds.broken[slot] === 1) lookThrough(books[slot]!, slot, seconds, restedBy);
    }
  }

  private grow(): void {
    const longer = (a: Float64Array<ArrayBuffer>) => {
      const b = new Float64Array(a.length * 2);
      b.set(a);
      return b;
    };
    this.place = longer(this.place);
    this.ts = longer(this.ts);
    this.late = longer(this.late);
  }
}

function lookThrough(
  book: OrderBook,
  slot: number,
  seconds: StrikeSeconds,
  restedBy: NsOfDay,
): void {
  for (const side of [0, 1] as const) {
    let rested = 0;
    for (const tick of book.levels(side).tick) rested += book.restingDepthAt(side, tick, restedBy);
    seconds.depthRest[slot * 2 + side] = rested;
  }
}
