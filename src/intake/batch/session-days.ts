/**
 * The days of a range that a product has data for.
 */
import { type Product, sessionWindows } from '../../lake/index.ts';

/** A day that is not asked for, and why. */
export interface SkippedDay {
  dt: string;
  /** A holiday's name, `weekend` or `no trading hours`. */
  why: string;
}

/**
 * Parts dates into those in which a product trades at some hour of the UTC day (a Sunday's opening
 * of CME is such an hour) and those in which it does not.
 */
export function sessionDays(
  product: Product,
  dates: readonly string[],
): { days: string[]; skipped: SkippedDay[] } {
  const days: string[] = [];
  const skipped: SkippedDay[] = [];
  for (const dt of dates) {
    const { closed } = sessionWindows(product, dt, 'full');
    if (closed === null) days.push(dt);
    else skipped.push({ dt, why: closed });
  }
  return { days, skipped };
}
