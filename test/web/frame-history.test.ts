import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FRAME_K } from '../../src/wire/index.ts';
import { COLUMN_HELD, COLUMN_INVALID, FrameHistory } from '../../web/surface/frame-history.ts';
import { GapHistory } from '../../web/surface/gap-history.ts';
import { clusterTrades, TradeHistory } from '../../web/surface/trade-history.ts';
import { HISTORY_LAYOUT } from '../../web/vacuum-pressure/fields.ts';
import { makeArrays } from './frames.ts';

const { frames: HISTORY_FRAMES, timeColumns: HISTORY_COLUMNS } = HISTORY_LAYOUT;

const facts = (seq: number, spotRow = 1000, skipped = 0) => ({
  seq,
  spotRow,
  bidRow: spotRow - 1,
  askRow: spotRow,
  midRow: spotRow - 0.5,
  bookValid: true,
  skipped,
});
const stamp = (seq: number) => makeArrays((_, i) => seq + i / 128);

describe('frame history', () => {
  it("gives back every row's exact value at its absolute price", () => {
    const h = new FrameHistory(HISTORY_LAYOUT);
    h.append(facts(500, 1000), stamp(3));
    const frame = h.frameAt(500);
    expect(h.value('rest_depth', frame, 1000 - FRAME_K)).toBe(3);
    expect(h.value('rest_depth', frame, 1000)).toBe(3 + 50 / 128);
    expect(h.value('composite', frame, 1000 + FRAME_K)).toBe(3 + 100 / 128);
    expect(h.value('rest_depth', frame, 1000 + FRAME_K + 1)).toBeNaN();
    expect(h.value('rest_depth', frame, 1000 - FRAME_K - 1)).toBeNaN();
  });

  it('keeps rows that left the window with later spots', () => {
    const h = new FrameHistory(HISTORY_LAYOUT);
    h.append(facts(1, 1000), stamp(1));
    h.append(facts(2, 1080), stamp(2));
    expect(h.value('rest_depth', h.frameAt(1), 960)).toBe(1 + 10 / 128);
    expect(h.value('rest_depth', h.frameAt(2), 960)).toBeNaN();
  });

  it('agrees with a plain map under any arrivals, wrap-around included', () => {
    const steps = fc.array(
      fc.record({
        jump: fc.integer({ min: 1, max: 900 }),
        skipped: fc.integer({ min: 0, max: 900 }),
      }),
      { minLength: 1, maxLength: 400 },
    );
    const h = new FrameHistory(HISTORY_LAYOUT);
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 8e6 }), (list, start) => {
        h.clear();
        const model = new Map<number, number>();
        let seq = start;
        let previous = -1;
        for (const { jump, skipped } of list) {
          seq += jump;
          if (previous >= 0 && seq - previous - 1 <= skipped) {
            for (let c = previous + 1; c < seq; c++) model.set(c, previous);
          }
          h.append(facts(seq, 1000, skipped), stamp(seq % 1000));
          model.set(seq, seq);
          previous = seq;
        }
        for (let c = Math.max(start, seq - HISTORY_COLUMNS + 1); c <= seq + 1; c += 13) {
          const frame = h.frameAt(c);
          const shown = frame < 0 ? undefined : h.seqs[h.slotOf(frame)];
          expect(shown, `column ${c}`).toBe(model.get(c));
        }
      }),
      { seed: 41, numRuns: 25 },
    );
  });

  it('shows the previous frame, flagged, only where the server says it left frames out', () => {
    const h = new FrameHistory(HISTORY_LAYOUT);
    h.append(facts(10), stamp(1));
    h.append(facts(14, 1000, 3), stamp(2));
    expect([11, 12, 13].map((c) => h.frameAt(c))).toEqual([0, 0, 0]);
    expect(h.flagsAt(12) & COLUMN_HELD).toBe(COLUMN_HELD);
    expect(h.flagsAt(14) & COLUMN_HELD).toBe(0);
    h.append(facts(20, 1000, 2), stamp(3));
    expect([15, 19].map((c) => h.frameAt(c))).toEqual([-1, -1]);
  });

  it('forgets the oldest frames, never the newest', () => {
    const h = new FrameHistory(HISTORY_LAYOUT);
    const arrays = stamp(0);
    for (let seq = 1; seq <= HISTORY_FRAMES + 100; seq++) h.append(facts(seq), arrays);
    expect(h.frameAt(100)).toBe(-1);
    expect(h.frameAt(101)).toBe(100);
    expect(h.frameAt(HISTORY_FRAMES + 100)).toBe(HISTORY_FRAMES + 99);
  });

  it('does not show the future after a step back', () => {
    const h = new FrameHistory(HISTORY_LAYOUT);
    for (const seq of [10, 11, 12, 13]) h.append(facts(seq), stamp(seq));
    const { epoch } = h;
    h.append(facts(12), stamp(99));
    expect(h.newestColumn).toBe(12);
    expect(h.frameAt(13)).toBe(-1);
    expect(h.value('rest_depth', h.frameAt(12), 950)).toBe(99);
    expect(h.value('rest_depth', h.frameAt(11), 950)).toBe(11);
    expect(h.epoch).toBeGreaterThan(epoch);
  });

  it('starts anew after a jump longer than itself', () => {
    const h = new FrameHistory(HISTORY_LAYOUT);
    h.append(facts(10), stamp(1));
    h.append(facts(10 + HISTORY_COLUMNS), stamp(2));
    expect(h.frameAt(10)).toBe(-1);
    expect(h.oldestColumn).toBe(10 + HISTORY_COLUMNS);
  });

  it('has no data without spot, and says when the book was not valid', () => {
    const h = new FrameHistory(HISTORY_LAYOUT);
    h.append({ ...facts(5), spotRow: Number.NaN, bookValid: false }, stamp(1));
    expect(h.frameAt(5)).toBe(-1);
    expect(h.flagsAt(5) & COLUMN_INVALID).toBe(COLUMN_INVALID);
  });
});

describe('gap history', () => {
  it('joins gaps that touch and share a cause, and no others', () => {
    const g = new GapHistory();
    g.add({ from: 10, to: 19, cause: 'feed' });
    g.add({ from: 20, to: 25, cause: 'feed' });
    g.add({ from: 26, to: 30, cause: 'other' });
    g.add({ from: 5, to: 4, cause: 'empty' });
    expect(g.gaps).toEqual([
      { from: 10, to: 25, cause: 'feed' },
      { from: 26, to: 30, cause: 'other' },
    ]);
    g.truncateFrom(15);
    expect(g.gaps).toEqual([{ from: 10, to: 14, cause: 'feed' }]);
  });
});

describe('trade clusters', () => {
  const place = { x: (c: number) => c, y: (r: number) => r };

  it('merge what falls on one spot and side, and keep the volume', () => {
    const t = new TradeHistory();
    t.append(100, 50, 3, 0);
    t.append(101, 50, 1, 0);
    t.append(101, 50, 5, 1);
    t.append(140, 50, 2, 0);
    const dots = clusterTrades(t, 0, 200, place, 9, 0);
    expect(dots.map((d) => d.size).sort()).toEqual([2, 4, 5]);
    const merged = dots.find((d) => d.size === 4)!;
    expect(merged.x).toBeCloseTo(100.25, 9);
    expect(merged.trades).toBe(2);
    expect(
      clusterTrades(t, 0, 200, place, 9, 3)
        .map((d) => d.size)
        .sort(),
    ).toEqual([4, 5]);
    expect(clusterTrades(t, 0, 120, place, 9, 0)).toHaveLength(2);
  });

  it('keep the total volume whatever the cell', () => {
    const trades = fc.array(
      fc.tuple(
        fc.integer({ min: 0, max: 500 }),
        fc.integer({ min: -50, max: 50 }),
        fc.integer({ min: 1, max: 90 }),
      ),
      { maxLength: 80 },
    );
    fc.assert(
      fc.property(trades, fc.integer({ min: 1, max: 60 }), (list, cell) => {
        const t = new TradeHistory();
        const sorted = [...list].sort((a, b) => a[0] - b[0]);
        for (const [column, row, size] of sorted) t.append(column, row, size, size % 3);
        const dots = clusterTrades(t, 0, 500, place, cell, 0);
        const total = dots.reduce((sum, d) => sum + d.size, 0);
        expect(total).toBe(list.reduce((sum, [, , size]) => sum + size, 0));
      }),
      { seed: 42 },
    );
  });

  it('forget the future after a step back', () => {
    const t = new TradeHistory();
    for (const c of [1, 2, 3, 4]) t.append(c, 0, 1, 0);
    t.truncateFrom(3);
    expect(clusterTrades(t, 0, 9, place, 1, 0).map((d) => d.x)).toEqual([1, 2]);
  });
});
