import { REST_NS } from '../../book/index.ts';
import { MboColumns } from '../../dbn/index.ts';
import {
  dateToUnixNs,
  type PartitionRef,
  type ProductType,
  sessionWindows,
  type TableReader,
} from '../../lake/index.ts';
import { MBO_REQUEST, readBronzeMbo } from '../bronze/bronze-rows.ts';
import type { Stage, StageIo, StageReport, StageTask } from '../stage.ts';
import { coveredSpans } from './covered-spans.ts';
import { MARGIN_STEPS, MboWindows } from './mbo-windows.ts';
import { withProgress } from './record-progress.ts';

/** Records that are read before they are applied: small enough to stay in the cache. */
const BATCH_RECORDS = 8192;

/** What tells the stages of futures and of equities apart. */
interface MboStageFacts {
  name: string;
  version: number;
  productType: Extract<ProductType, 'future_mbo' | 'equity_mbo'>;
}

/** A stage from `bronze.*.mbo` to both one-second tables of the same product type. */
export function mboStage({ name, version, productType }: MboStageFacts): Stage {
  const outputs = ['depth_and_flow_1s', 'book_snapshot_1s'].map((table) => ({
    layer: 'silver' as const,
    productType,
    table,
  }));
  const bronzeOf = ({ symbol, dt }: StageTask): PartitionRef => ({
    layer: 'bronze',
    productType,
    table: 'mbo',
    symbol,
    dt,
  });
  return {
    name,
    layer: 'silver',
    productType,
    version,
    constants: { rest_ns: REST_NS, margin_steps: MARGIN_STEPS },
    outputs,
    inputs: (task) => [{ kind: 'partition', ref: bronzeOf(task) }],
    run: async (task, io) => {
      const reader = await io.open(bronzeOf(task), MBO_REQUEST);
      try {
        return await publishWindows(task, io, reader, outputs);
      } finally {
        reader.close();
      }
    },
  };
}

async function publishWindows(
  task: StageTask,
  io: StageIo,
  reader: TableReader,
  outputs: Stage['outputs'],
): Promise<StageReport> {
  const { product, dt, symbol, session } = task;
  const originNs = dateToUnixNs(dt);
  const hours = sessionWindows(product, dt, session).spans;
  const { spans, secondsAfterData } = coveredSpans(hours, reader.counters);
  const windows = new MboWindows(product, originNs, spans);
  const batches = readBronzeMbo(reader, new MboColumns(BATCH_RECORDS, originNs));
  const counters = () => ({ ...windows.counters(), seconds_after_data: secondsAfterData });
  const [depthTable, snapshotTable] = outputs;
  const published = [
    await io.publish(
      { ...depthTable!, symbol, dt },
      windows.depth(withProgress(batches, reader.totalRows, io)),
      counters,
    ),
    await io.publish({ ...snapshotTable!, symbol, dt }, windows.snapshots(), counters),
  ];
  return { published, counters: counters(), rowsRead: windows.records };
}
