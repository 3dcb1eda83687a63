/**
 * The lattice of options: listed strikes by right, and which instruments lie on each. Nothing is
 * rounded onto it; strikes beyond the window around spot are left out by whoever asks.
 */
import { InstrumentSlots } from '../../book/index.ts';
import type { OptionTerms } from '../bronze/option-terms.ts';

const FIRST_ROOM = 64;

/** Instruments of a day by dense slot, and their strikes in order; see the file comment. */
export class OptionLattice {
  /** Right of a slot: 0 call, 1 put. */
  right = new Uint8Array(FIRST_ROOM);
  /** Strike of a slot, 1e-9 currency. */
  strike = new Float64Array(FIRST_ROOM);
  /** 1 for slots whose strike is no multiple of the underlying's tick: they have no place. */
  offGrid = new Uint8Array(FIRST_ROOM);
  /** Slots on the lattice by right, strike and instrument id. */
  byStrike: Int32Array<ArrayBuffer> = new Int32Array(0);
  /** Slots by instrument id. */
  byId: Int32Array<ArrayBuffer> = new Int32Array(0);
  private readonly slots = new InstrumentSlots();
  private readonly tickSize: number;
  private sorted = 0;

  /** @param tickSize of the underlying, 1e-9 currency. */
  constructor(tickSize: number) {
    this.tickSize = tickSize;
  }

  /** Instruments known. */
  get count(): number {
    return this.slots.count;
  }

  /** Vendor's id of a slot. */
  idOf(slot: number): number {
    return this.slots.ids[slot]!;
  }

  /**
   * Writes the slot of each row's instrument into `out`, giving slots to new instruments.
   * @param terms of every instrument of the rows.
   */
  slotsOf(
    instrumentId: Uint32Array,
    rows: number,
    terms: ReadonlyMap<number, OptionTerms>,
    out: Int32Array,
  ): void {
    const { slots } = this;
    let last = -1;
    let slot = -1;
    for (let i = 0; i < rows; i++) {
      const id = instrumentId[i]!;
      if (id !== last) {
        slot = slots.find(id);
        if (slot < 0) slot = this.enter(id, terms.get(id)!);
        last = id;
      }
      out[i] = slot;
    }
    if (this.sorted !== slots.count) this.sort();
  }

  private enter(id: number, terms: OptionTerms): number {
    const slot = this.slots.obtain(id);
    if (slot === this.right.length) this.grow();
    const strike = Number(terms.strike);
    this.right[slot] = terms.right;
    this.strike[slot] = strike;
    this.offGrid[slot] = Number.isSafeInteger(strike) && strike % this.tickSize === 0 ? 0 : 1;
    return slot;
  }

  private sort(): void {
    const { right, strike, offGrid, count } = this;
    const all = Int32Array.from({ length: count }, (_, slot) => slot);
    this.byId = all.slice().sort((a, b) => this.idOf(a) - this.idOf(b));
    this.byStrike = all
      .filter((slot) => offGrid[slot] === 0)
      .sort(
        (a, b) => right[a]! - right[b]! || strike[a]! - strike[b]! || this.idOf(a) - this.idOf(b),
      );
    this.sorted = count;
  }

  private grow(): void {
    const room = this.right.length * 2;
    const right = new Uint8Array(room);
    const strike = new Float64Array(room);
    const offGrid = new Uint8Array(room);
    right.set(this.right);
    strike.set(this.strike);
    offGrid.set(this.offGrid);
    this.right = right;
    this.strike = strike;
    this.offGrid = offGrid;
  }
}
