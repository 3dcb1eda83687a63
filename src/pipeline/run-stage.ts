/**
 * Runs a stage on the lake: readiness, lock, lineage, publication.
 */
import { join } from 'node:path';
import { assert, DataError, isKnownError } from '../core/index.ts';
import {
  type ColumnRequest,
  checkSymbolSegment,
  datasetName,
  type LineageInput,
  loadContract,
  openPartition,
  PartitionLock,
  type PartitionRef,
  publishPartition,
  type TableBatch,
  type TableReader,
} from '../lake/index.ts';
import {
  emptyIngest,
  removeIngestRecord,
  writeEmptyIngest,
  writeIngestRecord,
} from './ingest-record.ts';
import { rawLineage } from './raw-hash.ts';
import type {
  Counters,
  PublishedPartition,
  Stage,
  StageInput,
  StageIo,
  StageReport,
  StageTask,
} from './stage.ts';
import {
  inputKey,
  inputLineage,
  lineageOf,
  partitionLineage,
  repairOutputs,
  stageState,
} from './stage-state.ts';

/** A run that stopped because it was asked to: nothing half-made is left. */
export class StageAbandoned extends Error {
  constructor() {
    super('abandoned');
    this.name = 'StageAbandoned';
  }
}

/** A run that had nothing to do: an ingest before it found nothing to publish. */
export class StageSkipped extends Error {
  /** @param why in words. */
  constructor(why: string) {
    super(why);
    this.name = 'StageSkipped';
  }
}

/** How a stage is run. */
export interface RunStageOptions {
  /** Makes it anew even when it is complete. */
  overwrite?: boolean;
  /** Asked between two batches: true stops the run. */
  stopped?: () => boolean;
  onProgress?: (part: number) => void;
}

/** The lake as a running stage sees it. */
class LakeIo implements StageIo {
  readonly published: PublishedPartition[] = [];
  private readonly stage: Stage;
  private readonly task: StageTask;
  private readonly options: RunStageOptions;
  private readonly inputs = new Map<string, LineageInput>();
  private readonly readers: TableReader[] = [];
  private abandoned = false;

  constructor(stage: Stage, task: StageTask, options: RunStageOptions) {
    this.stage = stage;
    this.task = task;
    this.options = options;
  }

  note(input: LineageInput): void {
    this.inputs.set(inputKey(input), input);
  }

  async open(ref: PartitionRef, columns: readonly ColumnRequest[]): Promise<TableReader> {
    this.checkStopped();
    this.note(partitionLineage(this.task.lake, ref));
    try {
      const reader = await openPartition(this.task.lake, ref, loadContract(ref), columns);
      this.readers.push(reader);
      return reader;
    } catch (error) {
      throw withRemedy(error, ref);
    }
  }

  noteRaw(path: string, role: 'records' | 'definitions'): Promise<void> {
    this.checkStopped();
    this.note(rawLineage(this.task.lake, path, role));
    return Promise.resolve();
  }

  async publish(
    ref: PartitionRef,
    batches: Iterable<TableBatch>,
    counters: () => Counters,
  ): Promise<PublishedPartition> {
    this.checkStopped();
    const { stage, task } = this;
    assert(
      stage.outputs.some((table) => datasetName(table) === datasetName(ref)),
      `${stage.name} declares what it publishes`,
    );
    try {
      const { rows, bytes, sha256 } = await publishPartition({
        lake: task.lake,
        ref,
        contract: loadContract(ref),
        batches: this.interruptible(batches),
        lineage: this.lineage,
        counters,
      });
      const published = { ref, rows, bytes, sha256 };
      this.published.push(published);
      return published;
    } catch (error) {
      throw this.abandoned ? new StageAbandoned() : error;
    }
  }

  /** The lineage of what was noted so far. */
  get lineage() {
    return lineageOf(this.stage, this.task, this.inputs.values());
  }

  progress(part: number): void {
    this.options.onProgress?.(part);
  }

  /** Gives back what the stage left open. */
  close(): void {
    for (const reader of this.readers) reader.close();
  }

  private checkStopped(): void {
    if (!this.options.stopped?.()) return;
    this.abandoned = true;
    throw new StageAbandoned();
  }

  private *interruptible(batches: Iterable<TableBatch>): Generator<TableBatch> {
    for (const batch of batches) {
      this.checkStopped();
      yield batch;
    }
  }
}

/** The command that makes a partition. */
export function commandFor(ref: PartitionRef): string {
  const flags = `--product-type ${ref.productType} --symbol ${ref.symbol} --dt ${ref.dt}`;
  return `spymaster pipeline run --layer ${ref.layer} ${flags}`;
}

/** An error of an input that is damaged, with the command that makes it anew. */
function withRemedy(error: unknown, ref: PartitionRef): unknown {
  if (!(error instanceof DataError) || error.code !== 'PARTITION_DAMAGED') return error;
  const remedy = `\`${commandFor(ref)} --overwrite\` makes it anew`;
  return new DataError('PARTITION_DAMAGED', `${error.message}; ${remedy}`);
}

/** @throws StageSkipped when the ingest of an input had nothing to publish. */
function checkNotEmpty({ lake, product }: StageTask, input: StageInput): void {
  if (input.kind === 'raw' || input.ref.layer !== 'bronze') return;
  const { productType, dt } = input.ref;
  const empty = emptyIngest({ lake, productType, symbol: product.root, dt });
  if (empty) throw new StageSkipped(empty.why);
}

/** Notes every input that the stage declares. @throws DataError PARTITION_MISSING and others */
function checkInputs(stage: Stage, task: StageTask, io: LakeIo): void {
  for (const input of stage.inputs(task)) {
    checkNotEmpty(task, input);
    try {
      io.note(inputLineage(task.lake, input));
    } catch (error) {
      if (!isKnownError(error) || input.kind === 'raw') throw error;
      if (error.code !== 'PARTITION_MISSING') throw error;
      const { ref } = input;
      const what = `${datasetName(ref)} ${ref.symbol} ${ref.dt} is not there`;
      throw new DataError('PARTITION_MISSING', what, {
        expected: `\`${commandFor(ref)}\` to make it`,
      });
    }
  }
}

function lockPath(stage: Stage, { lake, symbol, dt }: StageTask): string {
  const name = `${stage.name}-${checkSymbolSegment(symbol)}-${checkSymbolSegment(dt)}.lock`;
  return join(lake, '.runner', 'locks', name);
}

function checkPublished(stage: Stage, published: readonly PublishedPartition[]): void {
  const made = published.map((p) => datasetName(p.ref));
  assert(
    stage.outputs.every((table) => made.includes(datasetName(table))),
    `${stage.name} publishes all it declares`,
  );
}

async function runLocked(
  stage: Stage,
  task: StageTask,
  options: RunStageOptions,
): Promise<StageReport | null> {
  if (!options.overwrite && stageState(stage, task).state === 'complete') {
    repairOutputs(stage, task);
    return null;
  }
  const io = new LakeIo(stage, task, options);
  checkInputs(stage, task, io);
  const isIngest = stage.layer === 'bronze';
  if (isIngest) removeIngestRecord(task);
  try {
    const report = await stage.run(task, io);
    if (isIngest && report.nothing !== undefined && io.published.length === 0) {
      writeEmptyIngest(task, { why: report.nothing, lineage: io.lineage });
      return report;
    }
    checkPublished(stage, io.published);
    if (isIngest) {
      const refs = io.published.map((p) => p.ref);
      writeIngestRecord(task, refs);
    }
    return report;
  } finally {
    io.close();
  }
}

/**
 * Makes a task's partitions, unless they are complete.
 * @returns null when they were complete and nothing was done.
 * @throws DataError, OperatingError of the stage and of the lake: PARTITION_MISSING naming the
 * command that makes an input, PARTITION_BUSY when another process makes the same; StageAbandoned
 * when it was stopped, StageSkipped when an input's day holds nothing. What was there before stays
 * in all these cases.
 */
export async function runStage(
  stage: Stage,
  task: StageTask,
  options: RunStageOptions = {},
): Promise<StageReport | null> {
  const lock = PartitionLock.take(lockPath(stage, task));
  try {
    return await runLocked(stage, task, options);
  } finally {
    lock.release();
  }
}
