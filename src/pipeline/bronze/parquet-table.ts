import type { DuckDBConnection } from '@duckdb/node-api';
import { DataError } from '../../core/index.ts';
import type { Schema } from '../../dbn/index.ts';
import { sqlText } from '../../lake/index.ts';

/** Columns of either schema, in the order in which they are asked for. */
const TIMES = ['ts_recv', 'ts_event'];
const PRICES = { mbo: ['price'], cmbp: ['price', 'bid_px_00', 'ask_px_00'] };
const NUMBERS = {
  mbo: [
    ...['publisher_id', 'instrument_id', 'size', 'flags', 'ts_in_delta', 'sequence', 'channel_id'],
    'order_id',
  ],
  cmbp: [
    ...['publisher_id', 'instrument_id', 'size', 'flags', 'ts_in_delta', 'bid_sz_00', 'ask_sz_00'],
    ...['bid_pb_00', 'ask_pb_00'],
  ],
};
const LETTERS = ['action', 'side'];
/** What pandas calls an index without a name. */
const INDEX = '__index_level_0__';

/** Types of the columns that are asked for, in DuckDB's words. */
const TIMESTAMP = /^TIMESTAMP_NS$/;
const INTEGER = /^U?(TINY|SMALL|BIG)?INT(EGER)?$/;

/** A file's shape, and how it is asked for its rows. */
export interface ParquetTable {
  selectRows: string;
  /** Prices are integers of 1e-9; floats otherwise. */
  priceIsFixed: boolean;
  /** Symbols by instrument id, as far as the file has them. */
  symbols: readonly (readonly [instrumentId: number, symbol: string])[];
}

/** Order of a record's columns in `selectRows`: times, letters, prices, numbers. */
export function columnNames(schema: Schema): readonly string[] {
  const kind = schema === 'mbo' ? 'mbo' : 'cmbp';
  return [...TIMES, ...LETTERS, ...PRICES[kind], ...NUMBERS[kind]];
}

function refuse(column: string, found: string, expected: string): DataError {
  return new DataError('CONTRACT', `column ${column} of the Parquet file`, { found, expected });
}

function timeSql(name: string, types: ReadonlyMap<string, string>): string {
  const type = types.get(name);
  if (type === undefined && name === 'ts_recv' && types.has(INDEX)) {
    return timeSql(INDEX, types);
  }
  if (type === undefined) throw refuse(name, 'no such column', 'the time of capture, ns');
  if (TIMESTAMP.test(type)) return `epoch_ns("${name}")`;
  if (INTEGER.test(type)) return `"${name}"::UBIGINT`;
  throw refuse(name, type, 'nanoseconds: an integer or a timestamp of them');
}

function priceSql(name: string, types: ReadonlyMap<string, string>, fixed: boolean): string {
  const type = types.get(name);
  if (type === undefined) throw refuse(name, 'no such column', 'prices');
  if (fixed ? type === 'BIGINT' : type === 'DOUBLE') return `"${name}"`;
  throw refuse(name, type, 'BIGINT of 1e-9 or DOUBLE, alike in all price columns');
}

function plainSql(name: string, types: ReadonlyMap<string, string>, isText: boolean): string {
  const type = types.get(name);
  if (type === undefined) throw refuse(name, 'no such column', isText ? 'letters' : 'integers');
  if (isText ? type === 'VARCHAR' || type.startsWith('ENUM') : INTEGER.test(type)) {
    return isText ? `"${name}"::VARCHAR` : `"${name}"::HUGEINT`;
  }
  throw refuse(name, type, isText ? 'text' : 'an integer');
}

/**
 * Looks at a file's columns.
 * @throws DataError CONTRACT when one is missing or of a type that would have to be guessed at.
 */
export async function readShape(
  connection: DuckDBConnection,
  path: string,
  schema: Schema,
): Promise<ParquetTable> {
  const kind = schema === 'mbo' ? 'mbo' : 'cmbp';
  // The raw lake's folders look like partitions, and would overrule the file's own columns.
  const from = `FROM read_parquet(${sqlText(path)}, hive_partitioning = false)`;
  const described = await connection.runAndReadAll(`DESCRIBE SELECT * ${from}`);
  const types = new Map(described.getRows().map((r) => [String(r[0]), String(r[1])]));
  const priceIsFixed = types.get('price') === 'BIGINT';
  const columns = [
    ...TIMES.map((name) => timeSql(name, types)),
    ...LETTERS.map((name) => plainSql(name, types, true)),
    ...PRICES[kind].map((name) => priceSql(name, types, priceIsFixed)),
    ...NUMBERS[kind].map((name) => plainSql(name, types, false)),
  ];
  const symbols = types.has('symbol') ? await readSymbols(connection, from) : [];
  return { selectRows: `SELECT ${columns.join(', ')} ${from}`, priceIsFixed, symbols };
}

async function readSymbols(connection: DuckDBConnection, from: string) {
  const sql =
    `SELECT DISTINCT instrument_id::BIGINT, symbol::VARCHAR ${from} ` +
    'WHERE symbol IS NOT NULL ORDER BY ALL';
  const rows = (await connection.runAndReadAll(sql)).getRows();
  return rows.map((r) => [Number(r[0]), String(r[1])] as const);
}
