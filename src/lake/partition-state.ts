/**
 * Whether a partition is what it would be if it were made now.
 */
import { DataError } from '../core/index.ts';
import type { Lineage, LineageInput, PartitionManifest } from './manifest.ts';
import { type ResolvedPartition, resolvePartition } from './partition-files.ts';
import type { PartitionRef } from './partition-ref.ts';

/** What a partition would be made of now. */
export interface ExpectedLineage extends Lineage {
  /** Sha256 of the contract's file, hex. */
  contractSha256: string;
}

/** How a partition stands. */
export interface PartitionState {
  /**
   * `complete`: as it would be made now. `stale`: whole, but made of other inputs, or by another
   * contract, stage or configuration.
   */
  state: 'missing' | 'complete' | 'stale' | 'damaged';
  /** In words; empty when complete. */
  why: string;
  /** Of what can be read; null when nothing can. */
  manifest: PartitionManifest | null;
  /** A publication ended half-way: `repairPartition` puts away what it left. */
  interrupted: boolean;
}

/** An input without its hash: what it is called. */
export function inputName(input: LineageInput): string {
  if (input.role === 'partition') return `${input.dataset} ${input.symbol} ${input.dt}`;
  return input.file;
}

function differingInputs(
  was: readonly LineageInput[],
  now: readonly LineageInput[],
): string | undefined {
  const before = new Map(was.map((i) => [inputName(i), i.sha256]));
  const after = new Map(now.map((i) => [inputName(i), i.sha256]));
  for (const [name, sha256] of after) {
    if (!before.has(name)) return `a new input: ${name}`;
    if (before.get(name) !== sha256) return `an input changed: ${name}`;
  }
  for (const name of before.keys()) if (!after.has(name)) return `an input is gone: ${name}`;
  return undefined;
}

function staleness(m: PartitionManifest, e: ExpectedLineage): string | undefined {
  if (m.contractSha256 !== e.contractSha256) return 'the contract changed';
  if (m.stage !== e.stage) return `made by ${m.stage}, now by ${e.stage}`;
  if (m.stageVersion !== e.stageVersion) {
    return `the stage changed: version ${m.stageVersion}, now ${e.stageVersion}`;
  }
  if (m.configSha256 !== e.configSha256) return 'the configuration changed';
  return differingInputs(m.inputs, e.inputs);
}

/**
 * Compares a partition's manifest with what it would be made of now; its bytes are not read (see
 * `verifyPartition`), only their length.
 */
export function partitionState(
  lake: string,
  ref: PartitionRef,
  expected: ExpectedLineage,
): PartitionState {
  let found: ResolvedPartition;
  try {
    found = resolvePartition(lake, ref, false);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    const state = error.code === 'PARTITION_MISSING' ? 'missing' : 'damaged';
    return { state, why: error.message, manifest: null, interrupted: false };
  }
  const { manifest, interrupted } = found;
  const why = staleness(manifest, expected) ?? '';
  return { state: why === '' ? 'complete' : 'stale', why, manifest, interrupted };
}
