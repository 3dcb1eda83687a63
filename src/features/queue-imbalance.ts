/** What the two queues at the touch say about the next move of the mid. Lots, ticks. */

/**
 * `(bid - ask) / (bid + ask)`, -1..1; NaN when a queue is empty or unknown.
 *
 * Source: Gould and Bonart 2016, Queue imbalance as a one-tick-ahead price predictor in a limit
 * order book, Market Microstructure and Liquidity 2, arXiv 1512.03492.
 */
export function queueImbalance(bidLots: number, askLots: number): number {
  if (!(bidLots > 0 && askLots > 0)) return Number.NaN;
  return (bidLots - askLots) / (bidLots + askLots);
}

/**
 * Probability that the mid moves up before it moves down, with no parameter to fit:
 * `(2 / pi) atan(bid / ask)`, 0..1; NaN when a queue is empty or unknown. For balanced,
 * uncorrelated order flow at a spread of one tick.
 *
 * Source: Cont and de Larrard 2012, Order book dynamics in liquid markets, arXiv 1202.6412; the
 * same authors 2013, SIAM Journal on Financial Mathematics 4, arXiv 1104.4596.
 */
export function upProbability(bidLots: number, askLots: number): number {
  if (!(bidLots > 0 && askLots > 0)) return Number.NaN;
  return (2 / Math.PI) * Math.atan(bidLots / askLots);
}

/**
 * The weighted mid less the mid, ticks: `(bid lots x ask price + ask lots x bid price) /
 * (bid lots + ask lots)` is above the mid by half a spread times the queue imbalance. NaN when a
 * queue is empty or the spread is not positive.
 *
 * Source: Stoikov 2018, The micro-price, Quantitative Finance 18, 1959-1966, section 2.
 */
export function weightedMidEdge(bidLots: number, askLots: number, spreadTicks: number): number {
  if (!(spreadTicks > 0)) return Number.NaN;
  return (spreadTicks / 2) * queueImbalance(bidLots, askLots);
}
