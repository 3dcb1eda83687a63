import { RIGHT_CODES } from '../../src/wire/index.ts';
import { SHOWN_QUANTITIES, type ShownQuantity } from './fields.ts';
import type { SurfaceRows } from './window-codec.ts';

/** Calls, then puts. */
export const RIGHTS = ['C', 'P'] as const;

/** One of `RIGHTS`. */
export type Right = (typeof RIGHTS)[number];

/** What an absent row means. */
const ABSENT: Record<ShownQuantity, number> = {
  liquidity_velocity: 0,
  pressure_grad: 0,
  u_wave_energy: 0,
  Omega: 0,
  nu: 1,
};

/**
 * The options' surface over time: for each listed strike, right and quantity, bids and asks
 * together, in the slots of the surface's frame history. Rates and obstacles of both sides add up;
 * viscosity is 1 plus what each side adds to it.
 */
export class StrikeHistory {
  private readonly slots: number;
  /** Per strike (ticks of the underlying): [rights x quantities x slots]. */
  private readonly strikes = new Map<number, Float32Array>();
  /** Per slot: strikes between which the window knows every one; NaN without options' surface. */
  private readonly lowest: Float64Array;
  private readonly highest: Float64Array;

  /** @param slots of the frame history. */
  constructor(slots: number) {
    this.slots = slots;
    this.lowest = new Float64Array(slots).fill(Number.NaN);
    this.highest = new Float64Array(slots).fill(Number.NaN);
  }

  /** Strikes met so far, ascending, ticks of the underlying. */
  get listed(): number[] {
    return [...this.strikes.keys()].sort((a, b) => a - b);
  }

  /**
   * Takes a window into a slot; null = there was no options' surface. The window knows the strikes
   * within `reach` ticks of `spotTick`.
   */
  store(
    slot: number,
    surface: SurfaceRows<'options'> | null,
    spotTick: number,
    reach: number,
  ): void {
    this.lowest[slot] = surface ? spotTick - reach : Number.NaN;
    this.highest[slot] = surface ? spotTick + reach : Number.NaN;
    if (!surface) return;
    for (const values of this.strikes.values()) this.empty(values, slot);
    const { columns, rows } = surface;
    for (let i = 0; i < rows; i++) {
      const values = this.valuesOf(columns.strike_tick[i]!);
      const right = columns.right[i] === RIGHT_CODES.C ? 0 : 1;
      SHOWN_QUANTITIES.forEach((name, q) => {
        const at = (right * SHOWN_QUANTITIES.length + q) * this.slots + slot;
        values[at]! += columns[name][i]! - ABSENT[name];
      });
    }
  }

  /** A slot's value at a strike; NaN when the window did not know it or it is not listed. */
  value(strike: number, right: Right, name: ShownQuantity, slot: number): number {
    const values = this.strikes.get(strike);
    const known = strike >= this.lowest[slot]! && strike <= this.highest[slot]!;
    if (!values || !known) return Number.NaN;
    return values[this.offset(right, name) + slot]!;
  }

  /** Values of many slots at once; NaN where `value` is, and for slot -1. Owned by the caller. */
  series(strike: number, right: Right, name: ShownQuantity, slots: Int32Array): Float32Array {
    const out = new Float32Array(slots.length).fill(Number.NaN);
    const values = this.strikes.get(strike);
    if (!values) return out;
    const { lowest, highest } = this;
    const from = this.offset(right, name);
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i]!;
      if (slot >= 0 && strike >= lowest[slot]! && strike <= highest[slot]!) {
        out[i] = values[from + slot]!;
      }
    }
    return out;
  }

  /** Where a right's quantity begins in a strike's values. */
  private offset(right: Right, name: ShownQuantity): number {
    const row = RIGHTS.indexOf(right) * SHOWN_QUANTITIES.length + SHOWN_QUANTITIES.indexOf(name);
    return row * this.slots;
  }

  /** Forgets everything. */
  clear(): void {
    this.strikes.clear();
    this.lowest.fill(Number.NaN);
    this.highest.fill(Number.NaN);
  }

  private valuesOf(strike: number): Float32Array {
    let values = this.strikes.get(strike);
    if (!values) {
      values = new Float32Array(2 * SHOWN_QUANTITIES.length * this.slots);
      for (const right of RIGHTS) {
        for (const name of SHOWN_QUANTITIES) {
          const at = this.offset(right, name);
          values.fill(ABSENT[name], at, at + this.slots);
        }
      }
      this.strikes.set(strike, values);
    }
    return values;
  }

  private empty(values: Float32Array, slot: number): void {
    for (let r = 0; r < 2; r++) {
      SHOWN_QUANTITIES.forEach((name, q) => {
        values[(r * SHOWN_QUANTITIES.length + q) * this.slots + slot] = ABSENT[name];
      });
    }
  }
}
