import type { ForecastDay } from '../forecast-day.ts';
import { flowSum, speedAt } from '../model/features.ts';

/** Seconds over which the order-flow baseline sums. */
const FLOW_SUMS_S = [1, 5, 15] as const;

/** What a fitted baseline looks at: a number or a few, known at a window's end. */
export interface BaselineQuantity {
  /** Published name of the baseline. */
  name: string;
  /** Numbers a window. */
  width: number;
  /** Writes them for window `i`; NaN = unknown. */
  read(day: ForecastDay, i: number, out: Float64Array, at: number): void;
}

/** Queues at the touch (Gould and Bonart 2016). */
export const QUEUE_IMBALANCE: BaselineQuantity = {
  name: 'queue_imbalance',
  width: 1,
  read: (day, i, out, at) => {
    out[at] = day.queueImbalance[i];
  },
};

/** The last second's move. */
export const LAST_MOVE: BaselineQuantity = {
  name: 'ar1',
  width: 1,
  read: (day, i, out, at) => {
    out[at] = speedAt(day, i);
  },
};

/** Micro-price less mid (Stoikov 2018). */
export const MICRO_PRICE: BaselineQuantity = {
  name: 'micro_price',
  width: 1,
  read: (day, i, out, at) => {
    out[at] = day.microPriceEdge[i];
  },
};

/** Order-flow imbalance at the touch, lagged by construction (Cont, Kukanov, Stoikov 2014). */
export const ORDER_FLOW: BaselineQuantity = {
  name: 'order_flow_imbalance',
  width: FLOW_SUMS_S.length,
  read: (day, i, out, at) => {
    for (let s = 0; s < FLOW_SUMS_S.length; s++) out[at + s] = flowSum(day, i, FLOW_SUMS_S[s]);
  },
};

/**
 * A quantity at every window of a session; NaN where the book is not valid.
 * @returns [windows x width], row by row
 */
export function quantityOf(quantity: BaselineQuantity, day: ForecastDay): Float64Array {
  const { width } = quantity;
  const values = new Float64Array(day.windows * width);
  for (let i = 0; i < day.windows; i++) {
    const at = i * width;
    if (day.valid[i] === 1 && Number.isFinite(day.mid[i])) quantity.read(day, i, values, at);
    else values.fill(Number.NaN, at, at + width);
  }
  return values;
}
