/** A bronze partition made of rows, and a lake in memory that silver's stages publish into. */
import type { ColumnRequest, PartitionRef, TableBatch, TableReader } from '../../src/lake/index.ts';
import { loadContract } from '../../src/lake/index.ts';
import type { Counters, PublishedPartition, StageIo } from '../../src/pipeline/index.ts';
import type { Row } from '../book/records.ts';
import { MBO_NAMES, type MemoryPartition, readerOf } from './bronze-io.ts';

/** Values by column name, absent ones as null. */
export type NamedRow = Record<string, number | string | boolean | bigint | null>;

/** Bronze of rows whose clocks are ns of the day. */
export function bronzeOf(ref: PartitionRef, rows: Row[], originNs: bigint): MemoryPartition {
  const time = (ns: number) => originNs + BigInt(ns);
  return {
    ref,
    names: MBO_NAMES,
    counters: {},
    batches: 1,
    rows: rows.map((r, i) => ({
      ts_recv: time(r.ts),
      ts_event: time(r.tsEvent ?? r.ts),
      order_id: BigInt(r.id),
      price: r.price === 2 ** 63 ? null : BigInt(r.price),
      size: r.size,
      sequence: i,
      instrument_id: r.instrument ?? 1,
      ts_in_delta: 0,
      publisher_id: r.publisher ?? 1,
      flags: r.flags,
      action: r.action,
      side: r.side,
      channel_id: 0,
    })),
  };
}

/** Opens one partition, publishes into memory. */
export class SilverIo implements StageIo {
  readonly tables = new Map<string, { rows: NamedRow[]; batches: number; counters: Counters }>();
  readonly opened: PartitionRef[] = [];
  readonly progressed: number[] = [];
  closed = 0;
  rowsRead = 0;
  private readonly bronze: MemoryPartition;

  constructor(bronze: MemoryPartition) {
    this.bronze = bronze;
  }

  async open(ref: PartitionRef, columns: readonly ColumnRequest[]): Promise<TableReader> {
    this.opened.push(ref);
    const reader = readerOf(this.bronze, columns, 1000);
    const next = () => {
      const rows = reader.next();
      this.rowsRead += rows?.rows ?? 0;
      return rows;
    };
    return { ...reader, next, close: () => void this.closed++ };
  }

  async noteRaw(): Promise<void> {
    throw new Error('silver reads no raw file');
  }

  async publish(
    ref: PartitionRef,
    batches: Iterable<TableBatch>,
    counters: () => Counters,
  ): Promise<PublishedPartition> {
    const { fields } = loadContract(ref);
    const rows: NamedRow[] = [];
    let count = 0;
    for (const batch of batches) {
      if (batch.columns.length !== fields.length) throw new Error('columns differ');
      for (let i = 0; i < batch.rows; i++) {
        rows.push(Object.fromEntries(fields.map((f, k) => [f.name, cellOf(batch, f, k, i)])));
      }
      count++;
    }
    this.tables.set(ref.table, { rows, batches: count, counters: counters() });
    return { ref, rows: rows.length, bytes: 0, sha256: '' };
  }

  progress(part: number): void {
    this.progressed.push(part);
  }
}

type Field = ReturnType<typeof loadContract>['fields'][number];

function cellOf(batch: TableBatch, field: Field, k: number, i: number): NamedRow[string] {
  if (batch.nulls?.[k]?.[i] === 1) {
    if (!field.nullable) throw new Error(`${field.name} is never absent`);
    return null;
  }
  const value = Number((batch.columns[k] as Float64Array)[i]);
  if (field.type === 'enum') return field.symbols[value]!;
  if (field.type === 'bool') return value === 1;
  const bias = batch.bias?.[k] ?? 0n;
  return bias === 0n ? value : BigInt(value) + bias;
}
