/**
 * Moments and days in requests. Source: Databento docs, Historical API, `start` and `end`.
 */
import { dayOf, NS_PER_UTC_DAY } from '../data-folder-time.ts';

/** A moment with the resolution it was written in: the period that it names. */
export interface NamedPeriod {
  /** Unix ns. */
  startNs: bigint;
  /** End of the period, exclusive, Unix ns. */
  endNs: bigint;
}

const NS_PER_SECOND = 1_000_000_000n;
const NS_PER_MS = 1_000_000n;
const CLOCK = /(?:[T ](\d{2})(?::(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?)?/;
const ZONE = /(Z|[+-]\d{2}:?\d{2})?/;
const ISO = new RegExp(`^(\\d{4})(?:-(\\d{2})(?:-(\\d{2})${CLOCK.source})?)?${ZONE.source}$`);

/** A moment as the API takes it: ISO 8601 of any resolution, or Unix ns; null when it is none. */
export function parseNamedPeriod(text: string): NamedPeriod | null {
  if (/^\d{9,20}$/.test(text)) return { startNs: BigInt(text), endNs: BigInt(text) + 1n };
  const m = ISO.exec(text);
  if (!m) return null;
  const [year, month, day, hour, minute, second] = m.slice(1, 7).map((t) => t && Number(t));
  const ms = Date.UTC(
    Number(year),
    Number(month ?? 1) - 1,
    Number(day ?? 1),
    Number(hour ?? 0),
    Number(minute ?? 0),
    Number(second ?? 0),
  );
  const there = new Date(ms);
  if (day !== undefined && there.getUTCDate() !== day) return null;
  if (Number(hour ?? 0) > 23 || Number(minute ?? 0) > 59 || Number(second ?? 0) > 59) return null;
  const fraction = BigInt((m[7] ?? '').padEnd(9, '0'));
  const startNs = BigInt(ms) * NS_PER_MS + fraction - offsetOf(m[8]);
  return { startNs, endNs: startNs + lengthOf(m, there) };
}

function offsetOf(zone: string | undefined): bigint {
  if (zone === undefined || zone === 'Z') return 0n;
  const sign = zone.startsWith('-') ? -1n : 1n;
  const digits = zone.slice(1).replace(':', '');
  const minutes = BigInt(digits.slice(0, 2)) * 60n + BigInt(digits.slice(2));
  return sign * minutes * 60n * NS_PER_SECOND;
}

/** Nanoseconds of the period that is named: a year, a month, ..., a fraction of a second. */
function lengthOf(m: RegExpExecArray, start: Date): bigint {
  const [year, month] = [start.getUTCFullYear(), start.getUTCMonth()];
  if (m[7] !== undefined) return 10n ** BigInt(9 - m[7].length);
  if (m[6] !== undefined) return NS_PER_SECOND;
  if (m[5] !== undefined) return 60n * NS_PER_SECOND;
  if (m[4] !== undefined) return 3600n * NS_PER_SECOND;
  if (m[3] !== undefined) return NS_PER_UTC_DAY;
  const next = m[2] === undefined ? Date.UTC(year + 1, 0) : Date.UTC(year, month + 1);
  return BigInt(next - start.getTime()) * NS_PER_MS;
}

/** A date as a day since 1970-01-01 and the day behind the period that it names; null if none. */
export function parseDays(text: string): { first: number; end: number } | null {
  const period = parseNamedPeriod(text);
  if (!period) return null;
  return { first: dayOf(period.startNs), end: dayOf(period.endNs - 1n) + 1 };
}

/** The days that a span of time touches: first, and the one behind the last. */
export function daysOf(from: bigint, to: bigint): { first: number; end: number } {
  return { first: dayOf(from), end: to > from ? dayOf(to - 1n) + 1 : dayOf(from) };
}
