/**
 * The publish protocol. The data is written beside its place, synced, read back and compared; the
 * new manifest is staged; `_SUCCESS` promises the old manifest and the new; one rename replaces the
 * data; the manifest and `_SUCCESS` follow. A process may die after any step: what can be read is
 * the old partition or the new one, whole, and the next publication puts the rest right.
 */
import { renameSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DataError, OperatingError } from '../core/index.ts';
import { syncFolder, temporarySibling, writeFileAtomic } from './atomic-file.ts';
import {
  DATA_FILE,
  encodeManifest,
  type Lineage,
  MANIFEST_FILE,
  type PartitionManifest,
  SUCCESS_FILE,
} from './manifest.ts';
import type { CopySummary } from './parquet-columns.ts';
import { connectDuckDb, loadDuckDb } from './parquet-database.ts';
import { copyToParquet, makeParent, syncFile } from './parquet-writer.ts';
import {
  promisedHashes,
  promiseOf,
  readIfThere,
  STAGED_MANIFEST,
  STAGED_SUCCESS,
  sha256Of,
  sha256OfFile,
} from './partition-files.ts';
import { PartitionLock } from './partition-lock.ts';
import { datasetName, type PartitionRef, partitionFolder } from './partition-ref.ts';
import { takePublishPermit } from './publish-permit.ts';
import {
  finishPublication,
  partitionLockPath,
  repairFolder,
  writeSuccess,
} from './publish-repair.ts';
import type { TableContract } from './table-contract.ts';
import { contentHash } from './table-hash.ts';
import type { TableBatch } from './table-rows.ts';
import { readContent } from './table-scan.ts';

/** Steps of the protocol in their order; tests end the process after each. */
export const PUBLISH_STEPS = [
  'locked',
  'repaired',
  'written',
  'synced',
  'compared',
  'staged',
  'promised',
  'replaced',
  'described',
  'done',
] as const;
/** One of `PUBLISH_STEPS`. */
export type PublishStep = (typeof PUBLISH_STEPS)[number];

/** What is published. */
export interface PublishRequest {
  lake: string;
  ref: PartitionRef;
  contract: TableContract;
  /** Pulled synchronously; what they throw is thrown on, and nothing is published. */
  batches: Iterable<TableBatch>;
  lineage: Lineage;
  /** What was left out; read once the batches are exhausted. */
  counters: () => Readonly<Record<string, number>>;
  /** Told after each step. */
  onStep?: (step: PublishStep) => void;
}

interface WrittenFile {
  rows: number;
  bytes: number;
  sha256: string;
  contentHash: string;
  keyMin: string | null;
  keyMax: string | null;
}

function compare(request: PublishRequest, wrote: CopySummary, read: CopySummary): void {
  const { fields } = request.contract;
  const table = datasetName(request.ref);
  const fail = (what: string): never => {
    throw new OperatingError('FILE_WRITE', `${table}: ${what} read back differ from those written`);
  };
  if (wrote.rows !== read.rows) fail(`${read.rows} rows of ${wrote.rows}`);
  if (wrote.least !== read.least || wrote.greatest !== read.greatest) fail('keys');
  fields.forEach((field, k) => {
    const a = wrote.hashes[k]!.state;
    const b = read.hashes[k]!.state;
    if (a[0] !== b[0] || a[1] !== b[1]) fail(`values of column ${field.name}`);
  });
}

async function writeData(
  request: PublishRequest,
  path: string,
  step: (name: PublishStep) => void,
): Promise<WrittenFile> {
  const { contract, batches, ref } = request;
  const { fields, key } = contract;
  const table = datasetName(ref);
  const metadata = { dataset: table, contract_sha256: contract.sha256 };
  const duck = await loadDuckDb();
  const connection = await connectDuckDb(duck);
  try {
    const copy = { table, fields, key, batches, metadata };
    const wrote = await copyToParquet(duck, connection, path, copy);
    step('written');
    syncFile(path);
    step('synced');
    const read = await readContent(connection, path, fields, key, table);
    compare(request, wrote, read);
    step('compared');
    return {
      rows: wrote.rows,
      bytes: statSync(path).size,
      sha256: sha256OfFile(path),
      contentHash: contentHash(read.rows, read.hashes),
      keyMin: read.least === null ? null : String(read.least),
      keyMax: read.greatest === null ? null : String(read.greatest),
    };
  } finally {
    connection.closeSync();
  }
}

function checkCounters(request: PublishRequest): Readonly<Record<string, number>> {
  const counters = request.counters();
  for (const [name, value] of Object.entries(counters)) {
    if (Number.isSafeInteger(value) && value >= 0 && /^[a-z][a-z0-9_]*$/.test(name)) continue;
    throw new DataError('CONTRACT', `${datasetName(request.ref)}, counter ${name}`, {
      found: String(value),
      expected: 'a snake_case name and a whole number from 0 on',
    });
  }
  return counters;
}

/** Puts the written file in its place, and its manifest beside it. */
function swapIn(
  folder: string,
  temporary: string,
  manifest: string,
  lock: PartitionLock,
  step: (name: PublishStep) => void,
): void {
  const sha256 = sha256Of(manifest);
  writeFileAtomic(join(folder, STAGED_MANIFEST), [Buffer.from(manifest)]);
  writeFileAtomic(join(folder, STAGED_SUCCESS), [Buffer.from(promiseOf(sha256))]);
  step('staged');
  lock.assertHeld();
  const before = readIfThere(join(folder, MANIFEST_FILE));
  const promised = promisedHashes(folder);
  if (promised && before !== null && promised.includes(sha256Of(before))) {
    writeSuccess(folder, [sha256Of(before), sha256]);
  } else {
    // What lies there cannot be read: nothing is lost by saying so.
    rmSync(join(folder, SUCCESS_FILE), { force: true });
  }
  step('promised');
  renameSync(temporary, join(folder, DATA_FILE));
  syncFolder(folder);
  step('replaced');
  renameSync(join(folder, STAGED_MANIFEST), join(folder, MANIFEST_FILE));
  syncFolder(folder);
  step('described');
  finishPublication(folder, sha256);
  step('done');
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It holds the old partition, or was never made.
  }
}

async function publishLocked(
  request: PublishRequest,
  folder: string,
  lock: PartitionLock,
): Promise<PartitionManifest> {
  const { ref, contract, lineage } = request;
  const step = request.onStep ?? (() => {});
  const temporary = temporarySibling(join(folder, DATA_FILE));
  step('locked');
  repairFolder(folder);
  step('repaired');
  try {
    makeParent(temporary);
    const file = await writeData(request, temporary, step);
    const manifest: PartitionManifest = {
      ...lineage,
      ...file,
      dataset: datasetName(ref),
      symbol: ref.symbol,
      dt: ref.dt,
      contractSha256: contract.sha256,
      counters: checkCounters(request),
    };
    swapIn(folder, temporary, encodeManifest(manifest), lock, step);
    return manifest;
  } catch (error) {
    rmSync(temporary, { force: true });
    repairFolder(folder);
    removeIfEmpty(folder);
    throw error;
  }
}

/**
 * Publishes a partition, in place of the one that is there.
 * @returns its manifest.
 * @throws DataError CONTRACT when the batches break the contract; OperatingError FILE_WRITE when
 * the disk does not take the file or gives back another, PARTITION_BUSY when another writer is at
 * it. The partition that was there stays in all these cases.
 */
export async function publishPartition(request: PublishRequest): Promise<PartitionManifest> {
  const folder = partitionFolder(request.lake, request.ref);
  const lock = PartitionLock.take(partitionLockPath(folder));
  try {
    const giveBack = await takePublishPermit();
    try {
      return await publishLocked(request, folder, lock);
    } finally {
      giveBack();
    }
  } finally {
    lock.release();
  }
}
