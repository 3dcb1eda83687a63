/** Partitions of a real lake made of rows by column name, and read back the same way. */
import {
  type ContractField,
  dateToUnixNs,
  loadContract,
  openPartition,
  type PartitionRef,
  publishPartition,
  type TableValues,
} from '../../src/lake/index.ts';
import type { QuoteRow } from '../book/quote-records.ts';
import type { Row } from '../book/records.ts';
import type { Listed } from './option-fixture.ts';

type Cell = bigint | number | string | boolean | null;
/** A row by column name; columns that are not named are 0, or the first text. */
export type Cells = Record<string, Cell>;

function columnOf(field: ContractField, rows: readonly Cells[]): TableValues {
  const cells = rows.map((row) => row[field.name] ?? 0);
  if (field.type === 'enum') {
    return Uint8Array.from(cells, (c) => Math.max(0, field.symbols.indexOf(String(c))));
  }
  if (field.type === 'dictionary') {
    const texts = [...new Set(cells.map(String))];
    return { codes: Uint32Array.from(cells, (c) => texts.indexOf(String(c))), texts };
  }
  if (field.type === 'int64') return BigInt64Array.from(cells, (c) => BigInt(c));
  if (field.type === 'uint64') return BigUint64Array.from(cells, (c) => BigInt(c));
  const arrays = { uint32: Uint32Array, uint16: Uint16Array, int32: Int32Array };
  if (field.type in arrays) return arrays[field.type as 'uint32'].from(cells, Number);
  return field.type === 'float64'
    ? Float64Array.from(cells, Number)
    : Uint8Array.from(cells, Number);
}

/** Publishes rows as a partition. */
export async function publishRows(
  lake: string,
  ref: PartitionRef,
  rows: readonly Cells[],
  counters: Record<string, number> = {},
) {
  const contract = loadContract(ref);
  const nulls = contract.fields.map((field) =>
    field.nullable
      ? Uint8Array.from(rows, (row) => ((row[field.name] ?? null) === null ? 1 : 0))
      : null,
  );
  const columns = contract.fields.map((field) => columnOf(field, rows));
  await publishPartition({
    lake,
    ref,
    contract,
    batches: [{ rows: rows.length, columns, nulls }],
    lineage: { stage: 'test', stageVersion: 1, configSha256: '', inputs: [] },
    counters: () => counters,
  });
}

/** Rows of a partition; 64-bit columns as numbers less `origin` where their unit is time. */
export async function readRows(lake: string, ref: PartitionRef): Promise<Cells[]> {
  const contract = loadContract(ref);
  const origin = dateToUnixNs(ref.dt);
  const request = contract.fields.map(({ name, unit }) =>
    unit.startsWith('ns since') ? { name, origin } : { name },
  );
  const reader = await openPartition(lake, ref, contract, request);
  const all: Cells[] = [];
  for (let rows = reader.next(); rows !== null; rows = reader.next()) {
    const { columns, nulls } = rows;
    for (let i = 0; i < rows.rows; i++) {
      const cell = (field: ContractField, k: number): Cell => {
        if (nulls[k]?.[i] === 1) return null;
        const value = columns[k]![i]!;
        return field.type === 'enum' ? field.symbols[value]! : value;
      };
      all.push(Object.fromEntries(contract.fields.map((f, k) => [f.name, cell(f, k)])));
    }
  }
  reader.close();
  return all;
}

function termsCells(one: Listed, underlying: string): Cells {
  return {
    symbol: `${one.right}${one.strike}`,
    underlying,
    right: one.right,
    strike: BigInt(one.strike * 1e9),
    expiration: 0n,
  };
}

/** Rows of `bronze.equity_option_cmbp_1.cmbp_1`; a row's `id` is an index of `listed`. */
export function quoteCells(rows: readonly QuoteRow[], listed: readonly Listed[], dt: string) {
  const origin = dateToUnixNs(dt);
  return rows.map((row) => ({
    ...termsCells(listed[row.id]!, 'QQQ'),
    ts_recv: origin + BigInt(row.ts),
    ts_event: origin + BigInt(row.ts),
    instrument_id: row.id,
    action: row.action,
    side: row.side,
    price: row.price === null ? null : BigInt(row.price),
    size: row.size,
    flags: row.flags,
    bid_px_00: row.bid === null ? null : BigInt(row.bid[0]),
    bid_sz_00: row.bid?.[1] ?? 0,
    ask_px_00: row.ask === null ? null : BigInt(row.ask[0]),
    ask_sz_00: row.ask?.[1] ?? 0,
  }));
}

/** Rows of `bronze.future_option_mbo.mbo`; a row's `instrument` is an index of `listed`. */
export function orderCells(rows: readonly Row[], listed: readonly Listed[], dt: string) {
  const origin = dateToUnixNs(dt);
  return rows.map((row) => ({
    ...termsCells(listed[row.instrument!]!, 'ESH6'),
    ts_recv: origin + BigInt(row.ts),
    ts_event: origin + BigInt(row.ts),
    order_id: BigInt(row.id),
    instrument_id: row.instrument!,
    action: row.action,
    side: row.side,
    price: BigInt(row.price),
    size: row.size,
    flags: row.flags,
  }));
}

/** Rows of an underlying's `book_snapshot_1s`, seconds `(from, to]`; spot is null where unknown. */
export function spotCells(
  from: number,
  to: number,
  spot: (end: number) => number | null,
  dt: string,
) {
  const origin = dateToUnixNs(dt);
  return Array.from({ length: to - from }, (_, i) => ({
    window_start_ts_ns: origin + BigInt((from + i) * 1e9),
    window_end_ts_ns: origin + BigInt((from + i + 1) * 1e9),
    spot_ref_price_int: spot(from + i + 1),
  }));
}
