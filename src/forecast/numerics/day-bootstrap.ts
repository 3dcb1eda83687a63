import { assert, Prng } from '../../core/index.ts';
import { normalCdf } from './normal-distribution.ts';
import { studentQuantile } from './student-distribution.ts';

/** Resamples of an interval. */
export const BOOTSTRAP_RESAMPLES = 10_000;
/** Fewest days that an interval is given for. */
export const BOOTSTRAP_DAYS_MIN = 3;
/**
 * From here on the days drawn reach far enough. Of 3 days even the worst and the best hold the true
 * value between them 3 times in 4 only, of 5 days 15 times in 16.
 */
const DRAWS_REACH_DAYS = 6;
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
 * Half of the interval that Student's t gives a statistic from its values with a day left out
 * (Tukey's jackknife); NaN where one of those is unknown.
 */
function jackknifeHalf(
  days: readonly ArrayLike<number>[],
  statistic: (sums: Float64Array) => number,
  level: number,
): number {
  const count = days.length;
  const values = days.map((_, left) => {
    const sums = new Float64Array(days[0].length);
    days.forEach((day, d) => {
      for (let k = 0; k < sums.length; k++) sums[k] += d === left ? 0 : day[k];
    });
    return statistic(sums);
  });
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const error = Math.sqrt((squares * (count - 1)) / count);
  return error * studentQuantile(1 - (1 - level) / 2, count - 1);
}

/** The interval and the jackknife's about the statistic of all days; null when unknown. */
function widened(
  interval: DayInterval,
  days: readonly ArrayLike<number>[],
  statistic: (sums: Float64Array) => number,
  level: number,
): DayInterval | null {
  const all = new Float64Array(days[0].length);
  for (const day of days) for (let k = 0; k < all.length; k++) all[k] += day[k];
  const value = statistic(all);
  const half = jackknifeHalf(days, statistic, level);
  if (Number.isNaN(value + half)) return null;
  return { low: Math.min(interval.low, value - half), high: Math.max(interval.high, value + half) };
}

/**
 * Interval of any statistic of sums over days: whole days are drawn with replacement, because
 * windows of one day are not independent. The same seed draws the same days for every statistic.
 * With fewer than six days, which drawing cannot make differ enough, it is no narrower than the
 * jackknife's.
 * @param days sums of each day, the same kinds in each. [kinds]
 * @param statistic of sums over the drawn days; NaN where those do not tell, which counts as
 *   arbitrarily low and arbitrarily high at once.
 * @param options `within` bounds an interval of a quantity that has bounds, such as a share.
 * @returns null when there are fewer than `BOOTSTRAP_DAYS_MIN` days or too many draws do not tell.
 */
export function dayBootstrap(
  days: readonly ArrayLike<number>[],
  statistic: (sums: Float64Array) => number,
  options: {
    seed: number;
    resamples?: number;
    level?: number;
    within?: readonly [number, number];
  },
): DayInterval | null {
  if (days.length < BOOTSTRAP_DAYS_MIN) return null;
  const { seed, resamples = BOOTSTRAP_RESAMPLES, level = INTERVAL_LEVEL } = options;
  const [least, most] = options.within ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
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
  if (cut < 0) return null;
  const interval = { low: sorted[cut], high: sorted[known - 1 - cut] };
  if (days.length >= DRAWS_REACH_DAYS) return interval;
  const wide = widened(interval, days, statistic, level);
  return wide && { low: Math.max(least, wide.low), high: Math.min(most, wide.high) };
}

/** The statistic "sum `above` over sum `below`", NaN where the latter is 0. */
export function ratioOf(above: number, below: number): (sums: Float64Array) => number {
  return (sums) => (sums[below] === 0 ? Number.NaN : sums[above] / sums[below]);
}
