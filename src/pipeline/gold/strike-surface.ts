/**
 * Gold of options: the physics of their quotes on the lattice of listed strikes.
 *
 * reads   silver.{future_option_mbo,equity_option_cmbp_1}: book_snapshot_1s (which seconds and
 *         strikes there are, spot of the underlying), depth_and_flow_1s
 * writes  gold.{future_option_mbo,equity_option_cmbp_1}.physics_surface_1s
 * grain   second x right x side x listed strike, where any field is not its absent value
 * refuses rows of seconds that the snapshots do not have (CONTRACT)
 *
 * A cell is a strike's place among all strikes of the day, so that neighbours are neighbours
 * whatever their distance, and nothing moves when spot does. In a second the strikes of silver's
 * window are seen and emitted; one that left the window fades until it is back.
 */
import { PhysicsSurface, strikeKernels } from '../../features/index.ts';
import type { ColumnRequest, Product, TableBatch, TableReader } from '../../lake/index.ts';
import type { CellOfPrice, FlowRows } from './flow-rows.ts';
import { SurfaceBatch } from './surface-batch.ts';
import { type SurfaceRun, type SurfaceSeconds, surfaceStage } from './surface-stage.ts';

/** Series in the order of the contract: calls' asks and bids, puts' asks and bids. */
const SIDE_SIGNS = [-1, 1, -1, 1] as const;

/** Price units of one currency unit. */
const NANO = 1e9;

/** The seconds of an option chain; prices in 1e-9 currency. */
export interface ChainSeconds extends SurfaceSeconds {
  /** End of each, ns since the day's start. */
  ends: number[];
  /** Spot of the underlying. */
  spots: number[];
  /** Lowest and highest strike that is seen. */
  lowest: number[];
  highest: number[];
  /** Every strike of the day, ascending. */
  strikes: Float64Array;
}

/** What is read of `book_snapshot_1s`. */
export function chainSecondColumns(originNs: bigint): ColumnRequest[] {
  return [
    { name: 'window_end_ts_ns', origin: originNs },
    { name: 'spot_ref_price_int' },
    { name: 'strike_price_int' },
  ];
}

/** All seconds of an option chain's `book_snapshot_1s`. */
export function readChainSeconds(reader: TableReader): ChainSeconds {
  const ends: number[] = [];
  const spots: number[] = [];
  const lowest: number[] = [];
  const highest: number[] = [];
  const listed = new Set<number>();
  let rowsRead = 0;
  for (let batch = reader.next(); batch !== null; batch = reader.next()) {
    const [windowEnds, windowSpots, strikes] = batch.columns;
    for (let i = 0; i < batch.rows; i++) {
      const strike = strikes![i]!;
      if (ends.at(-1) !== windowEnds![i]) {
        ends.push(windowEnds![i]!);
        spots.push(windowSpots![i]!);
        lowest.push(strike);
        highest.push(strike);
      }
      const t = ends.length - 1;
      if (strike < lowest[t]!) lowest[t] = strike;
      if (strike > highest[t]!) highest[t] = strike;
      listed.add(strike);
    }
    rowsRead += batch.rows;
  }
  const strikes = Float64Array.from(listed).sort();
  return { count: ends.length, rowsRead, ends, spots, lowest, highest, strikes };
}

/** Strikes by their place among all of the day. */
class StrikeLattice implements CellOfPrice {
  private readonly places: Map<number, number>;

  constructor(strikes: Float64Array) {
    this.places = new Map(Array.from(strikes, (strike, place) => [strike, place]));
  }

  cellOf(strike: number): number {
    return this.places.get(strike) ?? Number.NaN;
  }
}

function makeKeys(length: number) {
  return {
    window_end_ts_ns: new Float64Array(length),
    event_ts_ns: new Float64Array(length),
    spot_ref_price_int: new Float64Array(length),
    strike_price_int: new Float64Array(length),
    strike_points: new Float64Array(length),
    rel_ticks: new Int32Array(length),
    right: new Uint8Array(length),
    side: new Uint8Array(length),
  };
}

/** Keys of strikes `from` to `to` of a right and side. */
function writeKeys(
  batch: SurfaceBatch<ReturnType<typeof makeKeys>>,
  seconds: ChainSeconds,
  second: number,
  series: number,
  from: number,
  to: number,
  tick: number,
): void {
  const { keys, rows } = batch;
  const spot = seconds.spots[second]!;
  for (let cell = from, row = rows; cell <= to; cell++, row++) {
    const strike = seconds.strikes[cell]!;
    keys.window_end_ts_ns[row] = seconds.ends[second]!;
    keys.event_ts_ns[row] = seconds.ends[second]!;
    keys.spot_ref_price_int[row] = spot;
    keys.strike_price_int[row] = strike;
    keys.strike_points[row] = strike / NANO;
    keys.rel_ticks[row] = Math.round((strike - spot) / tick);
    keys.right[row] = series >> 1;
    keys.side[row] = series & 1;
  }
}

function* batchesOf(
  seconds: ChainSeconds,
  flows: FlowRows,
  product: Product,
  originNs: bigint,
  run: SurfaceRun,
): Generator<TableBatch> {
  const { tickSizeInt: tick, bucketTicks, strikeStepInt } = product;
  const lattice = new StrikeLattice(seconds.strikes);
  const maxCells = seconds.strikes.length;
  const kernels = strikeKernels(strikeStepInt / (tick * bucketTicks));
  const surface = new PhysicsSurface({ sideSigns: SIDE_SIGNS, maxCells, ...kernels });
  const batch = new SurfaceBatch(maxCells, SIDE_SIGNS.length, makeKeys, originNs);
  for (let t = 0; t < seconds.count; t++) {
    const low = lattice.cellOf(seconds.lowest[t]!);
    const high = lattice.cellOf(seconds.highest[t]!);
    surface.begin(low, high);
    flows.addSecond(seconds.ends[t]!, surface, lattice, low, high);
    surface.step(low, high);
    for (let series = 0; series < SIDE_SIGNS.length; series++) {
      writeKeys(batch, seconds, t, series, low, high, tick);
      batch.append(surface, series * surface.stride, high - low + 1);
    }
    run.secondsDone = t + 1;
    if (batch.full) yield batch.take();
  }
  flows.end();
  run.counters['rows_outside_window'] = flows.cutRows;
  if (batch.rows > 0) yield batch.take();
}

/** The surface of a day: batches of the table's rows, in the order of its key. */
export function strikeSurface(
  seconds: ChainSeconds,
  flows: FlowRows,
  product: Product,
  originNs: bigint,
): SurfaceRun {
  const counters = { seconds: seconds.count, rows_outside_window: 0 };
  const run: SurfaceRun = { batches: [], counters, secondsDone: 0 };
  run.batches = batchesOf(seconds, flows, product, originNs, run);
  return run;
}

const shared = {
  place: 'strike_price_int',
  snapshotColumns: chainSecondColumns,
  readSeconds: readChainSeconds,
  transform: strikeSurface,
} as const;

/** Options on futures. */
export const goldFutureOptionMbo = surfaceStage({
  ...shared,
  version: 1,
  name: 'gold_compute_option_physics_surface_1s',
  productType: 'future_option_mbo',
});

/** Options on equities. */
export const goldEquityOptionCmbp1 = surfaceStage({
  ...shared,
  version: 2,
  name: 'gold_compute_equity_option_physics_surface_1s',
  productType: 'equity_option_cmbp_1',
});
