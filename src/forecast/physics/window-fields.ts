/**
 * From gold's sparse rows of one window to dense directional fields over the lattice around spot:
 * asks above it, bids below, and at spot's own cell whatever rests there (the sum of both sides).
 */
import { FIELD_LENGTH, LATTICE_REACH, SPOT_INDEX, STRIKE_SPREAD } from './physics-constants.ts';

/** Codes of `side` in gold's tables: asks 0, bids 1. */
const ASK_ROW = 0;

/** Columns of `physics_surface_1s` of a future or an equity that a forecast needs. */
export interface BookSurfaceRows {
  /** Ticks from the cell of spot: multiples of `bucket_ticks`. */
  relTicks: Int16Array | Int32Array;
  /** 0 ask, 1 bid. */
  side: Uint8Array | Int8Array;
  pressureGrad: Float32Array | Float64Array;
  uNear: Float32Array | Float64Array;
  uPSlow: Float32Array | Float64Array;
  omega: Float32Array | Float64Array;
}

/** Columns of an option surface that a forecast needs; right and side do not matter. */
export interface OptionSurfaceRows {
  /** Strike in ticks of the underlying, from price 0. */
  strikeTick: Int32Array | Float64Array;
  omega: Float32Array | Float64Array;
}

/** Steps from spot's cell in which strikes count: those whose spread reaches the lattice. */
const STRIKE_REACH = LATTICE_REACH + STRIKE_SPREAD.halfWidth;

/** Dense fields of a window; index `x + SPOT_INDEX`, x in lattice steps from spot's cell. */
export class WindowFields {
  readonly pressureGrad = new Float64Array(FIELD_LENGTH);
  readonly uNear = new Float64Array(FIELD_LENGTH);
  readonly uPSlow = new Float64Array(FIELD_LENGTH);
  readonly omega = new Float64Array(FIELD_LENGTH);
  /** Omega of options summed over right and side. */
  readonly strikeOmega = new Float64Array(FIELD_LENGTH);
  /** Rows of options so far, those too far away included. */
  optionRows = 0;

  /** Forgets the last window: an absent row is 0. */
  clear(): void {
    this.pressureGrad.fill(0);
    this.uNear.fill(0);
    this.uPSlow.fill(0);
    this.omega.fill(0);
    this.strikeOmega.fill(0);
    this.optionRows = 0;
  }

  /** Takes rows `from` to `to` (exclusive); those off the lattice are left out. */
  addBook(rows: BookSurfaceRows, from: number, to: number, bucketTicks: number): void {
    addBookRows(this, rows, from, to, bucketTicks);
  }

  /** Takes rows `from` to `to` (exclusive) of options. @param spotTick spot of the underlying. */
  addOptions(
    rows: OptionSurfaceRows,
    from: number,
    to: number,
    spotTick: number,
    bucketTicks: number,
  ): void {
    const { strikeTick, omega } = rows;
    const { strikeOmega } = this;
    const spotCell = Math.floor(spotTick / bucketTicks);
    for (let row = from; row < to; row++) {
      const step = Math.floor(strikeTick[row]! / bucketTicks) - spotCell;
      if (step < -STRIKE_REACH || step > STRIKE_REACH) continue;
      strikeOmega[SPOT_INDEX + step] = strikeOmega[SPOT_INDEX + step]! + omega[row]!;
    }
    this.optionRows += to - from;
  }
}

function addBookRows(
  fields: WindowFields,
  rows: BookSurfaceRows,
  from: number,
  to: number,
  bucketTicks: number,
): void {
  const { relTicks, side, pressureGrad, uNear, uPSlow, omega } = rows;
  const { pressureGrad: g, uNear: near, uPSlow: slow, omega: weight } = fields;
  const reach = LATTICE_REACH * bucketTicks;
  for (let row = from; row < to; row++) {
    const ticks = relTicks[row]!;
    if (side[row] === ASK_ROW ? ticks < 0 : ticks > 0) continue;
    if (ticks < -reach || ticks > reach) continue;
    const cell = ticks / bucketTicks + SPOT_INDEX;
    if (cell !== (cell | 0)) continue;
    g[cell] = g[cell]! + pressureGrad[row]!;
    near[cell] = near[cell]! + uNear[row]!;
    slow[cell] = slow[cell]! + uPSlow[row]!;
    weight[cell] = weight[cell]! + omega[row]!;
  }
}
