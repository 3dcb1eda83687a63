import { describe, expect, it } from 'vitest';
import { VacuumPressureEngine } from '../../src/vacuum-pressure/index.ts';
import { FrameBuffer } from '../../src/wire/index.ts';
import { generateRows } from '../book/generate-rows.ts';
import { LAST, type Row, row, SNAPSHOT, toColumns } from '../book/records.ts';
import {
  ES,
  type MicroRow,
  type MicroRun,
  QUICK,
  runMicrostructure,
} from './microstructure-run.ts';
import { orderlyRows } from './orderly-rows.ts';
import { slowMicrostructure } from './slow-microstructure.ts';

const TICK = ES.tickSizeInt;
const START = 1000;
const spanOf = (seconds: number, from = START) => ({
  fromNs: from * 1e9,
  toNs: (from + seconds) * 1e9,
});

/** A market's records of a minute. */
const market = (seed: number, count: number): Row[] =>
  orderlyRows(seed, count, TICK, START * 1e9, (START + 60) * 1e9);

const run = (rows: Row[], spans = [spanOf(60)], more: Partial<MicroRun> = {}) =>
  runMicrostructure(rows, { spans, constants: QUICK, ...more });

/** Columns that are not compared to the last bit. */
const ROUNDED = ['micro_price_edge', 'ofi_10_normalised', 'ofi_integrated', 'touch_depth_mean'];

function expectSame(got: MicroRow, want: MicroRow): void {
  for (const [name, value] of Object.entries(want)) {
    const label = `${name} at ${want['window_end_ts_ns']}`;
    if (value === null || !ROUNDED.includes(name)) expect(got[name], label).toBe(value);
    else expect(got[name], label).toBeCloseTo(value, 6);
  }
}

describe('microstructure of a book', () => {
  it.each([
    ['one span', 31, [spanOf(60)]],
    [
      'two spans, the first not from the start',
      32,
      [spanOf(25, START + 7), spanOf(20, START + 38)],
    ],
  ])('equals the slow model: %s', (_name, seed, spans) => {
    const rows = market(seed, 1800);
    const { rows: got, counters } = run(rows, spans);
    const want = slowMicrostructure(rows, { spans, constants: QUICK });
    expect(got).toHaveLength(want.length);
    for (const [i, w] of want.entries()) expectSame(got[i]!, w);
    const known = (name: string) => got.filter((r) => r[name] !== null).length;
    expect(counters['seconds_without_flow']).toBe(got.length - known('ofi'));
    expect(counters['seconds_without_micro_price']).toBe(got.length - known('micro_price_edge'));
    expect(known('ofi')).toBeGreaterThan(30);
    expect(known('micro_price_edge')).toBeGreaterThan(10);
    expect(known('ofi_integrated')).toBeGreaterThan(10);
    expect(known('net_edge')).toBeGreaterThan(30);
  });

  it('does not depend on batches, nor on what is odd in the records', () => {
    const rows = generateRows({ seed: 33, count: 900, nasty: 0.05, tickSize: TICK }).map((r) => ({
      ...r,
      ts: Math.floor(START * 1e9 + (r.ts - 1e12) * 8),
    }));
    const whole = run(rows).rows;
    for (const batch of [1, 7, 100]) expect(run(rows, [spanOf(60)], { batch }).rows).toEqual(whole);
  });

  it('at a second holds nothing of what came later, whatever came', () => {
    const rows = market(34, 1800);
    const other = market(35, 1800);
    const whole = run(rows).rows;
    for (const second of [3, 17, 30, 48]) {
      const cut = (START + second) * 1e9;
      // The clock of an event is that of its last record.
      const kept = rows.filter((r) => r.ts < cut);
      const later = other.filter((r) => r.ts >= cut).map((r) => ({ ...r, id: Number(r.id) + 1e6 }));
      for (const rest of [[], later]) {
        // An event that is cut in two is not an event of the first part.
        while (kept.length > 0 && (kept.at(-1)!.flags & LAST) === 0) kept.pop();
        const got = run([...kept, ...rest]).rows;
        expect(got.slice(0, second)).toEqual(whole.slice(0, second));
      }
    }
  });

  it('of the mirrored market is the opposite, to the bit', () => {
    const rows = market(36, 1800);
    const flip: Record<string, string> = { A: 'B', B: 'A', N: 'N' };
    const mirrored = rows.map((r) => ({ ...r, side: flip[r.side]!, price: 4000 * TICK - r.price }));
    const there = run(rows).rows;
    const back = run(mirrored).rows;
    const even = new Set(['window_end_ts_ns', 'spread_ticks', 'touch_depth_mean']);
    there.forEach((want, i) => {
      for (const [name, value] of Object.entries(want)) {
        const flipped = value === null || even.has(name) ? value : 0 - value;
        if (name.startsWith('net_edge') && value !== null) {
          expect(back[i]![name], name).toBeCloseTo(flipped!, 5);
        } else expect(back[i]![name], `${name} ${i}`).toBe(flipped);
      }
    });
  });
});

const FULL = [
  row('R', 'N', 0, 2 ** 63, 0, SNAPSHOT, 1000e9),
  row('A', 'B', 1, 99 * TICK, 10, SNAPSHOT, 1000e9),
  row('A', 'A', 2, 100 * TICK, 30, SNAPSHOT | LAST, 1000e9),
];

describe('microstructure by hand', () => {
  it('a snapshot is no flow, and the second it falls in is not known', () => {
    const again = FULL.map((r) => ({ ...r, ts: 1003.5e9, size: r.size * 3 }));
    const rows = [
      ...FULL,
      row('A', 'B', 3, 99 * TICK, 5, LAST, 1001.2e9),
      ...again,
      row('C', 'A', 2, 100 * TICK, 4, LAST, 1004.1e9),
    ];
    const ofi = run(rows, [spanOf(6)]).rows.map((r) => r['ofi']);
    expect(ofi).toEqual([null, 5, 0, null, 4, 0]);
  });

  it('an event belongs to the second that it ends in', () => {
    const rows = [
      ...FULL,
      row('A', 'B', 3, 99 * TICK, 5, 0, 1001.9e9),
      row('A', 'B', 4, 99 * TICK, 6, LAST, 1002.1e9),
    ];
    const { rows: got } = run(rows, [spanOf(4)]);
    expect(got.map((r) => r['ofi'])).toEqual([null, 0, 11, 0]);
    expect(got.map((r) => r['queue_imbalance'])).toEqual([-0.5, -0.5, -9 / 51, -9 / 51]);
    // Neither does the edge of the second before know of it.
    const without = run(FULL, [spanOf(4)]).rows;
    expect(got[1]!['net_edge_raw']).toBe(without[1]!['net_edge_raw']);
    expect(got[2]!['net_edge_raw']).not.toBe(without[2]!['net_edge_raw']);
  });

  it('depths are means over the states of the second', () => {
    const rows = [...FULL, row('A', 'B', 3, 99 * TICK, 20, LAST, 1001.5e9)];
    const { rows: got } = run(rows, [spanOf(3)]);
    expect(got.map((r) => r['touch_depth_mean'])).toEqual([null, (20 + 30) / 2, 30]);
    // Two levels of twenty: 40 lots, then 60.
    expect(got[1]!['ofi_10_normalised']).toBeCloseTo(20 / (50 / 20), 12);
    expect(got[2]!['ofi_10_normalised']).toBe(0);
  });

  it('a book without a side, or crossed, tells nothing of its queues', () => {
    const rows = [
      ...FULL,
      row('C', 'A', 2, 100 * TICK, 30, LAST, 1001.5e9),
      row('A', 'A', 5, 98 * TICK, 8, LAST, 1002.5e9),
    ];
    const { rows: got } = run(rows, [spanOf(4)]);
    expect(got.map((r) => r['spread_ticks'])).toEqual([1, null, -1, -1]);
    expect(got.map((r) => r['queue_imbalance'])).toEqual([-0.5, null, null, null]);
    expect(got.map((r) => r['weighted_mid_edge'])).toEqual([-0.25, null, null, null]);
    expect(got.map((r) => r['micro_price_edge'])).toEqual([null, null, null, null]);
    expect(got.map((r) => r['net_edge'] === null)).toEqual([false, true, false, false]);
    expect(got.map((r) => r['ofi'])).toEqual([null, 30, -8, 0]);
  });

  it('without a record, everything is unknown but that nothing was traded', () => {
    const { rows: got, counters } = run([], [spanOf(2)]);
    expect(got).toHaveLength(2);
    for (const { window_end_ts_ns: end, trade_imbalance: traded, ...others } of got) {
      expect(end).toBeGreaterThan(1000e9);
      expect(traded).toBe(0);
      expect(new Set(Object.values(others))).toEqual(new Set([null]));
    }
    expect(counters).toMatchObject({ seconds: 2, seconds_without_flow: 2, touch_transitions: 0 });
  });

  it('the net edge is that of the engine at the same times', () => {
    // Every record an event of its own: none lies across a second.
    const rows = market(37, 1500).map((r) => ({ ...r, flags: r.flags | LAST }));
    const { rows: got } = run(rows);
    const engine = new VacuumPressureEngine({ tickSize: TICK, originNs: 0n, throttleMs: 1000 });
    const columns = toColumns(rows);
    const frame = new FrameBuffer();
    const edges = new Map<number, { up: number; up_raw: number } | null>();
    for (let i = 0; i < rows.length; ) {
      i = engine.advance(columns, i, rows.length);
      if (!engine.frameDue) continue;
      engine.readFrame(frame);
      edges.set(frame.header.ts, engine.edgeOf(frame));
    }
    let compared = 0;
    for (const r of got) {
      const edge = edges.get(r['window_end_ts_ns']!);
      if (edge === undefined) continue;
      expect(r['net_edge_raw']).toBe(edge?.up_raw ?? null);
      expect(r['net_edge']).toBe(edge?.up ?? null);
      compared++;
    }
    expect(compared).toBeGreaterThan(30);
  });
});
