/** From the sparse rows of a table to a dense array: absent = 0, and 1 for `nu` and `kappa`. */
import { absentValueOf } from './surface-fields.ts';

/** Rows of one window and one series (side; for options right and side). */
export interface SparseRows {
  /** Place of each row, in the units of `LatticeGrid`: `rel_ticks`. */
  places: Int32Array;
  /** Value of each row. */
  values: Float32Array | Float64Array;
  /** First row, and the first that is no more of it. */
  from: number;
  to: number;
}

/** Places that are wanted: `first`, `first + step`, ... */
export interface LatticeGrid {
  first: number;
  /** Distance of places: 1 for futures, `bucket_ticks` for equities, ticks of a strike step. */
  step: number;
  count: number;
}

/**
 * One field of one window over a grid of places. Rows that lie on no place of the grid are left
 * out.
 * @param out filled and returned; made when not given.
 */
export function denseSurface(
  rows: SparseRows,
  field: string,
  grid: LatticeGrid,
  out: Float32Array = new Float32Array(grid.count),
): Float32Array {
  const { places, values, from, to } = rows;
  out.fill(absentValueOf(field));
  for (let row = from; row < to; row++) {
    const place = (places[row]! - grid.first) / grid.step;
    if (place >= 0 && place < grid.count && Number.isInteger(place)) out[place] = values[row]!;
  }
  return out;
}
