import type { RegressionRows } from './regression-rows.ts';

/**
 * Lag up to which autocovariances count, by the rule 4 (n / 100)^(2/9) (Newey and West 1994).
 * @param count observations, all sessions together.
 */
export function automaticLag(count: number): number {
  return Math.floor(4 * (count / 100) ** (2 / 9));
}

/** Weight of lag `l` of at most `lag`: Bartlett's kernel, which keeps a variance from below 0. */
export function bartlettWeight(l: number, lag: number): number {
  return 1 - l / (lag + 1);
}

/**
 * Calls `visit(i, j)` for every pair of rows that lie exactly `lag` seconds apart, j the earlier.
 * @param second clock of each row, strictly ascending.
 */
export function visitPairs(
  second: ArrayLike<number>,
  rows: number,
  lag: number,
  visit: (i: number, j: number) => void,
): void {
  let j = 0;
  for (let i = 0; i < rows; i++) {
    const wanted = second[i] - lag;
    while (second[j] < wanted) j++;
    if (second[j] === wanted) visit(i, j);
  }
}

/**
 * Sum over lags of the weighted autocovariances of the scores x * residual: the middle of the
 * sandwich of Newey and West (1987). Lags are of the clock and within a session: a missing second
 * adds nothing, the last row of a day and the first of the next are no pair.
 * @param of columns that were fitted, ascending.
 * @returns [of.length x of.length]
 */
export function longRunScores(
  sessions: readonly RegressionRows[],
  residuals: readonly Float64Array[],
  options: { columns: number; of: readonly number[]; lag: number },
): Float64Array {
  const { columns, of, lag } = options;
  const size = of.length;
  const sum = new Float64Array(size * size);
  sessions.forEach(({ rows, second, design }, s) => {
    const own = residuals[s];
    const scores = new Float64Array(rows * size);
    for (let i = 0; i < rows; i++) {
      for (let a = 0; a < size; a++) scores[i * size + a] = design[i * columns + of[a]] * own[i];
    }
    for (let l = 0; l <= lag; l++) {
      // Lag 0 is its own mirror image, and the loop below adds both.
      const weight = l === 0 ? 0.5 : bartlettWeight(l, lag);
      const add = (i: number, j: number) => addProducts(scores, size, [i, j], weight, sum);
      visitPairs(second, rows, l, add);
    }
  });
  return sum;
}

function addProducts(
  scores: Float64Array,
  size: number,
  [i, j]: readonly [number, number],
  weight: number,
  sum: Float64Array,
): void {
  for (let a = 0; a < size; a++) {
    for (let b = 0; b < size; b++) {
      const product = weight * scores[i * size + a] * scores[j * size + b];
      sum[a * size + b] += product;
      sum[b * size + a] += product;
    }
  }
}
