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
    // Neighbours of one distance are those of the distance before, moved by one place.
    let u0 = field[centre + 1]!;
    let u1 = field[centre + 2]!;
    let u2 = field[centre + 3]!;
    let d1 = field[centre]!;
    let d2 = field[centre + 1]!;
    let d3 = field[centre + 2]!;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let k = 1; k <= reach; k++) {
      const weight = weights[k]!;
      const u3 = field[centre + k + 3]!;
      const d0 = field[centre - k]!;
      s0 += weight * (u0 + d0);
      s1 += weight * (u1 + d1);
      s2 += weight * (u2 + d2);
      s3 += weight * (u3 + d3);
      u0 = u1;
      u1 = u2;
      u2 = u3;
      d3 = d2;
      d2 = d1;
      d1 = d0;
    }
    out[at + i] = s0;
    out[at + i + 1] = s1;
    out[at + i + 2] = s2;
    out[at + i + 3] = s3;
  }
}
