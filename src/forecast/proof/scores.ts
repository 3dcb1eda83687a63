/**
 * Losses of probabilities for down, flat and up, a number a window, NaN where the forecaster says
 * nothing or the outcome is unknown.
 */

/** Outcomes: down, flat, up. */
const CLASSES = 3;

/** A probability below this counts as this, so that one miss costs 13.8 nats and not infinity. */
export const LOG_LOSS_FLOOR = 1e-6;

/** -ln of the probability given to what happened, nats; smaller is better. [windows] */
export function logLosses(probabilities: Float64Array, outcomes: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: outcomes.length }, (_, i) => {
    const outcome = outcomes[i];
    if (outcome < 0) return Number.NaN;
    const p = probabilities[i * CLASSES + outcome];
    return -Math.log(Math.max(p, LOG_LOSS_FLOOR));
  });
}

/**
 * 1 where the more probable of down and up is what happened, 0 where the other one is, NaN where
 * the mid stood still, nothing is known, or the forecaster prefers neither. [windows]
 */
export function directionHits(
  probabilities: Float64Array,
  outcomes: ArrayLike<number>,
): Float64Array {
  return Float64Array.from({ length: outcomes.length }, (_, i) => {
    const lean = probabilities[i * CLASSES + 2] - probabilities[i * CLASSES];
    const outcome = outcomes[i];
    if (!(lean !== 0) || Number.isNaN(lean) || outcome < 0 || outcome === 1) return Number.NaN;
    return lean > 0 === (outcome === 2) ? 1 : 0;
  });
}

/** Count and sum of the numbers that are not NaN: what a day adds to a mean. */
export function countAndSum(values: Float64Array): [number, number] {
  let [count, sum] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) continue;
    count++;
    sum += values[i];
  }
  return [count, sum];
}

/** Share of a reference's loss that a forecaster saves; NaN when there is no loss to save. */
export function skillOf(loss: number, referenceLoss: number): number {
  return referenceLoss > 0 ? 1 - loss / referenceLoss : Number.NaN;
}
