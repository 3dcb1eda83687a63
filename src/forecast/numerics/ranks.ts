import { sortedOrder } from './sorted-order.ts';

/** Rank of each value from 1 up, ties sharing the mean of theirs. [values.length] */
export function ranksOf(values: ArrayLike<number>): Float64Array {
  const order = sortedOrder(values);
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to]] === values[order[from]]) to++;
    for (let at = from; at < to; at++) ranks[order[at]] = (from + 1 + to) / 2;
    from = to;
  }
  return ranks;
}

/**
 * Probability that a score of a case with label 1 exceeds one with label 0, ties counting half: the
 * area under the ROC curve. Cases with another label or a score of NaN are left out; NaN unless
 * both labels are there.
 */
export function areaUnderCurve(scores: ArrayLike<number>, labels: ArrayLike<number>): number {
  const known: number[] = [];
  for (let i = 0; i < scores.length; i++) {
    if (!Number.isNaN(scores[i]) && (labels[i] === 0 || labels[i] === 1)) known.push(i);
  }
  const ranks = ranksOf(Float64Array.from(known, (i) => scores[i]));
  let ones = 0;
  let sum = 0;
  known.forEach((i, at) => {
    if (labels[i] === 0) return;
    ones++;
    sum += ranks[at];
  });
  const zeros = ranks.length - ones;
  return ones * zeros === 0 ? Number.NaN : (sum - (ones * (ones + 1)) / 2) / (ones * zeros);
}
