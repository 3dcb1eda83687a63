/**
 * Parquet files from columns, through DuckDB's table functions: DuckDB pulls chunk after chunk, so
 * memory stays bounded whatever the length of the table. Timestamps are BIGINT nanoseconds, for
 * Parquet readers differ in what else they take.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DuckDBConnection, DuckDBDataChunk, DuckDBType } from '@duckdb/node-api';
import { assert, isKnownError, OperatingError } from '../core/index.ts';
import { publishFile, temporarySibling } from './atomic-file.ts';

/** Rows a row group holds: DuckDB's own default, a compromise between pruning and compression. */
const ROW_GROUP_ROWS = 122_880;
/** Rows of one DuckDB vector. */
const VECTOR_ROWS = 2048;
/** Memory DuckDB may take for one file. */
const MEMORY_LIMIT = '512MB';

/** Types of a column, by what its `values` are. */
export type ParquetType =
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'float32'
  | 'float64'
  | 'utf8';

/** One column of the table. */
export interface ParquetField {
  name: string;
  type: ParquetType;
}

/**
 * Values of a column in a batch. An `int64` column takes whole Numbers (exact below 2^53) or
 * bigints.
 */
export type ParquetValues =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | readonly string[];

/**
 * Rows of the table; arrays may be longer than `rows` and may be reused once the next batch is
 * asked for.
 */
export interface ParquetBatch {
  rows: number;
  /** One per field, in the order of the fields. */
  columns: readonly ParquetValues[];
  /** Per field: 1 where the value is absent; null where none is. */
  nulls?: readonly (Uint8Array | null)[];
  /** Per field: added to every value of an `int64` column of Numbers (an origin of time). */
  bias?: readonly bigint[];
}

/** What was written. */
export interface ParquetSummary {
  path: string;
  rows: number;
  bytes: number;
}

type DuckDb = typeof import('@duckdb/node-api');
type NumericItems = Exclude<ParquetValues, readonly string[]>;

/**
 * The part of DuckDB's vectors that its type declarations keep private: the memory that `flush`
 * copies out.
 */
interface WritableVector {
  items: NumericItems;
  setItem(index: number, value: string | null): void;
  validity: { setItemValid(index: number, valid: boolean): void };
  flush(): void;
}

function duckType(duck: DuckDb, type: ParquetType): DuckDBType {
  return {
    int8: duck.TINYINT,
    uint8: duck.UTINYINT,
    int16: duck.SMALLINT,
    uint16: duck.USMALLINT,
    int32: duck.INTEGER,
    uint32: duck.UINTEGER,
    int64: duck.BIGINT,
    float32: duck.FLOAT,
    float64: duck.DOUBLE,
    utf8: duck.VARCHAR,
  }[type];
}

/** Writes whole Numbers plus `bias` as 64-bit lanes, without a bigint per value. */
function fillInt64(
  out: BigInt64Array,
  from: Float64Array | Int32Array | Uint32Array,
  at: number,
  rows: number,
  bias: bigint,
): void {
  const lanes = new Uint32Array(out.buffer, out.byteOffset, rows * 2);
  const biasLo = Number(BigInt.asUintN(32, bias));
  const biasHi = Number(BigInt.asIntN(32, bias >> 32n));
  for (let i = 0; i < rows; i++) {
    const value = from[at + i]!;
    const hi = Math.floor(value / 4294967296);
    const lo = value - hi * 4294967296 + biasLo;
    const carry = lo >= 4294967296 ? 1 : 0;
    lanes[2 * i] = lo - carry * 4294967296;
    lanes[2 * i + 1] = hi + biasHi + carry;
  }
}

function fillVector(
  vector: WritableVector,
  values: ParquetValues,
  at: number,
  rows: number,
  nulls: Uint8Array | null,
  bias: bigint,
): void {
  if (Array.isArray(values)) {
    for (let i = 0; i < rows; i++) vector.setItem(i, nulls?.[at + i] ? null : values[at + i]);
  } else if (vector.items instanceof BigInt64Array && !(values instanceof BigInt64Array)) {
    fillInt64(vector.items, values as Float64Array, at, rows, bias);
  } else {
    const numeric = values as Float64Array;
    assert(numeric.constructor === vector.items.constructor, 'column type differs from its field');
    (vector.items as Float64Array).set(numeric.subarray(at, at + rows));
  }
  if (nulls && !Array.isArray(values)) {
    for (let i = 0; i < rows; i++) if (nulls[at + i]) vector.validity.setItemValid(i, false);
  }
  vector.flush();
}

/** Hands batches to DuckDB in vectors of at most `VECTOR_ROWS`. */
class BatchPump {
  rows = 0;
  /** What the batches threw, to be told as it was. */
  failure: unknown = null;
  private readonly batches: Iterator<ParquetBatch>;
  private batch: ParquetBatch | null = null;
  private at = 0;

  constructor(batches: Iterator<ParquetBatch>) {
    this.batches = batches;
  }

  fill(chunk: DuckDBDataChunk): void {
    try {
      this.fillChunk(chunk);
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }

  private fillChunk(chunk: DuckDBDataChunk): void {
    const batch = this.current();
    const count = batch ? Math.min(VECTOR_ROWS, batch.rows - this.at) : 0;
    chunk.rowCount = count;
    if (!batch) return;
    for (let k = 0; k < batch.columns.length; k++) {
      const vector = chunk.getColumnVector(k) as unknown as WritableVector;
      const nulls = batch.nulls?.[k] ?? null;
      fillVector(vector, batch.columns[k]!, this.at, count, nulls, batch.bias?.[k] ?? 0n);
    }
    this.at += count;
    this.rows += count;
  }

  private current(): ParquetBatch | null {
    while (this.batch === null || this.at >= this.batch.rows) {
      const next = this.batches.next();
      if (next.done) return null;
      this.batch = next.value;
      this.at = 0;
    }
    return this.batch;
  }
}

function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function copyStatement(path: string, metadata: Record<string, string>): string {
  const entries = Object.entries(metadata).map(([k, v]) => `${sqlText(k)}: ${sqlText(v)}`);
  const kv = entries.length > 0 ? `, KV_METADATA {${entries.join(', ')}}` : '';
  const options = `FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${ROW_GROUP_ROWS}${kv}`;
  return `COPY (SELECT * FROM batches()) TO ${sqlText(path)} (${options})`;
}

async function connect(duck: DuckDb): Promise<DuckDBConnection> {
  const instance = await duck.DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    memory_limit: MEMORY_LIMIT,
    threads: '2',
    preserve_insertion_order: 'true',
  });
  return instance.connect();
}

async function copyOut(
  duck: DuckDb,
  connection: DuckDBConnection,
  fields: readonly ParquetField[],
  pump: BatchPump,
  statement: string,
): Promise<void> {
  connection.registerTableFunction(
    duck.DuckDBTableFunction.create({
      name: 'batches',
      bindFunction: (info) => {
        for (const f of fields) info.addResultColumn(f.name, duckType(duck, f.type));
      },
      initFunction: (info) => info.setInitData({}),
      mainFunction: (_info, chunk) => pump.fill(chunk),
    }),
  );
  await connection.run(statement);
}

async function countRows(connection: DuckDBConnection, path: string): Promise<number> {
  const sql = `SELECT count(*) FROM read_parquet(${sqlText(path)})`;
  const result = await connection.runAndReadAll(sql);
  return Number(result.getRows()[0]?.[0]);
}

function syncFile(path: string): void {
  const fd = openSync(path, 'r+');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/**
 * Writes a Parquet file (zstd) that appears whole or not at all: temporary sibling, read back,
 * sync, rename.
 * @param batches pulled synchronously, one at a time; what they throw is thrown on.
 * @param metadata key-value pairs of the file's footer.
 * @throws OperatingError FILE_WRITE when the file cannot be written or does not read back with the
 * rows it was given.
 */
export async function writeParquet(
  path: string,
  fields: readonly ParquetField[],
  batches: Iterable<ParquetBatch>,
  metadata: Record<string, string> = {},
): Promise<ParquetSummary> {
  const duck = await import('@duckdb/node-api');
  const temporary = temporarySibling(path);
  const pump = new BatchPump(batches[Symbol.iterator]());
  mkdirSync(dirname(path), { recursive: true });
  const connection = await connect(duck);
  try {
    await copyOut(duck, connection, fields, pump, copyStatement(temporary, metadata));
    const readBack = await countRows(connection, temporary);
    if (readBack !== pump.rows) {
      throw new OperatingError('FILE_WRITE', `${path}: wrote ${pump.rows} rows, read ${readBack}`);
    }
    syncFile(temporary);
    publishFile(temporary, path);
    return { path, rows: pump.rows, bytes: statSync(path).size };
  } catch (cause) {
    const error = pump.failure ?? cause;
    if (isKnownError(error)) throw error;
    throw new OperatingError('FILE_WRITE', `${path}: ${(error as Error).message}`, {
      cause: error,
    });
  } finally {
    connection.closeSync();
    rmSync(temporary, { force: true });
  }
}
