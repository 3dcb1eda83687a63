/**
 * Units of the data plane. Aliases, not wrappers: they cost nothing in a hot loop and say what a
 * number means.
 */

/** A price as a whole number of ticks: `price / tickSize`, int32. */
export type Tick = number;

/**
 * A price in 1e-9 currency units. Exact as a Number while |price| < 2^53 (about 9.007 million
 * currency units).
 */
export type PriceNano = number;

/** Nanoseconds since 00:00 UTC of a session date. Exact as a Number within 104 days of it. */
export type NsOfDay = number;

/** Nanoseconds since the Unix epoch: always a bigint, because it exceeds 2^53. */
export type UnixNs = bigint;

/** A count of contracts or shares. */
export type Lots = number;

/** One second in nanoseconds. */
export const NS_PER_SECOND = 1e9;
/** One millisecond in nanoseconds. */
export const NS_PER_MS = 1e6;
/** One day in nanoseconds. */
export const NS_PER_DAY = 86_400e9;

/** Book side. Bids are 0 and asks 1, so that a side can index an array. */
export const BID = 0;
/** The ask side: see `BID`. */
export const ASK = 1;
/** `BID` or `ASK`. */
export type Side = 0 | 1;
