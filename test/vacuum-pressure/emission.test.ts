import { describe, expect, it } from 'vitest';
import { OperatingError } from '../../src/core/index.ts';
import { MAX_SILENCE_NS } from '../../src/vacuum-pressure/index.ts';
import { FrameBuffer } from '../../src/wire/index.ts';
import { LAST, type Row, row, toColumns } from '../book/records.ts';
import { columnsOf, feed, flush, framesOf, makeEngine, TICK } from './run-engine.ts';

const MS = 1e6;
const T0 = 34_200_000 * MS;

/** A market of one bid and one ask at `ts`. */
const market = (ts: number, flags = LAST): Row[] => [
  row('A', 'B', 1, 100 * TICK, 5, flags, ts),
  row('A', 'A', 2, 101 * TICK, 7, LAST, ts),
];
const times = (frames: { header: { ts: number } }[]) => frames.map((f) => (f.header.ts - T0) / MS);

describe('emission', () => {
  it('is at multiples of the step, quiet ones included, and ends with a flush', () => {
    const rows = [...market(T0 + 3 * MS), row('N', 'N', 0, 0, 0, LAST, T0 + 110 * MS)];
    const frames = framesOf(rows);
    expect(times(frames)).toEqual([25, 50, 75, 100, 125]);
    expect(frames.map((f) => f.header.seq)).toEqual(frames.map((f) => f.header.ts / (25 * MS)));
    expect(frames.map((f) => f.header.eventId)).toEqual([2, 2, 2, 2, 3]);
  });

  it('shows at t what came before t, and at the next what came at t', () => {
    const rows = [...market(T0 + 3 * MS), row('A', 'B', 3, 99 * TICK, 9, LAST, T0 + 25 * MS)];
    const frames = framesOf(rows);
    expect(times(frames)).toEqual([25, 50]);
    expect(frames.map((f) => columnsOf(f).rest_depth[48])).toEqual([0, 9]);
  });

  it('includes an event that straddles t whole, and waits for it', () => {
    const rows = [
      ...market(T0 + 3 * MS),
      row('A', 'B', 3, 99 * TICK, 9, 0, T0 + 24 * MS),
      row('A', 'B', 4, 98 * TICK, 8, LAST, T0 + 60 * MS),
      row('A', 'B', 5, 97 * TICK, 1, LAST, T0 + 80 * MS),
    ];
    const frames = framesOf(rows);
    expect(times(frames)).toEqual([25, 50, 75, 100]);
    for (const f of frames)
      expect(columnsOf(f).rest_depth.slice(47, 49)).toEqual(Float32Array.of(8, 9));
    const [at25, at50, at75] = frames.map(columnsOf);
    // As of t while it is ahead of t, decaying from its own clock afterwards.
    expect(at25.v_add[48]).toBe(4.5);
    expect(at50.v_add[48]).toBe(4.5);
    expect(at75.v_add[48]).toBeCloseTo(4.5 * Math.exp(-0.015 / 2), 6);
  });

  it('consumes nothing while a frame is due', () => {
    const engine = makeEngine();
    const rows = [...market(T0), row('N', 'N', 0, 0, 0, LAST, T0 + 60 * MS)];
    const columns = toColumns(rows);
    expect(engine.advance(columns, 0, 3)).toBe(2);
    expect(engine.frameDue).toBe(true);
    expect(engine.advance(columns, 2, 3)).toBe(2);
    expect(engine.frameTs).toBe(T0 + 25 * MS);
    expect(engine.frameSeq).toBe(T0 / (25 * MS) + 1);
    engine.readFrame(new FrameBuffer());
    expect(engine.advance(columns, 2, 3)).toBe(2);
    engine.readFrame(new FrameBuffer());
    expect(engine.advance(columns, 2, 3)).toBe(3);
    expect(engine.frameDue).toBe(false);
  });

  it('flushes nothing where nothing is new', () => {
    expect(framesOf([])).toEqual([]);
    const engine = makeEngine();
    feed(engine, market(T0));
    expect(flush(engine)).toHaveLength(1);
    expect(flush(engine)).toEqual([]);
    expect(() => engine.advance(toColumns(market(T0)), 0, 1)).toThrow(/after finish/);
  });

  it('closes an event that the end of the data leaves open', () => {
    const frames = framesOf([...market(T0), row('A', 'B', 3, 99 * TICK, 9, 0, T0 + 30 * MS)]);
    expect(times(frames)).toEqual([25, 50]);
    expect(columnsOf(frames[1]).rest_depth[48]).toBe(9);
  });

  it('jumps over a silence longer than a day', () => {
    const late = T0 + MAX_SILENCE_NS + 5000 * MS;
    const engine = makeEngine({ throttleMs: 1000 });
    const frames = feed(engine, [...market(T0), row('N', 'N', 0, 0, 0, LAST, late)]);
    expect(frames.length).toBeLessThan(5);
    expect(engine.silencesCut).toBe(1);
    expect(columnsOf(flush(engine)[0]).rest_depth[50]).toBe(7);
  });

  it('keeps to valid clocks: undefined and backward ones move nothing', () => {
    const rows = [
      row('A', 'B', 1, 100 * TICK, 5, LAST, 2 ** 64),
      ...market(T0),
      row('A', 'B', 3, 99 * TICK, 9, LAST, 2 ** 64),
      row('A', 'B', 4, 99 * TICK, 9, LAST, T0 - 1e12),
    ];
    expect(times(framesOf(rows))).toEqual([25]);
    expect(framesOf([rows[0]])).toEqual([]);
  });

  it('may begin before the origin', () => {
    const frames = framesOf(market(-7e9 + 1));
    expect(frames.map((f) => f.header.seq)).toEqual([-279]);
  });

  it.each([0, 9, 1001, 12.5, Number.NaN, Infinity])('refuses a throttle of %d ms', (throttleMs) => {
    expect(() => makeEngine({ throttleMs })).toThrow(OperatingError);
    expect(() => makeEngine().setThrottle(throttleMs)).toThrow(/throttle_ms/);
  });

  it('hands over the trades since the frame before', () => {
    const trade = (size: number, ts: number) => row('T', 'B', 0, 101 * TICK, size, LAST, ts);
    const rows = [
      ...market(T0),
      trade(1, T0 + 10 * MS),
      trade(2, T0 + 20 * MS),
      trade(3, T0 + 25 * MS),
      row('N', 'N', 0, 0, 0, LAST, T0 + 60 * MS),
    ];
    const engine = makeEngine();
    const seen: number[][] = [];
    const out = new FrameBuffer();
    // One row a batch: trades of several batches belong to one frame.
    for (const r of rows) {
      for (let i = 0; i < 1; ) {
        i = engine.advance(toColumns([r]), i, 1);
        if (!engine.frameDue) continue;
        engine.readFrame(out);
        seen.push(Array.from(engine.trades.size.subarray(0, engine.trades.closed)));
      }
    }
    expect(seen).toEqual([[1, 2], [3]]);
    expect([out.header.buyVolume, out.header.tradeCount]).toEqual([6, 3]);
  });
});
