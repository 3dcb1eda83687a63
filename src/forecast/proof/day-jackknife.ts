import { BOOTSTRAP_DAYS_MIN, INTERVAL_LEVEL } from '../numerics/day-bootstrap.ts';
import { studentQuantile, studentTwoSided } from '../numerics/student-distribution.ts';

/** A statistic of several days, its interval and the test that it is 0. */
export interface DayTest {
  value: number;
  low: number;
  high: number;
  /** Two-sided. */
  pValue: number;
}

const UNKNOWN: DayTest = { value: NaN, low: NaN, high: NaN, pValue: NaN };

function sumOf(days: readonly ArrayLike<number>[], without: number): Float64Array {
  const sums = new Float64Array(days[0].length);
  days.forEach((day, d) => {
    if (d !== without) for (let k = 0; k < sums.length; k++) sums[k] += day[k];
  });
  return sums;
}

/**
 * Tests a statistic of sums over days by leaving out a day at a time (Tukey's jackknife): unlike
 * the bootstrap's, its p-value can be as small as the days are alike, which looking at many at once
 * needs.
 * @param days sums of each day, the same kinds in each.
 * @returns value alone, the rest NaN, with fewer than three days or where a day decides whether it
 * is
 *   known at all.
 */
export function dayJackknife(
  days: readonly ArrayLike<number>[],
  statistic: (sums: Float64Array) => number,
): DayTest {
  const count = days.length;
  if (count === 0) return UNKNOWN;
  const value = statistic(sumOf(days, -1));
  if (count < BOOTSTRAP_DAYS_MIN) return { ...UNKNOWN, value };
  const pseudo = days.map((_, d) => count * value - (count - 1) * statistic(sumOf(days, d)));
  const mean = pseudo.reduce((sum, p) => sum + p, 0) / count;
  const squares = pseudo.reduce((sum, p) => sum + (p - mean) ** 2, 0);
  const error = Math.sqrt(squares / (count - 1) / count);
  if (Number.isNaN(error)) return { ...UNKNOWN, value };
  const half = studentQuantile(1 - (1 - INTERVAL_LEVEL) / 2, count - 1) * error;
  const pValue = error > 0 ? studentTwoSided(value / error, count - 1) : value === 0 ? 1 : 0;
  return { value, low: value - half, high: value + half, pValue };
}
