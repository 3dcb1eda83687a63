/**
 * `_MANIFEST.json`: what a partition holds and what it was made of. Sorted keys, no clock, no
 * absolute path: the same inputs make the same bytes.
 */
import { DataError } from '../core/index.ts';

/** Name of the data file of a partition. */
export const DATA_FILE = 'part-00000.parquet';
/** Name of the manifest. */
export const MANIFEST_FILE = '_MANIFEST.json';
/** Name of the file that says that a partition is whole; it holds the manifest's sha256. */
export const SUCCESS_FILE = '_SUCCESS';

/** What a partition was made of: another partition, or a raw file. */
export type LineageInput =
  | {
      role: 'partition';
      /** `silver.future_mbo.book_snapshot_1s`. */
      dataset: string;
      symbol: string;
      dt: string;
      bytes: number;
      /** Sha256 of its data file, hex. */
      sha256: string;
    }
  | {
      role: 'records' | 'definitions';
      /** Path within the lake, with `/`. */
      file: string;
      bytes: number;
      sha256: string;
    };

/** Who makes a partition, and of what. */
export interface Lineage {
  /** Name of the stage. */
  stage: string;
  stageVersion: number;
  /** Sha256 of the configuration that the stage depends on, hex. */
  configSha256: string;
  inputs: readonly LineageInput[];
}

/** The manifest of a partition. */
export interface PartitionManifest extends Lineage {
  /** `silver.future_mbo.book_snapshot_1s`. */
  dataset: string;
  symbol: string;
  dt: string;
  rows: number;
  /** Of the data file. */
  bytes: number;
  /** Sha256 of the data file, hex. */
  sha256: string;
  /** Of the values, whatever the file's encoding; see table-hash.ts. */
  contentHash: string;
  /** Sha256 of the contract's file, hex. */
  contractSha256: string;
  /** What was left out or met. */
  counters: Readonly<Record<string, number>>;
  /** Extremes of the first key column, as decimal text; null when there are no rows. */
  keyMin: string | null;
  keyMax: string | null;
}

function inputOrder(a: LineageInput, b: LineageInput): number {
  const left = JSON.stringify(inputJson(a));
  const right = JSON.stringify(inputJson(b));
  return left < right ? -1 : left > right ? 1 : 0;
}

function inputJson(input: LineageInput): Record<string, unknown> {
  return sortKeys({ ...input });
}

function sortKeys<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The bytes of a manifest; inputs are sorted and named once. */
export function encodeManifest(m: PartitionManifest): string {
  const inputs = [...m.inputs].sort(inputOrder).map(inputJson);
  const once = inputs.filter((x, i) => JSON.stringify(x) !== JSON.stringify(inputs[i - 1]));
  const json = sortKeys<unknown>({
    bytes: m.bytes,
    config_sha256: m.configSha256,
    content_hash: m.contentHash,
    contract_sha256: m.contractSha256,
    counters: sortKeys(m.counters),
    dataset: m.dataset,
    dt: m.dt,
    inputs: once,
    key_max: m.keyMax,
    key_min: m.keyMin,
    rows: m.rows,
    sha256: m.sha256,
    stage: m.stage,
    stage_version: m.stageVersion,
    symbol: m.symbol,
  });
  return `${JSON.stringify(json, null, 2)}\n`;
}

/**
 * Reads a manifest's bytes.
 * @throws DataError PARTITION_DAMAGED when they are none.
 */
export function parseManifest(text: string, file: string): PartitionManifest {
  try {
    const j = JSON.parse(text) as Record<string, unknown>;
    const manifest: PartitionManifest = {
      dataset: take(j, 'dataset', 'string'),
      symbol: take(j, 'symbol', 'string'),
      dt: take(j, 'dt', 'string'),
      rows: take(j, 'rows', 'number'),
      bytes: take(j, 'bytes', 'number'),
      sha256: take(j, 'sha256', 'string'),
      contentHash: take(j, 'content_hash', 'string'),
      contractSha256: take(j, 'contract_sha256', 'string'),
      stage: take(j, 'stage', 'string'),
      stageVersion: take(j, 'stage_version', 'number'),
      configSha256: take(j, 'config_sha256', 'string'),
      inputs: take(j, 'inputs', 'object'),
      counters: take(j, 'counters', 'object'),
      keyMin: take(j, 'key_min', 'string', 'object'),
      keyMax: take(j, 'key_max', 'string', 'object'),
    };
    return manifest;
  } catch (error) {
    throw new DataError('PARTITION_DAMAGED', 'not a manifest', {
      file,
      found: (error as Error).message,
    });
  }
}

function take<T>(json: Record<string, unknown>, key: string, ...types: string[]): T {
  const value = json[key];
  if (!types.includes(typeof value)) throw new TypeError(`${key} is ${typeof value}`);
  return value as T;
}
