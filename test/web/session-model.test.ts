import { beforeEach, describe, expect, it } from 'vitest';
import type { RuntimeConfig } from '../../src/wire/index.ts';
import { forceSums } from '../../web/panels/force-profile.ts';
import { ladderLines, rowsPerLine } from '../../web/panels/ladder.ts';
import { extent } from '../../web/panels/line-plot.ts';
import { csvHead, csvPieces } from '../../web/shell/export-csv.ts';
import { readCell, readingText, readOut } from '../../web/shell/read-cell.ts';
import { FlowSeries, flowImbalance } from '../../web/vacuum-pressure/flow-series.ts';
import { READ_OUT } from '../../web/vacuum-pressure/pressure-controller.ts';
import { PressureModel } from '../../web/vacuum-pressure/session-model.ts';
import { makeArrays, makeHeader } from './frames.ts';

const CONFIG = {
  type: 'runtime_config',
  session: 's1',
  symbol: 'ESH6',
  dt: '2026-01-05',
  mode: 'replay',
  time_zone: 'America/New_York',
  tick_size_int: '250000000',
  bucket_ticks: 1,
  price_decimals: 2,
  throttle_ms: 25,
} as unknown as RuntimeConfig;

const SEQ = 2_088_000;
const arrays = makeArrays((name, i) => (name === 'composite' ? i / 256 : i));

describe('session model', () => {
  let m: PressureModel;
  beforeEach(() => {
    m = new PressureModel();
    m.takeConfig(CONFIG);
  });
  const take = (seq: number, more = {}) => m.takeFrame({ header: makeHeader(seq, more), arrays });

  it('reads the exact numbers of a cell', () => {
    take(SEQ);
    const cell = readCell(m, SEQ, 27_790);
    expect(cell).toMatchObject({
      time: '09:30:00.000',
      price: '6947.50',
      frameSeq: SEQ,
      held: false,
    });
    expect(cell.values.rest_depth).toBe(50);
    expect(cell.values.composite).toBe(50 / 256);
    expect(readOut(cell, READ_OUT)[0]).toEqual(['bid', '50']);
    expect(readingText(cell)).toContain('price=6947.50');
  });

  it('answers with dashes, never with zeros, where nothing is known', () => {
    take(SEQ);
    const cell = readCell(m, SEQ - 1, 27_790);
    expect(cell.frameSeq).toBeNull();
    expect(readOut(cell, READ_OUT).every(([, text]) => text === '–')).toBe(true);
  });

  it('continues without a gap over frames that the server left out', () => {
    take(SEQ);
    expect(take(SEQ + 5, { skipped: 1, thinned: 3 })).toEqual({ missing: 0, jumped: false });
    expect(m.gaps.gaps).toEqual([]);
    expect(readCell(m, SEQ + 3, 27_790)).toMatchObject({ held: true, frameSeq: SEQ });
    expect(m.skipped).toBe(1);
  });

  it('draws a hole that nobody explained as a gap', () => {
    take(SEQ);
    expect(take(SEQ + 11)).toEqual({ missing: 10, jumped: false });
    expect(m.gaps.gaps).toEqual([{ from: SEQ + 1, to: SEQ + 10, cause: 'frames missing' }]);
    expect(readCell(m, SEQ + 5, 27_790).frameSeq).toBeNull();
  });

  it('keeps the past and forgets the future when the user goes back', () => {
    for (let i = 0; i < 100; i++) take(SEQ + i);
    m.expectJump('seek');
    take(SEQ + 100);
    expect(take(SEQ + 40)).toEqual({ missing: 0, jumped: true });
    expect(m.history.newestColumn).toBe(SEQ + 40);
    expect(readCell(m, SEQ + 39, 27_790).frameSeq).toBe(SEQ + 39);
    expect(readCell(m, SEQ + 41, 27_790).frameSeq).toBeNull();
    expect(m.gaps.gaps).toEqual([]);
  });

  it('says what was passed over when the user goes forward', () => {
    take(SEQ);
    m.expectJump('seek');
    expect(take(SEQ + 1000)).toEqual({ missing: 0, jumped: true });
    expect(m.gaps.gaps[0]).toMatchObject({ from: SEQ + 1, to: SEQ + 999, cause: /not played/ });
  });

  it('starts with an empty picture after a restart', () => {
    for (let i = 0; i < 10; i++) take(SEQ + i);
    m.expectJump('restart');
    take(SEQ + 10);
    take(SEQ);
    expect(m.history.oldestColumn).toBe(SEQ);
    expect(m.history.newestColumn).toBe(SEQ);
  });

  it('places the gaps that the server reports and the ones it cannot fill', () => {
    const ns = (seq: number) => makeHeader(seq).ts_ns;
    take(SEQ, { gap: { from_ns: ns(SEQ - 40), to_ns: ns(SEQ), cause: 'feed lost' } });
    m.takeGap({ type: 'gap', from_seq: SEQ + 1, to_seq: SEQ + 4, reason: 'no longer held' });
    expect(m.gaps.gaps).toEqual([
      { from: SEQ - 40, to: SEQ - 1, cause: 'feed lost' },
      { from: SEQ + 1, to: SEQ + 4, cause: 'no longer held' },
    ]);
  });

  it('forgets everything for another session, and nothing for the same one', () => {
    take(SEQ);
    expect(m.takeConfig(CONFIG)).toBe(false);
    expect(m.history.empty).toBe(false);
    expect(m.takeConfig({ ...CONFIG, session: 's2' })).toBe(true);
    expect(m.history.empty).toBe(true);
    expect(m.header).toBeNull();
  });

  it('does not move when a side of the book is missing', () => {
    take(SEQ);
    take(SEQ + 1, { mid_price_int: null, best_bid_price_int: null, spot_stale: true });
    expect(m.spotRow).toBe(27_790);
    expect(m.history.midRows[1]).toBeNaN();
  });

  it('places trades by their own time and price', () => {
    const trade = {
      ts_ns: makeHeader(SEQ - 1).ts_ns,
      price_int: '6947250000000',
      size: 4,
      side: 'A',
    };
    take(SEQ, { trades: [trade] });
    expect([m.trades.columns[0], m.trades.rows[0], m.trades.sides[0]]).toEqual([
      SEQ - 1,
      27_789,
      1,
    ]);
  });

  it('exports what is visible, each frame once, with exact values', () => {
    take(SEQ);
    take(SEQ + 4, { thinned: 3 });
    const window = { fromColumn: SEQ, toColumn: SEQ + 9, fromRow: 27_789, toRow: 27_790 };
    const lines = csvPieces(m, window).join('').trim().split('\n');
    expect(lines[0]).toBe(csvHead(m));
    expect(lines).toHaveLength(5);
    expect(lines[1]).toBe(
      `${SEQ},1767623400000000000,6947.25,${49 / 256},49,49,49,49,49,49,49,49,49,49,49,49,49`,
    );
    expect(lines[4]).toContain(`${SEQ + 4},1767623400100000000,6947.50,`);
  });
});

describe('flow series', () => {
  it('takes a point each quarter second and measures events a second of event time', () => {
    const s = new FlowSeries();
    for (let i = 0; i <= 80; i++) s.take(makeHeader(i, { events: 10, cvd: i }), arrays, 25);
    expect(s.columns).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80]);
    expect(s.cvd.at(-1)).toBe(80);
    expect(s.rate(25)).toBe(400);
  });

  it('measures the same rate when frames are thinned', () => {
    const s = new FlowSeries();
    for (let i = 0; i < 40; i++) {
      s.take(makeHeader(i * 5, { events: 50, thinned: 4 }), arrays, 25);
    }
    expect(s.rate(25)).toBe(400);
  });

  it('is unknown before the first frame', () => {
    expect(new FlowSeries().rate(25)).toBeNaN();
  });

  it('drops the future after a step back', () => {
    const s = new FlowSeries();
    for (let i = 0; i <= 80; i++) s.take(makeHeader(i), arrays, 25);
    s.truncateFrom(45);
    expect(s.columns).toEqual([0, 10, 20, 30, 40]);
    expect(s.imbalance).toHaveLength(5);
  });

  it('leans with bids that build and asks that drain', () => {
    const flow = (bp: number, bv: number, ap: number, av: number) =>
      flowImbalance(
        makeArrays(
          (name) =>
            ({ bid_pressure: bp, bid_vacuum: bv, ask_pressure: ap, ask_vacuum: av })[name] ?? 0,
        ),
      );
    expect(flow(2, 0, 0, 0)).toBe(22);
    expect(flow(0, 0, 0, 2)).toBe(22);
    expect(flow(0, 2, 0, 0)).toBe(-22);
    expect(flow(1, 1, 1, 1)).toBe(0);
  });
});

describe('ladder', () => {
  it('sums rows into lines that are high enough to read, and loses nothing', () => {
    expect([20, 7, 5, 1].map(rowsPerLine)).toEqual([1, 2, 4, 20]);
    for (const group of [1, 2, 4, 10]) {
      const lines = ladderLines(arrays, 27_790, group);
      expect(lines.reduce((sum, l) => sum + l.bid, 0)).toBe(5050);
      expect(lines.every((l) => l.row % group === 0)).toBe(true);
      expect(lines[0]!.row).toBeGreaterThan(lines.at(-1)!.row);
    }
    const single = ladderLines(arrays, 27_790, 1);
    expect(single[0]).toMatchObject({ row: 27_840, bid: 100, stacked: 100 });
  });
});

describe('force profile', () => {
  it('sums above and below spot, the row of spot in neither', () => {
    expect(forceSums(arrays)).toEqual({
      pressureAbove: 3775,
      vacuumAbove: 3775,
      pressureBelow: 1225,
      vacuumBelow: 1225,
    });
  });
});

describe('extent', () => {
  it('passes over unknown values', () => {
    expect(extent([Number.NaN, 3, -1])).toEqual({ low: -1, high: 3 });
    expect(extent([])).toBeNull();
  });
});
