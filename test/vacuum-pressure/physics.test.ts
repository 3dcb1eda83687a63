import { describe, expect, it } from 'vitest';
import { MAX_CELLS } from '../../src/vacuum-pressure/index.ts';
import { FRAME_COLUMNS, FRAME_ROWS, type FrameArrays } from '../../src/wire/index.ts';
import { generateRows } from '../book/generate-rows.ts';
import { LAST, type Row, row, SNAPSHOT } from '../book/records.ts';
import { columnsOf, feed, flush, framesOf, makeEngine, TICK } from './run-engine.ts';

const S = 1e9;
const bid = (id: number, tick: number, size: number, ts: number, flags = LAST) =>
  row('A', 'B', id, tick * TICK, size, flags, ts);
const ask = (id: number, tick: number, size: number, ts: number, flags = LAST) =>
  row('A', 'A', id, tick * TICK, size, flags, ts);
const clock = (ts: number) => row('N', 'N', 0, 0, 0, LAST, ts);
/** The frame at `ts` (a multiple of 25 ms) of what came before it. */
const frameAt = (rows: Row[], ts: number) => {
  const engine = makeEngine();
  engine.seekGrid(ts);
  const [frame] = feed(engine, [...rows, clock(ts)]);
  expect(frame.header.ts).toBe(ts);
  return { ...columnsOf(frame), header: frame.header };
};
/** Spot is 1000: bid 999, ask 1001, far from what the tests do at other prices. */
const anchor = [bid(1, 999, 1, 0, 0), ask(2, 1001, 1, 0)];
const at = (tick: number) => 50 + tick - 1000;

describe('rates', () => {
  it('are the sums that a hand can make', () => {
    const frame = frameAt([...anchor, bid(3, 990, 10, 1 * S), bid(4, 990, 6, 2 * S)], 4 * S);
    const e = (x: number) => Math.exp(-x);
    const v = (10 * e(3 / 2) + 6 * e(2 / 2)) / 2;
    const r5 = (10 * e(3 / 5) + 6 * e(2 / 5)) / 5;
    const r10 = (10 * e(3 / 10) + 6 * e(2 / 10)) / 10;
    const r = at(990);
    expect(frame.v_add[r]).toBe(Math.fround(v));
    expect(frame.a_add[r]).toBeCloseTo((v - r5) / 3, 7);
    expect(frame.j_add[r]).toBeCloseTo(((v - r5) / 3 - (r5 - r10) / 5) / 8, 7);
    expect(frame.add_mass[r]).toBeCloseTo(10 * e(3 / 30) + 6 * e(2 / 30), 5);
    expect(frame.pressure_variant[r]).toBeCloseTo(1.5 * v + 0.3 * Math.max(0, (v - r5) / 3), 6);
    expect(frame.vacuum_variant[r]).toBe(0);
    expect([frame.rest_depth[r], frame.bid_orders[r], frame.last_event_id[r]]).toEqual([16, 2, 3]);
    expect(frame.resistance_variant[r]).toBeCloseTo(Math.log(17), 6);
  });

  it('see a steady rate, the slope of a linear one and the curve of a quadratic one', () => {
    const h = 0.01;
    const flow = (lots: (i: number) => number, until = 100) => {
      const rows = Array.from({ length: until / h }, (_, i) =>
        bid(10 + i, 990, lots(i), (i + 0.5) * h * S),
      );
      return frameAt([...anchor, ...rows], until * S);
    };
    const r = at(990);
    const steady = flow(() => 3);
    expect(steady.v_add[r] / 300).toBeCloseTo(1, 5);
    expect(steady.a_add[r]).toBeCloseTo(0, 1);
    const linear = flow((i) => 2 * i + 1);
    expect(linear.a_add[r] / 20_000).toBeCloseTo(1, 4);
    const quadratic = flow((i) => i * i + i, 120);
    expect(quadratic.j_add[r] / 2e6).toBeCloseTo(1, 2);
  });

  it('obey conservation: the rate of the resting depth is add - pull - fill', () => {
    const frames = framesOf(generateRows({ seed: 51, count: 3000, nasty: 0.05, tickSize: TICK }));
    for (const f of frames.map(columnsOf)) {
      for (const q of ['v', 'a', 'j'] as const) {
        for (let r = 0; r < FRAME_ROWS; r++) {
          const flows = [f[`${q}_add`][r], f[`${q}_pull`][r], f[`${q}_fill`][r]];
          const size = Math.max(...flows.map(Math.abs));
          const gap = f[`${q}_rest_depth`][r] - (flows[0] - flows[1] - flows[2]);
          expect(Math.abs(gap)).toBeLessThanOrEqual(4e-7 * size);
        }
      }
    }
  });
});

describe('what the predecessor got wrong', () => {
  it('spot moves a tick at a time: half ticks round up, even or odd', () => {
    const spots = [79_999, 80_000, 80_001, 80_002].map((tick) => {
      const { header } = frameAt([bid(1, tick, 1, 0, 0), ask(2, tick + 1, 1, 0)], S);
      return header.spot! / TICK;
    });
    expect(spots).toEqual([80_000, 80_001, 80_002, 80_003]);
  });

  it('nothing goes stale: an hour later pressure is gone and depth is not', () => {
    const rows = [...anchor, bid(3, 990, 500, 1 * S)];
    const [now, later] = [frameAt(rows, 2 * S), frameAt(rows, 200 * S)];
    const r = at(990);
    expect(now.pressure_variant[r]).toBeGreaterThan(200);
    expect(later.pressure_variant[r]).toBeLessThan(1e-30);
    expect(later.rest_depth[r]).toBe(500);
  });

  it('a fill is vacuum, never pressure, and removes the quantity once', () => {
    const hit = [
      row('T', 'B', 0, 1001 * TICK, 4, 0, 100 * S),
      row('F', 'A', 2, 1001 * TICK, 4, 0, 100 * S),
      row('C', 'A', 2, 1001 * TICK, 4, LAST, 100 * S),
    ];
    const frame = frameAt([bid(1, 999, 1, 0, 0), ask(2, 1001, 10, 0), ...hit], 100.5 * S);
    const r = at(1001);
    expect(frame.rest_depth[r]).toBe(6);
    expect([frame.fill_mass[r] > 3.9, frame.pull_mass[r]]).toEqual([true, 0]);
    expect(frame.ask_vacuum[r]).toBeGreaterThan(1.5 * frame.v_fill[r]);
    expect(frame.ask_pressure[r]).toBeLessThan(1e-20);
  });

  it('a first touch and a burst at one instant count in full', () => {
    const burst = Array.from({ length: 50 }, (_, i) => bid(10 + i, 990, 100, 1 * S));
    const frame = frameAt([...anchor, ...burst], 1 * S + 25e6);
    expect(frame.v_add[at(990)]).toBeCloseTo(2500 * Math.exp(-0.0125), 2);
  });

  it('a wall weighs the same after a rush and after a silence', () => {
    const rush = Array.from({ length: 99 }, (_, i) => clock(i * S + 0.5 * S));
    const wall = bid(3, 990, 100, 100 * S);
    const wallAfter = (rows: Row[]) => frameAt([...anchor, ...rows, wall], 101 * S).v_add[at(990)];
    expect(wallAfter(rush)).toBe(wallAfter([]));
  });

  it('rows that drift into view show what the book holds', () => {
    const walls = Array.from({ length: 120 }, (_, i) => bid(100 + i, 900 + i, i + 1, 0, 0));
    const rows = [...walls, ...anchor];
    const drifted = [
      row('C', 'B', 1, 999 * TICK, 1, 0, 60 * S),
      ...Array.from({ length: 60 }, (_, i) =>
        row('C', 'B', 160 + i, (960 + i) * TICK, 61 + i, 0, 60 * S),
      ),
      row('M', 'A', 2, 961 * TICK, 1, LAST, 60 * S),
    ];
    const frame = frameAt([...rows, ...drifted], 61 * S);
    expect(frame.header.spot).toBe(960 * TICK);
    const want = Array.from({ length: 49 }, (_, i) => 960 - 50 + i - 900 + 1);
    expect(Array.from(frame.bid_depth.slice(0, 49))).toEqual(want);
  });

  it('a snapshot shows all rows in any order, and is no flow', () => {
    const levels = Array.from({ length: 50 }, (_, i) => i + 1);
    const flags = SNAPSHOT;
    const book = (order: number[]) => [
      row('R', 'N', 0, 0, 0, flags, 0),
      ...order.flatMap((d) => [bid(d, 1000 - d, d, 0, flags), ask(100 + d, 1000 + d, d, 0, flags)]),
      row('N', 'N', 0, 0, 0, LAST | flags, 0),
    ];
    for (const order of [levels, [...levels].reverse()]) {
      const frame = frameAt(book(order), S);
      const want = levels.map((d) => d);
      expect(Array.from(frame.ask_depth.slice(51))).toEqual(want);
      expect(Array.from(frame.bid_depth.slice(0, 50))).toEqual([...want].reverse());
      expect(frame.add_mass.every((mass) => mass === 0)).toBe(true);
      expect(frame.header.bookValid).toBe(true);
    }
  });

  it('a clear empties the rows, keeps spot as stale, and books no flow', () => {
    const rows = [...anchor, bid(3, 990, 60, 1 * S), row('R', 'N', 0, 0, 0, LAST, 2 * S)];
    const frame = frameAt(rows, 3 * S);
    expect(frame.rest_depth.every((lots) => lots === 0)).toBe(true);
    expect(frame.pull_mass.every((mass) => mass === 0)).toBe(true);
    const { spot, mid, spotStale, bestBid } = frame.header;
    expect({ spot, mid, spotStale, bestBid }).toEqual({
      spot: 1000 * TICK,
      mid: null,
      spotStale: true,
      bestBid: null,
    });
  });

  it('an emptied level shows its vacuum though its depth is nothing', () => {
    const gone = row('C', 'B', 3, 990 * TICK, 80, LAST, 60 * S);
    const frame = frameAt([...anchor, bid(3, 990, 80, 1 * S), gone], 60.1 * S);
    const r = at(990);
    expect(frame.rest_depth[r]).toBe(0);
    expect(frame.bid_vacuum[r]).toBeGreaterThan(50);
    expect(frame.state5[r]).toBe(-2);
  });

  it('a bucket shows all its ticks', () => {
    const cents = Array.from({ length: 5 }, (_, i) => bid(10 + i, 990 + i, 100 * (i + 1), 0, 0));
    const frames = framesOf([...cents, ...anchor], { bucketTicks: 5 });
    const rows = columnsOf(frames[0]);
    const k = 990 / 5 - 1000 / 5;
    expect([rows.bid_depth[50 + k], rows.bid_orders[50 + k]]).toEqual([1500, 5]);
  });

  it('a crossed book is reported and not repaired', () => {
    const { header } = frameAt([bid(1, 1002, 1, 0, 0), ask(2, 1000, 1, 0)], S);
    expect([header.crossed, header.locked, header.spot]).toEqual([true, false, 1001 * TICK]);
    expect(frameAt([bid(1, 1000, 1, 0, 0), ask(2, 1000, 1, 0)], S).header.locked).toBe(true);
  });
});

describe('frames', () => {
  const finite = (f: FrameArrays) =>
    FRAME_COLUMNS.every(({ name }) => f[name].length === 101 && f[name].every(Number.isFinite));

  it('are 101 finite rows whatever comes', () => {
    for (const seed of [61, 62, 63]) {
      const rows = generateRows({ seed, count: 4000, nasty: 0.5, tickSize: TICK });
      const frames = framesOf(rows, { throttleMs: 50 });
      expect(frames.length).toBeGreaterThan(20);
      for (const f of frames) expect(finite(columnsOf(f))).toBe(true);
    }
    expect(finite(columnsOf(framesOf([clock(5)])[0]))).toBe(true);
  });

  it('stay finite at the largest sizes and far prices', () => {
    const far = Math.floor(2 ** 53 / TICK) - 1;
    const huge = 2 ** 32 - 2;
    const rows = [
      bid(1, far - 1, huge, 0, 0),
      ask(2, far, huge, 0),
      ...Array.from({ length: 500 }, (_, i) => bid(10 + i, far - 1, huge, 83e9 + i)),
    ];
    const frame = frameAt(rows, 84 * S);
    expect(finite(frame)).toBe(true);
    expect(frame.rest_depth[49]).toBe(Math.fround(501 * huge));
    expect(frame.rest_depth[100]).toBe(0);
  });

  it('keep a bounded number of prices, the busy ones', () => {
    const engine = makeEngine({ throttleMs: 1000 });
    const flood = Array.from({ length: MAX_CELLS + 5000 }, (_, i) =>
      bid(10 + i, -i, 1, S + i * 10),
    );
    const busy = (ts: number) => bid(9, 999, 2, ts);
    feed(engine, anchor);
    for (let i = 0; i < flood.length; i += 10_000) {
      feed(engine, [...flood.slice(i, i + 10_000), busy(S + (i + 10_000) * 10)]);
    }
    expect(engine.cellsForgotten).toBeGreaterThan(MAX_CELLS / 3);
    expect(engine.cellsForgotten).toBeLessThan(MAX_CELLS);
    const frame = columnsOf(flush(engine)[0]);
    expect(frame.add_mass[at(999)]).toBeGreaterThan(10);
  });
});
