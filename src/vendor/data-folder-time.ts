/**
 * The moment by which the vendor orders and filters records: `ts_recv` where the layout has it,
 * else `ts_event`. Source: Databento docs, Historical API, `start` and `end`.
 */
import { type DbnVersion, layoutOf, type RecordRun } from '../dbn/index.ts';

/** Word of `ts_event` in every record. */
const TS_EVENT_WORD = 2;
const MS_PER_DAY = 86_400_000;
/** Nanoseconds of a UTC day. */
export const NS_PER_UTC_DAY = 86_400_000_000_000n;

/** Word, from the start of a record, at which its index time lies. */
export function indexWordOf(rtype: number, version: DbnVersion): number {
  const field = layoutOf(rtype, version)?.fields.find((f) => f.name === 'ts_recv');
  return field ? field.at >> 2 : TS_EVENT_WORD;
}

/** Index time of record `i`, Unix ns. */
export function indexTimeOf(run: RecordRun, i: number, indexWord: number): bigint {
  const at = ((run.start + i * run.stride) >> 2) + indexWord;
  return (BigInt(run.words[at + 1]! >>> 0) << 32n) | BigInt(run.words[at]! >>> 0);
}

/** Instrument of record `i`. */
export function instrumentOf(run: RecordRun, i: number): number {
  return run.words[((run.start + i * run.stride) >> 2) + 1]! >>> 0;
}

/** UTC day of a moment, days since 1970-01-01. */
export function dayOf(ns: bigint): number {
  return Number(ns / NS_PER_UTC_DAY);
}

/** First moment of a day, Unix ns. */
export function startOfDay(day: number): bigint {
  return BigInt(day) * NS_PER_UTC_DAY;
}

/** A day as `2026-01-05`. */
export function isoDayOf(day: number): string {
  return new Date(day * MS_PER_DAY).toISOString().slice(0, 10);
}

/** A day as the number 20260105 that headers carry. */
export function dateNumberOf(day: number): number {
  return Number(isoDayOf(day).replaceAll('-', ''));
}

/** The day of a header's number 20260105. */
export function dayOfDateNumber(date: number): number {
  const [year, month, day] = [Math.floor(date / 10_000), Math.floor(date / 100) % 100, date % 100];
  return Math.round(Date.UTC(year, month - 1, day) / MS_PER_DAY);
}
