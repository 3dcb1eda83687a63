import { assert } from '../../core/index.ts';
import { automaticLag, bartlettWeight, visitPairs } from './hac.ts';
import { studentTwoSided } from './student-distribution.ts';

/**
 * Lags for each step of the horizon beyond the first. Losses of overlapping moves are correlated
 * over horizon - 1 windows; Bartlett's kernel of just that lag would keep two thirds of their
 * variance, of three times that lag eight ninths.
 */
const LAGS_PER_STEP = 3;

/** What a session adds to the test: sums from which the means can be taken later. */
export interface DifferenceSums {
  count: number;
  sum: number;
  /** By lag 0, 1, ...: pairs that far apart, and sums of their products and of either member. */
  pairs: Float64Array;
  products: Float64Array;
  earlier: Float64Array;
  later: Float64Array;
}

/** A comparison of two forecasters' losses. */
export interface DieboldMariano {
  /** Mean of the first's loss less the second's: below 0 the first is better. NaN without rows. */
  difference: number;
  /** NaN when the losses do not differ or there are fewer than two. */
  standardError: number;
  /** With the correction of Harvey, Leybourne and Newbold (1997); NaN as above. */
  statistic: number;
  /** Two-sided, Student's t with count - 1 degrees of freedom; NaN as above. */
  pValue: number;
  count: number;
  lag: number;
}

/** Lags that the test takes in for forecasts `horizon` windows ahead. */
export function dieboldMarianoLag(horizon: number, count: number): number {
  return Math.max(LAGS_PER_STEP * (horizon - 1), automaticLag(count));
}

/**
 * Sums one session's differences of losses.
 * @param second clock of each window, strictly ascending.
 * @param differences first loss less second; NaN where either is unknown: left out.
 */
export function sumDifferences(
  second: ArrayLike<number>,
  differences: Float64Array,
  lag: number,
): DifferenceSums {
  const room = () => new Float64Array(lag + 1);
  const [pairs, products, earlier, later] = [room(), room(), room(), room()];
  const known: number[] = [];
  for (let i = 0; i < differences.length; i++) if (!Number.isNaN(differences[i])) known.push(i);
  const clock = Float64Array.from(known, (i) => second[i]);
  const values = Float64Array.from(known, (i) => differences[i]);
  for (let l = 0; l <= lag; l++) {
    visitPairs(clock, clock.length, l, (i, j) => {
      pairs[l]++;
      products[l] += values[i] * values[j];
      earlier[l] += values[j];
      later[l] += values[i];
    });
  }
  const sum = values.reduce((total, value) => total + value, 0);
  return { count: values.length, sum, pairs, products, earlier, later };
}

/**
 * The test of Diebold and Mariano (1995) that two forecasters are equally good, over sessions that
 * are taken as independent; variance by Bartlett's kernel, so that it is never negative.
 * @param horizon windows ahead, at least 1.
 * @param sessions sums with one and the same lag.
 */
export function dieboldMariano(
  sessions: readonly DifferenceSums[],
  horizon: number,
): DieboldMariano {
  const lag = (sessions[0]?.pairs.length ?? 1) - 1;
  assert(
    sessions.every((s) => s.pairs.length === lag + 1),
    'sessions summed with the same lag',
  );
  const count = sessions.reduce((total, s) => total + s.count, 0);
  const difference = sessions.reduce((total, s) => total + s.sum, 0) / count;
  let variance = 0;
  for (const { pairs, products, earlier, later } of sessions) {
    for (let l = 0; l <= lag; l++) {
      const covariance =
        products[l] - difference * (earlier[l] + later[l]) + difference * difference * pairs[l];
      variance += (l === 0 ? 1 : 2 * bartlettWeight(l, lag)) * covariance;
    }
  }
  const unknown = { difference, standardError: NaN, statistic: NaN, pValue: NaN, count, lag };
  if (!(count >= 2) || !(variance > ROUNDING * count * difference * difference)) return unknown;
  const standardError = Math.sqrt(variance) / count;
  const correction = 1 + (1 - 2 * horizon + (horizon * (horizon - 1)) / count) / count;
  if (!(correction > 0)) return { ...unknown, standardError };
  const statistic = (difference / standardError) * Math.sqrt(correction);
  const pValue = studentTwoSided(statistic, count - 1);
  return { difference, standardError, statistic, pValue, count, lag };
}

/** A variance below this share of the squared mean is rounding: the difference is constant. */
const ROUNDING = 1e-12;

/**
 * P-values adjusted for how many there are, by the false discovery rate (Benjamini and Hochberg
 * 1995), in the order given; NaN stays NaN and does not count.
 */
export function adjustPValues(pValues: readonly number[]): number[] {
  const known = [...pValues.keys()].filter((i) => !Number.isNaN(pValues[i]));
  const order = known.sort((a, b) => pValues[b] - pValues[a] || a - b);
  const adjusted = pValues.map(() => Number.NaN);
  let least = 1;
  order.forEach((i, rank) => {
    least = Math.min(least, (pValues[i] * order.length) / (order.length - rank));
    adjusted[i] = least;
  });
  return adjusted;
}
