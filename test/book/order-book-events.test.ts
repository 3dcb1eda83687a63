/** Events, clears, snapshots and flow, rule by rule, by hand. A price is its tick. */
import { describe, expect, it } from 'vitest';
import {
  EVENT_OPEN_LIMIT_NS,
  FlowLog,
  NO_TICK,
  OrderBook,
  TradeLog,
} from '../../src/book/index.ts';
import { sumFlows, tradesOf } from './compare-books.ts';
import { A, C, flowsOf, M, play } from './play-rows.ts';
import {
  BAD_BOOK,
  LAST,
  MBP,
  type Row,
  row,
  SNAPSHOT,
  TOB,
  toColumns,
  UNDEF_PRICE,
} from './records.ts';

describe('events', () => {
  it('opens at a record and closes at F_LAST, on whatever record it comes', () => {
    const c = toColumns([A('B', 1, 1, 1, 0), C('B', 1, 1, 1, 0), row('N', 'N', 0, 0, 0, LAST)]);
    const flows = new FlowLog();
    const book = new OrderBook({ tickSize: 1, flows });
    book.applyBatch(c, 0, 2);
    expect([book.eventOpen, book.eventCount, flows.length, flows.closed]).toEqual([true, 0, 2, 0]);
    book.applyBatch(c, 2, 3);
    expect([book.eventOpen, book.eventCount, flows.closed]).toEqual([false, 1, 2]);
  });

  it('stamps flows and trades with the clock and count of the event', () => {
    const { flows, trades } = play([
      row('A', 'A', 1, 50, 5, LAST, 10),
      row('T', 'B', 0, 50, 5, 0, 20),
      row('F', 'A', 1, 50, 5, 0, 21),
      row('C', 'A', 1, 50, 5, LAST, 22),
    ]);
    expect([...sumFlows(flows)]).toEqual([
      ['1 10 add A 50', 5],
      ['2 22 fill A 50', 5],
    ]);
    expect(tradesOf(trades)).toEqual([{ ts: 22, event: 2, price: 50, size: 5, side: 'B' }]);
  });

  it('keeps the open event when the closed flows are consumed', () => {
    const c = toColumns([A('B', 1, 1, 1), A('B', 2, 2, 2, 0), A('B', 3, 3, 3)]);
    const flows = new FlowLog();
    const trades = new TradeLog();
    const book = new OrderBook({ tickSize: 1, flows, trades });
    book.applyBatch(c, 0, 2);
    flows.consume();
    trades.consume();
    expect([flows.length, flows.closed, flows.tick[0]]).toEqual([1, 0, 2]);
    book.applyBatch(c, 2, 3);
    expect(flowsOf(flows)).toEqual(['2 add B 2 2', '2 add B 3 3']);
  });

  it('closes an event whose F_LAST does not come, at the clock it had', () => {
    const late = 5 + EVENT_OPEN_LIMIT_NS;
    const rows = [
      row('A', 'B', 1, 1, 1, 0, 5),
      row('A', 'B', 2, 1, 1, 0, late),
      row('A', 'B', 3, 1, 1, 0, late + 1),
      row('A', 'B', 4, 1, 1, LAST, late + 1),
    ];
    const { n, book, flows } = play(rows);
    expect([n.forcedCloses, book.eventCount]).toEqual([1, 2]);
    expect([...sumFlows(flows)]).toEqual([
      [`1 ${late} add B 1`, 2],
      [`2 ${late + 1} add B 1`, 2],
    ]);
  });

  it('closes the event that the end of the data leaves open, when told', () => {
    const { book } = play([A('B', 1, 1, 1, 0)]);
    book.finish();
    book.finish();
    expect([book.eventOpen, book.eventCount, book.counters.forcedCloses]).toEqual([false, 1, 1]);
  });

  it('stops before a time, but never inside an event', () => {
    const c = toColumns([
      row('A', 'B', 1, 1, 1, LAST, 10),
      row('A', 'B', 2, 1, 1, 0, 20),
      row('A', 'B', 3, 1, 1, LAST, 30),
      row('A', 'B', 4, 1, 1, LAST, 5),
      row('A', 'B', 5, 1, 1, LAST, 40),
    ]);
    const book = new OrderBook({ tickSize: 1 });
    expect(book.applyUntil(c, 0, 5, 10)).toBe(0);
    expect(book.applyUntil(c, 0, 5, 20)).toBe(1);
    expect(book.applyUntil(c, 1, 5, 30)).toBe(1 + 0 + 2);
    expect(book.counters.backwardClock).toBe(0);
    expect(book.applyUntil(c, 3, 5, 31)).toBe(4);
    expect(book.applyUntil(c, 4, 5, 40)).toBe(4);
    expect(book.applyUntil(c, 4, 5, 41)).toBe(5);
    expect([book.now, book.counters.backwardClock]).toEqual([40, 1]);
  });
});

describe('clears and snapshots', () => {
  const snap = (flags: number, id: number) => ({ ...A('B', id, 100 + id, 1, flags), tsEvent: -id });

  it('drops the book at a clear, books no flow, and is not valid until the event closes', () => {
    const c = toColumns([A('B', 1, 1, 1), row('R', 'N', 0, UNDEF_PRICE, 0, 8), A('B', 2, 2, 2)]);
    const flows = new FlowLog();
    const book = new OrderBook({ tickSize: 1, flows });
    book.applyBatch(c, 0, 2);
    expect([book.orderCount, book.valid, book.bestBidTick]).toEqual([0, false, NO_TICK]);
    book.applyBatch(c, 2, 3);
    expect([book.valid, book.partial, book.counters.clears]).toEqual([true, false, 1]);
    expect(flowsOf(flows)).toEqual(['1 add B 1 1', '2 add B 2 2']);
  });

  it('reads a snapshot as state, not flow', () => {
    const c = toColumns([
      row('R', 'N', 0, UNDEF_PRICE, 0, SNAPSHOT | 8),
      snap(SNAPSHOT | 8, 1),
      snap(SNAPSHOT | 8 | LAST, 2),
      A('B', 3, 99, 1),
    ]);
    const flows = new FlowLog();
    const book = new OrderBook({ tickSize: 1, flows });
    book.applyBatch(c, 0, 2);
    expect([book.valid, book.partial]).toEqual([false, false]);
    book.applyBatch(c, 2, 3);
    expect([book.valid, book.orderCount, flows.length]).toEqual([true, 2, 0]);
    expect(book.orderOf(2, 0)?.restSince).toBe(-2);
    book.applyBatch(c, 3, 4);
    expect([book.counters.clears, book.counters.snapshots, flows.length]).toEqual([1, 1, 1]);
  });

  it('takes a snapshot without a clear for one, each time', () => {
    const { book, n } = play([
      A('B', 9, 50, 5),
      snap(SNAPSHOT, 1),
      snap(SNAPSHOT | LAST, 2),
      A('B', 8, 60, 5),
      snap(SNAPSHOT, 3),
      A('B', 7, 70, 5),
    ]);
    expect([...book.levels(0).tick]).toEqual([103, 70]);
    expect([n.clears, n.snapshots]).toEqual([2, 2]);
  });

  it('is valid after an empty snapshot', () => {
    const { book } = play([A('B', 1, 1, 1), row('R', 'N', 0, UNDEF_PRICE, 0, SNAPSHOT | 8 | LAST)]);
    expect([book.valid, book.orderCount, book.partial]).toEqual([true, 0, false]);
  });

  it('is suspect from F_MAYBE_BAD_BOOK to the next clear', () => {
    const rows = [A('B', 1, 1, 1, LAST | BAD_BOOK), A('B', 2, 1, 1)];
    expect(play(rows).book.suspect).toBe(true);
    expect(play([...rows, row('R', 'N', 0, UNDEF_PRICE, 0)]).book.suspect).toBe(false);
  });
});

describe('feeds of totals', () => {
  it('replaces a side by a top-of-book add, which is no order', () => {
    const { book, n, flows } = play([
      A('B', 1, 100, 5),
      A('B', 0, 101, 7, LAST | TOB),
      A('B', 0, 101, 4, LAST | TOB),
      A('B', 0, UNDEF_PRICE, 0, LAST | TOB),
    ]);
    expect([book.bestBidTick, book.orderCount, n.tobRecords]).toEqual([NO_TICK, 0, 3]);
    expect(flowsOf(flows)).toEqual([
      '1 add B 100 5',
      '2 pull B 100 5',
      '2 add B 101 7',
      '3 pull B 101 3',
      '4 pull B 101 4',
    ]);
    const { book: held } = play([A('A', 0, 101, 7, LAST | TOB)]);
    expect([held.depthAt(1, 101), held.ordersAt(1, 101)]).toEqual([7, 0]);
  });

  it('sets the total of a level by a level record', () => {
    const { book } = play([
      A('A', 0, 10, 5, LAST | MBP),
      M('A', 0, 10, 3, LAST | MBP),
      A('A', 0, 11, 8, LAST | MBP),
      C('A', 0, 11, 8, LAST | MBP),
    ]);
    expect([[...book.levels(1).tick], [...book.levels(1).qty]]).toEqual([[10], [3]]);
  });
});

describe('flow attribution', () => {
  const T = (size: number, side = 'B') => row('T', side, 0, 50, size, 0);
  const F = (id: number, size: number, flags = 0) => row('F', 'A', id, 50, size, flags);
  const last = (rows: Row[]) => {
    const { flows, n } = play([A('A', 1, 50, 10), ...rows]);
    return [flowsOf(flows).slice(1), n.hiddenFillLots];
  };

  it('is a fill as far as fills are pending, a pull beyond', () => {
    expect(last([T(4), F(1, 4), C('A', 1, 50, 4)])).toEqual([['2 fill A 50 4'], 0]);
    expect(last([T(4), F(1, 4), C('A', 1, 50, 10)])).toEqual([
      ['2 fill A 50 4', '2 pull A 50 6'],
      0,
    ]);
    expect(last([T(4), F(1, 4), M('A', 1, 50, 6)])).toEqual([['2 fill A 50 4'], 0]);
    expect(last([C('A', 1, 50, 3)])).toEqual([['2 pull A 50 3'], 0]);
  });

  it('keeps fills pending until a later event takes the quantity out', () => {
    expect(last([T(4), F(1, 4, LAST), C('A', 1, 50, 10)])).toEqual([
      ['3 fill A 50 4', '3 pull A 50 6'],
      0,
    ]);
  });

  it('splits a modify that leaves its price into what left and what came', () => {
    expect(last([T(4), F(1, 4), M('A', 1, 52, 7)])).toEqual([
      ['2 fill A 50 4', '2 pull A 50 6', '2 add A 52 7'],
      0,
    ]);
    expect(last([M('A', 1, 50, 12)])).toEqual([['2 add A 50 2'], 0]);
  });

  it('is hidden when it matched no displayed order', () => {
    expect(last([T(4), F(77, 4, LAST)])).toEqual([['2 hidden A 50 4'], 4]);
    expect(last([T(9), F(1, 4), C('A', 1, 50, 4)])).toEqual([
      ['2 fill A 50 4', '2 hidden A 50 5'],
      5,
    ]);
    expect(last([T(3), T(4, 'A'), row('N', 'N', 0, 0, 0)])).toEqual([
      ['2 hidden A 50 3', '2 hidden B 50 4'],
      7,
    ]);
    expect(last([T(4), F(1, 14), C('A', 1, 50, 10)])).toEqual([
      ['2 fill A 50 10', '2 hidden A 50 4'],
      4,
    ]);
    expect(last([{ ...T(4, 'N'), flags: LAST }])).toEqual([[], 4]);
  });

  it('keeps the volume of aggressors', () => {
    const { n } = play([T(4), T(3, 'A'), T(2, 'N')]);
    expect(n).toMatchObject({
      buyVolume: 4,
      sellVolume: 3,
      sidelessVolume: 2,
      tradeCount: 3,
      buyTradeCount: 1,
      sellTradeCount: 1,
    });
  });
});
