import { DataError } from '../core/index.ts';

/**
 * Dates of the synthetic world, without a clock or a `Date`: proleptic Gregorian day numbers (days
 * since 1970-01-01). Conversions after Howard Hinnant, "chrono-compatible low-level date
 * algorithms".
 */

/** The first trading day of the synthetic world, a Monday. */
export const FIRST_TRADING_DAY = '2026-01-05';

const DAYS_PER_ERA = 146_097;
const EPOCH_OFFSET_DAYS = 719_468;

/** Year, month (1-12) and day (1-31). */
interface CivilDate {
  year: number;
  month: number;
  day: number;
}

/** Days from 1970-01-01 to a civil date; negative before it. */
function dayNumber({ year, month, day }: CivilDate): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * DAYS_PER_ERA + dayOfEra - EPOCH_OFFSET_DAYS;
}

/** The civil date of a day number. */
export function civilDate(days: number): CivilDate {
  const z = days + EPOCH_OFFSET_DAYS;
  const era = Math.floor(z / DAYS_PER_ERA);
  const dayOfEra = z - era * DAYS_PER_ERA;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return { year, month, day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1 };
}

/** 0 for Sunday to 6 for Saturday. */
export function weekday(days: number): number {
  return (((days + 4) % 7) + 7) % 7;
}

/**
 * The day number of `YYYY-MM-DD`.
 * @throws DataError USAGE when the text is no such date.
 */
export function parseDate(dt: string): number {
  const m = /^(\d{4})-(\d{2})-(\d{2})$/.exec(dt);
  const days = m
    ? dayNumber({ year: Number(m[1]), month: Number(m[2]), day: Number(m[3]) })
    : Number.NaN;
  if (!m || formatDate(days) !== dt) {
    throw new DataError('USAGE', 'no calendar date', { found: dt, expected: 'YYYY-MM-DD' });
  }
  return days;
}

/** `YYYY-MM-DD` of a day number. */
export function formatDate(days: number): string {
  const { year, month, day } = civilDate(days);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
}

/** The date as the integer YYYYMMDD, as DBN metadata writes it. */
export function dateInteger(days: number): number {
  const { year, month, day } = civilDate(days);
  return year * 10_000 + month * 100 + day;
}

/**
 * `count` weekdays from `from` (included when it is one), as `YYYY-MM-DD`. The synthetic world has
 * no holidays.
 */
export function tradingDays(count: number, from: string = FIRST_TRADING_DAY): string[] {
  const out: string[] = [];
  for (let d = parseDate(from); out.length < count; d++) {
    const w = weekday(d);
    if (w !== 0 && w !== 6) out.push(formatDate(d));
  }
  return out;
}

/** The day number of the `nth` (1-based) `weekdayWanted` (0 Sunday) of a month. */
export function nthWeekday(
  year: number,
  month: number,
  weekdayWanted: number,
  nth: number,
): number {
  const first = dayNumber({ year, month, day: 1 });
  const offset = (weekdayWanted - weekday(first) + 7) % 7;
  return first + offset + (nth - 1) * 7;
}
