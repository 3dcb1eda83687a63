/**
 * The days of a range that a product has data for.
 */
import { isTradingDay, type Product, sessionWindows } from '../../lake/index.ts';

/** A day that is not asked for, and why. */
export interface SkippedDay {
  dt: string;
  /** A holiday's name, `weekend` or `no trading hours`. */
  why: string;
}

/** Why there is no data of a day; null when there is. */
function closedOn(product: Product, dt: string): string | null {
  // The hour of a Friday's evening that is a Saturday in UTC is no session of its own.
  if (product.kind === 'future') return sessionWindows(product, dt, 'full').closed;
  if (isTradingDay(product, dt)) return null;
  return sessionWindows(product, dt, 'regular').closed ?? 'no trading hours';
}

/**
 * Parts dates into those with data and those without: equities have it on their trading days,
 * futures on every UTC day in which they trade at some hour, a Sunday's opening included.
 */
export function sessionDays(
  product: Product,
  dates: readonly string[],
): { days: string[]; skipped: SkippedDay[] } {
  const days: string[] = [];
  const skipped: SkippedDay[] = [];
  for (const dt of dates) {
    const why = closedOn(product, dt);
    if (why === null) days.push(dt);
    else skipped.push({ dt, why });
  }
  return { days, skipped };
}
