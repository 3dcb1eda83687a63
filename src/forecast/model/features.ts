/**
 * What the probability model sees of a window: numbers that were known at its end, and nothing
 * later.
 */
import type { ForecastDay } from '../forecast-day.ts';

/** Features of the probability model, in the order of its weights. */
export const FEATURE_NAMES = [
  'physics_delta',
  'acceleration',
  'queue_imbalance',
  'micro_price_edge',
  'ofi_1s',
  'ofi_5s',
  'ofi_15s',
  'net_edge',
] as const;
/** Number of features. */
export const FEATURES = FEATURE_NAMES.length;
/** Features that are the same at every horizon: all but the first. */
export const SHARED_FEATURES = FEATURES - 1;
/** Seconds over which order-flow imbalance is summed, in the order of the features. */
const FLOW_SUMS_S = [1, 5, 15] as const;

/** Why a window has no forecast, by code; 0 = it has one. */
export const COVERAGE = {
  COVERED: 0,
  /** The book is not whole, one-sided, crossed or stale. */
  INVALID_BOOK: 1,
  /** The window one second earlier is missing or invalid: its speed is unknown. */
  NO_PREVIOUS: 2,
  /** A feature is unknown. */
  UNKNOWN_FEATURE: 3,
} as const;

/** The window one second before, when it is there and valid; else -1. */
function previousWindow(day: ForecastDay, i: number): number {
  const { endSecond, valid } = day;
  const isBefore = i > 0 && endSecond[i - 1] === endSecond[i]! - 1;
  return isBefore && valid[i - 1] === 1 ? i - 1 : -1;
}

/** Move of the mid in the second that ends with window `i`, ticks; NaN when unknown. */
export function speedAt(day: ForecastDay, i: number): number {
  const before = previousWindow(day, i);
  return before < 0 ? Number.NaN : day.mid[i]! - day.mid[before]!;
}

/** F / (1 + N) where the price stands, at the end of window `i`; NaN when unknown. */
export function accelerationAt(day: ForecastDay, i: number): number {
  return day.forceHere[i]! / (1 + day.dampingHere[i]!);
}

/**
 * Order-flow imbalance of the last `seconds` seconds by the clock, lots; NaN when a second of them
 * is missing, unknown, or ended with an invalid book.
 */
export function flowSum(day: ForecastDay, i: number, seconds: number): number {
  const { endSecond, orderFlowImbalance, valid } = day;
  const first = i - seconds + 1;
  if (first < 0 || endSecond[i]! - endSecond[first]! !== seconds - 1) return Number.NaN;
  let sum = 0;
  for (let j = first; j <= i; j++) sum += valid[j] === 1 ? orderFlowImbalance[j]! : Number.NaN;
  return sum;
}

/**
 * Writes the shared features of window `i` to `out` from `at` on.
 * @returns a code of `COVERAGE`; unless it is `COVERED`, what was written must not be used.
 */
export function sharedFeaturesAt(
  day: ForecastDay,
  i: number,
  out: Float64Array,
  at: number,
): number {
  if (day.valid[i] !== 1 || !Number.isFinite(day.mid[i])) return COVERAGE.INVALID_BOOK;
  if (!Number.isFinite(speedAt(day, i))) return COVERAGE.NO_PREVIOUS;
  out[at] = accelerationAt(day, i);
  out[at + 1] = day.queueImbalance[i]!;
  out[at + 2] = day.microPriceEdge[i]!;
  for (let s = 0; s < FLOW_SUMS_S.length; s++) out[at + 3 + s] = flowSum(day, i, FLOW_SUMS_S[s]!);
  out[at + 6] = day.netEdge[i]!;
  for (let f = 0; f < SHARED_FEATURES; f++) {
    if (!Number.isFinite(out[at + f])) return COVERAGE.UNKNOWN_FEATURE;
  }
  return COVERAGE.COVERED;
}
