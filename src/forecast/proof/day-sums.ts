import { countAndSum } from './scores.ts';

/**
 * Sums of several series by session, NaN left out: a row a session, the series in their order.
 * @param dayStarts first window of each session, then the number of windows.
 */
export function daySums(dayStarts: Int32Array, ...series: readonly Float64Array[]): Float64Array[] {
  return sessionsOf(dayStarts).map(([from, to]) =>
    Float64Array.from(series, (values) => countAndSum(values.subarray(from, to))[1]),
  );
}

/** First window and end of each session. */
export function sessionsOf(dayStarts: Int32Array): [from: number, to: number][] {
  return Array.from({ length: dayStarts.length - 1 }, (_, d) => [dayStarts[d], dayStarts[d + 1]]);
}

/** 1 where a value is known, 0 where it is NaN. [values.length] */
export function knownFlags(values: Float64Array): Float64Array {
  return values.map((value) => (Number.isNaN(value) ? 0 : 1));
}

/** Sums over all sessions of rows of sums. */
export function totalOf(days: readonly Float64Array[]): Float64Array {
  const total = new Float64Array(days[0]?.length ?? 0);
  for (const day of days) for (let k = 0; k < total.length; k++) total[k] += day[k];
  return total;
}
