/**
 * Parquet files from columns, through DuckDB's table functions: DuckDB pulls chunk after chunk, so
 * memory stays bounded whatever the length of the table. Timestamps are BIGINT nanoseconds, for
 * Parquet readers differ in what else they take.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { isKnownError, OperatingError } from '../core/index.ts';
import { publishFile, temporarySibling } from './atomic-file.ts';
import { type CopyField, type CopySummary, duckTypeOf } from './parquet-columns.ts';
import { connectDuckDb, type DuckDb, loadDuckDb, sqlName, sqlText } from './parquet-database.ts';
import { BatchPump, type CopyRequest } from './parquet-pump.ts';
import { rewriteWideSteps } from './parquet-wide-steps.ts';

/** Rows a row group holds: DuckDB's own default, a compromise between pruning and compression. */
const ROW_GROUP_ROWS = 122_880;
/**
 * Distinct values of a column in a row group up to which numbers get a dictionary. DuckDB's own
 * 1,228 makes silver and gold up to a quarter longer, and takes a quarter more time, than packing
 * floats byte by byte and integers by their differences; columns of texts need it.
 */
const NUMBER_DICTIONARY = 200;

/**
 * Zstd's level. DuckDB's own, 3, takes a fifth more time for files that are under 4 % shorter.
 */
const ZSTD_LEVEL = 1;

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
 * Values of a column in a batch. An `int64` or `uint64` column takes whole Numbers (exact below
 * 2^53) or bigints.
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

function selected(field: CopyField): string {
  const name = sqlName(field.name);
  return field.type === 'bool' ? `${name}::BOOLEAN AS ${name}` : name;
}

function batchesOf(request: CopyRequest): string {
  return `SELECT ${request.fields.map(selected).join(', ')} FROM batches()`;
}

/** Version 2 of the format packs floats byte by byte and integers by their differences. */
function copyStatement(
  source: string,
  path: string,
  request: CopyRequest,
  version: 'V1' | 'V2',
): string {
  const entries = Object.entries(request.metadata).map(([k, v]) => `${sqlText(k)}: ${sqlText(v)}`);
  const kv = entries.length > 0 ? `, KV_METADATA {${entries.join(', ')}}` : '';
  const format = `FORMAT parquet, PARQUET_VERSION ${version}, COMPRESSION zstd, `;
  const packed = `${format}COMPRESSION_LEVEL ${ZSTD_LEVEL}`;
  const texts = request.fields.some((f) => f.type === 'dictionary' || f.type === 'utf8');
  const few = texts || version === 'V1' ? '' : `, DICTIONARY_SIZE_LIMIT ${NUMBER_DICTIONARY}`;
  const options = `${packed}, ROW_GROUP_SIZE ${ROW_GROUP_ROWS}${few}${kv}`;
  return `COPY (${source}) TO ${sqlText(path)} (${options})`;
}

/**
 * Copies batches into a Parquet file at `path`, checked against their fields.
 * @throws what the batches throw; DataError CONTRACT; OperatingError FILE_WRITE.
 */
export async function copyToParquet(
  duck: DuckDb,
  connection: DuckDBConnection,
  path: string,
  request: CopyRequest,
): Promise<CopySummary> {
  const pump = new BatchPump(duck, request);
  connection.registerTableFunction(
    duck.DuckDBTableFunction.create({
      name: 'batches',
      bindFunction: (info) => {
        for (const f of request.fields) info.addResultColumn(f.name, duckTypeOf(duck, f));
      },
      initFunction: (info) => info.setInitData({}),
      mainFunction: (_info, chunk) => pump.fill(chunk),
    }),
  );
  try {
    await connection.run(copyStatement(batchesOf(request), path, request, 'V2'));
    await rewriteWideSteps(connection, path, (source, to) =>
      copyStatement(source, to, request, 'V1'),
    );
  } catch (cause) {
    const error = pump.failure ?? cause;
    if (pump.failure !== null || isKnownError(error)) throw error;
    throw new OperatingError('FILE_WRITE', `${path}: ${(error as Error).message}`, { cause });
  } finally {
    pump.stop();
  }
  const { least, greatest } = pump.track;
  return { rows: pump.rows, hashes: pump.feeds.map((f) => f.hash), least, greatest };
}

async function countRows(connection: DuckDBConnection, path: string): Promise<number> {
  const sql = `SELECT count(*) FROM read_parquet(${sqlText(path)})`;
  const result = await connection.runAndReadAll(sql);
  return Number(result.getRows()[0]?.[0]);
}

/** Makes the folder of a file. @throws OperatingError FILE_WRITE */
export function makeParent(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (cause) {
    throw new OperatingError('FILE_WRITE', `${path}: ${(cause as Error).message}`, { cause });
  }
}

/** Makes a file's content durable. */
export function syncFile(path: string): void {
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
  const duck = await loadDuckDb();
  const temporary = temporarySibling(path);
  const columns = fields.map((f) => ({ ...f, nullable: true, symbols: [] }));
  makeParent(path);
  const connection = await connectDuckDb(duck);
  try {
    const request = { table: path, fields: columns, key: [], batches, metadata };
    const { rows } = await copyToParquet(duck, connection, temporary, request);
    const readBack = await countRows(connection, temporary);
    if (readBack !== rows) {
      throw new OperatingError('FILE_WRITE', `${path}: wrote ${rows} rows, read ${readBack}`);
    }
    syncFile(temporary);
    publishFile(temporary, path);
    return { path, rows, bytes: statSync(path).size };
  } catch (error) {
    if (isKnownError(error)) throw error;
    throw new OperatingError('FILE_WRITE', `${path}: ${(error as Error).message}`, {
      cause: error,
    });
  } finally {
    connection.closeSync();
    rmSync(temporary, { force: true });
  }
}
