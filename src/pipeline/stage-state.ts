/**
 * Whether a task's partitions are there and still what they would be made as now.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isKnownError } from '../core/index.ts';
import {
  datasetName,
  type Lineage,
  type LineageInput,
  loadContract,
  type PartitionManifest,
  type PartitionRef,
  readManifest,
  repairPartition,
  type TableRef,
} from '../lake/index.ts';
import { emptyIngest, ingestedPartitions } from './ingest-record.ts';
import { rawLineage } from './raw-hash.ts';
import type { Stage, StageInput, StageTask } from './stage.ts';
import { stageConfigSha256 } from './stage-config.ts';

/** What a task's partitions are, and why they are not complete. */
export interface StageState {
  state: 'missing' | 'stale' | 'damaged' | 'complete';
  why: string;
  /** True when it is complete and holds nothing: the day has nothing to publish. */
  empty?: boolean;
}

/** A partition as lineage has it. @throws DataError PARTITION_MISSING, PARTITION_DAMAGED */
export function partitionLineage(lake: string, ref: PartitionRef): LineageInput {
  const { bytes, sha256 } = readManifest(lake, ref);
  const { symbol, dt } = ref;
  return { role: 'partition', dataset: datasetName(ref), symbol, dt, bytes, sha256 };
}

/**
 * An input as lineage has it.
 * @throws DataError PARTITION_MISSING, PARTITION_DAMAGED; OperatingError FILE_READ
 */
export function inputLineage(lake: string, input: StageInput): LineageInput {
  return input.kind === 'raw'
    ? rawLineage(lake, input.path, input.role)
    : partitionLineage(lake, input.ref);
}

/** What names an input, whatever it holds. */
export function inputKey(input: LineageInput): string {
  return input.role === 'partition'
    ? `${input.dataset} ${input.symbol} ${input.dt}`
    : `${input.role} ${input.file}`;
}

/** Partitions that a task makes; null for an ingest that has not ended. */
export function outputsOf(stage: Stage, task: StageTask): PartitionRef[] | null {
  if (stage.layer === 'bronze') return ingestedPartitions(task);
  const { symbol, dt } = task;
  return stage.outputs.map((table) => ({ ...table, symbol, dt }));
}

/** What is recorded of an input that the stage no longer reads, as it is now; null when gone. */
function recordedNow(lake: string, input: LineageInput): LineageInput | null {
  try {
    if (input.role === 'partition') {
      const [layer, productType, table] = input.dataset.split('.');
      const ref = { layer, productType, table, symbol: input.symbol, dt: input.dt };
      return partitionLineage(lake, ref as PartitionRef);
    }
    const path = join(lake, input.file);
    return existsSync(path) ? rawLineage(lake, path, input.role) : null;
  } catch (error) {
    if (isKnownError(error)) return null;
    throw error;
  }
}

/** Why inputs make a partition stale; null when they do not. One that is gone cannot tell. */
function inputChange(
  lake: string,
  recorded: readonly LineageInput[],
  wanted: readonly StageInput[],
): string | null {
  const known = new Map(recorded.map((input) => [inputKey(input), input]));
  for (const input of recorded) {
    const now = recordedNow(lake, input);
    if (now && now.sha256 !== input.sha256) return `input ${inputKey(input)} changed`;
  }
  for (const input of wanted) {
    const key =
      input.kind === 'partition'
        ? `${datasetName(input.ref)} ${input.ref.symbol} ${input.ref.dt}`
        : inputKey(rawLineage(lake, input.path, input.role));
    if (!known.has(key)) return `input ${key} is new`;
  }
  return null;
}

const contractHashes = new Map<string, string>();

/** Sha256 of a table's contract: read once, for a plan asks for the same few over and over. */
function contractSha256(ref: TableRef): string {
  const name = datasetName(ref);
  const known = contractHashes.get(name) ?? loadContract(ref).sha256;
  contractHashes.set(name, known);
  return known;
}

/** Why what was made so would be made otherwise now; null when it would not. */
function staleReason(stage: Stage, task: StageTask, made: Lineage): string | null {
  if (made.stage !== stage.name) return `it was made by ${made.stage}`;
  if (made.stageVersion !== stage.version) {
    return `the stage is version ${stage.version}, it was ${made.stageVersion}`;
  }
  if (made.configSha256 !== stageConfigSha256(stage, task)) {
    return 'product row, session or constants changed';
  }
  return inputChange(task.lake, made.inputs, stage.inputs(task));
}

function partitionState(stage: Stage, task: StageTask, ref: PartitionRef): StageState {
  const name = `${datasetName(ref)} ${ref.symbol} ${ref.dt}`;
  let manifest: PartitionManifest;
  try {
    manifest = readManifest(task.lake, ref);
  } catch (error) {
    if (!isKnownError(error)) throw error;
    if (error.code === 'PARTITION_MISSING') {
      return { state: 'missing', why: `missing: ${name}` };
    }
    return { state: 'damaged', why: `damaged: ${error.message}` };
  }
  const otherContract = manifest.contractSha256 !== contractSha256(ref);
  const why = otherContract ? 'its contract changed' : staleReason(stage, task, manifest);
  return why === null
    ? { state: 'complete', why: 'complete' }
    : { state: 'stale', why: `stale: ${name}: ${why}` };
}

/** The state of an ingest that had nothing to publish. */
function emptyState(stage: Stage, task: StageTask): StageState {
  const empty = emptyIngest(task);
  const why = empty && staleReason(stage, task, empty.lineage);
  if (why) return { state: 'stale', why: `stale: it had nothing to publish: ${why}` };
  return { state: 'complete', why: empty?.why ?? '', empty: true };
}

/**
 * The state of what a task makes; of several partitions, the first that is not complete.
 * @throws DataError as the stage's `inputs`, OperatingError FILE_READ.
 */
export function stageState(stage: Stage, task: StageTask): StageState {
  const outputs = outputsOf(stage, task);
  if (outputs === null) {
    const why = `missing: no ingest of ${task.symbol} ${task.dt} has ended`;
    return { state: 'missing', why };
  }
  if (outputs.length === 0) return emptyState(stage, task);
  for (const ref of outputs) {
    const state = partitionState(stage, task, ref);
    if (state.state !== 'complete') return state;
  }
  return { state: 'complete', why: 'complete' };
}

/**
 * Puts away what publications of a complete task's partitions left over when they were killed.
 * What is being published now, or cannot be put right, is left to `lake verify`.
 */
export function repairOutputs(stage: Stage, task: StageTask): void {
  for (const ref of outputsOf(stage, task) ?? []) {
    try {
      repairPartition(task.lake, ref);
    } catch (error) {
      if (!isKnownError(error)) throw error;
    }
  }
}

/** Who makes a task's partitions, and of what, as things are now. */
export function lineageOf(stage: Stage, task: StageTask, inputs: Iterable<LineageInput>): Lineage {
  return {
    stage: stage.name,
    stageVersion: stage.version,
    configSha256: stageConfigSha256(stage, task),
    inputs: [...inputs],
  };
}
