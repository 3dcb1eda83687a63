import type { ForecastDay } from '../../src/forecast/index.ts';
import type { PartitionRef } from '../../src/lake/index.ts';
import { plantedDay } from '../forecast/planted-market.ts';
import { publish } from '../pipeline/forecast-lake.ts';

/** Price of a tick of ES, 1e-9 currency. */
const TICK = 250_000_000;
/** Trading days from 2026-01-05 on. */
const DATES = ['05', '06', '07', '08', '09', '12'].map((day) => `2026-01-${day}`);

function refOf(layer: 'silver' | 'gold', table: string, dt: string): PartitionRef {
  return { layer, productType: 'future_mbo', table, symbol: 'ESH6', dt };
}

/** Best bid and ask whose middle is `mid`, ticks. */
function touch(mid: number): [bid: number, ask: number] {
  return Number.isInteger(mid) ? [mid - 1, mid + 1] : [mid - 0.5, mid + 0.5];
}

function snapshotRows(day: ForecastDay) {
  return Array.from(day.endSecond, (second, i) => {
    const [bid, ask] = touch(day.mid[i]);
    return {
      window_start_ts_ns: (second - 1) * 1e9,
      window_end_ts_ns: second * 1e9,
      best_bid_price_int: bid * TICK,
      best_bid_qty: Math.round(day.bidLots[i]) + 1,
      best_ask_price_int: ask * TICK,
      best_ask_qty: Math.round(day.askLots[i]) + 1,
      spot_ref_price_int: Math.floor(day.mid[i] + 0.5) * TICK,
      book_valid: 1,
    };
  });
}

function surfaceRows(day: ForecastDay) {
  return Array.from(day.endSecond, (second, i) =>
    [0, 1].map((side) => ({
      window_end_ts_ns: second * 1e9,
      side,
      rel_ticks: side === 0 ? 3 : -3,
      pressure_grad: day.forceHere[i],
      Omega: 1,
    })),
  ).flat();
}

function microRows(day: ForecastDay) {
  return Array.from(day.endSecond, (second, i) => ({
    window_end_ts_ns: second * 1e9,
    queue_imbalance: day.queueImbalance[i],
    micro_price_edge: day.microPriceEdge[i],
    ofi: day.orderFlowImbalance[i],
    trade_imbalance: day.tradeImbalance[i],
    net_edge: day.netEdge[i],
  }));
}

/** Publishes one day of a planted market. */
export async function publishPlanted(lake: string, dt: string, seed: number): Promise<void> {
  const { day } = plantedDay({ dt, seed, windows: 240 });
  const refs = {
    snapshot: refOf('silver', 'book_snapshot_1s', dt),
    surface: refOf('gold', 'physics_surface_1s', dt),
    micro: refOf('gold', 'microstructure_1s', dt),
  };
  const made = await publish(lake, refs.snapshot, snapshotRows(day));
  const { dataset, symbol, bytes, sha256 } = made;
  const inputs = [{ role: 'partition', dataset, symbol, dt, bytes, sha256 } as const];
  await publish(lake, refs.surface, surfaceRows(day), inputs);
  await publish(lake, refs.micro, microRows(day), inputs);
}

/** A lake of short days of ES with a planted signal; returns its dates. */
export async function publishPlantedDays(lake: string, days: number): Promise<string[]> {
  const dates = DATES.slice(0, days);
  for (const [i, dt] of dates.entries()) await publishPlanted(lake, dt, 900 + i);
  return dates;
}
