/**
 * Sums of a symmetric kernel over a field, the inner loop of every forecast.
 */

/** Sums that are made side by side, so that none waits for the addition before it. */
const BLOCK = 4;

/**
 * `out[at + i] = sum over k = 1..reach of weights[k] * (field[c + k] + field[c - k])`, `c = first +
 * i`, for `count` places, rounded up to a multiple of 4: fields and `out` must have that room. Both
 * neighbours at a distance are added first: mirrored fields give mirrored bits.
 */
export function pairSums(
  field: Float64Array,
  first: number,
  count: number,
  weights: Float64Array,
  reach: number,
  out: Float64Array,
  at: number,
): void {
  for (let i = 0; i < count; i += BLOCK) {
    const centre = first + i;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let k = 1; k <= reach; k++) {
      const weight = weights[k]!;
      const up = centre + k;
      const down = centre - k;
      s0 += weight * (field[up]! + field[down]!);
      s1 += weight * (field[up + 1]! + field[down + 1]!);
      s2 += weight * (field[up + 2]! + field[down + 2]!);
      s3 += weight * (field[up + 3]! + field[down + 3]!);
    }
    out[at + i] = s0;
    out[at + i + 1] = s1;
    out[at + i + 2] = s2;
    out[at + i + 3] = s3;
  }
}
