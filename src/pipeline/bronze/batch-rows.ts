/**
 * What batches of every bronze table have in common: record words in, table columns out.
 */
import type { TableBatch } from '../../lake/index.ts';
import type { OptionTerms } from './option-terms.ts';

/** Rows of a batch. */
export const BATCH_ROWS = 16_384;

/** Oddities of rows that were written all the same. */
export interface RowCounts {
  /** Letters of `action` and `side` that mean nothing: written as N. */
  unknown_actions: number;
  unknown_sides: number;
  /** Rows whose clock is before that of the row before. */
  clock_steps: number;
  /** Rows captured outside the UTC day that they were filed under. */
  outside_day: number;
}

/** An instrument of a partition. */
export interface RowInstrument {
  /** Index of its symbol in the batch's list. */
  code: number;
  symbol: string;
  /** Of options. */
  terms: OptionTerms | null;
}

/** Rows of one partition being gathered; used from batch to batch. */
export interface BatchRows {
  /** Rows that were appended. */
  readonly rows: number;
  /** Rows that can still be named. */
  readonly room: number;
  readonly counts: RowCounts;
  /** The next `count` rows that are named or appended, at most `room`, are of an instrument. */
  name(instrument: RowInstrument, count: number): void;
  /**
   * Appends `count` records of `step` words each from word `first` on: those that were named since
   * the last `append`.
   */
  append(words: Int32Array, first: number, step: number, count: number): void;
  /** The rows so far as a batch of the table, valid until the next `append`; empties them. */
  take(): TableBatch;
}

/** Halves of a 64-bit column. */
export interface Wide {
  low: Uint32Array;
  high: Uint32Array;
}

/** A 64-bit column of `BATCH_ROWS`. */
export function makeWide(): Wide {
  return { low: new Uint32Array(BATCH_ROWS), high: new Uint32Array(BATCH_ROWS) };
}

/** A column of prices, some of them absent. */
export interface Prices extends Wide {
  /** 1 where absent. */
  nulls: Uint8Array;
  /** Rows absent. */
  absent: number;
}

/** A column of `BATCH_ROWS` prices. */
export function makePrices(): Prices {
  return { ...makeWide(), nulls: new Uint8Array(BATCH_ROWS), absent: 0 };
}

/** Takes the 64-bit values at word `w`, `w + step` and so on. */
export function gatherWide(
  to: Wide,
  at: number,
  words: Int32Array,
  w: number,
  step: number,
  n: number,
): void {
  const { low, high } = to;
  for (let i = at, k = w; i < at + n; i++, k += step) {
    low[i] = words[k]!;
    high[i] = words[k + 1]!;
  }
}

/** Like `gatherWide`; INT64_MAX, the undefined price, becomes an absent 0. */
export function gatherPrices(
  to: Prices,
  at: number,
  words: Int32Array,
  w: number,
  step: number,
  n: number,
): void {
  const { low, high, nulls } = to;
  let absent = 0;
  for (let i = at, k = w; i < at + n; i++, k += step) {
    const lo = words[k]!;
    const hi = words[k + 1]!;
    const undefinedPrice = lo === -1 && hi === 0x7fffffff ? 1 : 0;
    absent += undefinedPrice;
    nulls[i] = undefinedPrice;
    low[i] = undefinedPrice ? 0 : lo;
    high[i] = undefinedPrice ? 0 : hi;
  }
  to.absent += absent;
}

/** Takes whole words. */
export function gatherWords(
  to: Uint32Array | Int32Array,
  at: number,
  words: Int32Array,
  w: number,
  step: number,
  n: number,
): void {
  for (let i = at, k = w; i < at + n; i++, k += step) to[i] = words[k]!;
}

/** Takes a part of words: `shift` bits down, as much as the column's type holds. */
export function gatherPart(
  to: Uint8Array | Uint16Array,
  at: number,
  words: Int32Array,
  w: number,
  step: number,
  n: number,
  shift: number,
): void {
  for (let i = at, k = w; i < at + n; i++, k += step) to[i] = words[k]! >> shift;
}

/**
 * Takes letters as codes.
 * @returns how many letters have no code and became `none`.
 */
export function gatherCodes(
  to: Uint8Array,
  at: number,
  words: Int32Array,
  w: number,
  step: number,
  n: number,
  shift: number,
  codes: Uint8Array,
  none: number,
): number {
  let unknown = 0;
  for (let i = at, k = w; i < at + n; i++, k += step) {
    const code = codes[(words[k]! >>> shift) & 0xff]!;
    to[i] = code === 255 ? none : code;
    if (code === 255) unknown++;
  }
  return unknown;
}
