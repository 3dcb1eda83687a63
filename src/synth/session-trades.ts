/**
 * What traded in a market so far. Prices in 1e-9 currency, times in ns of day; meaningful once
 * `count` > 0.
 */
export interface SessionTrades {
  count: number;
  /** Lots. */
  volume: number;
  open: number;
  firstNs: number;
  high: number;
  highNs: number;
  low: number;
  lowNs: number;
  last: number;
}
