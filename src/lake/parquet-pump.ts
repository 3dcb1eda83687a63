/**
 * Hands batches to DuckDB in vectors, and prepares the next ones while DuckDB packs the last: it
 * works in a thread of its own and calls this one for rows.
 */
import type { DuckDBDataChunk } from '@duckdb/node-api';
import { DataError } from '../core/index.ts';
import {
  ColumnFeed,
  type ColumnImage,
  type CopyField,
  type CopyValues,
  VECTOR_ROWS,
} from './parquet-columns.ts';
import type { DuckDb } from './parquet-database.ts';
import type { WritableVector } from './parquet-vector.ts';
import { KeyTrack } from './table-key.ts';

/** What is to be copied into a file. */
export interface CopyRequest {
  /** How the table is called in errors. */
  table: string;
  fields: readonly CopyField[];
  /** Columns by which rows must ascend. */
  key: readonly string[];
  /** Pulled synchronously, one at a time. */
  batches: Iterable<CopyBatch>;
  /** Key-value pairs of the file's footer. */
  metadata: Readonly<Record<string, string>>;
}

/** A batch of any kind. */
export interface CopyBatch {
  rows: number;
  columns: readonly CopyValues[];
  nulls?: readonly (Uint8Array | null)[];
  bias?: readonly bigint[];
}

/** Vectors that are prepared ahead: a batch's worth of most stages. */
const MAX_READY = 48;

/** Rows that wait for DuckDB. */
interface ReadyRows {
  rows: number;
  images: readonly ColumnImage[];
}

/** See the file comment. */
export class BatchPump {
  rows = 0;
  readonly feeds: readonly ColumnFeed[];
  readonly track: KeyTrack;
  private readonly table: string;
  private readonly batches: Iterator<CopyBatch>;
  private batch: CopyBatch | null = null;
  private at = 0;
  private readonly ready: ReadyRows[] = [];
  private readonly spare: ReadyRows[] = [];
  private exhausted = false;
  private stopped = false;
  private due: ReturnType<typeof setImmediate> | null = null;
  /** What the batches threw; told when the rows before it are handed over. */
  private thrown: { error: unknown } | null = null;

  constructor(duck: DuckDb, request: CopyRequest) {
    const { table, fields } = request;
    this.table = table;
    this.feeds = fields.map((f) => new ColumnFeed(duck, f, table));
    this.track = new KeyTrack(fields, request.key, table);
    this.batches = request.batches[Symbol.iterator]();
  }

  /** What the batches threw, or null. */
  get failure(): unknown {
    return this.thrown?.error ?? null;
  }

  /** Fills a chunk with the next rows; none at the end. @throws what the batches throw */
  fill(chunk: DuckDBDataChunk): void {
    if (this.ready.length === 0) this.prepareNext();
    const next = this.ready.shift();
    if (!next && this.thrown) throw this.thrown.error;
    chunk.rowCount = next?.rows ?? 0;
    if (!next) return;
    this.feeds.forEach((feed, k) => {
      const vector = chunk.getColumnVector(k) as unknown as WritableVector;
      feed.pour(next.images[k]!, vector, next.rows);
    });
    this.spare.push(next);
    this.prepareSoon();
  }

  /** Lets the source release what it holds. */
  stop(): void {
    this.stopped = true;
    if (this.due) clearImmediate(this.due);
    this.batches.return?.();
  }

  private get mayPrepare(): boolean {
    const over = this.stopped || this.exhausted || this.thrown !== null;
    return !over && this.ready.length < MAX_READY;
  }

  /** One vector in each round of the event loop, so that DuckDB's calls are heard in between. */
  private prepareSoon(): void {
    if (this.due || !this.mayPrepare) return;
    this.due = setImmediate(() => {
      this.due = null;
      if (this.mayPrepare) this.prepareNext();
      this.prepareSoon();
    });
  }

  private prepareNext(): void {
    if (this.exhausted || this.thrown) return;
    try {
      this.prepareVector();
    } catch (error) {
      this.thrown = { error };
    }
  }

  private prepareVector(): void {
    const batch = this.current();
    if (!batch) {
      this.exhausted = true;
      return;
    }
    const rows = Math.min(VECTOR_ROWS, batch.rows - this.at);
    const images = this.spare.pop()?.images ?? this.feeds.map((feed) => feed.makeImage());
    this.feeds.forEach((feed, k) => {
      const nulls = batch.nulls?.[k] ?? null;
      const bias = batch.bias?.[k] ?? 0n;
      feed.prepare(images[k]!, batch.columns[k]!, nulls, bias, this.at, rows, this.rows);
    });
    this.track.take(
      images.map((image) => image.words),
      rows,
      this.rows,
    );
    this.at += rows;
    this.rows += rows;
    this.ready.push({ rows, images });
  }

  private current(): CopyBatch | null {
    while (this.batch === null || this.at >= this.batch.rows) {
      const next = this.batches.next();
      if (next.done) return null;
      this.batch = next.value;
      this.at = 0;
      const given = this.batch.columns.length;
      if (given === this.feeds.length) continue;
      throw new DataError('CONTRACT', this.table, {
        row: this.rows,
        found: `${given} columns`,
        expected: `${this.feeds.length}`,
      });
    }
    return this.batch;
  }
}
