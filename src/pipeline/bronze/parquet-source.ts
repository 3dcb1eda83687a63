/**
 * The fallback where a day has no DBN: Parquet as the vendor's own client writes it. Rows become
 * records of a temporary DBN file, so that everything behind it sees one kind of input.
 */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { DataError, isKnownError, OperatingError } from '../../core/index.ts';
import { encodeMetadata, makeMetadata, type Schema, type SymbolMapping } from '../../dbn/index.ts';
import { addDays, connectDuckDb, loadDuckDb } from '../../lake/index.ts';
import type { StageTask } from '../stage.ts';
import type { DaySource } from './day-source.ts';
import { openDbnSource } from './dbn-source.ts';
import { nanosecondCopy } from './parquet-nanoseconds.ts';
import { ParquetRecords } from './parquet-records.ts';
import { type ParquetTable, readShape } from './parquet-table.ts';
import { temporaryPath } from './temporary-path.ts';

/**
 * Opens a Parquet file of records. Prices may be floats or integers of 1e-9; times nanoseconds, as
 * integers or timestamps.
 * @throws DataError CONTRACT naming the file and the column that is missing or of another type.
 */
export async function openParquetSource(
  path: string,
  task: StageTask,
  schema: Schema,
): Promise<DaySource> {
  const copy = temporaryPath(task, 'parquet');
  const converted = temporaryPath(task, 'parquet-dbn');
  try {
    await convert(nanosecondCopy(path, copy), path, converted, task, schema);
    return await openDbnSource(converted, schema);
  } finally {
    rmSync(copy, { force: true });
    rmSync(converted, { force: true });
  }
}

async function convert(
  readable: string,
  path: string,
  to: string,
  task: StageTask,
  schema: Schema,
): Promise<void> {
  const duck = await loadDuckDb();
  const connection = await connectDuckDb(duck);
  const fd = openSync(to, 'w');
  try {
    const table = await readShape(connection, readable, schema);
    writeAll(fd, to, encodeMetadata(header(table, task, schema)));
    const records = new ParquetRecords(schema, table.priceIsFixed);
    const result = await connection.stream(table.selectRows);
    for (let chunk = await result.fetchChunk(); chunk; chunk = await result.fetchChunk()) {
      if (chunk.rowCount === 0) break;
      writeAll(fd, to, records.encode(chunk.getColumns(), chunk.rowCount));
    }
  } catch (error) {
    if (error instanceof DataError) throw error.inFile(path);
    if (isKnownError(error)) throw error;
    const [found] = (error as Error).message.split('\n');
    throw new DataError('CONTRACT', 'not readable as Parquet', { file: path, found: found ?? '' });
  } finally {
    closeSync(fd);
    connection.closeSync();
  }
}

function writeAll(fd: number, path: string, bytes: Uint8Array): void {
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
  } catch (cause) {
    throw new OperatingError('FILE_WRITE', `${path}: ${(cause as Error).message}`, { cause });
  }
}

function header(table: ParquetTable, { dt, product }: StageTask, schema: Schema) {
  const startDate = Number(dt.replaceAll('-', ''));
  const endDate = Number(addDays(dt, 1).replaceAll('-', ''));
  const mappings: SymbolMapping[] = table.symbols.map(([id, symbol]) => ({
    rawSymbol: symbol,
    intervals: [{ startDate, endDate, symbol: String(id) }],
  }));
  return makeMetadata({ dataset: product.dataset, schema, mappings });
}
