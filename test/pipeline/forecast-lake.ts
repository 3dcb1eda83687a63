/**
 * Lakes of a few windows that a forecast reads: the four tables, published from rows by name, and
 * files that somebody else put in their place.
 */
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import {
  type ContractField,
  dateToUnixNs,
  type LineageInput,
  loadContract,
  type PartitionManifest,
  type PartitionRef,
  type ProductType,
  partitionFolder,
  publishPartition,
  type TableValues,
} from '../../src/lake/index.ts';
import { someBook, someStrikes } from '../forecast/physics-rows.ts';
import type { SlowRow, SlowStrike } from '../forecast/physics-slow.ts';

/** Session date of the lakes. */
export const DT = '2026-01-05';

/** Values by column; what is not named is 0. */
export type NamedRow = Record<string, number | null>;

/** One second of a market; prices in ticks. */
export interface MarketSecond {
  end: number;
  bid: number | null;
  ask: number | null;
  spot: number | null;
  stale?: boolean;
  invalid?: boolean;
  crossed?: boolean;
  /** Rows of the book's surface. */
  book: SlowRow[];
  /** Rows of the options' surface; steps from the cell of spot. */
  strikes: SlowStrike[];
  /** `microstructure_1s` of the second; null: it has no such row. */
  micro: NamedRow | null;
}

/** What makes a market's tables. */
export interface Market {
  productType: 'future_mbo' | 'equity_mbo';
  symbol: string;
  tick: number;
  bucketTicks: number;
}

/** ES of March 2026. */
export const ES: Market = {
  productType: 'future_mbo',
  symbol: 'ESH6',
  tick: 250_000_000,
  bucketTicks: 1,
};

/** QQQ in buckets of five cents. */
export const QQQ: Market = {
  productType: 'equity_mbo',
  symbol: 'QQQ',
  tick: 10_000_000,
  bucketTicks: 5,
};

/** A valid second whose best prices are `bid` and `ask`, rows drawn with `seed`. */
export function someSecond(end: number, seed: number, bid: number, ask: number): MarketSecond {
  const spot = Math.floor((bid + ask) / 2 + 0.5);
  const edge = (seed % 7) / 10;
  return {
    end,
    bid,
    ask,
    spot,
    book: someBook(seed, bid - spot, ask - spot, 40),
    strikes: someStrikes(seed, seed % 5),
    micro: {
      queue_imbalance: edge - 0.3,
      micro_price_edge: edge / 2,
      ofi: seed - 5,
      trade_imbalance: 3 - seed,
      net_edge: edge + 1,
    },
  };
}

function valuesOf(field: ContractField, rows: readonly NamedRow[]): TableValues {
  const value = (row: NamedRow) => row[field.name] ?? 0;
  switch (field.type) {
    case 'enum':
    case 'bool':
    case 'uint8':
      return Uint8Array.from(rows, value);
    case 'uint32':
      return Uint32Array.from(rows, value);
    case 'int32':
      return Int32Array.from(rows, value);
    case 'float32':
      return Float32Array.from(rows, value);
    case 'int64':
    case 'float64':
      return Float64Array.from(rows, value);
    default:
      throw new Error(`no column of type ${field.type} is made here`);
  }
}

/** Publishes rows; times are ns of the day. */
export function publish(
  lake: string,
  ref: PartitionRef,
  rows: readonly NamedRow[],
  inputs: readonly LineageInput[] = [],
): Promise<PartitionManifest> {
  const contract = loadContract(ref);
  const originNs = dateToUnixNs(ref.dt);
  const columns = contract.fields.map((f) => valuesOf(f, rows));
  const nulls = contract.fields.map((f) =>
    f.nullable ? Uint8Array.from(rows, (row) => (row[f.name] == null ? 1 : 0)) : null,
  );
  const bias = contract.fields.map((f) => (f.name.endsWith('_ts_ns') ? originNs : 0n));
  const lineage = { stage: 'test', stageVersion: 1, configSha256: '0'.repeat(64), inputs };
  const batches = [{ rows: rows.length, columns, nulls, bias }];
  return publishPartition({ lake, ref, contract, batches, lineage, counters: () => ({}) });
}

/** The partitions of a market. */
export function refsOf({ productType, symbol }: Market) {
  const optionType: ProductType =
    productType === 'future_mbo' ? 'future_option_mbo' : 'equity_option_cmbp_1';
  const common = { symbol, dt: DT };
  return {
    snapshot: { layer: 'silver', productType, table: 'book_snapshot_1s', ...common },
    surface: { layer: 'gold', productType, table: 'physics_surface_1s', ...common },
    micro: { layer: 'gold', productType, table: 'microstructure_1s', ...common },
    options: { layer: 'gold', productType: optionType, table: 'physics_surface_1s', ...common },
  } as const satisfies Record<string, PartitionRef>;
}

/** Rows of each table. */
export function rowsOf(market: Market, seconds: readonly MarketSecond[]) {
  const { tick, bucketTicks } = market;
  const price = (ticks: number | null) => (ticks === null ? null : ticks * tick);
  const flag = (is: boolean | undefined) => (is ? 1 : 0);
  const snapshot = seconds.map((s) => ({
    window_start_ts_ns: (s.end - 1) * 1e9,
    window_end_ts_ns: s.end * 1e9,
    best_bid_price_int: price(s.bid),
    best_bid_qty: s.bid === null ? 0 : 7,
    best_ask_price_int: price(s.ask),
    best_ask_qty: s.ask === null ? 0 : 9,
    spot_ref_price_int: price(s.spot),
    spot_stale: flag(s.stale),
    book_valid: flag(!s.invalid),
    crossed: flag(s.crossed),
  }));
  const surface = seconds.flatMap((s) =>
    s.book
      .map((r) => ({
        window_end_ts_ns: s.end * 1e9,
        side: r.side === 'A' ? 0 : 1,
        rel_ticks: r.step * bucketTicks,
        pressure_grad: r.g,
        u_near: r.uNear,
        u_p_slow: r.uPSlow,
        Omega: r.omega,
      }))
      .sort((a, b) => a.side - b.side || a.rel_ticks - b.rel_ticks),
  );
  const options = seconds.flatMap((s) =>
    s.strikes
      .map(({ step, omega }, i) => ({
        window_end_ts_ns: s.end * 1e9,
        right: i % 2,
        side: 0,
        strike_price_int: (Math.floor(s.spot! / bucketTicks) + step) * bucketTicks * tick,
        Omega_opt: omega,
      }))
      .sort((a, b) => a.right - b.right || a.strike_price_int - b.strike_price_int),
  );
  const micro = seconds.flatMap((s) =>
    s.micro ? [{ window_end_ts_ns: s.end * 1e9, ...s.micro }] : [],
  );
  return { snapshot, surface, options, micro } satisfies Record<string, NamedRow[]>;
}

/** Publishes all four tables; gold says that it was made of this snapshot. */
export async function publishMarket(
  lake: string,
  market: Market,
  seconds: readonly MarketSecond[],
): Promise<void> {
  const refs = refsOf(market);
  const rows = rowsOf(market, seconds);
  const { dataset, symbol, dt, bytes, sha256 } = await publish(lake, refs.snapshot, rows.snapshot);
  const inputs = [{ role: 'partition', dataset, symbol, dt, bytes, sha256 } as const];
  await publish(lake, refs.surface, rows.surface, inputs);
  await publish(lake, refs.micro, rows.micro, inputs);
  await publish(lake, refs.options, rows.options);
}

/** Puts the rows of a query in place of a partition's data and makes every file agree with them. */
export async function forge(lake: string, ref: PartitionRef, columns: string): Promise<void> {
  const folder = partitionFolder(lake, ref);
  const [data, manifest, success] = ['part-00000.parquet', '_MANIFEST.json', '_SUCCESS'].map(
    (file) => join(folder, file),
  ) as [string, string, string];
  const hashOf = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const from = `read_parquet('${data}', hive_partitioning = false)`;
  await connection.run(`COPY (SELECT ${columns} FROM ${from}) TO '${data}.new' (FORMAT parquet)`);
  connection.closeSync();
  const bytes = readFileSync(`${data}.new`);
  rmSync(`${data}.new`);
  writeFileSync(data, bytes);
  const json = JSON.parse(readFileSync(manifest, 'utf8')) as Record<string, unknown>;
  const text = JSON.stringify({ ...json, bytes: bytes.length, sha256: hashOf(bytes) });
  writeFileSync(manifest, text);
  writeFileSync(success, `${hashOf(text)} ${hashOf(hashOf(text)).slice(0, 8)}\n`);
}
