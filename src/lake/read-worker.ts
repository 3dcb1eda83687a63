/**
 * The thread that reads a partition's file into a ring.
 */
import { type MessagePort, workerData } from 'node:worker_threads';
import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import { DataError, OperatingError } from '../core/index.ts';
import type { PartitionManifest } from './manifest.ts';
import { connectDuckDb, loadDuckDb } from './parquet-database.ts';
import type { WritableVector } from './parquet-vector.ts';
import { fileIdentity, resolvePartition } from './partition-files.ts';
import { datasetName, type PartitionRef } from './partition-ref.ts';
import { ColumnCopy, type WantedColumn, wantedColumns, wantedSql } from './read-columns.ts';
import { type ReadError, toReadError } from './read-error.ts';
import { READ_STATE, type ReadMemory, ReadRing, SLOT_ROWS, type Slot } from './read-ring.ts';
import type { TableContract } from './table-contract.ts';
import type { ColumnRequest } from './table-rows.ts';
import {
  type ColumnTexts,
  checkFileColumns,
  readingFile,
  readTexts,
  scanFile,
} from './table-scan.ts';

/** What the thread is started with. */
export interface ReadTask {
  lake: string;
  ref: PartitionRef;
  contract: TableContract;
  requests: readonly ColumnRequest[];
  memory: ReadMemory;
  /** Where it speaks. */
  port: MessagePort;
}

/** What it says once: that it reads, or what went wrong. */
export type ReadMessage =
  | { type: 'ready'; path: string; manifest: PartitionManifest; texts: ColumnTexts }
  | { type: 'failed'; error: ReadError };

/** Opens again a file that was replaced while it was being opened. */
const OPEN_TRIES = 20;
/** Time between two signs of life, ms. */
const BEAT_MS = 100;

/** Gathers vectors into slots. */
class SlotFiller {
  private readonly ring: ReadRing;
  private readonly copies: readonly ColumnCopy[];
  private slot: Slot | null = null;
  private filled = 0;
  private rows = 0;

  constructor(ring: ReadRing, copies: readonly ColumnCopy[]) {
    this.ring = ring;
    this.copies = copies;
  }

  /** False when the reader has gone. */
  take(chunk: DuckDBDataChunk): boolean {
    const count = chunk.rowCount;
    if (this.filled + count > SLOT_ROWS) this.hand();
    if (!this.slot) {
      this.slot = this.ring.slotToFill();
      if (!this.slot) return false;
      this.slot.anyAbsent.fill(0);
    }
    const { slot } = this;
    for (let k = 0; k < this.copies.length; k++) {
      const vector = chunk.getColumnVector(k) as unknown as WritableVector;
      const copy = this.copies[k]!;
      if (copy.copy(vector, slot.views[k]!, this.filled, count, this.rows)) slot.anyAbsent[k] = 1;
    }
    this.filled += count;
    this.rows += count;
    return true;
  }

  /** Hands over what is there. */
  hand(): void {
    if (this.filled === 0) return;
    this.ring.hand(this.filled);
    this.filled = 0;
    this.slot = null;
  }
}

/** A file that is open, and its first rows. */
interface OpenFile {
  path: string;
  manifest: PartitionManifest;
  texts: ColumnTexts;
  chunks: AsyncGenerator<DuckDBDataChunk>;
  first: IteratorResult<DuckDBDataChunk>;
}

function checkContract(task: ReadTask, manifest: PartitionManifest): void {
  const { contract, ref } = task;
  if (manifest.contractSha256 === contract.sha256) return;
  throw new DataError('CONTRACT', `${datasetName(ref)} ${ref.symbol} ${ref.dt}`, {
    found: `rows made under another contract, ${manifest.contractSha256.slice(0, 12)}`,
    expected: `${contract.sha256.slice(0, 12)}; \`spymaster pipeline run\` makes them anew`,
  });
}

/**
 * Opens the file that is there now, once its bytes were compared with its manifest; null when
 * another was put in its place meanwhile.
 */
async function tryOpen(
  task: ReadTask,
  wanted: readonly WantedColumn[],
  connection: DuckDBConnection,
): Promise<OpenFile | null> {
  const { dataPath: path, identity, manifest } = resolvePartition(task.lake, task.ref, true);
  checkContract(task, manifest);
  const { fields } = task.contract;
  return readingFile(path, async () => {
    await checkFileColumns(connection, path, fields, datasetName(task.ref));
    const asked = wanted.map((w) => w.field);
    const texts = await readTexts(connection, path, asked);
    const columns = wanted.map((w, k) => wantedSql(w, texts[k]!));
    const chunks = scanFile(connection, path, columns);
    const first = await chunks.next();
    return { path, manifest, texts, chunks, first };
  }).then(
    (open) => (fileIdentity(path) === identity ? open : null),
    (error) => {
      if (fileIdentity(path) !== identity) return null;
      throw error;
    },
  );
}

async function openFile(
  task: ReadTask,
  wanted: readonly WantedColumn[],
  connection: DuckDBConnection,
): Promise<OpenFile> {
  for (let tries = 0; tries < OPEN_TRIES; tries++) {
    const open = await tryOpen(task, wanted, connection);
    if (open) return open;
  }
  const { ref } = task;
  const name = `${datasetName(ref)} ${ref.symbol} ${ref.dt}`;
  throw new OperatingError('PARTITION_BUSY', `${name}: replaced again and again`, {
    retryable: true,
  });
}

async function stream(task: ReadTask, connection: DuckDBConnection, ring: ReadRing): Promise<void> {
  const table = datasetName(task.ref);
  const wanted = wantedColumns(task.contract.fields, task.requests, table);
  const { path, manifest, texts, chunks, first } = await openFile(task, wanted, connection);
  const copies = wanted.map((w) => new ColumnCopy(w, table));
  const filler = new SlotFiller(ring, copies);
  const ready: ReadMessage = { type: 'ready', path, manifest, texts };
  task.port.postMessage(ready);
  await readingFile(path, async () => {
    for (let next = first; !next.done; next = await chunks.next()) {
      if (!filler.take(next.value)) return;
    }
    filler.hand();
  });
}

async function run(task: ReadTask): Promise<void> {
  const { port } = task;
  const ring = new ReadRing(task.memory);
  const beat = setInterval(() => ring.beat(), BEAT_MS);
  let connection: DuckDBConnection | null = null;
  try {
    connection = await connectDuckDb(await loadDuckDb());
    await stream(task, connection, ring);
    ring.end(READ_STATE.ENDED);
  } catch (error) {
    const failed: ReadMessage = { type: 'failed', error: toReadError(error) };
    port.postMessage(failed);
    ring.end(READ_STATE.FAILED);
  } finally {
    clearInterval(beat);
    connection?.closeSync();
    ring.letGo();
    port.close();
  }
}

if (workerData) void run(workerData as ReadTask);
