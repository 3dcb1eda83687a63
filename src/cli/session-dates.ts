/**
 * The session dates that flags mean.
 */
import { DataError } from '../core/index.ts';
import { addDays, daysBetween, parseDate } from '../lake/index.ts';

/** Longest range of dates, days: a typing error must not run for years. */
const MAX_RANGE_DAYS = 3660;

/** Flags that choose dates. */
export interface DateOptions {
  dt?: string;
  /** `A:B` with both included, or a comma list. */
  dates?: string;
  startDate?: string;
  endDate?: string;
}

function range(from: string, to: string): string[] {
  const length = daysBetween(parseDate(from), parseDate(to));
  if (length < 0 || length > MAX_RANGE_DAYS) {
    throw new DataError('USAGE', `not a range of dates: "${from}:${to}"`, {
      expected: `A:B with A not after B and at most ${MAX_RANGE_DAYS} days between them`,
    });
  }
  return Array.from({ length: length + 1 }, (_, days) => addDays(from, days));
}

function listed(text: string): string[] {
  const [from = '', to, ...rest] = text.split(':');
  if (to === undefined) return [...new Set(text.split(',').map(parseDate))].sort();
  if (rest.length === 0) return range(from, to);
  throw new DataError('USAGE', `not a range of dates: "${text.slice(0, 60)}"`, {
    expected: 'A:B, such as 2026-01-05:2026-01-09',
  });
}

/**
 * Session dates, ascending; null when no flag names any: every day there is.
 * @throws DataError USAGE when flags contradict each other or are no dates.
 */
export function sessionDates(options: DateOptions): string[] | null {
  const { dt, dates, startDate, endDate } = options;
  const isRange = startDate !== undefined || endDate !== undefined;
  if ([dt !== undefined, dates !== undefined, isRange].filter(Boolean).length > 1) {
    throw new DataError('USAGE', 'more than one of --dt, --dates and --start-date', {
      expected: 'one way to say which dates',
    });
  }
  if (dt !== undefined) return [parseDate(dt)];
  if (dates !== undefined) return listed(dates);
  if (!isRange) return null;
  if (startDate === undefined || endDate === undefined) {
    throw new DataError('USAGE', 'one of --start-date and --end-date alone', {
      expected: 'both',
    });
  }
  return range(startDate, endDate);
}
