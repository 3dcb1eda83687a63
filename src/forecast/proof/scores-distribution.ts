/**
 * Loss of a quantile forecast (pinball loss), in the unit of y; NaN when either is unknown.
 * @param level of the quantile, 0 to 1.
 */
export function pinballLoss(quantile: number, level: number, y: number): number {
  return y >= quantile ? level * (y - quantile) : (1 - level) * (quantile - y);
}

/**
 * Continuous ranked probability score of a forecast that puts probabilities on a few values, in the
 * unit of y: E|X - y| - E|X - X'| / 2 (Gneiting and Raftery 2007). Zero is best; NaN when anything
 * is unknown.
 */
export function crpsOfPoints(
  values: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  y: number,
): number {
  let score = 0;
  for (let a = 0; a < values.length; a++) {
    score += probabilities[a] * Math.abs(values[a] - y);
    for (let b = 0; b < a; b++) {
      score -= probabilities[a] * probabilities[b] * Math.abs(values[a] - values[b]);
    }
  }
  return score;
}
