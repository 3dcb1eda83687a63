/**
 * A frame: read out of a busy engine into Arrow bytes, copied to be sent, decoded as the page does;
 * and the same message made by an Arrow library from the same columns.
 */
import { readFileSync } from 'node:fs';
import { tableFromIPC as flechetteTable } from '@uwdata/flechette';
import { tableFromArrays, tableToIPC } from 'apache-arrow';
import { assert } from '../src/core/index.ts';
import { ACTION, DbnDecoder, FLAG, MboColumns, readMbo } from '../src/dbn/index.ts';
import { VacuumPressureEngine } from '../src/vacuum-pressure/index.ts';
import { decodeFrame, FrameBuffer, MAX_FRAME_BYTES } from '../src/wire/index.ts';
import { bench } from './harness.ts';
import { syntheticInput } from './inputs.ts';

const TICK_NANO = 250_000_000;
/** Records that make the engine busy: half a minute of the market. */
const WARM_UP_RECORDS = 300_000;
const FRAMES = 2000;
/** 30 us a frame. */
const TARGET_FRAMES_PER_SECOND = 1e6 / 30;
const SESSION_START_NS = 1_767_571_200_000_000_000n;

/** An engine in the middle of a busy market, with frames due every 10 ms of the hour after. */
async function busyEngine(): Promise<{ engine: VacuumPressureEngine; quiet: MboColumns }> {
  const input = await syntheticInput();
  const decoder = new DbnDecoder();
  decoder.write(new Uint8Array(readFileSync(input.raw)));
  const columns = new MboColumns(WARM_UP_RECORDS, SESSION_START_NS);
  for (let run = decoder.next(); run !== null; run = decoder.next()) {
    const left = WARM_UP_RECORDS - columns.length;
    if (left === 0) break;
    readMbo(run, 0, Math.min(run.count, left), columns, columns.length);
  }
  assert(columns.length === WARM_UP_RECORDS, 'the market is long enough');
  const engine = new VacuumPressureEngine({
    tickSize: TICK_NANO,
    originNs: SESSION_START_NS,
    throttleMs: 10,
  });
  engine.seekGrid(columns.tsRecv[WARM_UP_RECORDS - 1]);
  engine.advance(columns, 0, columns.length);
  const quiet = new MboColumns(1, SESSION_START_NS);
  quiet.length = 1;
  quiet.action[0] = ACTION.NONE;
  quiet.flags[0] = FLAG.LAST;
  quiet.tsRecv[0] = engine.book.now + 3600e9;
  return { engine, quiet };
}

function readOut(engine: VacuumPressureEngine, quiet: MboColumns, frame: FrameBuffer): number {
  engine.advance(quiet, 0, 1);
  engine.readFrame(frame);
  return frame.bytes().length;
}

async function measure(): Promise<void> {
  const { engine, quiet } = await busyEngine();
  const group = 'Frame, 101 rows x 31 columns';
  const shared = { group, unit: 'frames', count: FRAMES };
  const frame = new FrameBuffer();
  let sink = 0;
  await bench(
    {
      ...shared,
      name: 'engine read-out to Arrow bytes',
      atLeast: TARGET_FRAMES_PER_SECOND,
      run: () => {
        for (let n = 0; n < FRAMES; n++) sink += readOut(engine, quiet, frame);
      },
    },
    `${frame.bytes().length} bytes, schema included; at most ${MAX_FRAME_BYTES}`,
  );
  await bench({
    ...shared,
    name: 'net edge with its reasons',
    run: () => {
      for (let n = 0; n < FRAMES; n++) sink += engine.edgeOf(frame) ? 1 : 0;
    },
  });
  await bench({
    ...shared,
    name: 'a copy to send',
    run: () => {
      for (let n = 0; n < FRAMES; n++) sink += frame.copy().length;
    },
  });
  const bytes = frame.copy();
  await bench({
    ...shared,
    name: 'decoded as the page does',
    run: () => {
      for (let n = 0; n < FRAMES; n++) sink += decodeFrame(bytes).v_add[0];
    },
  });
  await bench({
    ...shared,
    name: 'decoded by flechette',
    run: () => {
      for (let n = 0; n < FRAMES; n++) sink += flechetteTable(bytes).numRows;
    },
  });
  await bench({
    ...shared,
    name: 'made from the same columns by apache-arrow',
    run: () => {
      for (let n = 0; n < FRAMES; n++) {
        sink += tableToIPC(tableFromArrays(frame.columns), 'stream').length;
      }
    },
  });
  assert(sink > 0, 'something was done');
}

await measure();
