/**
 * The lake's tables as SQL views: `gold.future_mbo_physics_surface_1s` of each product type, and
 * `gold.physics_surface_1s` over all that are there. Product type, symbol and date come from the
 * folders, so that a condition on them leaves files unopened.
 */
import { DUCKDB_TYPES } from './duckdb-types.ts';
import { sqlName, sqlText } from './parquet-database.ts';
import type { TableRef } from './partition-ref.ts';
import type { TableContract } from './table-contract.ts';

/** A table and the data files that a query may see. */
export interface SqlTable {
  contract: TableContract;
  files: readonly string[];
  /** Some file was made under another contract: columns may be missing. */
  mixed: boolean;
}

/** Columns of every view before the table's own. */
const KEYS = ['product_type', 'symbol', 'dt'] as const;
const KEY_TYPES = "{'product_type': VARCHAR, 'symbol': VARCHAR, 'table': VARCHAR, 'dt': DATE}";

/** Name of a table's own view, schema included. */
export function viewName(ref: TableRef): string {
  return `${ref.layer}.${ref.productType}_${ref.table}`;
}

function ownColumns(contract: TableContract): string[] {
  const keys: readonly string[] = KEYS;
  return contract.fields.map((f) => f.name).filter((name) => !keys.includes(name));
}

function emptyView(contract: TableContract): string {
  const keys = ['NULL::VARCHAR product_type', 'NULL::VARCHAR symbol', 'NULL::DATE dt'];
  const types = new Map(contract.fields.map((f) => [f.name, DUCKDB_TYPES[f.type]]));
  const own = ownColumns(contract).map((name) => `NULL::${types.get(name)} ${sqlName(name)}`);
  return `SELECT ${[...keys, ...own].join(', ')} WHERE false`;
}

function fileList(files: readonly string[]): string {
  return `[${files.map(sqlText).join(', ')}]`;
}

function folderView({ contract, files, mixed }: SqlTable): string {
  const own = mixed
    ? [`* EXCLUDE (${[...KEYS, 'table'].map(sqlName).join(', ')})`]
    : ownColumns(contract).map(sqlName);
  const options = `hive_partitioning = true, hive_types = ${KEY_TYPES}, union_by_name = ${mixed}`;
  return `SELECT ${[...KEYS, ...own].join(', ')} FROM read_parquet(${fileList(files)}, ${options})`;
}

/** A part of a file's path, as a constant of the file. */
function fromPath(key: string): string {
  return `regexp_extract(filename, ${sqlText(`[/\\\\]${key}=([^/\\\\]+)`)}, 1)`;
}

/**
 * Tables of many instruments a partition: their `symbol` is the instrument's, the folder's is the
 * underlying.
 */
function instrumentView({ contract, files, mixed }: SqlTable): string {
  const keys = [
    `${sqlText(contract.productType)} AS product_type`,
    'symbol',
    `CAST(${fromPath('dt')} AS DATE) AS dt`,
  ];
  const replaced = `${fromPath('symbol')} AS underlying`;
  const own = mixed
    ? [`* EXCLUDE (symbol, filename) REPLACE (${replaced})`]
    : ownColumns(contract).map((name) => (name === 'underlying' ? replaced : sqlName(name)));
  const options = `hive_partitioning = false, filename = true, union_by_name = ${mixed}`;
  return `SELECT ${[...keys, ...own].join(', ')} FROM read_parquet(${fileList(files)}, ${options})`;
}

function viewOf(table: SqlTable): string {
  if (table.files.length === 0) return emptyView(table.contract);
  const holdsInstruments = table.contract.fields.some((f) => f.name === 'underlying');
  return holdsInstruments ? instrumentView(table) : folderView(table);
}

/** Statements that make the schemas and views of some tables. */
export function viewStatements(tables: readonly SqlTable[]): string[] {
  const statements = [...new Set(tables.map((t) => t.contract.layer))].map(
    (layer) => `CREATE SCHEMA ${layer}`,
  );
  const unions = new Map<string, SqlTable[]>();
  for (const table of tables) {
    statements.push(`CREATE VIEW ${viewName(table.contract)} AS ${viewOf(table)}`);
    const name = `${table.contract.layer}.${table.contract.table}`;
    unions.set(name, [...(unions.get(name) ?? []), table]);
  }
  for (const [name, members] of unions) {
    const present = members.filter((t) => t.files.length > 0);
    const parts = present.length > 0 ? present : members;
    const union = parts.map((t) => `SELECT * FROM ${viewName(t.contract)}`);
    statements.push(`CREATE VIEW ${name} AS ${union.join(' UNION ALL BY NAME ')}`);
  }
  return statements;
}
