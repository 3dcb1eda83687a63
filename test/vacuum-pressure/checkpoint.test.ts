import { describe, expect, it } from 'vitest';
import { DataError, Prng } from '../../src/core/index.ts';
import {
  DEFAULT_COEFFICIENTS,
  VacuumPressureEngine,
  type VacuumPressureOptions,
} from '../../src/vacuum-pressure/index.ts';
import { FrameBuffer } from '../../src/wire/index.ts';
import { generateRows } from '../book/generate-rows.ts';
import { type Row, toColumns } from '../book/records.ts';
import { bitsOf, type Emitted, feed, flush, framesOf, makeEngine, TICK } from './run-engine.ts';

const options: VacuumPressureOptions = { tickSize: TICK, originNs: 0n };
const rows = generateRows({ seed: 31, count: 1500, nasty: 0.05, tickSize: TICK });

/** Frames with the engine saved, thrown away and restored after each of the rows in `cuts`. */
function framesWithRestarts(cuts: readonly number[]): Emitted[] {
  let engine = makeEngine();
  const frames: Emitted[] = [];
  [...cuts, rows.length].forEach((cut, i) => {
    frames.push(...feed(engine, rows.slice(cuts[i - 1] ?? 0, cut)));
    engine = VacuumPressureEngine.restore(engine.save(), options);
  });
  return [...frames, ...flush(engine)];
}

const tradesPerFrame = (stream: Row[], restartAt: number): string[] => {
  let engine = makeEngine();
  const out = new FrameBuffer();
  const seen: string[] = [];
  stream.forEach((r, n) => {
    for (let i = 0; i < 1; ) {
      i = engine.advance(toColumns([r]), i, 1);
      if (!engine.frameDue) continue;
      engine.readFrame(out);
      const { size, ts, price, closed } = engine.trades;
      seen.push([size, ts, price].map((a) => a.subarray(0, closed).join()).join(' '));
    }
    if (n === restartAt) engine = VacuumPressureEngine.restore(engine.save(), options);
  });
  return seen;
};

describe('checkpoint', () => {
  it('goes on with the same bits, wherever the engine was saved', () => {
    const whole = framesOf(rows).map(bitsOf);
    const rng = new Prng(32);
    for (let n = 0; n < 6; n++) {
      const cuts = Array.from({ length: 5 }, () => rng.int(rows.length)).sort((a, b) => a - b);
      expect(framesWithRestarts(cuts).map(bitsOf)).toEqual(whole);
    }
  });

  it('is byte for byte the checkpoint of its own restored engine', () => {
    const engine = makeEngine();
    feed(engine, rows.slice(0, 1234));
    const bytes = engine.save();
    expect(VacuumPressureEngine.restore(bytes, options).save()).toEqual(bytes);
  });

  it('keeps the trades that no frame has shown', () => {
    const some = rows.slice(0, 400);
    const whole = tradesPerFrame(some, -1);
    expect(whole.join('').length).toBeGreaterThan(50);
    for (const at of [50, 117, 200, 333]) expect(tradesPerFrame(some, at)).toEqual(whole);
  });

  it('may be taken up on another grid', () => {
    const engine = makeEngine({ throttleMs: 10 });
    feed(engine, rows.slice(0, 1000));
    const slower = VacuumPressureEngine.restore(engine.save(), { ...options, throttleMs: 100 });
    const rest = [...feed(slower, rows.slice(1000)), ...flush(slower)].map(bitsOf);
    const whole = framesOf(rows, { throttleMs: 100 }).map(bitsOf);
    expect(rest.length).toBeGreaterThan(5);
    expect(whole.slice(-rest.length)).toEqual(rest);
  });

  it('may be saved before the first record', () => {
    const engine = VacuumPressureEngine.restore(makeEngine().save(), options);
    expect([...feed(engine, rows), ...flush(engine)].map(bitsOf)).toEqual(
      framesOf(rows).map(bitsOf),
    );
  });

  it('is refused when damaged anywhere, by a DataError', () => {
    const engine = makeEngine();
    feed(engine, rows.slice(0, 600));
    const bytes = engine.save();
    const rng = new Prng(33);
    for (let n = 0; n < 300; n++) {
      const broken = n % 3 === 0 ? bytes.slice(0, rng.int(bytes.length)) : bytes.slice();
      if (n % 3 !== 0) broken[rng.int(bytes.length)] ^= 1 << rng.int(8);
      expect(() => VacuumPressureEngine.restore(broken, options)).toThrow(DataError);
    }
  });

  it('is refused for another product, session or configuration', () => {
    const bytes = makeEngine().save();
    const others: Partial<VacuumPressureOptions>[] = [
      { tickSize: 2 * TICK },
      { originNs: 1n },
      { bucketTicks: 5 },
      { coefficients: { ...DEFAULT_COEFFICIENTS, vacuum_fill: 2 } },
    ];
    for (const other of others) {
      const restore = () => VacuumPressureEngine.restore(bytes, { ...options, ...other });
      expect(restore).toThrow(/another product/);
    }
  });
});
