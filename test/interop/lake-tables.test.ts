import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ContractField,
  listContracts,
  loadContract,
  partitionFolder,
  viewName,
} from '../../src/lake/index.ts';
import { publishGenerated, valueAt } from '../lake/generated-rows.ts';
import { runPython } from './python.ts';

const ROWS = 300;
const DT = '2026-01-05';

/** What each reader calls a column type of the contracts. */
const TYPES: Record<ContractField['type'], [pyarrow: string, duckdb: string, polars: string]> = {
  int8: ['int8', 'TINYINT', 'Int8'],
  uint8: ['uint8', 'UTINYINT', 'UInt8'],
  int16: ['int16', 'SMALLINT', 'Int16'],
  uint16: ['uint16', 'USMALLINT', 'UInt16'],
  int32: ['int32', 'INTEGER', 'Int32'],
  uint32: ['uint32', 'UINTEGER', 'UInt32'],
  int64: ['int64', 'BIGINT', 'Int64'],
  uint64: ['uint64', 'UBIGINT', 'UInt64'],
  float32: ['float', 'FLOAT', 'Float32'],
  float64: ['double', 'DOUBLE', 'Float64'],
  enum: ['string', 'VARCHAR', 'String'],
  dictionary: ['string', 'VARCHAR', 'String'],
  bool: ['bool', 'BOOLEAN', 'Boolean'],
};

/** Reads each file three ways: types and values (whole numbers as texts, exact) of every column. */
const READ = `
import json, sys
import duckdb, polars as pl, pyarrow.parquet as pq

def plain(v):
    return str(v) if isinstance(v, int) and not isinstance(v, bool) else v

def answer(types, columns):
    return {"types": types, "values": {k: [plain(v) for v in c] for k, c in columns.items()}}

def pyarrow_read(path):
    # A file, not a data set: folders are not columns.
    table = pq.ParquetFile(path).read()
    table.validate(full=True)
    return answer({f.name: str(f.type) for f in table.schema},
                  {n: table[n].to_pylist() for n in table.column_names})

def duckdb_read(path):
    table = duckdb.read_parquet(path, hive_partitioning=False)
    rows = table.fetchall()
    return answer({n: str(t) for n, t in zip(table.columns, table.types)},
                  {n: [r[i] for r in rows] for i, n in enumerate(table.columns)})

def polars_read(path):
    table = pl.read_parquet(path, hive_partitioning=False)
    return answer({n: str(t) for n, t in table.schema.items()},
                  {n: table[n].to_list() for n in table.columns})

for path in sys.argv[1:]:
    read = {"pyarrow": pyarrow_read(path), "duckdb": duckdb_read(path), "polars": polars_read(path)}
    print(json.dumps(read))
`;

/** Reads the whole lake as a data set by its folders: rows and the keys found. */
const READ_LAKE = `
import json, sys
import duckdb, polars as pl, pyarrow.dataset as ds

top = sys.argv[1]
glob = top + "/**/*.parquet"
found = ds.dataset(top, format="parquet", partitioning="hive").to_table(
    columns=["dt"]).to_pydict()
print(json.dumps({
    "pyarrow": [len(found["dt"]), sorted(set(map(str, found["dt"])))],
    "duckdb": list(duckdb.sql(
        "select count(*), list_sort(list(distinct product_type)) from "
        f"read_parquet('{glob}', hive_partitioning=true)").fetchall()[0]),
    "polars": [
        pl.scan_parquet(glob, hive_partitioning=True).select(pl.len()).collect().item(),
        sorted(pl.scan_parquet(glob, hive_partitioning=True).select("product_type")
               .unique().collect()["product_type"].to_list()),
    ],
}))
`;

interface Read {
  types: Record<string, string>;
  values: Record<string, unknown[]>;
}

const lake = mkdtempSync(join(tmpdir(), 'spymaster-interop-lake-'));
const tables = listContracts().map((ref) => ({
  ref: { ...ref, symbol: ref.productType.startsWith('future') ? 'ESH6' : 'QQQ', dt: DT },
  contract: loadContract(ref),
  name: viewName(ref),
}));
let reads: Record<'pyarrow' | 'duckdb' | 'polars', Read>[];

beforeAll(async () => {
  for (const { ref } of tables) await publishGenerated(lake, ref, ROWS);
  const paths = tables.map(({ ref }) => join(partitionFolder(lake, ref), 'part-00000.parquet'));
  const lines = runPython(READ, { args: paths }).toString().trimEnd().split('\n');
  reads = lines.map((line) => JSON.parse(line));
});

afterAll(() => rmSync(lake, { recursive: true, force: true }));

describe.each(['pyarrow', 'duckdb', 'polars'] as const)('%s', (reader) => {
  const place = ['pyarrow', 'duckdb', 'polars'].indexOf(reader);

  it.each(tables)('reads $name with the types of its contract', ({ name, contract }) => {
    const read = reads[tables.findIndex((t) => t.name === name)]?.[reader] as Read;
    expect(Object.entries(read.types)).toEqual(
      contract.fields.map((field) => [field.name, TYPES[field.type][place]]),
    );
  });

  it.each(tables)('reads every value of $name as it was written', ({ name, contract }) => {
    const read = reads[tables.findIndex((t) => t.name === name)]?.[reader] as Read;
    for (const field of contract.fields) {
      const whole = /int/.test(field.type);
      const meant = Array.from({ length: ROWS }, (_, row) => {
        const value = valueAt(contract, field, row);
        return value !== null && whole ? String(value) : value;
      });
      expect(read.values[field.name], field.name).toEqual(meant);
    }
  });
});

describe('a table by its folders', () => {
  it('is a data set of hive partitions to each reader', () => {
    const silver = join(lake, 'silver', 'product_type=future_mbo', 'symbol=ESH6');
    const gold = join(lake, 'gold', 'product_type=equity_mbo', 'symbol=QQQ');
    const folders = [
      join(silver, 'table=depth_and_flow_1s'),
      join(gold, 'table=physics_surface_1s'),
    ];
    for (const folder of folders) {
      const type = folder.includes('future_mbo') ? 'future_mbo' : 'equity_mbo';
      const read = JSON.parse(runPython(READ_LAKE, { args: [folder] }).toString());
      expect(read.duckdb).toEqual([ROWS, [type]]);
      expect(read.polars).toEqual([ROWS, [type]]);
      // pyarrow takes the folders below the one that it is told.
      expect(read.pyarrow).toEqual([ROWS, [DT]]);
    }
  });
});
