/** Runs an engine over rows in given batches and keeps every frame. */
import { createHash } from 'node:crypto';
import {
  VacuumPressureEngine,
  type VacuumPressureOptions,
} from '../../src/vacuum-pressure/index.ts';
import {
  CANONICAL_HEADER_BYTES,
  canonicalHeader,
  decodeFrame,
  type FrameArrays,
  FrameBuffer,
  type FrameHeader,
} from '../../src/wire/index.ts';
import { type Row, toColumns } from '../book/records.ts';

export const TICK = 250_000_000;

export interface Emitted {
  header: FrameHeader;
  bytes: Uint8Array;
}

export const columnsOf = (frame: Emitted): FrameArrays => decodeFrame(frame.bytes);

/** Two frames have the same bits when these are equal. */
export function bitsOf(frame: Emitted): string {
  const header = new Uint8Array(CANONICAL_HEADER_BYTES);
  canonicalHeader(frame.header, new DataView(header.buffer));
  return createHash('sha1').update(header).update(frame.bytes).digest('hex');
}

export const makeEngine = (options: Partial<VacuumPressureOptions> = {}) =>
  new VacuumPressureEngine({ tickSize: TICK, originNs: 0n, ...options });

/** Advances over `rows` and returns the frames that fell due. */
export function feed(engine: VacuumPressureEngine, rows: readonly Row[]): Emitted[] {
  const frames: Emitted[] = [];
  const out = new FrameBuffer();
  const columns = toColumns([...rows]);
  for (let i = 0; i < rows.length; ) {
    i = engine.advance(columns, i, rows.length);
    if (!engine.frameDue) continue;
    engine.readFrame(out);
    frames.push({ header: { ...out.header }, bytes: out.copy() });
  }
  return frames;
}

/** The frames of the final flush. */
export function flush(engine: VacuumPressureEngine): Emitted[] {
  const frames: Emitted[] = [];
  const out = new FrameBuffer();
  while (engine.finish()) {
    engine.readFrame(out);
    frames.push({ header: { ...out.header }, bytes: out.copy() });
  }
  return frames;
}

/** All frames of a stream, fed in batches that end after the given rows. */
export function framesOf(
  rows: readonly Row[],
  options: Partial<VacuumPressureOptions> = {},
  cuts: readonly number[] = [],
): Emitted[] {
  const engine = makeEngine(options);
  const ends = [...new Set([...cuts.filter((c) => c > 0 && c < rows.length), rows.length])];
  ends.sort((a, b) => a - b);
  const frames = ends.flatMap((end, i) => feed(engine, rows.slice(ends[i - 1] ?? 0, end)));
  return [...frames, ...flush(engine)];
}
