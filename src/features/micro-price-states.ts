/**
 * States of the micro-price: bucket of the queue imbalance x spread. Imbalance is counted in fine
 * bins, which are gathered into buckets of equal frequency when the price is fitted; bins and
 * buckets of a book and of its mirror image have opposite signs, to the last one.
 */

/** Widest spread that is a state, ticks. */
export const MAX_STATE_SPREAD_TICKS = 4;
/** Bins of each sign; bin 0 holds balanced queues. */
export const BINS_A_SIDE = 32;
/** Bins from -32 to 32. */
export const BINS = 2 * BINS_A_SIDE + 1;
/** Buckets of each sign; bucket 0 is the middle one of the 11 of equal frequency. */
export const BUCKETS_A_SIDE = 5;

/** Bin of an imbalance of -1..1: -32..32. */
export function binOf(imbalance: number): number {
  const size = Math.floor(Math.abs(imbalance) * BINS_A_SIDE + 0.5);
  return imbalance < 0 ? -size : size;
}

/**
 * Buckets of bins 0..32 (a bin of the other sign has the opposite bucket): the 11 quantiles of the
 * imbalances seen, taken together with their mirror images. A bin lies where its middle does.
 * @param visits how often bins 0..32 were visited, both signs together.
 */
export function bucketsOfBins(visits: Float64Array, out: Int32Array): void {
  let total = 0;
  for (const n of visits) total += n;
  const buckets = 2 * BUCKETS_A_SIDE + 1;
  // Twice the visits from the balanced book out to the bin; half of each bin's lie on either side.
  let nearer = 2 * visits[0]!;
  out[0] = 0;
  for (let bin = 1; bin < out.length; bin++) {
    const own = visits[bin]!;
    // In whole numbers, so that a bin on the edge of two buckets is in the same one everywhere.
    const place = total > 0 ? Math.floor((buckets * (nearer + own) + 2 * total) / (4 * total)) : 0;
    nearer += 2 * own;
    out[bin] = Math.min(BUCKETS_A_SIDE, place);
  }
}
