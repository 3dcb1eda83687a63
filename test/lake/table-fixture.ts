/**
 * A table with a column of every type, rows of it that differ from seed to seed, and lakes to put
 * it in.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  contractPath,
  type Lineage,
  loadContract,
  type PartitionRef,
  publishPartition,
  type TableBatch,
} from '../../src/lake/index.ts';

/** Origin of the key, ns. */
export const ORIGIN = 1_767_571_200_000_000_000n;
/** Texts of the dictionary column. */
const TEXTS = ['ESH6', 'a text of more than twelve bytes', 'ES é', ''];

/** The partition that tests publish. */
export const REF: PartitionRef = {
  layer: 'silver',
  productType: 'future_mbo',
  table: 'every_type',
  symbol: 'ESH6',
  dt: '2026-01-05',
};

/** Who made it. */
export const LINEAGE: Lineage = {
  stage: 'silver_every_type',
  stageVersion: 1,
  configSha256: 'c0'.repeat(32),
  inputs: [],
};

const COLUMNS: readonly (readonly [string, string, unknown])[] = [
  ['key', 'int64', 'long'],
  ['i8', 'int8', 'int'],
  ['u8', 'uint8', 'int'],
  ['i16', 'int16', 'int'],
  ['u16', 'uint16', 'int'],
  ['i32', 'int32', 'int'],
  ['u32', 'uint32', 'long'],
  ['price', 'int64', ['null', 'long']],
  ['order_id', 'uint64', 'long'],
  ['f32', 'float32', 'float'],
  ['f64', 'float64', ['null', 'double']],
  ['side', 'enum', { type: 'enum', name: 'side', symbols: ['A', 'B', 'N'] }],
  ['symbol', 'dictionary', 'string'],
  ['valid', 'bool', 'boolean'],
];

/** Writes the table's contract into a folder. */
export function writeContract(folder: string, change: (schema: Schema) => void = () => {}): void {
  const fields = COLUMNS.map(([name, parquet, type]) => ({ name, type, parquet, doc: name }));
  const schema: Schema = { type: 'record', name: 'every_type', grain: 'row', key: ['key'], fields };
  change(schema);
  const path = contractPath(REF, folder);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(schema));
}

/** The part of an Avro schema that tests change. */
export interface Schema {
  type: string;
  name: string;
  grain: string;
  key: string[];
  fields: { name: string; type: unknown; parquet?: string; doc: string }[];
}

/** What row `i` of a seed holds, as DuckDB gives it back. */
export function expectedRow(i: number, seed: number): unknown[] {
  const n = i + seed * 7919;
  return [
    ORIGIN + BigInt(i) * 1_000_000_007n,
    (n % 256) - 128,
    n % 256,
    (n % 65_536) - 32_768,
    n % 65_536,
    n * 1001 - 2_000_000_000,
    4_294_967_295 - n,
    n % 5 === 0 ? null : BigInt(n - 500) * 250_000_000n,
    (BigInt(n) << 40n) + 0xffff_ffff_0000_0000n - (1n << 60n),
    Math.fround(n / 7),
    n % 11 === 3 ? null : n / 3,
    'ABN'[n % 3],
    TEXTS[n % TEXTS.length],
    n % 2 === 1,
  ];
}

/** Rows `from` to `to` as one batch. */
function batchOf(from: number, to: number, seed: number): TableBatch {
  const rows = Array.from({ length: to - from }, (_, i) => expectedRow(from + i, seed));
  const numbers = (k: number) => rows.map((r) => Number(r[k]));
  const ids = rows.map((r) => r[8] as bigint);
  const absent = (k: number) => Uint8Array.from(rows, (r) => (r[k] === null ? 1 : 0));
  const nulls = COLUMNS.map((_, k) => (k === 7 || k === 10 ? absent(k) : null));
  // Texts in the order in which this batch meets them: codes differ from batch to batch.
  const texts = [...new Set(rows.map((r) => r[12] as string))];
  return {
    rows: rows.length,
    columns: [
      Float64Array.from(rows, (_, i) => (from + i) * 1_000_000_007),
      Int8Array.from(numbers(1)),
      Uint8Array.from(numbers(2)),
      Int16Array.from(numbers(3)),
      Uint16Array.from(numbers(4)),
      Int32Array.from(numbers(5)),
      Uint32Array.from(numbers(6)),
      // What stands where there is no value must not matter.
      Float64Array.from(rows, (r) => (r[7] === null ? Number.NaN : Number(r[7]))),
      {
        low: Uint32Array.from(ids, (v) => Number(v & 0xffff_ffffn)),
        high: Uint32Array.from(ids, (v) => Number(v >> 32n)),
      },
      Float32Array.from(numbers(9)),
      Float64Array.from(rows, (r, i) => (r[10] === null ? i : (r[10] as number))),
      Uint8Array.from(rows, (r) => 'ABN'.indexOf(r[11] as string)),
      { codes: Uint16Array.from(rows, (r) => texts.indexOf(r[12] as string)), texts },
      Uint8Array.from(rows, (r) => (r[13] ? 1 : 0)),
    ],
    nulls,
    bias: COLUMNS.map((_, k) => (k === 0 ? ORIGIN : 0n)),
  };
}

/** All rows in batches of `step`. */
export function* batchesOf(rows: number, step: number, seed: number): Generator<TableBatch> {
  for (let at = 0; at < rows; at += step) yield batchOf(at, Math.min(rows, at + step), seed);
}

const made: string[] = [];

/** A new lake with the table's contract in `contracts`. */
export function newLake(): { lake: string; contracts: string } {
  const folder = mkdtempSync(join(tmpdir(), 'spymaster-lake-'));
  made.push(folder);
  const contracts = join(folder, 'contracts');
  writeContract(contracts);
  return { lake: join(folder, 'lake'), contracts };
}

/** Removes the lakes that were made. */
export function removeLakes(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Publishes `rows` rows of a seed. */
export function publishRows(
  where: { lake: string; contracts: string },
  rows: number,
  options: {
    seed?: number;
    step?: number;
    batches?: Iterable<TableBatch>;
    ref?: PartitionRef;
  } = {},
) {
  const { seed = 0, step = 5000, ref = REF } = options;
  return publishPartition({
    lake: where.lake,
    ref,
    contract: loadContract(REF, where.contracts),
    batches: options.batches ?? batchesOf(rows, step, seed),
    lineage: LINEAGE,
    counters: () => ({ left_out: seed }),
  });
}
