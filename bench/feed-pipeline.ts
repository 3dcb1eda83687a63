/**
 * From a compressed file to frames: the decompressor alone, then everything behind it, on one
 * thread and on two.
 */
import { readFileSync } from 'node:fs';
import { decompressZstd, initZstd, MboColumns } from '../src/dbn/index.ts';
import { type DbnFile, FileChunks, openDbn, openDbnThreaded } from '../src/feed/index.ts';
import { VacuumPressureEngine } from '../src/vacuum-pressure/index.ts';
import { FrameBuffer } from '../src/wire/index.ts';
import { bench } from './harness.ts';
import { type BenchInput, benchInputs } from './inputs.ts';
import { type FileTimes, timesOf } from './mbo-batches.ts';

const BATCH_ROWS = 8192;
const TICK_SIZE = 0.25e9;
const THROTTLE_MS = 25;
/** The whole may take this many times the decompressor alone. */
const MOST_TIMES = 1.5;

async function framesOf(
  open: (path: string) => Promise<DbnFile>,
  path: string,
  { originNs, liveNs }: FileTimes,
): Promise<number> {
  const file = await open(path);
  const engine = new VacuumPressureEngine({
    tickSize: TICK_SIZE,
    originNs,
    throttleMs: THROTTLE_MS,
  });
  engine.seekGrid(liveNs);
  const frame = new FrameBuffer();
  let frames = 0;
  for (const columns of file.batches(new MboColumns(BATCH_ROWS, originNs))) {
    for (let at = 0; at < columns.length; ) {
      at = engine.advance(columns, at, columns.length);
      if (!engine.frameDue) continue;
      engine.readFrame(frame);
      frames++;
    }
  }
  file.close();
  return frames;
}

async function measure({ name, raw, zst, records }: BenchInput): Promise<void> {
  const times = timesOf(new Uint8Array(readFileSync(raw)));
  const group = `From .dbn.zst to frames, ${name}`;
  const shared = { group, unit: 'records', count: records };
  let sink = 0;
  const alone = await bench({
    ...shared,
    name: 'the decompressor alone',
    run: () => {
      const file = new FileChunks(zst);
      for (const piece of decompressZstd(file)) sink += piece.length;
      file.close();
    },
  });
  await bench({
    ...shared,
    name: 'decompress, decode, book, engine, frames: one thread',
    run: async () => {
      sink += await framesOf(openDbn, zst, times);
    },
  });
  await bench(
    {
      ...shared,
      name: 'the same, the decompressor in a thread of its own',
      atLeast: alone.perSecond / MOST_TIMES,
      run: async () => {
        sink += await framesOf(openDbnThreaded, zst, times);
      },
    },
    `at least the decompressor alone / ${MOST_TIMES}`,
  );
  if (sink === 0) throw new Error('nothing was read');
}

await initZstd();
for (const input of await benchInputs()) await measure(input);
