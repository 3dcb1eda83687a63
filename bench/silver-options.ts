/**
 * Silver of options: from bronze's records to one-second rows on the lattice of strikes, the
 * transform alone on records in memory, and the whole stage from Parquet to published Parquet.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cmbp1Columns, type MboColumns, SIDE } from '../src/dbn/index.ts';
import {
  type ColumnRequest,
  dateToUnixNs,
  loadContract,
  loadProducts,
  openPartition,
  type PartitionRef,
  productOf,
  publishPartition,
  type TableBatch,
  type TableReader,
  type TableRows,
} from '../src/lake/index.ts';
import {
  runStage,
  type Stage,
  type StageIo,
  type StageTask,
  silverEquityOptionCmbp1,
  silverFutureOptionMbo,
} from '../src/pipeline/index.ts';
import { bench } from './harness.ts';
import { type OptionStream, orderStream, quoteStream } from './option-records.ts';

/** From the specification, records a second and core. */
const AT_LEAST = 3_000_000;
const RECORDS = 1_000_000;
const RUNS = 3;
const DT = '2026-01-05';
/** 09:30 New York, ns of day: where the regular session begins. */
const OPEN_NS = 14.5 * 3600e9;
const LINEAGE = { stage: 'bench', stageVersion: 1, configSha256: '', inputs: [] };
const ACTIONS = 'ACMRTFN';

interface Subject<C> {
  name: string;
  stage: Stage;
  symbol: string;
  stream: OptionStream<C>;
  /** A batch of records as bronze's columns, in the contract's order. */
  toTable: (columns: C, terms: OptionStream<C>['terms']) => TableBatch;
}

const actionCodes = (a: Uint8Array) => a.map((code) => ACTIONS.indexOf(String.fromCharCode(code)));
const sideCodes = (s: Uint8Array) =>
  s.map((code) => (code === SIDE.ASK ? 0 : code === SIDE.BID ? 1 : 2));

/** Columns that say what the option of each row is: underlying, right, strike, expiration. */
function termsColumns(ids: Uint32Array, terms: OptionStream<unknown>['terms']) {
  const rows = ids.length;
  return [
    { codes: new Uint8Array(rows), texts: ['X'] },
    Uint8Array.from(ids, (id) => terms.get(id)!.right),
    Float64Array.from(ids, (id) => Number(terms.get(id)!.strike)),
    new Float64Array(rows),
  ];
}

function withBias(columns: TableBatch['columns'], rows: number, times: number[]): TableBatch {
  const origin = dateToUnixNs(DT) + BigInt(OPEN_NS);
  return { rows, columns, bias: columns.map((_, k) => (times.includes(k) ? origin : 0n)) };
}

function quoteTable(c: Cmbp1Columns, terms: OptionStream<unknown>['terms']): TableBatch {
  const columns = [
    c.tsRecv,
    c.tsRecv,
    c.publisherId,
    c.instrumentId,
    actionCodes(c.action),
    sideCodes(c.side),
    c.price,
    c.size,
    c.flags,
    c.tsInDelta,
    c.bidPrice,
    c.askPrice,
    c.bidSize,
    c.askSize,
    c.bidPublisher,
    c.askPublisher,
    { codes: new Uint8Array(c.length), texts: ['X'] },
    ...termsColumns(c.instrumentId, terms),
  ];
  return withBias(columns, c.length, [0, 1]);
}

function orderTable(c: MboColumns, terms: OptionStream<unknown>['terms']): TableBatch {
  const columns = [
    c.tsRecv,
    c.size,
    c.tsRecv,
    c.channelId,
    new Uint8Array(c.length).fill(160),
    { low: c.orderIdLo, high: c.orderIdHi },
    c.publisherId,
    c.flags,
    c.instrumentId,
    c.tsInDelta,
    actionCodes(c.action),
    c.sequence,
    sideCodes(c.side),
    { codes: new Uint8Array(c.length), texts: ['X'] },
    c.price,
    ...termsColumns(c.instrumentId, terms),
  ];
  return withBias(columns, c.length, [0, 2]);
}

async function publish(lake: string, ref: PartitionRef, batches: Iterable<TableBatch>) {
  const contract = loadContract(ref);
  await publishPartition({ lake, ref, contract, batches, lineage: LINEAGE, counters: () => ({}) });
}

/** The underlying's seconds: a spot at the end of each, nothing else. */
function spotBatch(ref: PartitionRef, spots: Float64Array): TableBatch {
  const rows = spots.length - 1;
  const origin = dateToUnixNs(DT) + BigInt(OPEN_NS);
  const { fields } = loadContract(ref);
  const columns = fields.map(({ name }) => {
    const time = name.startsWith('window_end') ? 1 : 0;
    if (name.startsWith('window_'))
      return Float64Array.from({ length: rows }, (_, i) => (i + time) * 1e9);
    if (name === 'spot_ref_price_int') return spots.subarray(1);
    return new Uint32Array(rows);
  });
  return {
    rows,
    columns: columns.map((c, k) => {
      const { type } = fields[k]!;
      if (type === 'int64' || type === 'float64') return Float64Array.from(c);
      return type === 'bool' ? new Uint8Array(rows) : c;
    }),
    nulls: fields.map(() => null),
    bias: fields.map(({ name }) => (name.startsWith('window_') ? origin : 0n)),
  };
}

/** A partition in memory, as a reader gives it. */
async function held(
  lake: string,
  ref: PartitionRef,
  request: readonly ColumnRequest[],
): Promise<() => TableReader> {
  const reader = await openPartition(lake, ref, loadContract(ref), request);
  const all: TableRows[] = [];
  for (let rows = reader.next(); rows !== null; rows = reader.next()) {
    all.push({
      rows: rows.rows,
      columns: rows.columns.map((c) => c.slice(0, rows.rows)),
      high: rows.high.map((h) => h?.slice(0, rows.rows) ?? null),
      nulls: rows.nulls.map((n) => n?.slice(0, rows.rows) ?? null),
      texts: rows.texts.map((t) => t?.slice() ?? null),
    });
  }
  const { totalRows, counters } = reader;
  reader.close();
  return () => {
    let at = 0;
    return { totalRows, counters, next: () => all[at++] ?? null, close: () => {} };
  };
}

/** Opens partitions in memory, and takes what is published without writing it. */
async function memoryIo(lake: string): Promise<StageIo> {
  const known = new Map<string, () => TableReader>();
  return {
    open: async (ref, request) => {
      const key = `${ref.layer} ${ref.productType}`;
      const open = known.get(key) ?? (await held(lake, ref, request));
      known.set(key, open);
      return open();
    },
    noteRaw: async () => {},
    publish: async (ref, batches) => {
      let rows = 0;
      for (const batch of batches) rows += batch.rows;
      return { ref, rows, bytes: 0, sha256: '' };
    },
    progress: () => {},
  };
}

async function measure<C>({ name, stage, symbol, stream, toTable }: Subject<C>): Promise<void> {
  const lake = mkdtempSync(join(tmpdir(), 'spymaster-bench-options-'));
  const product = productOf(loadProducts(), symbol);
  const { productType } = stage;
  const task: StageTask = { lake, productType, symbol, dt: DT, product, session: 'regular' };
  const [bronze, spots] = stage.inputs(task).map((i) => (i as { ref: PartitionRef }).ref);
  try {
    await publish(
      lake,
      bronze!,
      stream.batches.map((b) => toTable(b, stream.terms)),
    );
    await publish(lake, spots!, [spotBatch(spots!, stream.spots)]);
    const io = await memoryIo(lake);
    const group = `Silver of options, ${name}, ${stream.seconds} s of data`;
    const common = { group, unit: 'records', count: RECORDS, runs: RUNS };
    await bench({
      ...common,
      name: 'transform alone, one thread',
      atLeast: AT_LEAST,
      run: async () => void (await stage.run(task, io)),
    });
    await bench({
      ...common,
      name: 'the stage: Parquet to published Parquet',
      run: async () => void (await runStage(stage, task, { overwrite: true })),
    });
  } finally {
    rmSync(lake, { recursive: true, force: true });
  }
}

await measure({
  name: 'CMBP-1, 200 instruments',
  stage: silverEquityOptionCmbp1,
  symbol: 'QQQ',
  stream: quoteStream({
    records: RECORDS,
    perSecond: 2200,
    strikes: 100,
    step: 1e9,
    spot: 500e9,
    tickSize: 10_000_000,
    batchRows: 8192,
  }),
  toTable: quoteTable,
});
await measure({
  name: 'MBO, 160 instruments',
  stage: silverFutureOptionMbo,
  symbol: 'ESH6',
  stream: orderStream({
    records: RECORDS,
    perSecond: 3000,
    strikes: 80,
    step: 5e9,
    spot: 6000e9,
    tickSize: 250_000_000,
    batchRows: 8192,
  }),
  toTable: orderTable,
});
