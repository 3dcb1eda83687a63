/**
 * From a published bronze partition to silver: reading, the book, one-second windows of snapshot,
 * depth and flow at +-200 ticks (and gold's margin), and the published partitions.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecondWindows } from '../src/book/index.ts';
import { assert } from '../src/core/index.ts';
import {
  DbnDecoder,
  encodeMetadata,
  initZstd,
  MboColumns,
  makeMetadata,
  readMbo,
} from '../src/dbn/index.ts';
import {
  dateToUnixNs,
  loadContract,
  loadProducts,
  openPartition,
  type Product,
  productOf,
  rawTableFolder,
  sessionWindows,
} from '../src/lake/index.ts';
import {
  bronzeFutureMbo,
  runStage,
  type StageIo,
  type StageTask,
  silverFutureMbo,
} from '../src/pipeline/index.ts';
import { bench } from './harness.ts';
import { benchInputs } from './inputs.ts';

const DT = '2026-01-05';
/** From the specification, events a second. */
const AT_LEAST = 3_000_000;
const RUNS = 3;
const BATCH_ROWS = 8192;
const DEPTH_ROWS = 65_536;
/** Ticks stored on each side: the grid of ES, and gold's margin. */
const GRID_TICKS = 264;
/** 16:00 UTC, where the synthetic file begins, on New York's clock. */
const OPEN = '11:00';
const START_NS = BigInt(Date.parse(`${DT}T16:00:00Z`)) * 1_000_000n;
const TS_EVENT_BYTES = 8;
const TS_RECV_BYTES = 40;

/** A market to measure with: the same records, `times` as slow. */
interface Market {
  name: string;
  times: number;
  close: string;
}

const MARKETS: Market[] = [
  { name: '420 events/s, an ordinary ES session', times: 24, close: '13:00' },
  { name: '10,000 events/s', times: 1, close: '11:05' },
];

/** The file of the benchmarks with its clocks stretched and a symbol mapping. */
function slowedDown(bytes: Uint8Array, times: number): Uint8Array {
  const decoder = new DbnDecoder();
  decoder.write(bytes);
  const { dataset, schema, start, symbols } = decoder.metadata!;
  const headerBytes = decoder.deliveredBytes;
  const run = decoder.next()!;
  const startDate = Number(DT.replaceAll('-', ''));
  const id = String(run.words[(run.start >> 2) + 1]!);
  const intervals = [{ startDate, endDate: startDate + 1, symbol: id }];
  const mappings = [{ rawSymbol: symbols[0]!, intervals }];
  const records = bytes.slice(headerBytes);
  const view = new DataView(records.buffer);
  for (let at = 0; at < records.length; at += run.stride) {
    for (const field of [TS_EVENT_BYTES, TS_RECV_BYTES]) {
      const ns = Number(view.getBigUint64(at + field, true) - START_NS);
      view.setBigUint64(at + field, START_NS + BigInt(Math.max(0, ns) * times), true);
    }
  }
  const header = encodeMetadata(makeMetadata({ dataset, schema, start, mappings }));
  return Buffer.concat([header, records]);
}

function writeDay(lake: string, bytes: Uint8Array): void {
  const folder = rawTableFolder(lake, 'future_mbo', 'ES');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `glbx-mdp3-${DT.replaceAll('-', '')}.mbo.dbn`), bytes);
}

/** Every record of a day in memory. */
function columnsOf(bytes: Uint8Array, records: number): MboColumns {
  const columns = new MboColumns(records, dateToUnixNs(DT));
  const decoder = new DbnDecoder();
  decoder.write(bytes);
  for (let run = decoder.next(); run !== null; run = decoder.next()) {
    readMbo(run, 0, run.count, columns, columns.length);
  }
  return columns;
}

/** Book and windows alone; rows are made and dropped. */
function windowsAlone(c: MboColumns, product: Product): number {
  const windows = new SecondWindows({
    tickSize: product.tickSizeInt,
    originNs: c.originNs,
    gridTicks: GRID_TICKS,
    spans: sessionWindows(product, DT, 'regular').spans,
    depthRows: DEPTH_ROWS,
  });
  let rows = 0;
  const drop = () => {
    rows += windows.depth.rows;
    windows.depth.rows = 0;
  };
  for (let i = 0; i < c.length && !windows.done; ) {
    i = windows.advance(c, i, Math.min(c.length, i + BATCH_ROWS));
    if (windows.full) drop();
  }
  while (!windows.finish()) drop();
  drop();
  assert(rows > 0, 'the market has depth');
  return rows;
}

/** Reads the partition, makes the rows and drops them. */
async function dropped(task: StageTask): Promise<number> {
  let rows = 0;
  const io: StageIo = {
    open: (ref, columns) => openPartition(task.lake, ref, loadContract(ref), columns),
    noteRaw: () => Promise.resolve(),
    publish: (ref, batches) => {
      for (const batch of batches) rows += batch.rows;
      return Promise.resolve({ ref, rows, bytes: 0, sha256: '' });
    },
    progress: () => {},
  };
  await silverFutureMbo.run(task, io);
  return rows;
}

async function measure(raw: string, records: number, market: Market): Promise<void> {
  const lake = mkdtempSync(join(tmpdir(), 'spymaster-bench-silver-'));
  const es = productOf(loadProducts(), 'ES');
  const session = { ...es.session, regularOpen: OPEN, regularClose: market.close };
  const product: Product = { ...es, session };
  const day = { lake, productType: 'future_mbo', dt: DT, product, session: 'regular' } as const;
  const common = {
    group: `From bronze to silver, synthetic ES, ${market.name}`,
    unit: 'events',
    count: records,
    runs: RUNS,
  };
  try {
    const bytes = slowedDown(new Uint8Array(readFileSync(raw)), market.times);
    const columns = columnsOf(bytes, records);
    writeDay(lake, bytes);
    const bronze = await runStage(bronzeFutureMbo, { ...day, symbol: 'ES' }, {});
    const task = { ...day, symbol: bronze!.published[0]!.ref.symbol };
    let rows = 0;
    await bench({
      ...common,
      name: 'book and windows alone, records in memory',
      run: () => {
        windowsAlone(columns, product);
      },
    });
    await bench({
      ...common,
      name: 'read, book, windows: rows made and dropped',
      run: async () => {
        rows = await dropped(task);
      },
    });
    await bench(
      {
        ...common,
        name: 'the stage, published',
        atLeast: AT_LEAST,
        run: async () => {
          await runStage(silverFutureMbo, task, { overwrite: true });
        },
      },
      `${rows} rows`,
    );
  } finally {
    rmSync(lake, { recursive: true, force: true });
  }
}

await initZstd();
const [synthetic] = await benchInputs();
for (const market of MARKETS) await measure(synthetic!.raw, synthetic!.records, market);
