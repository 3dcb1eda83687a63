import {
  type ColumnRequest,
  dateToUnixNs,
  type PartitionRef,
  type Product,
  type ProductType,
  sessionWindows,
  type TableReader,
} from '../../lake/index.ts';
import type { OptionTerms } from '../bronze/option-terms.ts';
import type { Counters, Stage, StageIo, StageReport, StageTask } from '../stage.ts';
import { coveredSpans } from './covered-spans.ts';
import { OptionWindows, type StrikeEngine } from './option-windows.ts';
import { withProgress } from './record-progress.ts';
import { readSpots, spotRequest } from './underlying-spot.ts';

/** Columns of records as the books take them. */
interface RecordColumns {
  length: number;
  instrumentId: Uint32Array;
}

/** The book of a day's options and the records for it. */
interface OptionDay<C> {
  engine: StrikeEngine<C>;
  batches: Iterable<C>;
  /** What was odd about the records so far. */
  counters: () => Counters;
}

/** What tells the stages of options on futures and on equities apart. */
interface OptionStageFacts<C> {
  name: string;
  version: number;
  productType: ProductType;
  /** Table of bronze with the records. */
  table: string;
  underlying: ProductType;
  request: readonly ColumnRequest[];
  /** Strikes further from spot than this many ticks are left out. */
  radiusTicks: (product: Product) => number;
  open: (
    reader: TableReader,
    product: Product,
    originNs: bigint,
    terms: Map<number, OptionTerms>,
  ) => OptionDay<C>;
}

/** A stage from options in bronze, and their underlying's silver, to both one-second tables. */
export function optionStage<C extends RecordColumns>(facts: OptionStageFacts<C>): Stage {
  const { name, version, productType, underlying, table } = facts;
  const outputs = ['depth_and_flow_1s', 'book_snapshot_1s'].map((of) => ({
    layer: 'silver' as const,
    productType,
    table: of,
  }));
  const bronzeOf = ({ symbol, dt }: StageTask): PartitionRef => ({
    layer: 'bronze',
    productType,
    table,
    symbol,
    dt,
  });
  const spotsOf = ({ symbol, dt }: StageTask): PartitionRef => ({
    layer: 'silver',
    productType: underlying,
    table: 'book_snapshot_1s',
    symbol,
    dt,
  });
  return {
    name,
    layer: 'silver',
    productType,
    version,
    outputs,
    inputs: (task) => [
      { kind: 'partition', ref: bronzeOf(task) },
      { kind: 'partition', ref: spotsOf(task) },
    ],
    run: async (task, io) => {
      const spotReader = await io.open(spotsOf(task), spotRequest(dateToUnixNs(task.dt)));
      const spotAt = using(spotReader, readSpots);
      const reader = await io.open(bronzeOf(task), facts.request);
      try {
        return await publishWindows(facts, task, io, reader, spotAt, outputs);
      } finally {
        reader.close();
      }
    },
  };
}

/** Closes a reader when it is used up, whatever happens. */
function using<T>(reader: TableReader, use: (reader: TableReader) => T): T {
  try {
    return use(reader);
  } finally {
    reader.close();
  }
}

async function publishWindows<C extends RecordColumns>(
  facts: OptionStageFacts<C>,
  task: StageTask,
  io: StageIo,
  reader: TableReader,
  spotAt: (endNs: number) => number,
  outputs: Stage['outputs'],
): Promise<StageReport> {
  const { product, dt, symbol, session } = task;
  const originNs = dateToUnixNs(dt);
  const terms = new Map<number, OptionTerms>();
  const day = facts.open(reader, product, originNs, terms);
  const hours = sessionWindows(product, dt, session).spans;
  const { spans, secondsAfterData } = coveredSpans(hours, reader.counters);
  const windows = new OptionWindows(day.engine, {
    tickSize: product.tickSizeInt,
    radiusTicks: facts.radiusTicks(product),
    spotAt,
    spans,
    originNs,
    terms,
  });
  const counters = () => ({
    ...windows.counters(),
    ...day.counters(),
    seconds_after_data: secondsAfterData,
  });
  const [depthTable, snapshotTable] = outputs;
  const published = [
    await io.publish(
      { ...depthTable!, symbol, dt },
      windows.depth(withProgress(day.batches, reader.totalRows, io)),
      counters,
    ),
    await io.publish({ ...snapshotTable!, symbol, dt }, windows.snapshots(), counters),
  ];
  return { published, counters: counters(), rowsRead: windows.records };
}
