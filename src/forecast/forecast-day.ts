/** Largest displacement that a path may reach, ticks: a force is kept for every whole one. */
export const MAX_DISPLACEMENT_TICKS = 80;
/** Displacements for which a force is kept: -80 to +80. */
export const DISPLACEMENTS = 2 * MAX_DISPLACEMENT_TICKS + 1;

/**
 * One session of one market as the forecast sees it: an array a quantity, an entry a one-second
 * window, each from what was known at that window's end. NaN = unknown. Windows ascend and may have
 * holes: time is `endSecond`, never the index.
 */
export interface ForecastDay {
  root: string;
  /** Session date, YYYY-MM-DD. */
  dt: string;
  /** Contract or ticker. */
  symbol: string;
  productType: string;
  windows: number;
  /** Window end, s since 00:00 UTC of `dt`, strictly ascending. */
  endSecond: Int32Array;
  /** Middle of best bid and ask, ticks (whole or half); NaN when a side is empty. */
  mid: Float64Array;
  /** 1 where the book is whole, both sides are there and it is neither crossed nor stale. */
  valid: Uint8Array;
  /** 1 where the options' surface took part in the force. */
  hasOptions: Uint8Array;
  /**
   * F(d) / (1 + N(d)) at displacement d = -80..80 ticks (models: Stage F), before beta.
   * [windows x DISPLACEMENTS], row by row
   */
  force: Float32Array;
  /** F(0) and N(0). */
  forceHere: Float64Array;
  dampingHere: Float64Array;
  /** Ticks from the cell of spot to the first wall: 1..64 steps of the lattice; 0 = unknown. */
  wallUp: Int16Array;
  wallDown: Int16Array;
  vacuumUp: Float64Array;
  vacuumDown: Float64Array;
  reinforceUp: Float64Array;
  reinforceDown: Float64Array;
  /** Lots at the best bid and ask; NaN when empty. */
  bidLots: Float64Array;
  askLots: Float64Array;
  spreadTicks: Float64Array;
  /** (bid - ask) / (bid + ask) lots at the touch, -1..1. */
  queueImbalance: Float64Array;
  /** Micro-price less mid, ticks. */
  microPriceEdge: Float64Array;
  /** Order-flow imbalance at the touch of this window alone, lots. */
  orderFlowImbalance: Float64Array;
  /** Lots bought less lots sold by aggressors in this window. */
  tradeImbalance: Float64Array;
  /** Net edge of the vacuum-pressure engine at the window's end, scaled; NaN when there is none. */
  netEdge: Float64Array;
}
