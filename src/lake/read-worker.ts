/**
 * The thread that reads a partition's file into a ring.
 */
import { type MessagePort, workerData } from 'node:worker_threads';
import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import { connectDuckDb, loadDuckDb } from './parquet-database.ts';
import type { WritableVector } from './parquet-vector.ts';
import { fileIdentity } from './partition-files.ts';
import { ColumnCopy, wantedColumns, wantedSql } from './read-columns.ts';
import { type ReadError, toReadError } from './read-error.ts';
import { READ_STATE, type ReadMemory, ReadRing, SLOT_ROWS, type Slot } from './read-ring.ts';
import type { ContractField } from './table-contract.ts';
import type { ColumnRequest } from './table-rows.ts';
import { checkFileColumns, readingFile, readTexts, scanFile } from './table-scan.ts';

/** What the thread is started with. */
export interface ReadTask {
  path: string;
  /** Of the file that is meant; see `fileIdentity`. */
  identity: string;
  table: string;
  fields: readonly ContractField[];
  requests: readonly ColumnRequest[];
  memory: ReadMemory;
  /** Where it speaks. */
  port: MessagePort;
}

/** What it says once: that it reads, that another file lies there now, or what went wrong. */
export type ReadMessage =
  | { type: 'ready'; texts: readonly (readonly string[])[] }
  | { type: 'moved' }
  | { type: 'failed'; error: ReadError };

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

async function stream(
  task: ReadTask,
  connection: DuckDBConnection,
  ring: ReadRing,
  say: (message: ReadMessage) => void,
): Promise<void> {
  const { path, fields, requests, table } = task;
  const wanted = wantedColumns(fields, requests, table);
  await checkFileColumns(connection, path, fields, table);
  const asked = wanted.map((w) => w.field);
  const texts = await readTexts(connection, path, asked);
  const columns = wanted.map((w, k) => wantedSql(w, texts[k]!));
  const chunks = scanFile(connection, path, columns);
  const filler = new SlotFiller(
    ring,
    wanted.map((w) => new ColumnCopy(w, table)),
  );
  let next = await chunks.next();
  if (fileIdentity(path) !== task.identity) {
    say({ type: 'moved' });
    return;
  }
  say({ type: 'ready', texts });
  while (!next.done) {
    if (!filler.take(next.value)) return;
    next = await chunks.next();
  }
  filler.hand();
}

async function run(task: ReadTask): Promise<void> {
  const { port } = task;
  const ring = new ReadRing(task.memory);
  const say = (message: ReadMessage): void => port.postMessage(message);
  const beat = setInterval(() => ring.beat(), BEAT_MS);
  let connection: DuckDBConnection | null = null;
  try {
    connection = await connectDuckDb(await loadDuckDb());
    const open = connection;
    await readingFile(task.path, () => stream(task, open, ring, say));
    ring.end(READ_STATE.ENDED);
  } catch (error) {
    say({ type: 'failed', error: toReadError(error) });
    ring.end(READ_STATE.FAILED);
  } finally {
    clearInterval(beat);
    connection?.closeSync();
    port.close();
  }
}

if (workerData) void run(workerData as ReadTask);
