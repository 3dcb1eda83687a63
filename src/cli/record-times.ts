/**
 * Moments of records and on the command line: Unix nanoseconds.
 */
import { DataError, type UnixNs } from '../core/index.ts';
import { layoutOf, type RecordRun } from '../dbn/index.ts';
import { dateToUnixNs } from '../lake/index.ts';

const TS_EVENT_AT = 8;
const ISO =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?:Z|\+00:00)?)?$/;

/**
 * A moment given on the command line: a UTC date, `YYYY-MM-DDTHH:MM[:SS[.fraction]][Z]`, or Unix
 * nanoseconds.
 * @throws DataError USAGE when it is none of them.
 */
export function parseMoment(text: string): UnixNs {
  if (/^\d{16,20}$/.test(text)) return BigInt(text);
  const m = ISO.exec(text);
  const [h, min, s] = [m?.[2], m?.[3], m?.[4]].map((part) => Number(part ?? 0));
  if (!m || h! > 23 || min! > 59 || s! > 59) {
    throw new DataError('USAGE', `not a moment: "${text.slice(0, 40)}"`, {
      expected: '2026-01-05, 2026-01-05T14:30:00Z or Unix nanoseconds',
    });
  }
  const seconds = BigInt(h! * 3600 + min! * 60 + s!);
  const fraction = BigInt((m[5] ?? '').padEnd(9, '0'));
  return dateToUnixNs(m[1]!) + seconds * 1_000_000_000n + fraction;
}

/** A moment as text, UTC with nine decimals; null for 0 and for an undefined one. */
export function formatMoment(ns: UnixNs): string | null {
  if (ns <= 0n || ns >= 0xffffffffffffffffn) return null;
  const seconds = new Date(Number(ns / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${String(ns % 1_000_000_000n).padStart(9, '0')}Z`;
}

/**
 * Where a run's records hold the moment that orders them: `ts_recv`, or `ts_event` where there is
 * none.
 */
export function timeWordOf(run: RecordRun): number {
  const field = layoutOf(run.rtype, run.version)?.fields.find((f) => f.name === 'ts_recv');
  return (field?.at ?? TS_EVENT_AT) >> 2;
}

/** The ordering moment of record `i`. */
export function timeOf(run: RecordRun, i: number, timeWord = timeWordOf(run)): UnixNs {
  const at = ((run.start + i * run.stride) >> 2) + timeWord;
  const lo = BigInt(run.words[at]! >>> 0);
  return (BigInt(run.words[at + 1]! >>> 0) << 32n) | lo;
}
