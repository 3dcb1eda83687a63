/**
 * Silver in memory for the tests of gold: seconds as lists of rows, read through the interface of
 * the lake; what is published is kept as rows by the names of the contract.
 */
import {
  type ColumnRequest,
  datasetName,
  loadContract,
  type PartitionRef,
  type TableBatch,
  type TableReader,
  type TableRows,
} from '../../src/lake/index.ts';
import type { Counters, PublishedPartition, StageIo } from '../../src/pipeline/index.ts';

/** A row of depth and flow: prices or strikes in 1e-9 currency, quantities in lots. */
export interface FlowRow {
  /** 0 ask, 1 bid. */
  side: number;
  /** 0 call, 1 put; of options. */
  right?: number;
  price: number;
  add: number;
  pull: number;
  fill: number;
  start: number;
  end: number;
  rest: number;
}

/** A second: what `book_snapshot_1s` and `depth_and_flow_1s` say of it. */
export interface SilverSecond {
  /** Seconds since the day's start. */
  end: number;
  spot: number | null;
  bestBid?: number | null;
  bestAsk?: number | null;
  /** Listed options of the window, as right and strike. */
  listed?: { right: number; strike: number }[];
  rows: FlowRow[];
}

/** A published row by column. */
export type GoldRow = Record<string, number>;

type Named = Record<string, number | null>;

function depthRow(second: SilverSecond, row: FlowRow): Named {
  return {
    window_end_ts_ns: second.end * 1e9,
    price_int: row.price,
    strike_price_int: row.price,
    side: row.side,
    right: row.right ?? 0,
    add_qty: row.add,
    pull_qty_total: row.pull,
    fill_qty: row.fill,
    depth_qty_start: row.start,
    depth_qty_end: row.end,
    depth_qty_rest: row.rest,
  };
}

function snapshotRows(second: SilverSecond): Named[] {
  const common = { window_end_ts_ns: second.end * 1e9, spot_ref_price_int: second.spot };
  if (second.listed) {
    return second.listed.map(({ strike }) => ({ ...common, strike_price_int: strike }));
  }
  const { bestBid = null, bestAsk = null } = second;
  const best = { best_bid_price_int: bestBid, best_ask_price_int: bestAsk };
  return [{ ...common, ...best, book_valid: bestBid === null ? 0 : 1 }];
}

class MemoryReader implements TableReader {
  readonly totalRows: number;
  readonly counters = {};
  private readonly rows: Named[];
  private readonly requests: readonly ColumnRequest[];
  private readonly batchRows: number;
  private at = 0;

  constructor(rows: Named[], requests: readonly ColumnRequest[], batchRows: number) {
    this.rows = rows;
    this.requests = requests;
    this.batchRows = batchRows;
    this.totalRows = rows.length;
  }

  next(): TableRows | null {
    const rows = this.rows.slice(this.at, this.at + this.batchRows);
    if (rows.length === 0) return null;
    this.at += rows.length;
    const valuesOf = (name: string) =>
      rows.map((row) => {
        if (!(name in row)) throw new Error(`no column ${name}`);
        return row[name]!;
      });
    return {
      rows: rows.length,
      columns: this.requests.map(({ name }) => Float64Array.from(valuesOf(name), (v) => v ?? 0)),
      high: this.requests.map(() => null),
      nulls: this.requests.map(({ name }) => {
        const nulls = Uint8Array.from(valuesOf(name), (v) => (v === null ? 1 : 0));
        return nulls.includes(1) ? nulls : null;
      }),
      texts: this.requests.map(() => null),
    };
  }

  close(): void {
    this.at = this.rows.length;
  }
}

const ARRAYS: Record<string, { name: string }[]> = {
  int64: [Float64Array, BigInt64Array],
  int32: [Int32Array],
  float32: [Float32Array],
  float64: [Float64Array],
  enum: [Uint8Array],
};

/** A lake that holds one day of silver and takes one of gold. */
export class GoldLake implements StageIo {
  readonly published: GoldRow[] = [];
  /** Rows of each batch that was published. */
  readonly batches: number[] = [];
  counters: Counters = {};
  /** How far the stage said it is. */
  readonly told: number[] = [];
  private readonly seconds: readonly SilverSecond[];
  private readonly batchRows: number;

  constructor(seconds: readonly SilverSecond[], batchRows = 1000) {
    this.seconds = seconds;
    this.batchRows = batchRows;
  }

  async open(ref: PartitionRef, columns: readonly ColumnRequest[]): Promise<TableReader> {
    // The contract knows every column that is asked for.
    const names = loadContract(ref).fields.map((field) => field.name);
    for (const { name } of columns) {
      if (!names.includes(name)) throw new Error(`${datasetName(ref)} has no ${name}`);
    }
    const rows =
      ref.table === 'book_snapshot_1s'
        ? this.seconds.flatMap(snapshotRows)
        : this.seconds.flatMap((second) => second.rows.map((row) => depthRow(second, row)));
    return new MemoryReader(rows, columns, this.batchRows);
  }

  async noteRaw(): Promise<void> {}

  async publish(
    ref: PartitionRef,
    batches: Iterable<TableBatch>,
    counters: () => Counters,
  ): Promise<PublishedPartition> {
    const { fields } = loadContract(ref);
    for (const batch of batches) {
      this.batches.push(batch.rows);
      if (batch.columns.length !== fields.length) throw new Error('columns differ');
      fields.forEach(({ name, type }, k) => {
        const fits = (ARRAYS[type] ?? []).includes((batch.columns[k] as object).constructor);
        if (!fits) throw new Error(`${name} is no ${type}`);
      });
      for (let i = 0; i < batch.rows; i++) {
        const row = fields.map(({ name }, k) => [
          name,
          Number((batch.columns[k] as Float64Array)[i]),
        ]);
        this.published.push(Object.fromEntries(row) as GoldRow);
      }
    }
    this.counters = counters();
    return { ref, rows: this.published.length, bytes: 0, sha256: '' };
  }

  progress(part: number): void {
    this.told.push(part);
  }
}
