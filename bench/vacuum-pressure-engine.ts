/**
 * Decoding, the book and the vacuum-pressure engine with a frame every 25 ms of event time, from
 * the bytes of an uncompressed file, against the per-event design.
 */
import { readFileSync } from 'node:fs';
import { assert } from '../src/core/index.ts';
import { DbnDecoder, MboColumns, readMbo } from '../src/dbn/index.ts';
import { VacuumPressureEngine } from '../src/vacuum-pressure/index.ts';
import { FrameBuffer } from '../src/wire/index.ts';
import { bench } from './harness.ts';
import { type BenchInput, benchInputs } from './inputs.ts';
import { BATCH_ROWS, eachBatch, timesOf } from './mbo-batches.ts';
import { PerEventDesign } from './per-event-design.ts';

const TICK_NANO = 250_000_000;
const THROTTLE_MS = 25;
const TARGET_EVENTS_PER_SECOND = 7e6;
/** Records that the per-event design is given: it makes about 10,000 a second. */
const PER_EVENT_RECORDS = 20_000;

/** Runs the whole file, with frames from `framesFrom` on; returns how many were read out. */
function run(bytes: Uint8Array, columns: MboColumns, framesFrom: number): number {
  const { originNs } = columns;
  const engine = new VacuumPressureEngine({
    tickSize: TICK_NANO,
    originNs,
    throttleMs: THROTTLE_MS,
  });
  const frame = new FrameBuffer();
  let frames = 0;
  engine.seekGrid(framesFrom);
  eachBatch(bytes, columns, () => {
    for (let at = 0; at < columns.length; ) {
      at = engine.advance(columns, at, columns.length);
      if (!engine.frameDue) continue;
      engine.readFrame(frame);
      frames++;
    }
  });
  assert(engine.book.eventCount > 0, 'the file holds events');
  return frames;
}

function runPerEvent(all: MboColumns): number {
  const design = new PerEventDesign();
  let rows = 0;
  for (let i = 0; i < all.length; i++) {
    const order = {
      id: all.orderIdHi[i] * 4294967296 + all.orderIdLo[i],
      side: String.fromCharCode(all.side[i]),
      price: all.price[i],
      size: all.size[i],
    };
    rows += design.apply(String.fromCharCode(all.action[i]), order, all.tsRecv[i] / 1e9).length;
  }
  return rows;
}

/**
 * The last records of the file, when the book is full; the design starts without the earlier ones.
 */
function lastRecords(bytes: Uint8Array, originNs: bigint, records: number): MboColumns {
  const columns = new MboColumns(PER_EVENT_RECORDS, originNs);
  const decoder = new DbnDecoder();
  decoder.write(bytes);
  let skip = Math.max(0, records - PER_EVENT_RECORDS);
  for (let block = decoder.next(); block !== null; block = decoder.next()) {
    const from = Math.min(skip, block.count);
    skip -= from;
    if (from < block.count) readMbo(block, from, block.count, columns, columns.length);
  }
  return columns;
}

async function measure(input: BenchInput): Promise<void> {
  const bytes = new Uint8Array(readFileSync(input.raw));
  const { originNs, liveNs } = timesOf(bytes);
  const columns = new MboColumns(BATCH_ROWS, originNs);
  const group = `Vacuum-pressure engine, ${input.name}, uncompressed, one thread`;
  const common = { group, unit: 'events', count: input.records, bytes: bytes.length };
  let frames = 0;
  const ours = await bench({
    ...common,
    name: 'decode + book + engine, a frame every 25 ms of event time',
    atLeast: TARGET_EVENTS_PER_SECOND,
    run: () => {
      frames = run(bytes, columns, liveNs);
    },
  });
  // A quiet market has more frames than records: what it costs is then the frames' time.
  console.error(`${frames} frames, one for ${(input.records / frames).toFixed(1)} records`);
  await bench({
    ...common,
    name: 'decode + book + engine, frames off',
    run: () => {
      run(bytes, columns, Infinity);
    },
  });
  const last = lastRecords(bytes, originNs, input.records);
  let rows = 0;
  const perEvent = await bench({
    group,
    unit: 'events',
    name: 'the per-event design: 101 rows of objects a record',
    count: last.length,
    runs: 3,
    run: () => {
      rows += runPerEvent(last);
    },
  });
  assert(rows > 0, 'rows were built');
  console.error(`${Math.round(ours.perSecond / perEvent.perSecond)} times the per-event design`);
}

for (const input of await benchInputs()) await measure(input);
