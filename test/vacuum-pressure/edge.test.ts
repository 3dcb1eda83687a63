import { describe, expect, it } from 'vitest';
import { edgeSums, MIN_EDGE_SCALE, netEdge } from '../../src/vacuum-pressure/index.ts';
import { emptyFrameHeader, FrameBuffer, type FrameHeader } from '../../src/wire/index.ts';
import { generateRows } from '../book/generate-rows.ts';
import type { Row } from '../book/records.ts';
import { columnsOf, framesOf, TICK } from './run-engine.ts';

/** A market of bid 999 and ask 1001 ticks. */
const header: FrameHeader = {
  ...emptyFrameHeader(),
  mid: 1000 * TICK,
  spot: 1000 * TICK,
  spotTick: 1000,
  bookValid: true,
  edgeScale: 0.1,
};
const halfMid: FrameHeader = { ...header, mid: 999.5 * TICK };
type Column = 'ask_vacuum' | 'ask_pressure' | 'bid_vacuum' | 'bid_pressure';

function frameWith(values: [Column, number, number][]): FrameBuffer {
  const frame = new FrameBuffer();
  for (const [column, k, value] of values) frame.columns[column][50 + k] = value;
  return frame;
}
const edgeOf = (frame: FrameBuffer, h = header) => netEdge(frame.columns, h, TICK, 1);
const weight = (k: number) => {
  let total = 0;
  for (let i = 1; i <= 50; i++) total += Math.exp(-i / 12);
  return Math.exp(-k / 12) / total;
};

/** The market seen in a mirror at tick `about`. */
const mirrored = (rows: Row[], about: number): Row[] =>
  rows.map((r) => ({
    ...r,
    price: (about - r.price / TICK) * TICK,
    side: r.side === 'A' ? 'B' : r.side === 'B' ? 'A' : r.side,
  }));

describe('net edge', () => {
  it('is the weighted mean of what empties above and builds below', () => {
    const frame = frameWith([
      ['ask_vacuum', 1, 8],
      ['ask_pressure', 3, 2],
      ['bid_pressure', -2, 5],
      ['bid_vacuum', -50, 1],
      // Not on its own side of the middle: no part of the edge.
      ['ask_vacuum', -5, 100],
      ['bid_pressure', 5, 100],
    ]);
    const edge = edgeOf(frame)!;
    const want = 8 * weight(1) - 2 * weight(3) + 5 * weight(2) - weight(50);
    expect(edge.up_raw).toBeCloseTo(want, 12);
    expect(edge.down_raw).toBe(-edge.up_raw);
    expect(edge.up).toBeCloseTo(want / 0.1, 10);
  });

  it('counts rows from the exact middle: at half a tick, spot itself is the first above', () => {
    const both = frameWith([
      ['ask_vacuum', 0, 6],
      ['bid_pressure', -1, 6],
    ]);
    const { above, below } = edgeSums(both.columns, halfMid, TICK, 1);
    expect(above).toBeCloseTo(6 * weight(1), 12);
    expect(below).toBe(above);
    expect(edgeSums(both.columns, header, TICK, 1).above).toBe(0);
  });

  it('reads a market and its mirror image alike, up for down', () => {
    const rows = generateRows({ seed: 71, count: 2500, nasty: 0, tickSize: TICK });
    const frames = framesOf(rows);
    const mirror = framesOf(mirrored(rows, 2000));
    let halves = 0;
    frames.forEach((f, i) => {
      const edge = netEdge(columnsOf(f), f.header, TICK, 1);
      const other = netEdge(columnsOf(mirror[i]), mirror[i].header, TICK, 1);
      expect(other?.down_raw).toBe(edge?.up_raw);
      if (edge !== null && f.header.mid! % TICK !== 0) halves++;
    });
    expect(halves).toBeGreaterThan(5);
  });

  it.each([
    ['up', 'ask_vacuum', 'bid_pressure'],
    ['down', 'ask_pressure', 'bid_vacuum'],
    ['chop', 'ask_pressure', 'bid_pressure'],
    ['fragile', 'ask_vacuum', 'bid_vacuum'],
  ] as const)('calls %s a market of %s and %s', (regime, above, below) => {
    const frame = frameWith([
      [above, 2, 3],
      [below, -2, 3],
    ]);
    expect(edgeOf(frame)!.regime).toBe(regime);
    // The same market in a session where everything is larger: nothing is going on.
    expect(edgeOf(frame, { ...header, edgeScale: 100 })!.regime).toBe('quiet');
  });

  it('gives the three largest reasons with their prices', () => {
    const frame = frameWith([
      ['ask_vacuum', 4, 9],
      ['bid_pressure', -1, 4],
      ['bid_vacuum', -3, 20],
      ['ask_pressure', 30, 9],
      ['ask_pressure', 1, 1],
    ]);
    const reasons = edgeOf(frame)!.reasons;
    expect(reasons.map(({ contribution: _, ...r }) => r)).toEqual([
      { direction: 'down', kind: 'bid_vacuum', k: -3, price_int: String(997 * TICK) },
      { direction: 'up', kind: 'ask_vacuum', k: 4, price_int: String(1004 * TICK) },
      { direction: 'up', kind: 'bid_pressure', k: -1, price_int: String(999 * TICK) },
    ]);
    expect(reasons[0].contribution).toBeCloseTo(20 * weight(3), 12);
    expect(edgeOf(new FrameBuffer())!.reasons).toEqual([]);
  });

  it('is finite where the session gives no scale yet, and nothing where there is no market', () => {
    const frame = frameWith([['ask_vacuum', 1, 5]]);
    const edge = edgeOf(frame, { ...header, edgeScale: 0 })!;
    expect(edge.up).toBeCloseTo(edge.up_raw / MIN_EDGE_SCALE, 9);
    expect(edgeOf(frame, { ...header, mid: null })).toBeNull();
    expect(edgeOf(frame, { ...header, bookValid: false })).toBeNull();
  });

  it('is scaled by the median of its size at every whole second that had an event', () => {
    const rows = generateRows({ seed: 72, count: 1500, nasty: 0, tickSize: TICK }).map((r, i) => ({
      ...r,
      ts: r.ts + i * 2e7 + (i > 900 ? 60e9 : 0),
    }));
    const sizes: number[] = [];
    let events = 0;
    for (const { header: h, bytes } of framesOf(rows, { throttleMs: 1000 })) {
      const edge = netEdge(columnsOf({ header: h, bytes }), h, TICK, 1);
      if (edge !== null && h.eventId > events) sizes.push(Math.abs(edge.up_raw));
      events = h.eventId;
      if (sizes.length === 0) continue;
      const median = [...sizes].sort((a, b) => a - b)[Math.ceil(sizes.length / 2) - 1];
      expect(Math.abs(h.edgeScale / median - 1)).toBeLessThan(1 / 128);
    }
    expect(sizes.length).toBeGreaterThan(20);
  });
});
