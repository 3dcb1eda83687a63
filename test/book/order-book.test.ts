/** Every rule of the book, one by one, by hand. Ticks of 1, so that a price is its tick. */
import { describe, expect, it } from 'vitest';
import {
  EVENT_OPEN_LIMIT_NS,
  FlowLog,
  MAX_TICK,
  NO_TICK,
  OrderBook,
  TradeLog,
} from '../../src/book/index.ts';
import { sumFlows, tradesOf } from './compare-books.ts';
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
  UNDEF_SIZE,
} from './records.ts';

function play(rows: Row[], tickSize = 1) {
  const flows = new FlowLog();
  const trades = new TradeLog();
  const book = new OrderBook({ tickSize, flows, trades });
  book.applyBatch(toColumns(rows), 0, rows.length);
  book.assertInvariants();
  return { book, flows, trades, n: book.counters };
}

/** `event kind side tick qty` of every flow. */
const flowsOf = (log: FlowLog) =>
  [...sumFlows(log)].map(([key, qty]) => {
    const [event, , kind, side, tick] = key.split(' ');
    return `${event} ${kind} ${side} ${tick} ${qty}`;
  });

const A = (side: string, id: number, price: number, size: number, flags = LAST) =>
  row('A', side, id, price, size, flags);
const C = (side: string, id: number, price: number, size: number, flags = LAST) =>
  row('C', side, id, price, size, flags);
const M = (side: string, id: number, price: number, size: number, flags = LAST) =>
  row('M', side, id, price, size, flags);

describe('orders and levels', () => {
  it('adds at the tail of a level, best price first', () => {
    const { book } = play([
      A('B', 1, 100, 5),
      A('B', 2, 100, 7),
      A('B', 3, 101, 1),
      A('A', 4, 103, 2),
    ]);
    expect([book.bestBidTick, book.bestAskTick]).toEqual([101, 103]);
    expect(book.levels(0)).toEqual({
      tick: Int32Array.of(101, 100),
      qty: Float64Array.of(1, 12),
      orders: Int32Array.of(1, 2),
    });
    expect([1, 2, 3, 4, 5].map((id) => book.queueAhead(id, 0))).toEqual([0, 5, 0, 0, -1]);
    expect([book.depthAt(0, 100), book.ordersAt(0, 100), book.depthAt(1, 100)]).toEqual([12, 2, 0]);
  });

  it('is empty at first', () => {
    const { book } = play([]);
    expect([book.bestBidTick, book.bestAskTick, book.valid]).toEqual([NO_TICK, NO_TICK, false]);
    expect([book.now, book.eventCount]).toEqual([Number.NEGATIVE_INFINITY, 0]);
  });

  it('cancels the amount of the record, and the order at 0', () => {
    const rows = [A('B', 1, 100, 5), A('B', 2, 100, 7), C('B', 1, 100, 2)];
    expect(play(rows).book.levels(0).qty).toEqual(Float64Array.of(10));
    const { book } = play([...rows, C('B', 1, 100, 3)]);
    expect([book.queueAhead(1, 0), book.queueAhead(2, 0), book.orderCount]).toEqual([-1, 0, 1]);
    expect(play([...rows, C('B', 1, 100, 3), C('B', 2, 100, 7)]).book.bestBidTick).toBe(NO_TICK);
  });

  it('clamps a cancel of more than is left', () => {
    const { book, n, flows } = play([A('B', 1, 100, 5), C('B', 1, 100, 9)]);
    expect([book.orderCount, n.overCancels]).toEqual([0, 1]);
    expect(flowsOf(flows)).toEqual(['1 add B 100 5', '2 pull B 100 5']);
  });

  it('keeps priority when an order shrinks in place', () => {
    const { book } = play([A('A', 1, 50, 5), A('A', 2, 50, 5), M('A', 1, 50, 3)]);
    expect([book.queueAhead(1, 0), book.queueAhead(2, 0)]).toEqual([0, 3]);
  });

  it('loses priority when an order grows', () => {
    const { book } = play([A('A', 1, 50, 5), A('A', 2, 50, 5), M('A', 1, 50, 6)]);
    expect([book.queueAhead(2, 0), book.queueAhead(1, 0)]).toEqual([0, 5]);
  });

  it('loses priority when an order leaves its price and comes back', () => {
    const { book } = play([A('A', 1, 50, 5), A('A', 2, 50, 5), M('A', 1, 51, 5), M('A', 1, 50, 5)]);
    expect([book.queueAhead(2, 0), book.queueAhead(1, 0)]).toEqual([0, 5]);
  });

  it('adds an unknown order that is modified', () => {
    const { book, n } = play([M('B', 9, 77, 4)]);
    expect([book.depthAt(0, 77), n.unknownModifies]).toEqual([4, 1]);
  });

  it('counts an unknown cancel and invents nothing', () => {
    const { book, n, flows } = play([C('B', 9, 77, 4)]);
    expect([book.orderCount, n.unknownCancels, flows.length, book.partial]).toEqual([
      0,
      1,
      0,
      true,
    ]);
  });

  it('pulls the old order when an id is added twice', () => {
    const { book, n, flows } = play([A('B', 1, 100, 5), A('A', 1, 105, 2)]);
    expect([book.depthAt(0, 100), book.depthAt(1, 105), n.duplicateAdds]).toEqual([0, 2, 1]);
    expect(flowsOf(flows)).toEqual(['1 add B 100 5', '2 pull B 100 5', '2 add A 105 2']);
  });

  it('moves an order whose modify names the other side', () => {
    const { book, n } = play([A('B', 1, 100, 5), M('A', 1, 105, 2)]);
    expect([book.depthAt(0, 100), book.depthAt(1, 105), n.sideMismatches]).toEqual([0, 2, 1]);
  });

  it('removes an order that is modified to nothing', () => {
    const { book, n } = play([A('B', 1, 100, 5), M('B', 1, 100, 0)]);
    expect([book.orderCount, n.zeroSizes]).toEqual([0, 1]);
  });

  it('tells ids apart by all 64 bits', () => {
    const low = 0xfedcba98;
    const ids = [BigInt(low), (1n << 32n) + BigInt(low), (0xffffffffn << 32n) + BigInt(low)];
    const { book } = play(ids.map((id, i) => row('A', 'B', id, 10, i + 1)));
    expect([0, 1, 0xffffffff].map((hi) => book.orderOf(low, hi)?.qty)).toEqual([1, 2, 3]);
  });

  it('never changes for trades, fills and nones', () => {
    const rows = [
      A('A', 1, 50, 5),
      row('T', 'B', 0, 50, 5),
      row('F', 'A', 1, 50, 5),
      row('N', 'N', 0, 0, 0),
    ];
    const { book } = play(rows);
    expect([book.depthAt(1, 50), book.eventCount]).toEqual([5, 4]);
  });

  it('reports crossed and locked states and leaves them', () => {
    const crossed = play([A('B', 1, 100, 1), A('A', 2, 99, 1)]);
    expect([crossed.book.crossed, crossed.book.locked, crossed.n.crossedEvents]).toEqual([
      true,
      false,
      1,
    ]);
    const locked = play([A('B', 1, 100, 1), A('A', 2, 100, 1)]);
    expect([locked.book.crossed, locked.book.locked, locked.n.lockedEvents]).toEqual([
      false,
      true,
      1,
    ]);
  });

  it('reads a range of ticks, and what has rested', () => {
    const { book } = play([
      row('A', 'B', 1, 100, 5, LAST, 10),
      row('A', 'B', 2, 100, 7, LAST, 20),
      row('A', 'B', 3, 102, 1, LAST, 30),
      row('M', 'B', 1, 100, 4, LAST, 40),
    ]);
    const qty = new Float64Array(4);
    const orders = new Int32Array(4);
    book.readDepths(0, 99, 4, qty, orders);
    expect([[...qty], [...orders]]).toEqual([
      [0, 11, 0, 1],
      [0, 2, 0, 1],
    ]);
    expect([9, 10, 20].map((t) => book.restingDepthAt(0, 100, t))).toEqual([0, 4, 11]);
  });
});

describe('prices and sizes that are odd', () => {
  it('floors a price between ticks towards its own side', () => {
    const { book, n } = play(
      [A('B', 1, 7, 1), A('A', 2, 7, 1), A('B', 3, -7, 1), A('A', 4, -7, 1)],
      5,
    );
    expect([...book.levels(0).tick]).toEqual([1, -2]);
    expect([...book.levels(1).tick]).toEqual([-1, 2]);
    expect(n.offGridPrices).toBe(4);
  });

  it('ignores and counts what has no price, size or side', () => {
    const { book, n, flows } = play([
      A('B', 1, 100, 5),
      A('B', 2, UNDEF_PRICE, 1),
      M('B', 1, UNDEF_PRICE, 1),
      C('B', 1, UNDEF_PRICE, 1),
      A('B', 3, 100, UNDEF_SIZE),
      M('B', 1, 100, UNDEF_SIZE),
      C('B', 1, 100, UNDEF_SIZE),
      A('N', 4, 100, 1),
      M('N', 1, 101, 1),
      C('N', 1, 100, 1),
      A('B', 5, 100, 0),
      C('B', 1, 100, 0),
      row('T', 'B', 0, 100, 0),
      row('T', 'B', 0, UNDEF_PRICE, 3),
      row('T', 'B', 0, 100, UNDEF_SIZE),
    ]);
    expect([book.orderCount, book.depthAt(0, 100), flows.closed]).toEqual([1, 5, 1]);
    expect(n).toMatchObject({
      undefinedPrices: 4,
      undefinedSizes: 4,
      sidelessOrders: 3,
      zeroSizes: 3,
      tradeCount: 0,
      buyVolume: 0,
    });
  });

  it('holds the largest sizes exactly', () => {
    const { book } = play([
      A('B', 1, 1, UNDEF_SIZE - 1),
      A('B', 2, 1, UNDEF_SIZE - 1),
      C('B', 1, 1, 1),
    ]);
    expect([book.depthAt(0, 1), book.queueAhead(2, 0)]).toEqual([2 ** 33 - 5, 2 ** 32 - 3]);
  });

  it('takes prices to the end of the tick range in bounded memory, and refuses those beyond', () => {
    const { book, n } = play([
      A('B', 1, -MAX_TICK, 1),
      A('A', 2, MAX_TICK, 2),
      A('B', 3, 0, 3),
      A('A', 4, MAX_TICK + 1, 1),
      A('A', 5, -(2 ** 63), 1),
      A('B', 6, 2 ** 63 - 1024, 1),
    ]);
    expect([...book.levels(0).tick]).toEqual([0, -MAX_TICK]);
    expect([...book.levels(1).tick]).toEqual([MAX_TICK]);
    expect(n.outOfRangePrices).toBe(3);
    expect(book.byteLength).toBeLessThan(4e6);
  });

  it('survives a clock that is no time, and one that steps back', () => {
    const { book, n } = play([
      row('A', 'B', 1, 1, 1, LAST, 100),
      row('A', 'B', 2, 1, 1, LAST, 2 ** 64),
      row('A', 'B', 3, 1, 1, LAST, 40),
      row('A', 'B', 4, 1, 1, LAST, 101),
    ]);
    expect([book.now, n.undefinedClocks, n.backwardClock]).toEqual([101, 1, 1]);
    expect([1, 2, 3, 4].map((id) => book.orderOf(id, 0)?.restSince)).toEqual([100, 100, 100, 101]);
  });

  it('counts unknown actions and goes on', () => {
    const { n, book } = play([row('?', 'B', 1, 1, 1), A('B', 1, 1, 1)]);
    expect([n.unknownActions, book.eventCount]).toEqual([1, 2]);
  });
});

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
