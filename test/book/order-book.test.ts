/** What records do to orders and levels, rule by rule, by hand. A price is its tick. */
import { describe, expect, it } from 'vitest';
import { MAX_TICK, NO_TICK } from '../../src/book/index.ts';
import { A, C, flowsOf, M, play } from './play-rows.ts';
import { LAST, row, UNDEF_PRICE, UNDEF_SIZE } from './records.ts';

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

  it('takes prices to the end of the ticks in bounded memory, refuses those beyond', () => {
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
