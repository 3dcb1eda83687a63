/**
 * A lake of partitions in memory for the tests of bronze, and a reader over them.
 */
import type {
  ColumnRequest,
  PartitionRef,
  TableBatch,
  TableReader,
  TableRows,
  TableValues,
} from '../../src/lake/index.ts';
import type { Counters, PublishedPartition, StageIo } from '../../src/pipeline/index.ts';

/** Column names of the bronze tables, in the contracts' order. */
export const MBO_NAMES = [
  ...['ts_recv', 'size', 'ts_event', 'channel_id', 'rtype', 'order_id', 'publisher_id', 'flags'],
  ...['instrument_id', 'ts_in_delta', 'action', 'sequence', 'side', 'symbol', 'price'],
];
const TERMS_NAMES = ['underlying', 'right', 'strike', 'expiration'];
export const OPTION_MBO_NAMES = [...MBO_NAMES, ...TERMS_NAMES];
export const CMBP_1_NAMES = [
  ...['ts_recv', 'ts_event', 'publisher_id', 'instrument_id', 'action', 'side', 'price', 'size'],
  ...['flags', 'ts_in_delta', 'bid_px_00', 'ask_px_00', 'bid_sz_00', 'ask_sz_00', 'bid_pb_00'],
  ...['ask_pb_00', 'symbol', ...TERMS_NAMES],
];
const ENUMS: Record<string, string> = { action: 'ACMRTFN', side: 'ABN', right: 'CP' };
const UNSIGNED = ['order_id'];

/** A value as a reader of the table would see it. */
export type Value = number | bigint | string | null;
/** A partition as rows of named values. */
export interface MemoryPartition {
  ref: PartitionRef;
  names: readonly string[];
  rows: Record<string, Value>[];
  counters: Counters;
  batches: number;
}

function namesOf(ref: PartitionRef): readonly string[] {
  if (ref.productType === 'equity_option_cmbp_1') return CMBP_1_NAMES;
  return ref.productType === 'future_option_mbo' ? OPTION_MBO_NAMES : MBO_NAMES;
}

function valueAt(values: TableValues, name: string, i: number): Value {
  if ('codes' in values) return values.texts[values.codes[i]!]!;
  if ('low' in values) {
    const bits = (BigInt(values.high[i]!) << 32n) | BigInt(values.low[i]!);
    return UNSIGNED.includes(name) ? bits : BigInt.asIntN(64, bits);
  }
  const value = values[i]!;
  return name in ENUMS ? ENUMS[name]![Number(value)]! : value;
}

function rowsOf(batch: TableBatch, names: readonly string[]): Record<string, Value>[] {
  if (batch.columns.length !== names.length) throw new Error('columns differ from the contract');
  return Array.from({ length: batch.rows }, (_, i) =>
    Object.fromEntries(
      names.map((name, k) => [
        name,
        batch.nulls?.[k]?.[i] === 1 ? null : valueAt(batch.columns[k]!, name, i),
      ]),
    ),
  );
}

/** Publishes into memory. */
export class MemoryIo implements StageIo {
  readonly partitions: MemoryPartition[] = [];
  readonly raw: { path: string; role: string }[] = [];
  readonly progressed: number[] = [];

  async open(): Promise<TableReader> {
    throw new Error('bronze opens no partition');
  }

  async noteRaw(path: string, role: 'records' | 'definitions'): Promise<void> {
    this.raw.push({ path, role });
  }

  async publish(
    ref: PartitionRef,
    batches: Iterable<TableBatch>,
    counters: () => Counters,
  ): Promise<PublishedPartition> {
    const names = namesOf(ref);
    const rows: Record<string, Value>[] = [];
    let count = 0;
    for (const batch of batches) {
      for (const row of rowsOf(batch, names)) rows.push(row);
      count++;
    }
    this.partitions.push({ ref, names, rows, counters: counters(), batches: count });
    return { ref, rows: rows.length, bytes: 0, sha256: '' };
  }

  progress(part: number): void {
    this.progressed.push(part);
  }

  /** The partition of a symbol. */
  of(symbol: string): MemoryPartition {
    const found = this.partitions.find((p) => p.ref.symbol === symbol);
    if (!found) throw new Error(`no partition of ${symbol}`);
    return found;
  }
}

function bitsOf(value: Value): bigint {
  return BigInt.asUintN(64, BigInt(value ?? 0));
}

/** A reader that gives a partition in batches of `batchRows`, by the rules of `TableReader`. */
export function readerOf(
  partition: MemoryPartition,
  request: readonly ColumnRequest[],
  batchRows: number,
): TableReader {
  let at = 0;
  const texts = request.map(() => [] as string[]);
  const one = (name: string, k: number, row: Record<string, Value>): number => {
    const value = row[name]!;
    if (value === null) return 0;
    if (name in ENUMS) return ENUMS[name]!.indexOf(String(value));
    if (typeof value !== 'string') return Number(value);
    const list = texts[k]!;
    return list.includes(value) ? list.indexOf(value) : list.push(value) - 1;
  };
  const next = (): TableRows | null => {
    const rows = partition.rows.slice(at, at + batchRows);
    at += rows.length;
    if (rows.length === 0) return null;
    const lanes = request.map(({ as }) => as === 'lanes');
    return {
      rows: rows.length,
      columns: request.map(({ name }, k) => {
        if (lanes[k]) return Uint32Array.from(rows, (r) => Number(bitsOf(r[name]!) & 0xffffffffn));
        const values = rows.map((r) => one(name, k, r));
        if (name in ENUMS) return Uint8Array.from(values);
        return name === 'ts_in_delta' ? Int32Array.from(values) : Uint32Array.from(values);
      }),
      high: request.map(({ name }, k) =>
        lanes[k] ? Uint32Array.from(rows, (r) => Number(bitsOf(r[name]!) >> 32n)) : null,
      ),
      nulls: request.map(({ name }) =>
        rows.some((r) => r[name] === null)
          ? Uint8Array.from(rows, (r) => (r[name] === null ? 1 : 0))
          : null,
      ),
      texts: texts.map((list) => (list.length > 0 ? list : null)),
    };
  };
  const { counters } = partition;
  return { totalRows: partition.rows.length, counters, next, close: () => {} };
}
