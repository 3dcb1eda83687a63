/** A session of which nothing is known yet. */
import { DISPLACEMENTS, type ForecastDay } from '../forecast-day.ts';

/** Whose session it is. */
export type ForecastDayName = Pick<ForecastDay, 'root' | 'dt' | 'symbol' | 'productType'>;

/** A day of `windows` windows: every number NaN, every flag and wall 0, times to be set. */
export function makeForecastDay(name: ForecastDayName, windows: number): ForecastDay {
  const unknown = () => new Float64Array(windows).fill(Number.NaN);
  return {
    ...name,
    windows,
    endSecond: new Int32Array(windows),
    mid: unknown(),
    valid: new Uint8Array(windows),
    hasOptions: new Uint8Array(windows),
    force: new Float32Array(windows * DISPLACEMENTS).fill(Number.NaN),
    forceHere: unknown(),
    dampingHere: unknown(),
    wallUp: new Int16Array(windows),
    wallDown: new Int16Array(windows),
    vacuumUp: unknown(),
    vacuumDown: unknown(),
    reinforceUp: unknown(),
    reinforceDown: unknown(),
    bidLots: unknown(),
    askLots: unknown(),
    spreadTicks: unknown(),
    queueImbalance: unknown(),
    microPriceEdge: unknown(),
    orderFlowImbalance: unknown(),
    tradeImbalance: unknown(),
    netEdge: unknown(),
  };
}
