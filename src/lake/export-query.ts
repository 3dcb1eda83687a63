/**
 * Answers of queries as files (csv, json lines, parquet), written by DuckDB, and as texts for
 * people.
 */
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { OperatingError } from '../core/index.ts';
import { publishFile } from './atomic-file.ts';
import { sqlName, sqlText } from './parquet-database.ts';
import type { LakeSql, ReadOnlyQuery } from './sql-session.ts';

/** Files that DuckDB writes; `json` is one object a line. */
export type AnswerFormat = 'csv' | 'json' | 'parquet';

/** What was written. */
export interface AnswerSummary {
  rows: number;
  bytes: number;
}

const COPY_OPTIONS: Readonly<Record<AnswerFormat, string>> = {
  csv: 'FORMAT csv, HEADER true',
  json: 'FORMAT json',
  parquet: 'FORMAT parquet, COMPRESSION zstd',
};

/** Columns of a query: names (made unique) and SQL types. */
async function columnsOf(sql: LakeSql, text: string): Promise<[name: string, type: string][]> {
  const described = await sql.connection.runAndReadAll(`DESCRIBE SELECT * FROM (${text}\n)`);
  return described.getRows().map((row) => [String(row[0]), String(row[1])]);
}

/** A number as JSON can hold it: NaN and the infinities are null, float32 in its shortest form. */
function jsonColumn([name, type]: [string, string]): string {
  const column = sqlName(name);
  if (type !== 'FLOAT' && type !== 'DOUBLE') return column;
  const shortest = type === 'FLOAT' ? `CAST(CAST(${column} AS VARCHAR) AS DOUBLE)` : column;
  return `CASE WHEN isfinite(${column}) THEN ${shortest} END AS ${column}`;
}

async function copySource(sql: LakeSql, text: string, format: AnswerFormat): Promise<string> {
  if (format !== 'json') return `SELECT * FROM (${text}\n)`;
  const columns = (await columnsOf(sql, text)).map(jsonColumn);
  return `SELECT ${columns.join(', ')} FROM (${text}\n)`;
}

/**
 * Writes a query's answer to the session's `answerFile`, and gives it the name `answerPath` if
 * there is one.
 * @throws OperatingError USAGE for what cannot be copied.
 */
export async function copyAnswer(
  sql: LakeSql,
  query: ReadOnlyQuery,
  format: AnswerFormat,
): Promise<AnswerSummary> {
  if (query.kind === 'explain') {
    throw new OperatingError('USAGE', 'EXPLAIN answers with a text: expected --format table');
  }
  const { answerFile, answerPath, connection } = sql;
  try {
    if (answerPath !== null) mkdirSync(dirname(answerPath), { recursive: true });
    const source = await copySource(sql, query.text, format);
    const statement = `COPY (${source}) TO ${sqlText(answerFile)} (${COPY_OPTIONS[format]})`;
    const copied = await connection.runAndReadAll(statement);
    const rows = Number(copied.getRows()[0]?.[0]);
    const bytes = statSync(answerFile).size;
    if (answerPath !== null) publishFile(answerFile, answerPath);
    return { rows, bytes };
  } catch (error) {
    rmSync(answerFile, { force: true });
    throw error;
  }
}

/** Texts of an answer's first rows; an absent value is an empty text. */
export interface AnswerTexts {
  names: string[];
  rows: string[][];
  /** There are more rows than were asked for. */
  cut: boolean;
}

/** Reads at most `maxRows` rows as the texts that DuckDB writes values as. */
export async function readAnswerTexts(
  sql: LakeSql,
  query: ReadOnlyQuery,
  maxRows: number,
): Promise<AnswerTexts> {
  const isPlan = query.kind === 'explain';
  const text = isPlan ? query.text : `SELECT COLUMNS(*)::VARCHAR FROM (${query.text}\n)`;
  const result = await sql.connection.stream(text);
  const rows: string[][] = [];
  for await (const chunk of result.yieldRows()) {
    rows.push(...chunk.map((row) => row.map((value) => (value === null ? '' : String(value)))));
    if (rows.length > maxRows) break;
  }
  return { names: result.columnNames(), rows: rows.slice(0, maxRows), cut: rows.length > maxRows };
}
