import { assert, Prng } from '../../core/index.ts';
import { normalCdf } from './normal-distribution.ts';
import { studentQuantile } from './student-distribution.ts';

/** Resamples of an interval. */
export const BOOTSTRAP_RESAMPLES = 10_000;
/** Fewest days that an interval is given for. */
export const BOOTSTRAP_DAYS_MIN = 3;
/** Share of intervals that are to hold the true value. */
export const INTERVAL_LEVEL = 0.95;

/** An interval of a statistic, by resampling whole days. */
export interface DayInterval {
  low: number;
  high: number;
}

/**
 * Share of resamples to be cut off at each end. The plain percentile interval is too narrow for few
 * days; this one is as wide as Student's t would have it (the expanded percentile interval:
 * Hesterberg, "What Teachers Should Know About the Bootstrap", The American Statistician 2015). For
 * 5 days it is nearly from the worst day to the best.
 */
export function expandedTail(days: number, level: number): number {
  const t = studentQuantile(1 - (1 - level) / 2, days - 1);
  return normalCdf(-Math.sqrt(days / (days - 1)) * t);
}

/**
 * Interval of any statistic of sums over days: whole days are drawn with replacement, because
 * windows of one day are not independent. The same seed draws the same days for every statistic.
 * @param days sums of each day, the same kinds in each. [kinds]
 * @param statistic of sums over the drawn days; NaN where those do not tell, which counts as
 *   arbitrarily low and arbitrarily high at once.
 * @returns null when there are fewer than `BOOTSTRAP_DAYS_MIN` days or too many draws do not tell.
 */
export function dayBootstrap(
  days: readonly ArrayLike<number>[],
  statistic: (sums: Float64Array) => number,
  options: { seed: number; resamples?: number; level?: number },
): DayInterval | null {
  if (days.length < BOOTSTRAP_DAYS_MIN) return null;
  const { seed, resamples = BOOTSTRAP_RESAMPLES, level = INTERVAL_LEVEL } = options;
  const kinds = days[0].length;
  assert(
    days.every((day) => day.length === kinds),
    'the same sums for every day',
  );
  const random = new Prng(seed);
  const sums = new Float64Array(kinds);
  const values = new Float64Array(resamples);
  let known = 0;
  for (let r = 0; r < resamples; r++) {
    sums.fill(0);
    for (let d = 0; d < days.length; d++) {
      const day = days[random.int(days.length)];
      for (let k = 0; k < kinds; k++) sums[k] += day[k];
    }
    const value = statistic(sums);
    if (!Number.isNaN(value)) values[known++] = value;
  }
  const sorted = values.subarray(0, known).sort();
  const cut = Math.floor(expandedTail(days.length, level) * resamples) - (resamples - known);
  return cut < 0 ? null : { low: sorted[cut], high: sorted[known - 1 - cut] };
}

/** The statistic "sum `above` over sum `below`", NaN where the latter is 0. */
export function ratioOf(above: number, below: number): (sums: Float64Array) => number {
  return (sums) => (sums[below] === 0 ? Number.NaN : sums[above] / sums[below]);
}
