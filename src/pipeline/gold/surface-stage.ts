/**
 * What the four stages of gold have in common: two tables of silver in, one surface out.
 */
import {
  type ColumnRequest,
  dateToUnixNs,
  type PartitionRef,
  type Product,
  type ProductType,
  type TableBatch,
  type TableReader,
} from '../../lake/index.ts';
import type { Counters, Stage, StageIo, StageReport, StageTask } from '../stage.ts';
import { FlowRows, flowColumns } from './flow-rows.ts';

/** Seconds of a day, in order, as silver's `book_snapshot_1s` has them. */
export interface SurfaceSeconds {
  /** How many there are. */
  count: number;
  /** Rows of the table that they were read from. */
  rowsRead: number;
}

/** A surface being made: its batches, and what it met. */
export interface SurfaceRun {
  batches: Iterable<TableBatch>;
  counters: Counters;
  /** Seconds that are done. */
  secondsDone: number;
}

/** What differs from stage to stage. */
export interface SurfaceStage<Seconds extends SurfaceSeconds> {
  name: string;
  productType: ProductType;
  version: number;
  /** Column of the price that makes the lattice. */
  place: 'price_int' | 'strike_price_int';
  /** Columns of `book_snapshot_1s` that `readSeconds` takes. */
  snapshotColumns(originNs: bigint): ColumnRequest[];
  readSeconds(reader: TableReader): Seconds;
  transform(seconds: Seconds, flows: FlowRows, product: Product, originNs: bigint): SurfaceRun;
}

function silverRef(task: StageTask, productType: ProductType, table: string): PartitionRef {
  return { layer: 'silver', productType, table, symbol: task.symbol, dt: task.dt };
}

function* withProgress(run: SurfaceRun, seconds: number, io: StageIo): Generator<TableBatch> {
  for (const batch of run.batches) {
    yield batch;
    io.progress(run.secondsDone / seconds);
  }
}

async function runStage<Seconds extends SurfaceSeconds>(
  stage: SurfaceStage<Seconds>,
  task: StageTask,
  io: StageIo,
): Promise<StageReport> {
  const originNs = dateToUnixNs(task.dt);
  const snapshots = await io.open(
    silverRef(task, stage.productType, 'book_snapshot_1s'),
    stage.snapshotColumns(originNs),
  );
  let seconds: Seconds;
  try {
    seconds = stage.readSeconds(snapshots);
  } finally {
    snapshots.close();
  }
  const reader = await io.open(
    silverRef(task, stage.productType, 'depth_and_flow_1s'),
    flowColumns(stage.place, originNs),
  );
  try {
    const flows = new FlowRows(reader);
    const run = stage.transform(seconds, flows, task.product, originNs);
    const gold: PartitionRef = {
      layer: 'gold',
      productType: stage.productType,
      table: 'physics_surface_1s',
      symbol: task.symbol,
      dt: task.dt,
    };
    const batches = withProgress(run, seconds.count, io);
    const published = await io.publish(gold, batches, () => run.counters);
    const rowsRead = seconds.rowsRead + flows.rowsRead;
    return { published: [published], counters: run.counters, rowsRead };
  } finally {
    reader.close();
  }
}

/** A stage of gold from what is its own. */
export function surfaceStage<Seconds extends SurfaceSeconds>(own: SurfaceStage<Seconds>): Stage {
  const { name, productType, version } = own;
  return {
    name,
    layer: 'gold',
    productType,
    version,
    outputs: [{ layer: 'gold', productType, table: 'physics_surface_1s' }],
    inputs: (task) =>
      ['book_snapshot_1s', 'depth_and_flow_1s'].map((table) => ({
        kind: 'partition',
        ref: silverRef(task, productType, table),
      })),
    run: (task, io) => runStage(own, task, io),
  };
}
