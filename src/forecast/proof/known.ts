import { assert } from '../../core/index.ts';
import type { DayInterval } from '../numerics/day-bootstrap.ts';
import type { DayTest } from './day-jackknife.ts';
import type { Interval } from './evaluation.ts';

/** Digits that an evaluation stores: a last bit's rounding is not told. */
const STORED_DIGITS = 10;

/** A number that cannot be unknown, as an evaluation stores it: rounded. */
export function stored(value: number): number {
  assert(Number.isFinite(value), 'a number that is there');
  return Number(value.toPrecision(STORED_DIGITS));
}

/** A number as an evaluation stores it: rounded, and null when it is unknown. */
export function known(value: number): number | null {
  return Number.isFinite(value) ? stored(value) : null;
}

/** A value with its interval as an evaluation stores it. */
export function knownInterval(value: number, bounds: DayInterval | DayTest | null): Interval {
  if (!Number.isFinite(value)) return { value: null, low: null, high: null };
  return {
    value: known(value),
    low: bounds && known(bounds.low),
    high: bounds && known(bounds.high),
  };
}
