import { describe, expect, it } from 'vitest';
import { NO_LEVEL, NO_TICK, OrderBook, RankedLevels } from '../../src/book/index.ts';
import { generateRows } from './generate-rows.ts';
import { LAST, type Row, row, SNAPSHOT, toColumns } from './records.ts';

/** Best levels of both sides as the book itself tells them: key, lots. */
function plain(book: OrderBook, ranks: number): [number, number][][] {
  return ([0, 1] as const).map((side) => {
    const { tick, qty } = book.levels(side);
    return Array.from({ length: ranks }, (_, m): [number, number] =>
      m < tick.length ? [side === 0 ? tick[m]! : ~tick[m]!, qty[m]!] : [NO_LEVEL, 0],
    );
  });
}

function ranked({ keys, lots }: { keys: Int32Array; lots: Float64Array }): [number, number][] {
  return Array.from(keys, (key, m): [number, number] => [key, lots[m]!]);
}

/** First rank that differs. */
const firstOf = (a: [number, number][], b: [number, number][]): number => {
  const at = a.findIndex(([key, lots], m) => key !== b[m]![0] || lots !== b[m]![1]);
  return at < 0 ? a.length : at;
};

describe('the best levels of a book', () => {
  it.each([
    [1, 41, 0],
    [3, 42, 0],
    [10, 43, 0],
    [10, 44, 0.05],
  ])('%d ranks are those of the book, now and before (seed %d)', (ranks, seed, nasty) => {
    const rows = generateRows({ seed, count: 4000, nasty, tickSize: 5 });
    const book = new OrderBook({ tickSize: 5 });
    const levels = new RankedLevels(book, ranks);
    const columns = toColumns(rows);
    let old = plain(book, ranks);
    let changes = 0;
    rows.forEach((r: Row, i) => {
      book.applyBatch(columns, i, i + 1);
      // Now and then several events go by.
      if ((r.flags & LAST) === 0 || i % 7 === 0) return;
      const changed = levels.look();
      const now = plain(book, ranks);
      const firsts = [levels.firstBid, levels.firstAsk];
      expect(firsts).toEqual(now.map((side, k) => firstOf(side, old[k]!)));
      expect(changed).toBe(Math.min(...firsts) < ranks);
      ([0, 1] as const).forEach((side) => {
        expect(ranked(levels.now(side))).toEqual(now[side]);
        if (firsts[side]! < ranks) expect(ranked(levels.before(side))).toEqual(old[side]);
      });
      if (changed) changes++;
      old = now;
    });
    expect(changes).toBeGreaterThan(100);
  });

  it('has no touch where there is none, and knows when the book began anew', () => {
    const book = new OrderBook({ tickSize: 1 });
    const levels = new RankedLevels(book, 2);
    const play = (...rows: Row[]) => {
      book.applyBatch(toColumns(rows), 0, rows.length);
      return levels.look();
    };
    expect(play(row('A', 'A', 1, 100, 7))).toBe(true);
    expect([levels.touchTick(0), levels.touchTick(1)]).toEqual([NO_TICK, 100]);
    expect([levels.touchLots(0), levels.touchLots(1)]).toEqual([0, 7]);
    const before = levels.restarts;
    expect(play(row('T', 'B', 0, 100, 2))).toBe(false);
    expect(levels.restarts).toBe(before);
    play(row('R', 'N', 0, 2 ** 63, 0));
    expect(levels.touchTick(1)).toBe(NO_TICK);
    const cleared = levels.restarts;
    expect(cleared).toBeGreaterThan(before);
    play(row('A', 'B', 2, 99, 4, SNAPSHOT | LAST));
    expect(levels.restarts).toBeGreaterThan(cleared);
  });
});
