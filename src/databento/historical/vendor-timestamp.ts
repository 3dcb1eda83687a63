/**
 * Times as the Historical API takes and gives them. Source: Databento docs, Historical API, dates
 * and times.
 */
import { DataError } from '../../core/index.ts';

const U64_MAX = 0xffff_ffff_ffff_ffffn;
/**
 * ISO 8601 of any precision from the month on, as requests may carry it; a year alone could be
 * taken for nanoseconds.
 */
const ISO_REQUEST =
  /^\d{4}-\d\d(-\d\d([T ]\d\d(:\d\d(:\d\d(\.\d{1,9})?)?)?(Z|[+-]\d\d:?\d\d)?)?)?$/;
/** Both spellings that answers use: `…T…Z` and `… …+00:00`; a date alone is its midnight. */
const STAMP = new RegExp(
  [
    /^(\d{4})-(\d\d)-(\d\d)/,
    /(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?/,
    /(?:Z|([+-])(\d\d):?(\d\d))?$/,
  ]
    .map(({ source }) => source)
    .join(''),
);
const DATE = /^\d{4}-\d\d-\d\d$/;

/**
 * A time of a request in the vendor's form: ns as digits, ISO 8601 as it was given, so that the
 * vendor sees its precision.
 * @throws DataError USAGE
 */
export function requestTime(name: string, time: bigint | string): string {
  const known =
    typeof time === 'bigint' ? time >= 0n && time < U64_MAX : ISO_REQUEST.test(time.trim());
  if (known) return String(time).trim();
  throw new DataError('USAGE', `${name} is not a time`, {
    found: String(time).slice(0, 40),
    expected: 'ISO 8601 such as 2026-01-05 or 2026-01-05T14:30, or Unix ns',
  });
}

/** A date of a request. @throws DataError USAGE */
export function requestDate(name: string, date: string): string {
  if (DATE.test(date) && vendorTimestampNs(date) !== null) return date;
  throw new DataError('USAGE', `${name} is not a date`, {
    found: date.slice(0, 40),
    expected: 'YYYY-MM-DD, such as 2026-01-05',
  });
}

/** A time of an answer, Unix ns; null when it is none. */
export function vendorTimestampNs(text: string): bigint | null {
  const parts = STAMP.exec(text);
  if (!parts) return null;
  const [year, month, day, hour, minute, second] = parts
    .slice(1, 7)
    .map((part) => Number(part ?? 0)) as [number, number, number, number, number, number];
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  const back = new Date(ms);
  const real = back.getUTCMonth() === month - 1 && back.getUTCDate() === day && hour < 24;
  if (!real || minute > 59 || second > 59) return null;
  const eastMinutes = Number(parts[9] ?? 0) * 60 + Number(parts[10] ?? 0);
  const offsetMs = (parts[8] === '-' ? -1 : 1) * eastMinutes * 60_000;
  return BigInt(ms - offsetMs) * 1_000_000n + BigInt((parts[7] ?? '').padEnd(9, '0'));
}
