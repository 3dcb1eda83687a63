/**
 * SQL over a lake: DuckDB in this process with a view for every table, which may read the lake and
 * write nothing but the file that an answer goes to.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve, sep } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { DataError, OperatingError } from '../core/index.ts';
import { temporarySibling } from './atomic-file.ts';
import { loadContract } from './contract-file.ts';
import { loadDatasets } from './datasets.ts';
import { listPartitions, type PartitionEntry } from './lake-inventory.ts';
import { type DuckDb, loadDuckDb, sqlText } from './parquet-database.ts';
import { datasetName, LAYERS } from './partition-ref.ts';
import { type SqlTable, viewStatements } from './sql-views.ts';

/** Memory of a query; what does not fit is spilled to a temporary folder. */
const SQL_MEMORY = '2GB';
/** Longest statement, characters. */
const MAX_SQL_CHARS = 1_000_000;

/** Longest part of a statement that an error repeats, characters. */
const SHOWN_SQL_CHARS = 60;

/** A statement that only reads. */
export interface ReadOnlyQuery {
  /** As it can stand in parentheses: without its semicolon. */
  text: string;
  /** `explain` cannot stand in parentheses. */
  kind: 'select' | 'explain';
}

/** A database over a lake. Close it. */
export interface LakeSql {
  connection: DuckDBConnection;
  /** Tables with the files that are in their views. */
  tables: readonly SqlTable[];
  /** Partitions that are in no view, for they are not complete. */
  leftOut: readonly PartitionEntry[];
  /** The one file that DuckDB may write: an answer, before it gets its name. */
  answerFile: string;
  /** The name it gets; null for an answer that is passed on and forgotten. */
  answerPath: string | null;
  /**
   * Checks a statement of a user's.
   * @throws OperatingError USAGE when it is not one that reads, or is not understood.
   */
  check(sql: string): Promise<ReadOnlyQuery>;
  close(): void;
}

function tablesOf(lake: string): [SqlTable[], PartitionEntry[]] {
  const entries = listPartitions(lake);
  const files = new Map<string, PartitionEntry[]>();
  for (const entry of entries.filter((e) => e.state === 'complete')) {
    const name = datasetName(entry.ref);
    files.set(name, [...(files.get(name) ?? []), entry]);
  }
  const refs = loadDatasets().flatMap((d) => (d.table ? [d.table] : []));
  const tables = refs.map((ref) => {
    const contract = loadContract(ref);
    const own = files.get(datasetName(ref)) ?? [];
    const mixed = own.some((e) => e.manifest?.contractSha256 !== contract.sha256);
    return { contract, files: own.map((e) => e.dataPath), mixed };
  });
  return [tables, entries.filter((e) => e.state !== 'complete')];
}

async function makeViews(
  connection: DuckDBConnection,
  lake: string,
  tables: readonly SqlTable[],
): Promise<void> {
  for (const statement of viewStatements(tables)) await connection.run(statement);
  const selection = join(lake, 'selection', 'mbo_contract_day_selection.parquet');
  if (!existsSync(selection)) return;
  await connection.run('CREATE SCHEMA selection');
  const source = `SELECT * FROM read_parquet(${sqlText(selection)})`;
  await connection.run(`CREATE VIEW selection.mbo_contract_day_selection AS ${source}`);
}

/** From here on: the lake's tables to read, the answer to write, nothing else, for good. */
async function lockDown(
  connection: DuckDBConnection,
  lake: string,
  answerFile: string,
): Promise<void> {
  const readable = [...LAYERS, 'selection'].map((layer) => sqlText(join(lake, layer)));
  await connection.run(`SET allowed_directories = [${readable.join(', ')}]`);
  await connection.run(`SET allowed_paths = [${sqlText(answerFile)}]`);
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
}

function refuse(sql: string, why: string, expected: string): never {
  const shown = sql.trim().replace(/\s+/g, ' ').slice(0, SHOWN_SQL_CHARS);
  throw new OperatingError('USAGE', `"${shown}": ${why}; expected ${expected}`);
}

const EXPLAIN = /^\s*explain\s+(?:analyze\b\s*)?(?:\([^)]*\)\s*)?/i;

async function statementType(duck: DuckDb, connection: DuckDBConnection, sql: string) {
  const statements = await connection.extractStatements(sql);
  if (statements.count !== 1) {
    refuse(sql, `${statements.count} statements`, 'one (PIVOT needs its IN list)');
  }
  const prepared = await statements.prepare(0);
  try {
    return duck.StatementType[prepared.statementType] ?? 'UNKNOWN';
  } finally {
    prepared.destroySync();
  }
}

async function checkQuery(
  duck: DuckDb,
  connection: DuckDBConnection,
  sql: string,
): Promise<ReadOnlyQuery> {
  if (sql.length > MAX_SQL_CHARS) refuse(sql, 'too long', `at most ${MAX_SQL_CHARS} characters`);
  const bare = sql.replace(/(?:;|\s|--[^\n]*(?=\n|$))+$/, '');
  if (bare.trim() === '') refuse(sql, 'nothing to run', 'a SELECT');
  // What EXPLAIN ANALYZE explains is run: it must only read, too.
  const explained = EXPLAIN.test(bare) ? bare.replace(EXPLAIN, '') : null;
  let type: string;
  try {
    type = await statementType(duck, connection, explained ?? bare);
  } catch (error) {
    if (error instanceof OperatingError) throw error;
    return refuse(sql, (error as Error).message.split('\n\n')[0] as string, 'a valid SELECT');
  }
  if (type !== 'SELECT') {
    refuse(sql, `${type} statements are not run`, 'one that only reads: SELECT, DESCRIBE, SHOW');
  }
  return { text: bare, kind: explained === null ? 'select' : 'explain' };
}

/** @throws OperatingError USAGE when an answer would lie among the lake's own files. */
function checkAnswerPath(lake: string, path: string): void {
  const [top, ...below] = relative(lake, path).split(sep);
  const own: readonly string[] = [...LAYERS, 'selection', 'raw'];
  if (below.length > 0 && own.includes(top as string)) {
    throw new OperatingError(
      'USAGE',
      `${path} lies among the lake's tables; expected another place`,
    );
  }
}

/**
 * Opens a lake for SQL. Partitions that are complete now are in the views; later ones are not.
 * @param options.answerPath a file that an answer may be written to.
 * @throws DataError FILE_NOT_FOUND when there is no such folder, CONTRACT, CONFIG; OperatingError
 * USAGE when the answer would lie among the lake's tables.
 */
export async function openLakeSql(
  lakeFolder: string,
  options: { answerPath?: string } = {},
): Promise<LakeSql> {
  const lake = resolve(lakeFolder);
  const answerPath = options.answerPath === undefined ? null : resolve(options.answerPath);
  if (!existsSync(lake)) throw new DataError('FILE_NOT_FOUND', `no lake at ${lake}`);
  if (answerPath !== null) checkAnswerPath(lake, answerPath);
  const duck = await loadDuckDb();
  const [tables, leftOut] = tablesOf(lake);
  const spill = mkdtempSync(join(tmpdir(), 'spymaster-sql-'));
  const answerFile = answerPath === null ? join(spill, 'answer') : temporarySibling(answerPath);
  const instance = await duck.DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    memory_limit: SQL_MEMORY,
    temp_directory: spill,
  });
  const connection = await instance.connect();
  const clean = () => rmSync(spill, { recursive: true, force: true });
  // Whoever reads the answer may leave, and the process then ends at once.
  process.once('exit', clean);
  const close = () => {
    connection.closeSync();
    instance.closeSync();
    process.off('exit', clean);
    clean();
  };
  try {
    await makeViews(connection, lake, tables);
    await lockDown(connection, lake, answerFile);
  } catch (error) {
    close();
    throw error;
  }
  const check = (sql: string) => checkQuery(duck, connection, sql);
  return { connection, tables, leftOut, answerFile, answerPath, check, close };
}
