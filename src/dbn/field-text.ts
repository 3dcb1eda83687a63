import { UNDEF_PRICE, UNDEF_TIMESTAMP } from './constants.ts';
import { isoOf } from './utc-date.ts';

/** How values are printed; the vendor's plain form when nothing is given. */
export interface TextOptions {
  /** Prices as decimals with nine digits, undefined ones as nothing. */
  prettyPrices?: boolean;
  /** Timestamps as ISO 8601 in UTC, undefined and zero ones as nothing. */
  prettyTimes?: boolean;
}

const SCALE = 1_000_000_000n;

/** A price in 1e-9 units as text; null when it is undefined and `pretty`. */
export function priceText(price: bigint, pretty: boolean | undefined): string | null {
  if (!pretty) return price.toString();
  if (price === UNDEF_PRICE) return null;
  const size = price < 0n ? -price : price;
  const fraction = (size % SCALE).toString().padStart(9, '0');
  return `${price < 0n ? '-' : ''}${size / SCALE}.${fraction}`;
}

/** A moment, Unix ns, as text; null when it is undefined or zero and `pretty`. */
export function timeText(ns: bigint, pretty: boolean | undefined): string | null {
  if (!pretty) return ns.toString();
  return ns === 0n || ns === UNDEF_TIMESTAMP ? null : isoOf(ns);
}
