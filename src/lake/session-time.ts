/**
 * Dates and times of day at the edges: text to nanoseconds and back, with daylight saving. Engines
 * only see nanoseconds.
 */
import { Temporal } from 'temporal-polyfill';
import { DataError, NS_PER_DAY, type NsOfDay, type UnixNs } from '../core/index.ts';

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,9}))?)?$/;

/**
 * Checks a session date.
 * @returns `dt` itself.
 * @throws DataError USAGE when it is no calendar date written YYYY-MM-DD.
 */
export function parseDate(dt: string): string {
  if (DATE.test(dt)) {
    const [y, m, d] = dt.split('-').map(Number) as [number, number, number];
    const days = new Date(Date.UTC(y, m, 0)).getUTCDate();
    if (m >= 1 && m <= 12 && d >= 1 && d <= days) return dt;
  }
  throw new DataError('USAGE', `not a date: "${dt.slice(0, 40)}"`, {
    expected: 'YYYY-MM-DD, such as 2026-01-05',
  });
}

/** 00:00 UTC of a date, ns since the Unix epoch. @throws DataError USAGE when `dt` is no date. */
export function dateToUnixNs(dt: string): UnixNs {
  return BigInt(epochMsOfDate(dt)) * 1_000_000n;
}

/** The UTC date, YYYY-MM-DD, that an instant falls on. */
export function unixNsToDate(ns: UnixNs): string {
  return new Date(Number(ns / 1_000_000n)).toISOString().slice(0, 10);
}

/** `dt` plus a number of days (which may be negative). */
export function addDays(dt: string, days: number): string {
  return unixNsToDate(dateToUnixNs(dt) + BigInt(days) * 86_400_000_000_000n);
}

/** Whole days from one date to another: negative when `to` is before `from`. */
export function daysBetween(from: string, to: string): number {
  return Number((dateToUnixNs(to) - dateToUnixNs(from)) / 86_400_000_000_000n);
}

/**
 * Milliseconds since the epoch: exact, where nanoseconds would leave the exact range of a Number.
 */
function epochMsOfLocal(dt: string, time: string, timeZone: string): number {
  return Temporal.PlainDate.from(dt).toZonedDateTime({
    timeZone,
    plainTime: Temporal.PlainTime.from(time),
  }).epochMilliseconds;
}

function epochMsOfDate(dt: string): number {
  return Date.parse(`${parseDate(dt)}T00:00:00Z`);
}

/**
 * The instant within the UTC day `dt` at which a clock in `timeZone` shows `time`.
 *
 * A day file holds 00:00 to 24:00 UTC, so every local time occurs once in it: 09:30 New York is
 * 14:30 UTC in winter and 13:30 in summer, and 20:00 New York is 01:00 UTC, the evening before by
 * the local calendar. A time that a change of daylight saving skips is read with the offset before
 * the change; of two, the first counts.
 *
 * @param time `HH:MM`, `HH:MM:SS` or `HH:MM:SS.fffffffff`.
 * @returns ns since 00:00 UTC of `dt`, in [0, 86400e9).
 * @throws DataError USAGE when date or time are not understood.
 */
export function sessionTimeToNs(dt: string, time: string, timeZone: string): NsOfDay {
  const parts = TIME.exec(time);
  if (!parts) {
    throw new DataError('USAGE', `not a time of day: "${time.slice(0, 40)}"`, {
      expected: 'HH:MM or HH:MM:SS, such as 09:30',
    });
  }
  const originMs = epochMsOfDate(dt);
  const fractionNs = Number((parts[4] ?? '').padEnd(9, '0'));
  const whole = `${parts[1]}:${parts[2]}:${parts[3] ?? '00'}`;
  let ns = 0;
  for (const shift of [0, -1, 1]) {
    ns = (epochMsOfLocal(addDays(dt, shift), whole, timeZone) - originMs) * 1e6;
    if (ns >= 0 && ns < NS_PER_DAY) break;
  }
  return ns + fractionNs;
}

/** The zone's clock, `HH:MM:SS`, at an instant given in ns since 00:00 UTC of `dt`. */
export function nsToSessionTime(dt: string, ns: NsOfDay, timeZone: string): string {
  const epochMs = epochMsOfDate(dt) + Math.floor(ns / 1e6);
  return Temporal.Instant.fromEpochMilliseconds(epochMs)
    .toZonedDateTimeISO(timeZone)
    .toPlainTime()
    .toString({ smallestUnit: 'second' });
}

/** The zone's date, YYYY-MM-DD, at an instant given in ns since 00:00 UTC of `dt`. */
export function nsToSessionDate(dt: string, ns: NsOfDay, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(epochMsOfDate(dt) + Math.floor(ns / 1e6))
    .toZonedDateTimeISO(timeZone)
    .toPlainDate()
    .toString();
}
