/**
 * Answers of queries over the lake, where and as the user wants them.
 */
import { createReadStream } from 'node:fs';
import { extname } from 'node:path';
import { DataError } from '../core/index.ts';
import {
  copyAnswer,
  type LakeSql,
  openLakeSql,
  type ReadOnlyQuery,
  readAnswerTexts,
  writeAnswerArrow,
} from '../lake/index.ts';
import { type CommandContext, Interrupted } from './command.ts';
import { note, openOutput, withOutput } from './output.ts';
import { TextTable } from './text-table.ts';

/** How an answer is written. */
export type AnswerStyle = 'table' | 'csv' | 'json' | 'arrow' | 'parquet';

/** Flags that say where an answer goes, and how. */
export interface AnswerOptions {
  format?: AnswerStyle;
  out?: string;
  maxRows?: number;
}

const STYLES: Readonly<Record<string, AnswerStyle>> = {
  '.csv': 'csv',
  '.json': 'json',
  '.jsonl': 'json',
  '.ndjson': 'json',
  '.arrow': 'arrow',
  '.arrows': 'arrow',
  '.parquet': 'parquet',
};

/** Rows that a table shows when the command has no flag for it. */
const TABLE_ROWS = 200;

function fileOf(options: AnswerOptions): string | undefined {
  return options.out === '-' ? undefined : options.out;
}

/**
 * The style asked for: by flag, by the file's ending, or the usual one.
 * @throws DataError USAGE for Parquet without a file.
 */
export function answerStyle(options: AnswerOptions, usual: AnswerStyle): AnswerStyle {
  const file = fileOf(options);
  const ending = file === undefined ? undefined : STYLES[extname(file).toLowerCase()];
  const style = options.format ?? ending ?? usual;
  if (style !== 'parquet' || file !== undefined) return style;
  throw new DataError('USAGE', 'a Parquet table needs a file', { expected: '--out FILE.parquet' });
}

function csvCell(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

async function printTable(
  sql: LakeSql,
  query: ReadOnlyQuery,
  options: AnswerOptions,
): Promise<void> {
  const maxRows = options.maxRows ?? TABLE_ROWS;
  const { names, rows, cut } = await readAnswerTexts(sql, query, maxRows);
  await withOutput(fileOf(options), async (output) => {
    if (query.kind === 'explain') {
      for (const row of rows) await output.write(`${row.at(-1)}\n`);
      return;
    }
    const table = new TextTable();
    await output.write(table.begin(names));
    for (const row of rows) {
      await output.write(table.row(row.map((cell) => csvCell(cell.replaceAll('\n', ' '))).join()));
    }
    await output.write(table.end());
  });
  if (cut) note(`only the first ${maxRows} rows: see more by --max-rows or --format csv`);
}

async function copyOut(sql: LakeSql, query: ReadOnlyQuery, style: 'csv' | 'json' | 'parquet') {
  const { rows, bytes } = await copyAnswer(sql, query, style);
  if (sql.answerPath !== null) {
    note(`${sql.answerPath}: ${rows} rows, ${bytes} bytes`);
    return;
  }
  const output = openOutput();
  for await (const chunk of createReadStream(sql.answerFile)) await output.write(chunk);
  await output.finish();
}

async function writeAnswer(
  sql: LakeSql,
  text: string,
  style: AnswerStyle,
  options: AnswerOptions,
): Promise<void> {
  const query = await sql.check(text);
  if (style === 'table') return printTable(sql, query, options);
  if (style !== 'arrow') return copyOut(sql, query, style);
  if (query.kind === 'explain') throw new DataError('USAGE', 'EXPLAIN answers with a text only');
  const rows = await withOutput(fileOf(options), (output) =>
    writeAnswerArrow(sql, query, (bytes) => output.write(bytes)),
  );
  if (sql.answerPath !== null) note(`${sql.answerPath}: ${rows} rows`);
}

/** Says which partitions a query does not see. */
function noteLeftOut(sql: LakeSql): void {
  const n = sql.leftOut.length;
  if (n > 0)
    note(`${n} partition${n > 1 ? 's are' : ' is'} not complete and left out: see lake ls`);
}

/**
 * Runs one query over the lake and writes its answer; an interrupt ends the query.
 * @param queryOf makes the query once the lake is open.
 * @throws Interrupted, DataError, OperatingError USAGE for a query that is not understood.
 */
export async function answerQuery(
  context: CommandContext,
  options: AnswerOptions & { style: AnswerStyle },
  queryOf: (sql: LakeSql) => string,
): Promise<void> {
  const file = fileOf(options);
  const answerPath = file === undefined ? {} : { answerPath: file };
  const sql = await openLakeSql(context.settings.lake, answerPath);
  const interrupt = () => sql.connection.interrupt();
  context.signal.addEventListener('abort', interrupt);
  try {
    if (context.signal.aborted) throw new Interrupted();
    noteLeftOut(sql);
    await writeAnswer(sql, queryOf(sql), options.style, options);
  } catch (error) {
    throw context.signal.aborted ? new Interrupted() : asKnown(error);
  } finally {
    context.signal.removeEventListener('abort', interrupt);
    sql.close();
  }
}

/** What DuckDB says while a query runs, by its own names of errors. */
function asKnown(error: unknown): unknown {
  const said = error instanceof Error ? error.message : '';
  if (/^(Conversion|Out of Range|Invalid Input|Binder|Mismatch Type) Error/.test(said)) {
    return new DataError('USAGE', said.split('\n')[0] as string);
  }
  return error;
}
