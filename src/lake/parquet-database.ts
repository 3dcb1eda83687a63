/**
 * DuckDB as the lake uses it: in memory, alone, on one thread, without anything from outside.
 */
import type { DuckDBConnection } from '@duckdb/node-api';

/** Memory DuckDB may take for one file. */
const MEMORY_LIMIT = '512MB';

/** The library, loaded when it is first needed. */
export type DuckDb = typeof import('@duckdb/node-api');

/** Loads the library. */
export function loadDuckDb(): Promise<DuckDb> {
  return import('@duckdb/node-api');
}

/**
 * A database of its own with one connection. One thread: rows then come and go in their order, and
 * the same rows make the same bytes. Close the connection.
 */
export async function connectDuckDb(duck: DuckDb): Promise<DuckDBConnection> {
  const instance = await duck.DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    memory_limit: MEMORY_LIMIT,
    threads: '1',
    preserve_insertion_order: 'true',
    temp_directory: '',
  });
  return instance.connect();
}

/** A text as an SQL literal. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name as an SQL identifier. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
