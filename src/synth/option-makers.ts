import { ASK, BID, type Prng, type Side } from '../core/index.ts';
import { TABLE_MASK } from './market-shape.ts';
import { NO_SLOT, type OptionBooks, SLOTS } from './option-books.ts';

/** Slots of market makers; the others are customers'. */
export const MAKERS = 4;
/** Half spread of each maker, relative to the tightest. */
const WIDTH = [1, 1.25, 1.6, 3] as const;
/** Tightest half spread: in ticks, and per tick of value. */
const HALF_SPREAD = { least: 0.7, perTick: 0.012 };
/** Lots of inventory at which a maker leans as far as it ever does, share of its half spread. */
const LEAN = { lots: 300, most: 0.3 };
/** A quote is left alone within this share of the half spread. */
const TOLERANCE = 0.3;
/** One quote change in so many comes with another size. */
const RESIZE_ODDS = 3;
/** Quotes looked at for one that is out of place. */
const MAX_LOOKS = 48;

/**
 * Market makers in options: each keeps a bid and an ask about its value, wider for the dear ones,
 * leaning against the inventory it has. A quote that is out of place is changed when its turn
 * comes, never so that the book crosses: the order in its way goes first.
 */
export class OptionMakers {
  /** Value of each instrument, ticks; the caller keeps it current. */
  readonly value: Float64Array;
  private readonly books: OptionBooks;
  private readonly prng: Prng;
  private readonly size: Uint16Array;
  private readonly inventory: Float64Array;
  private next = 0;
  /** Quotes looked at in turn since one was out of place, or since anything moved. */
  private calm = 0;

  constructor(instruments: number, books: OptionBooks, prng: Prng, size: Uint16Array) {
    this.value = new Float64Array(instruments);
    this.inventory = new Float64Array(instruments * MAKERS);
    this.books = books;
    this.prng = prng;
    this.size = size;
  }

  /** A size in lots. */
  drawSize(): number {
    return this.size[this.prng.u32() & TABLE_MASK]!;
  }

  /** Quotes everything without records, as it stood before the day. */
  placeAll(): void {
    for (let i = 0; i < this.value.length; i++) {
      for (const side of [BID, ASK] as const) {
        for (let k = 0; k < MAKERS; k++) {
          const tick = this.target(i, side, k);
          if (tick > 0) this.books.place((i * 2 + side) * SLOTS + k, tick, this.drawSize());
        }
      }
    }
  }

  /** The values changed. */
  noteValues(): void {
    this.calm = 0;
  }

  /** A maker's order in `slot` traded. */
  noteFill(slot: number, lots: number): void {
    const k = slot % SLOTS;
    this.calm = 0;
    if (k >= MAKERS) return;
    const row = Math.floor(slot / SLOTS);
    this.inventory[(row >> 1) * MAKERS + k]! += (row & 1) === BID ? lots : -lots;
  }

  /** Corrects one quote of an instrument if any is out of place; whether there was an event. */
  requote(instrument: number, ns: number): boolean {
    for (let n = 0; n < 2 * MAKERS; n++) {
      const side = (n & 1) as Side;
      if (this.correct(instrument, side, n >> 1, ns)) return true;
    }
    return false;
  }

  /** Corrects the next quote in turn that is out of place; whether there was an event. */
  requoteNext(ns: number): boolean {
    const all = this.value.length * 2 * MAKERS;
    for (let looks = 0; looks < MAX_LOOKS && this.calm < all; looks++) {
      this.calm++;
      const at = this.next;
      this.next = at + 1 === all ? 0 : at + 1;
      const instrument = Math.floor(at / (2 * MAKERS));
      const rest = at % (2 * MAKERS);
      if (!this.correct(instrument, (rest & 1) as Side, rest >> 1, ns)) continue;
      this.calm = 0;
      return true;
    }
    return false;
  }

  private halfSpread(instrument: number): number {
    return HALF_SPREAD.least + HALF_SPREAD.perTick * this.value[instrument]!;
  }

  /** Where maker `k` wants its quote, ticks; 0 = nowhere. */
  private target(instrument: number, side: Side, k: number): number {
    const half = this.halfSpread(instrument);
    const held = this.inventory[instrument * MAKERS + k]! / LEAN.lots;
    const lean = Math.min(1, Math.max(-1, held)) * LEAN.most * half;
    const middle = this.value[instrument]! - lean;
    const width = WIDTH[k]! * half;
    return side === BID ? Math.max(0, Math.floor(middle - width)) : Math.ceil(middle + width);
  }

  private correct(instrument: number, side: Side, k: number, ns: number): boolean {
    const { books } = this;
    const slot = (instrument * 2 + side) * SLOTS + k;
    const target = this.target(instrument, side, k);
    const there = books.qty[slot] !== 0;
    if (!there && target === 0) return false;
    const off = Math.abs(books.tick[slot]! - target);
    if (there && off <= TOLERANCE * this.halfSpread(instrument)) return false;
    if (target === 0) books.cancel(slot, ns);
    else this.move(instrument, side, slot, target, ns);
    return true;
  }

  private move(instrument: number, side: Side, slot: number, tick: number, ns: number): void {
    const { books } = this;
    const opposite: Side = side === BID ? ASK : BID;
    const blocker = books.best(instrument, opposite);
    const blocked =
      blocker !== NO_SLOT &&
      (side === BID ? books.tick[blocker]! <= tick : books.tick[blocker]! >= tick);
    if (blocked) this.clearWay(instrument, opposite, blocker, slot, ns);
    else this.set(slot, tick, ns);
  }

  /** A quote in the way is corrected; a customer's order is taken. */
  private clearWay(
    instrument: number,
    side: Side,
    blocker: number,
    mine: number,
    ns: number,
  ): void {
    const { books } = this;
    const k = blocker % SLOTS;
    if (k < MAKERS) {
      const target = this.target(instrument, side, k);
      if (target === 0) books.cancel(blocker, ns);
      else this.set(blocker, target, ns);
      return;
    }
    const lots = books.qty[blocker]!;
    books.trade(instrument, side, lots, ns, (slot, filled) => {
      this.noteFill(slot, filled);
      this.noteFill(mine, filled);
    });
  }

  private set(slot: number, tick: number, ns: number): void {
    const { books } = this;
    const size = books.qty[slot]!;
    if (size === 0) books.add(slot, tick, this.drawSize(), ns);
    else {
      const resized = this.prng.int(RESIZE_ODDS) === 0;
      books.modify(slot, tick, resized ? this.drawSize() : size, ns);
    }
  }
}
