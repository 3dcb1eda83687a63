/**
 * Gold of futures and equities: the physics of the book on a lattice of prices.
 *
 * reads   silver.{future_mbo,equity_mbo}: book_snapshot_1s (which seconds there are, spot, best
 *         prices), depth_and_flow_1s
 * writes  gold.{future_mbo,equity_mbo}.physics_surface_1s
 * grain   second x side x bucket of `bucket_ticks` ticks (aligned to absolute price), where any
 *         field is not its absent value
 * refuses rows of seconds that the snapshots do not have (CONTRACT)
 *
 * Means over time belong to absolute prices and take a step in every second of the snapshots;
 * between two spans of a session they rest. Silver stores `KERNEL_REACH` lattice steps more than
 * is emitted, so that the far kernel sees real levels up to the last emitted price. A bucket that
 * the edge of silver's grid cuts in two counts as not seen.
 */
import { KERNEL_REACH, PhysicsSurface, priceKernels } from '../../features/index.ts';
import type { ColumnRequest, Product, TableBatch, TableReader } from '../../lake/index.ts';
import type { Counters } from '../stage.ts';
import type { CellOfPrice, FlowRows } from './flow-rows.ts';
import { SurfaceBatch } from './surface-batch.ts';
import { type SurfaceRun, type SurfaceSeconds, surfaceStage } from './surface-stage.ts';

/** Sides in the order of the contract: asks, bids. */
const ASKS = 0;
const BIDS = 1;
const SIDE_SIGNS = [-1, 1] as const;

/** The seconds of a book; prices in 1e-9 currency, not a number where there is none. */
export interface BookSeconds extends SurfaceSeconds {
  /** End of each, ns since the day's start. */
  ends: Float64Array;
  spots: Float64Array;
  bestBids: Float64Array;
  bestAsks: Float64Array;
  /** Seconds at whose end the book was not valid. */
  invalid: number;
}

/** What is read of `book_snapshot_1s`. */
export function bookSecondColumns(originNs: bigint): ColumnRequest[] {
  return [
    { name: 'window_end_ts_ns', origin: originNs },
    { name: 'spot_ref_price_int' },
    { name: 'best_bid_price_int' },
    { name: 'best_ask_price_int' },
    { name: 'book_valid' },
  ];
}

/** All seconds of a `book_snapshot_1s`. */
export function readBookSeconds(reader: TableReader): BookSeconds {
  const prices = [1, 2, 3].map(() => new Float64Array(reader.totalRows));
  const ends = new Float64Array(reader.totalRows);
  let count = 0;
  let invalid = 0;
  for (let batch = reader.next(); batch !== null; batch = reader.next()) {
    const { rows, columns, nulls } = batch;
    ends.set(columns[0]!.subarray(0, rows), count);
    prices.forEach((column, k) => {
      const absent = nulls[k + 1] ?? null;
      for (let i = 0; i < rows; i++) {
        column[count + i] = absent?.[i] ? Number.NaN : columns[k + 1]![i]!;
      }
    });
    for (let i = 0; i < rows; i++) if (!columns[4]![i]) invalid++;
    count += rows;
  }
  const [spots, bestBids, bestAsks] = prices as [Float64Array, Float64Array, Float64Array];
  return { count, rowsRead: count, ends, spots, bestBids, bestAsks, invalid };
}

/** Buckets of ticks, numbered from price 0. */
class BucketLattice implements CellOfPrice {
  readonly tick: number;
  readonly bucketTicks: number;
  /** Cells emitted on each side of that of spot. */
  readonly halfCells: number;
  /** Ticks on each side of spot that silver stores. */
  readonly storedTicks: number;

  constructor(product: Product) {
    this.tick = product.tickSizeInt;
    this.bucketTicks = product.bucketTicks;
    this.halfCells = Math.floor(product.gridMaxTicks / product.bucketTicks);
    this.storedTicks = product.gridMaxTicks + KERNEL_REACH * product.bucketTicks;
  }

  cellOf(price: number): number {
    return Math.floor(price / this.tick / this.bucketTicks);
  }

  /** Lower edge of a cell, 1e-9 currency. */
  priceOf(cell: number): number {
    return cell * this.bucketTicks * this.tick;
  }

  /** Cells that lie in silver's grid with every tick of theirs. */
  seenCells(spot: number): { low: number; high: number } {
    const spotTick = Math.round(spot / this.tick);
    return {
      low: Math.ceil((spotTick - this.storedTicks) / this.bucketTicks),
      high: Math.floor((spotTick + this.storedTicks + 1) / this.bucketTicks) - 1,
    };
  }
}

function makeKeys(length: number) {
  const ends = new Float64Array(length);
  return {
    window_end_ts_ns: ends,
    event_ts_ns: new Float64Array(length),
    spot_ref_price_int: new Float64Array(length),
    price_int: new Float64Array(length),
    rel_ticks: new Int32Array(length),
    rel_ticks_side: new Int32Array(length),
    side: new Uint8Array(length),
  };
}

/** Keys of cells `from` to `to` of a side. */
function writeKeys(
  batch: SurfaceBatch<ReturnType<typeof makeKeys>>,
  lattice: BucketLattice,
  seconds: BookSeconds,
  second: number,
  side: number,
  from: number,
  to: number,
): void {
  const { keys, rows } = batch;
  const spot = seconds.spots[second]!;
  const spotCell = lattice.cellOf(spot);
  const best = (side === ASKS ? seconds.bestAsks : seconds.bestBids)[second]!;
  const bestCell = lattice.cellOf(best);
  for (let cell = from, row = rows; cell <= to; cell++, row++) {
    const away = side === ASKS ? cell - bestCell : bestCell - cell;
    keys.window_end_ts_ns[row] = seconds.ends[second]!;
    keys.event_ts_ns[row] = seconds.ends[second]!;
    keys.spot_ref_price_int[row] = spot;
    keys.price_int[row] = lattice.priceOf(cell);
    keys.rel_ticks[row] = (cell - spotCell) * lattice.bucketTicks;
    keys.rel_ticks_side[row] = Number.isNaN(best) ? 0 : away * lattice.bucketTicks;
    keys.side[row] = side;
  }
}

function* batchesOf(
  seconds: BookSeconds,
  flows: FlowRows,
  product: Product,
  originNs: bigint,
  run: SurfaceRun,
): Generator<TableBatch> {
  const lattice = new BucketLattice(product);
  const { halfCells } = lattice;
  const surface = new PhysicsSurface({
    sideSigns: SIDE_SIGNS,
    maxCells: 2 * (halfCells + KERNEL_REACH + 1) + 1,
    ...priceKernels(),
  });
  const batch = new SurfaceBatch(2 * halfCells + 1, 2, makeKeys, originNs);
  for (let t = 0; t < seconds.count; t++) {
    const spot = seconds.spots[t]!;
    if (Number.isNaN(spot)) {
      run.counters['seconds_without_spot']!++;
      surface.begin(0, -1);
      surface.step(0, -1);
      continue;
    }
    const spotCell = lattice.cellOf(spot);
    const { low, high } = lattice.seenCells(spot);
    const from = spotCell - halfCells;
    const to = spotCell + halfCells;
    surface.begin(low, high);
    flows.addSecond(seconds.ends[t]!, surface, lattice, low, high);
    surface.step(from, to);
    for (const side of [ASKS, BIDS]) {
      const live = surface.liveCells(side, from, to);
      writeKeys(batch, lattice, seconds, t, side, live.from, live.to);
      batch.append(surface, side * surface.stride + live.from - low, live.to - live.from + 1);
    }
    run.secondsDone = t + 1;
    if (batch.full) yield batch.take();
  }
  flows.end();
  run.counters['cut_bucket_rows'] = flows.cutRows;
  if (batch.rows > 0) yield batch.take();
}

/** The surface of a day: batches of the table's rows, in the order of its key. */
export function priceSurface(
  seconds: BookSeconds,
  flows: FlowRows,
  product: Product,
  originNs: bigint,
): SurfaceRun {
  const counters: Counters = {
    seconds: seconds.count,
    seconds_without_spot: 0,
    seconds_book_invalid: seconds.invalid,
    cut_bucket_rows: 0,
  };
  const run: SurfaceRun = { batches: [], counters, secondsDone: 0 };
  run.batches = batchesOf(seconds, flows, product, originNs, run);
  return run;
}

const shared = {
  version: 1,
  place: 'price_int',
  snapshotColumns: bookSecondColumns,
  readSeconds: readBookSeconds,
  transform: priceSurface,
} as const;

/** Futures: buckets are ticks. */
export const goldFutureMbo = surfaceStage({
  ...shared,
  name: 'gold_compute_physics_surface_1s',
  productType: 'future_mbo',
});

/** Equities: buckets of `bucket_ticks` ticks. */
export const goldEquityMbo = surfaceStage({
  ...shared,
  name: 'gold_compute_equity_physics_surface_1s',
  productType: 'equity_mbo',
});
