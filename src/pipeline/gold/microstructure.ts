/**
 * Gold of futures and equities: what order flow and queues say, second by second.
 *
 * reads   bronze.{future_mbo,equity_mbo}.mbo, all of it, and silver's book_snapshot_1s (which
 *         seconds there are, the touch at their ends, volumes)
 * writes  gold.{future_mbo,equity_mbo}.microstructure_1s
 * grain   every second of book_snapshot_1s
 * refuses nothing: what cannot be told is absent, and counted
 */
import { MboColumns } from '../../dbn/index.ts';
import { dateToUnixNs, type PartitionRef, type ProductType } from '../../lake/index.ts';
import { MBO_REQUEST, readBronzeMbo } from '../bronze/bronze-rows.ts';
import { withProgress } from '../silver/record-progress.ts';
import type { Stage, StageIo, StageReport, StageTask } from '../stage.ts';
import { MICROSTRUCTURE_CONSTANTS, MicrostructureDay } from './microstructure-day.ts';
import { readTouchSeconds, type TouchSeconds, touchRequest } from './microstructure-seconds.ts';

/** Records that are read before they are applied: small enough to stay in the cache. */
const BATCH_RECORDS = 8192;

type BookType = Extract<ProductType, 'future_mbo' | 'equity_mbo'>;

function refOf(task: StageTask, layer: 'bronze' | 'silver' | 'gold', table: string): PartitionRef {
  const { productType, symbol, dt } = task;
  return { layer, productType, table, symbol, dt };
}

async function readSeconds(task: StageTask, io: StageIo): Promise<TouchSeconds> {
  const columns = touchRequest(dateToUnixNs(task.dt));
  const reader = await io.open(refOf(task, 'silver', 'book_snapshot_1s'), columns);
  try {
    return readTouchSeconds(reader, task.product.tickSizeInt);
  } finally {
    reader.close();
  }
}

async function run(task: StageTask, io: StageIo): Promise<StageReport> {
  const originNs = dateToUnixNs(task.dt);
  const seconds = await readSeconds(task, io);
  const reader = await io.open(refOf(task, 'bronze', 'mbo'), MBO_REQUEST);
  try {
    const day = new MicrostructureDay(task.product, originNs, seconds);
    const records = readBronzeMbo(reader, new MboColumns(BATCH_RECORDS, originNs));
    const published = await io.publish(
      refOf(task, 'gold', 'microstructure_1s'),
      day.batches(withProgress(records, reader.totalRows, io)),
      () => day.counters(),
    );
    const rowsRead = seconds.count + day.records;
    return { published: [published], counters: day.counters(), rowsRead };
  } finally {
    reader.close();
  }
}

function microstructureStage(name: string, productType: BookType): Stage {
  return {
    name,
    layer: 'gold',
    part: 'microstructure',
    productType,
    version: 1,
    constants: MICROSTRUCTURE_CONSTANTS,
    outputs: [{ layer: 'gold', productType, table: 'microstructure_1s' }],
    inputs: (task) => [
      { kind: 'partition', ref: refOf(task, 'bronze', 'mbo') },
      { kind: 'partition', ref: refOf(task, 'silver', 'book_snapshot_1s') },
    ],
    run,
  };
}

/** Futures. */
export const goldFutureMicrostructure = microstructureStage(
  'gold_compute_microstructure_1s',
  'future_mbo',
);

/** Equities: the net edge reads buckets of `bucket_ticks` ticks, all else ticks. */
export const goldEquityMicrostructure = microstructureStage(
  'gold_compute_equity_microstructure_1s',
  'equity_mbo',
);
