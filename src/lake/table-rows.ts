/**
 * Rows of a table in memory, both ways: batches that are written, requests and batches of what is
 * read.
 */
import type { ParquetValues } from './parquet-writer.ts';

/** Values of one column of a batch to be written. */
export type TableValues =
  | Exclude<ParquetValues, readonly string[]>
  | BigUint64Array
  /** A 64-bit column as its low and high halves. */
  | { low: Uint32Array; high: Uint32Array }
  /** A `dictionary` column: a code a row, and the texts. */
  | { codes: Uint8Array | Uint16Array | Uint32Array; texts: readonly string[] };

/**
 * Rows to be written, columns in the contract's order; arrays may be longer than `rows` and are
 * read before the next batch is asked for.
 */
export interface TableBatch {
  rows: number;
  columns: readonly TableValues[];
  /** Per column: 1 where the value is absent; null where none is. */
  nulls?: readonly (Uint8Array | null)[];
  /** Per column: added to every value of an int64 or uint64 column of Numbers. */
  bias?: readonly bigint[];
}

/** A column that is wanted, and how. */
export interface ColumnRequest {
  name: string;
  /**
   * `number` (the default): the contract's own array type; int64 and uint64 as float64, less
   * `origin`. `lanes`: a 64-bit column as two Uint32Arrays, low and high.
   */
  as?: 'number' | 'lanes';
  /** Subtracted from a 64-bit column so that a float64 holds it exactly. */
  origin?: bigint;
}

/** Numbers of one column. */
export type ColumnArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

/** A batch that was read; valid until the next is asked for. */
export interface TableRows {
  rows: number;
  /**
   * One per request, in their order. Enum columns: Uint8Array of codes by the contract's `symbols`;
   * dictionary columns: Uint32Array of codes, see `texts`. Absent values are 0.
   */
  columns: readonly ColumnArray[];
  /** Per request: high lanes where `lanes` was asked for. */
  high: readonly (Uint32Array | null)[];
  /** Per request: 1 where the value is absent; null where none is in this batch. */
  nulls: readonly (Uint8Array | null)[];
  /** Per request: texts of a dictionary column, all there are so far; null for others. */
  texts: readonly (readonly string[] | null)[];
}

/** A partition that is being read: synchronous, so that a transform can be a plain generator. */
export interface TableReader {
  /** Rows the manifest promises. */
  readonly totalRows: number;
  /** Counters of the manifest. */
  readonly counters: Readonly<Record<string, number>>;
  /** The next batch; null at the end. @throws DataError PARTITION_DAMAGED */
  next(): TableRows | null;
  close(): void;
}
