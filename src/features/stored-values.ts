/**
 * From a float64 of the engine to the float32 of a table: rounded as far as the published accuracy
 * of 1e-6 allows, for the bits below it hold nothing, cannot be compressed, and would be a quarter
 * of a file.
 */

/**
 * Values up to 1 are stored as multiples of this: off by at most 2^-20, or 9.54e-7, and 0 below
 * that.
 */
export const STORED_STEP = 2 ** -19;
/** Significant bits that are stored of larger values: off by at most 2^-20 of the value. */
const STORED_BITS = 20;

/** Added and taken away again, leaves a float64 below 2^31 a multiple of `STORED_STEP`. */
const STEP_SHIFT = 1.5 * 2 ** 52 * STORED_STEP;
/** Dekker's splitting factor: leaves `STORED_BITS` bits of a float64. */
const BITS_SPLIT = 2 ** (53 - STORED_BITS) + 1;

/** The float32 that is stored for a value. */
export function storedValue(value: number): number {
  if (value <= 1 && value >= -1) return value + STEP_SHIFT - STEP_SHIFT;
  const split = BITS_SPLIT * value;
  return split - (split - value);
}

/**
 * Stores `count` values from `values[at]` on into `out[to]` on; where one differs from `absent`,
 * sets `seen` (by the cell's number, from 0).
 */
export function storeCells(
  values: Float64Array,
  at: number,
  count: number,
  absent: number,
  out: Float32Array,
  to: number,
  seen: Uint8Array,
): void {
  for (let i = 0; i < count; i++) {
    const value = storedValue(values[at + i]!);
    out[to + i] = value;
    if (value !== absent) seen[i] = 1;
  }
}
