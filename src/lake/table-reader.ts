/**
 * A partition's rows, read by a thread of its own while the caller works on the batch before.
 */
import { once } from 'node:events';
import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  Worker,
} from 'node:worker_threads';
import { DataError, OperatingError } from '../core/index.ts';
import { builtModule } from './built-module.ts';
import { datasetName, type PartitionRef } from './partition-ref.ts';
import { type WantedColumn, wantedColumns } from './read-columns.ts';
import { fromReadError } from './read-error.ts';
import { makeReadMemory, READ_STATE, ReadRing } from './read-ring.ts';
import type { ReadMessage, ReadTask } from './read-worker.ts';
import type { TableContract } from './table-contract.ts';
import type { ColumnRequest, TableReader, TableRows } from './table-rows.ts';

/** Waits without a sign of life, a tenth of a second each, after which the thread is given up. */
const SILENT_WAITS = 300;

/** A reader and what it was promised. */
class ThreadedReader implements TableReader {
  readonly totalRows: number;
  readonly counters: Readonly<Record<string, number>>;
  private readonly path: string;
  private readonly ring: ReadRing;
  private readonly port: MessagePort;
  private readonly texts: readonly (readonly string[] | null)[];
  private rows = 0;
  private holding = false;
  private closed = false;

  constructor(
    ready: ReadMessage & { type: 'ready' },
    ring: ReadRing,
    port: MessagePort,
    wanted: readonly WantedColumn[],
  ) {
    const { texts } = ready;
    this.path = ready.path;
    this.totalRows = ready.manifest.rows;
    this.counters = ready.manifest.counters;
    this.ring = ring;
    this.port = port;
    this.texts = wanted.map((w, k) => (w.field.type === 'dictionary' ? texts[k]! : null));
  }

  next(): TableRows | null {
    if (this.closed) return null;
    if (this.holding) this.ring.giveBack();
    this.holding = false;
    for (let silent = 0, beats = -1; ; ) {
      const { state } = this.ring;
      const taken = this.ring.take();
      if (taken) return this.hold(taken.rows, taken.slot);
      if (state !== READ_STATE.RUNNING) return this.finish(state);
      const heard = this.ring.wait() || this.ring.beats !== beats;
      silent = heard ? 0 : silent + 1;
      beats = this.ring.beats;
      if (silent < SILENT_WAITS) continue;
      throw new OperatingError('FILE_READ', `${this.path}: the reading thread died`);
    }
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    // A thread with a query in flight must never be terminated, nor the one that started it.
    this.ring.cancel();
    this.port.close();
  }

  private hold(rows: number, slot: ReadRing['slots'][number]): TableRows {
    this.holding = true;
    this.rows += rows;
    return {
      rows,
      columns: slot.views.map((v) => v.values),
      high: slot.views.map((v) => v.high),
      nulls: slot.views.map((v, k) => (slot.anyAbsent[k] ? v.absent : null)),
      texts: this.texts,
    };
  }

  private finish(state: number): null {
    const message = receiveMessageOnPort(this.port) as { message: ReadMessage } | undefined;
    this.close();
    if (state === READ_STATE.FAILED) {
      if (message?.message.type === 'failed') throw fromReadError(message.message.error);
      throw new OperatingError('FILE_READ', `${this.path}: the reading thread failed`);
    }
    if (this.rows === this.totalRows) return null;
    throw new DataError('PARTITION_DAMAGED', 'rows', {
      file: this.path,
      found: String(this.rows),
      expected: String(this.totalRows),
    });
  }
}

async function firstMessage(port: MessagePort, worker: Worker): Promise<ReadMessage | null> {
  const ended = new AbortController();
  const { signal } = ended;
  try {
    const message = once(port, 'message', { signal }).then(([m]) => m as ReadMessage);
    const exit = once(worker, 'exit', { signal }).then(() => null);
    message.catch(() => {});
    exit.catch(() => {});
    const first = await Promise.race([message, exit]);
    // What the thread said last may still lie in the port.
    if (first) return first;
    return (receiveMessageOnPort(port) as { message: ReadMessage } | undefined)?.message ?? null;
  } finally {
    ended.abort();
  }
}

/**
 * Opens a published partition for reading. Its bytes are compared with the manifest first, its
 * columns with the contract, and absent or non-finite values are refused as they come. Rows come
 * in the order of the file. Close the reader.
 * @throws DataError PARTITION_MISSING, PARTITION_DAMAGED, CONTRACT
 */
export async function openPartition(
  lake: string,
  ref: PartitionRef,
  contract: TableContract,
  requests: readonly ColumnRequest[],
): Promise<TableReader> {
  const wanted = wantedColumns(contract.fields, requests, datasetName(ref));
  const memory = makeReadMemory(wanted.map((w) => w.slot));
  const { port1, port2 } = new MessageChannel();
  const task: ReadTask = { lake, ref, contract, requests, memory, port: port2 };
  const worker = new Worker(builtModule(import.meta.url, 'read-worker'), {
    workerData: task,
    transferList: [port2],
  });
  const first = await firstMessage(port1, worker);
  worker.unref();
  port1.unref();
  if (first?.type === 'ready') {
    return new ThreadedReader(first, new ReadRing(memory), port1, wanted);
  }
  port1.close();
  if (first?.type === 'failed') throw fromReadError(first.error);
  throw new OperatingError('FILE_READ', `${datasetName(ref)}: the reading thread did not start`);
}
