/**
 * The selection map as a file: `selection/mbo_contract_day_selection.parquet`, one row per root and
 * session date. Columns: contracts/selection/mbo_contract_day_selection.avsc.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DataError } from '../core/index.ts';
import {
  connectDuckDb,
  loadDuckDb,
  type ParquetField,
  type ParquetType,
  sqlText,
  writeParquet,
} from '../lake/index.ts';
import { CHOSEN_BY, EXPIRY_FROM, type SelectionRow } from './contract-selection.ts';

/** Columns of the file in their order, with what a row has for them. */
const COLUMNS: readonly [name: string, type: ParquetType, of: keyof SelectionRow][] = [
  ['session_date', 'utf8', 'sessionDate'],
  ['selected_symbol', 'utf8', 'selectedSymbol'],
  ['selected_exp_date', 'utf8', 'selectedExpDate'],
  ['prev_trading_date', 'utf8', 'prevTradingDate'],
  ['prev_volume_selected', 'int64', 'prevVolumeSelected'],
  ['prev_volume_rank2', 'int64', 'prevVolumeRank2'],
  ['roll_flag', 'uint8', 'rollFlag'],
  ['dominance', 'float64', 'dominance'],
  ['root', 'utf8', 'root'],
  ['chosen_by', 'utf8', 'chosenBy'],
  ['expiry_from', 'utf8', 'expiryFrom'],
];

/** The selection of a lake, by root and session date. */
export type SelectionMap = ReadonlyMap<string, ReadonlyMap<string, SelectionRow>>;

/** Where a lake's selection map lies. */
export function selectionPath(lake: string): string {
  return join(lake, 'selection', 'mbo_contract_day_selection.parquet');
}

function damaged(path: string, found: string): DataError {
  return new DataError('CONTRACT', 'not a contract selection', {
    file: path,
    found,
    expected: `columns ${COLUMNS.map(([name]) => name).join(' ')}`,
  });
}

function rowOf(values: readonly unknown[], path: string): SelectionRow {
  const entries = COLUMNS.map(([, type, of], i) => {
    const value = values[i];
    return [of, type === 'int64' && value !== null ? Number(value) : value];
  });
  const row = Object.fromEntries(entries) as SelectionRow;
  if (!CHOSEN_BY.includes(row.chosenBy)) throw damaged(path, `chosen_by ${row.chosenBy}`);
  if (!EXPIRY_FROM.includes(row.expiryFrom)) throw damaged(path, `expiry_from ${row.expiryFrom}`);
  return row;
}

async function readRows(path: string): Promise<SelectionRow[]> {
  const connection = await connectDuckDb(await loadDuckDb());
  try {
    const columns = COLUMNS.map(([name]) => `"${name}"`).join(', ');
    const sql = `SELECT ${columns} FROM read_parquet(${sqlText(path)})`;
    const result = await connection.runAndReadAll(sql);
    return result.getRows().map((values) => rowOf(values, path));
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw damaged(path, (error as Error).message.split('\n')[0] ?? '');
  } finally {
    connection.closeSync();
  }
}

/**
 * Reads a selection map; an absent file is an empty one.
 * @throws DataError CONTRACT when the file is none, or has two rows of one root and date.
 */
export async function loadSelection(path: string): Promise<SelectionMap> {
  const map = new Map<string, Map<string, SelectionRow>>();
  if (!existsSync(path)) return map;
  for (const row of await readRows(path)) {
    const rows = map.get(row.root) ?? new Map<string, SelectionRow>();
    map.set(row.root, rows);
    if (rows.has(row.sessionDate)) throw damaged(path, `${row.root} ${row.sessionDate} twice`);
    rows.set(row.sessionDate, row);
  }
  return map;
}

function byDate(a: SelectionRow, b: SelectionRow): number {
  return a.sessionDate.localeCompare(b.sessionDate) || (a.root < b.root ? -1 : 1);
}

function columnOf(rows: readonly SelectionRow[], type: ParquetType, of: keyof SelectionRow) {
  const values = rows.map((row) => row[of]);
  const nulls = values.some((v) => v === null)
    ? Uint8Array.from(values, (v) => (v === null ? 1 : 0))
    : null;
  if (type === 'utf8') return { values: values.map((v) => String(v ?? '')), nulls };
  const numbers = values.map((v) => Number(v ?? 0));
  if (type === 'uint8') return { values: Uint8Array.from(numbers), nulls };
  return { values: Float64Array.from(numbers), nulls };
}

/**
 * Adds rows to a selection map, in place of those of the same root and date; the file is replaced
 * whole.
 * @returns all rows it has now, in the order of the file.
 */
export async function saveSelection(
  path: string,
  rows: readonly SelectionRow[],
): Promise<SelectionRow[]> {
  const merged = new Map<string, SelectionRow>();
  for (const [, days] of await loadSelection(path)) {
    for (const row of days.values()) merged.set(`${row.root} ${row.sessionDate}`, row);
  }
  for (const row of rows) merged.set(`${row.root} ${row.sessionDate}`, row);
  const all = [...merged.values()].sort(byDate);
  const columns = COLUMNS.map(([, type, of]) => columnOf(all, type, of));
  const fields: ParquetField[] = COLUMNS.map(([name, type]) => ({ name, type }));
  const batch = {
    rows: all.length,
    columns: columns.map((c) => c.values),
    nulls: columns.map((c) => c.nulls),
  };
  await writeParquet(path, fields, [batch]);
  return all;
}
