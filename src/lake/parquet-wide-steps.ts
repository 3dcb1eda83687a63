/**
 * A file that DuckDB would read and others would not: packing integers by their differences, it
 * takes more than 32 bits where 32-bit values lie more than 2^31 apart, which pyarrow refuses.
 * Such a file is written anew in version 1 of the format, which packs nothing by differences.
 */
import { renameSync } from 'node:fs';
import type { DuckDBConnection } from '@duckdb/node-api';
import { sqlText } from './parquet-database.ts';

/** Values closer than this have differences whose range fits 32 bits. */
const SAFE_SPAN = 2 ** 31;

/** True where a 32-bit column of a row group is packed by differences that may be too wide. */
async function hasWideSteps(connection: DuckDBConnection, path: string): Promise<boolean> {
  const span = 'stats_max_value::HUGEINT - stats_min_value::HUGEINT';
  const sql =
    `SELECT count(*) FROM parquet_metadata(${sqlText(path)}) WHERE type = 'INT32' ` +
    `AND contains(encodings, 'DELTA_BINARY_PACKED') AND coalesce(${span}, 0) >= ${SAFE_SPAN}`;
  const result = await connection.runAndReadAll(sql);
  return Number(result.getRows()[0]?.[0]) > 0;
}

/**
 * Writes a file anew when other readers could not read it; else leaves it alone.
 * @param statementOf the COPY of a source to a path, in version 1 of the format.
 */
export async function rewriteWideSteps(
  connection: DuckDBConnection,
  path: string,
  statementOf: (source: string, path: string) => string,
): Promise<void> {
  if (!(await hasWideSteps(connection, path))) return;
  const plain = `${path}.tmp`;
  const written = `read_parquet(${sqlText(path)}, hive_partitioning = false)`;
  await connection.run(statementOf(`SELECT * FROM ${written}`, plain));
  renameSync(plain, path);
}
