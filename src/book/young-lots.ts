/**
 * What of many books has not rested: orders that took their price late in a window. Only prices
 * that something came to in the window's last half second are looked at, and there only as many
 * orders from the end of the line as came.
 */
import type { NsOfDay, Side, Tick } from '../core/index.ts';
import type { OrderBook } from './order-book.ts';
import type { StrikeSeconds } from './strike-seconds.ts';

const FIRST_ROOM = 256;

/** Prices that lots came to late in a window, with how often; see the file comment. */
export class YoungLots {
  /** What takes its price after this has not rested at the window's end. */
  restedBy: NsOfDay = Number.NEGATIVE_INFINITY;
  private length = 0;
  /** `slot * 2 + side` of a price. */
  private side = new Int32Array(FIRST_ROOM);
  private tick = new Int32Array(FIRST_ROOM);
  private arrivals = new Int32Array(FIRST_ROOM);
  /** Index of a price plus one, by hash; 0 = free. Twice as long as there is room. */
  private table = new Int32Array(FIRST_ROOM * 2);

  /** Notes that lots came to a price of `slot * 2 + side`. */
  note(at: number, tick: Tick, ts: NsOfDay): void {
    if (ts <= this.restedBy) return;
    const { table, side, tick: ticks } = this;
    const mask = table.length - 1;
    let place = hashOf(at, tick) & mask;
    for (let entry = table[place]!; entry !== 0; entry = table[place]!) {
      if (side[entry - 1] === at && ticks[entry - 1] === tick) {
        this.arrivals[entry - 1]!++;
        return;
      }
      place = (place + 1) & mask;
    }
    const n = this.length++;
    side[n] = at;
    ticks[n] = tick;
    this.arrivals[n] = 1;
    table[place] = n + 1;
    if (this.length === side.length) this.grow();
  }

  /** Forgets all arrivals. */
  clear(): void {
    if (this.length > 0) this.table.fill(0);
    this.length = 0;
  }

  /**
   * Takes the lots of orders that took their price after `restedBy` off `seconds.depthRest`. Books
   * that were set anew in the window are looked through: a snapshot's orders are not noted.
   */
  subtract(books: readonly OrderBook[], seconds: StrikeSeconds): void {
    const { restedBy, side, tick, arrivals, length } = this;
    const { broken, depthRest } = seconds;
    for (let i = 0; i < length; i++) {
      const at = side[i]!;
      if (broken[at >> 1] !== 0) continue;
      const book = books[at >> 1]!;
      const of = (at & 1) as Side;
      const rested = book.restingDepthAt(of, tick[i]!, restedBy, arrivals[i]!);
      depthRest[at]! -= book.depthAt(of, tick[i]!) - rested;
    }
    for (let slot = 0; slot < books.length; slot++) {
      if (broken[slot] !== 0) lookThrough(books[slot]!, slot, seconds, restedBy);
    }
  }

  private grow(): void {
    const room = this.side.length * 2;
    const longer = (a: Int32Array<ArrayBuffer>) => {
      const b = new Int32Array(room);
      b.set(a);
      return b;
    };
    this.side = longer(this.side);
    this.tick = longer(this.tick);
    this.arrivals = longer(this.arrivals);
    this.table = new Int32Array(room * 2);
    const mask = this.table.length - 1;
    for (let i = 0; i < this.length; i++) {
      let place = hashOf(this.side[i]!, this.tick[i]!) & mask;
      while (this.table[place] !== 0) place = (place + 1) & mask;
      this.table[place] = i + 1;
    }
  }
}

function hashOf(at: number, tick: Tick): number {
  const h = Math.imul(at, 0x9e3779b1) ^ Math.imul(tick, 0x85ebca77);
  return h ^ (h >>> 15);
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
