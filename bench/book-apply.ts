/**
 * Decoding and the order book: from the bytes of an uncompressed file to the true book after its
 * last record, against a straightforward book with an object an order, and the book alone on
 * columns that are decoded already.
 */
import { readFileSync } from 'node:fs';
import { FlowLog, OrderBook, TradeLog } from '../src/book/index.ts';
import { assert } from '../src/core/index.ts';
import { DbnDecoder, MboColumns, type RecordRun, readMbo } from '../src/dbn/index.ts';
import { bench } from './harness.ts';
import { type BenchInput, benchInputs } from './inputs.ts';
import { BATCH_ROWS, eachBatch, timesOf } from './mbo-batches.ts';
import { StraightforwardBook } from './straightforward-book.ts';

const TICK_NANO = 250_000_000;
const TARGET_EVENTS_PER_SECOND = 10e6;

function decodeAndBook(bytes: Uint8Array, columns: MboColumns, book: OrderBook): OrderBook {
  eachBatch(bytes, columns, () => {
    book.applyBatch(columns, 0, columns.length);
    book.flows?.consume();
    book.trades?.consume();
  });
  return book;
}

function straightforward(bytes: Uint8Array): StraightforwardBook {
  const decoder = new DbnDecoder();
  decoder.write(bytes);
  const book = new StraightforwardBook();
  for (let run = decoder.next(); run !== null; run = decoder.next()) {
    for (let i = 0; i < run.count; i++) applyOne(book, run, i);
  }
  return book;
}

/** Reads the fields of a record with a DataView, as one would. Source: databento/dbn `MboMsg`. */
function applyOne(book: StraightforwardBook, run: RecordRun, i: number): void {
  const { bytes } = run;
  const at = run.start + i * run.stride;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, run.stride);
  const order = {
    id: Number(view.getBigUint64(16, true)),
    side: String.fromCharCode(view.getUint8(39)),
    price: Number(view.getBigInt64(24, true)),
    size: view.getUint32(32, true),
  };
  book.apply(String.fromCharCode(view.getUint8(38)), order, view.getUint8(36));
}

function allColumns(bytes: Uint8Array, records: number, originNs: bigint): MboColumns {
  const columns = new MboColumns(records, originNs);
  const decoder = new DbnDecoder();
  decoder.write(bytes);
  for (let run = decoder.next(); run !== null; run = decoder.next()) {
    readMbo(run, 0, run.count, columns, columns.length);
  }
  return columns;
}

async function measure(input: BenchInput): Promise<void> {
  const bytes = new Uint8Array(readFileSync(input.raw));
  const { originNs } = timesOf(bytes);
  const columns = new MboColumns(BATCH_ROWS, originNs);
  const all = allColumns(bytes, input.records, originNs);
  const group = `DBN decode and order book, ${input.name}, uncompressed, one thread`;
  const common = { group, unit: 'events', count: input.records, bytes: bytes.length };
  const want = straightforward(bytes);
  const check = (book: OrderBook) => {
    assert(book.orderCount === want.orders.size, 'both books hold the same orders');
    assert(book.levelCounts.bid === want.prices['B']!.length, 'both books hold the same levels');
  };
  await bench({
    ...common,
    name: 'decode + book',
    atLeast: TARGET_EVENTS_PER_SECOND,
    run: () =>
      check(decodeAndBook(bytes, columns, new OrderBook({ tickSize: TICK_NANO, originNs }))),
  });
  await bench({
    ...common,
    name: 'decode + book, flows and trades recorded',
    run: () => {
      const logs = { flows: new FlowLog(), trades: new TradeLog() };
      check(
        decodeAndBook(bytes, columns, new OrderBook({ tickSize: TICK_NANO, originNs, ...logs })),
      );
    },
  });
  await bench({
    ...common,
    name: 'book alone, columns decoded before',
    run: () => {
      const book = new OrderBook({ tickSize: TICK_NANO, originNs });
      book.applyBatch(all, 0, all.length);
      check(book);
    },
  });
  await bench({
    ...common,
    name: 'straightforward: an object an order, maps and sorted arrays',
    runs: 3,
    run: () => {
      assert(straightforward(bytes).events === want.events, 'every run sees the same events');
    },
  });
}

for (const input of await benchInputs()) await measure(input);
