/**
 * Order-flow imbalance: what changed at the best levels of a book, buyers' less sellers'. It
 * explains the price change of the same time; it is no forecast of the next.
 */

/**
 * What one change did to the queue at a rank of one side, lots: `q 1{P >= P'} - q' 1{P <= P'}`,
 * prime = before, and `P >= P'`: at least as good. Prices come as keys that are larger the better
 * they are, on both sides; where there is no level, the worst key there is and no lots.
 *
 * Bids less asks, summed over events, it is the order-flow imbalance of Cont, Kukanov and Stoikov
 * 2014, The price impact of order book events, Journal of Financial Econometrics 12, 47-88.
 */
export function queueFlow(
  keyBefore: number,
  lotsBefore: number,
  key: number,
  lots: number,
): number {
  let flow = 0;
  if (key >= keyBefore) flow += lots;
  if (key <= keyBefore) flow -= lotsBefore;
  return flow;
}

/**
 * Adds the flow of an event at the ranks of one side to `sums`, from rank `from` on; rank 0 is the
 * touch. `sign` is 1 for bids and -1 for asks.
 *
 * Source: Xu, Gould and Howison 2019, Multi-level order-flow imbalance in a limit order book,
 * arXiv 1907.06230.
 */
export function addOrderFlow(
  sums: Float64Array,
  sign: 1 | -1,
  keysBefore: Int32Array,
  lotsBefore: Float64Array,
  keys: Int32Array,
  lots: Float64Array,
  from: number,
): void {
  for (let m = from; m < sums.length; m++) {
    const flow = queueFlow(keysBefore[m]!, lotsBefore[m]!, keys[m]!, lots[m]!);
    sums[m] = sums[m]! + sign * flow;
  }
}

/**
 * Writes the imbalance of each rank over the mean depth of a level into `out`, the same for all
 * ranks; NaN where the depth is 0 or unknown.
 * @param meanDepth lots of a level on a side, over the ranks and the states of the window.
 *
 * Source: Cont, Cucuringu and Zhang 2023, Cross-impact of order flow imbalance in equity markets,
 * Quantitative Finance 23, 1373-1393, section 2.2.
 */
export function depthNormalisedFlow(
  sums: Float64Array,
  meanDepth: number,
  out: Float64Array,
): void {
  for (let m = 0; m < sums.length; m++) {
    out[m] = meanDepth > 0 ? sums[m]! / meanDepth : Number.NaN;
  }
}

/**
 * Lots bought less lots sold by aggressors, as a share of both, -1..1; NaN without a trade.
 *
 * Source: the signed-volume imbalance of Cont, Kukanov and Stoikov 2014, section 3.4, per lot
 * traded.
 */
export function tradeImbalanceShare(bought: number, sold: number): number {
  return bought + sold > 0 ? (bought - sold) / (bought + sold) : Number.NaN;
}
