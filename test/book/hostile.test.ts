/**
 * Streams made to exhaust a book: memory stays in proportion to what is live, and time to what is
 * sent.
 */
import { describe, expect, it } from 'vitest';
import { OrderBook } from '../../src/book/index.ts';
import { Prng } from '../../src/core/index.ts';
import { MboColumns } from '../../src/dbn/index.ts';
import { LAST } from './records.ts';

const BATCH = 50_000;
const ORDERS = 300_000;

type Fill = (c: MboColumns, i: number, k: number) => void;

/** Applies `count` records made one by one. */
function feed(book: OrderBook, count: number, make: Fill): void {
  const c = new MboColumns(BATCH);
  for (let k = 0; k < count; k += BATCH) {
    const n = Math.min(BATCH, count - k);
    for (let i = 0; i < n; i++) {
      c.tsRecv[i] = k + i;
      c.flags[i] = LAST;
      c.size[i] = 1;
      make(c, i, k + i);
    }
    book.applyBatch(c, 0, n);
  }
}

const put = (c: MboColumns, i: number, action: string, side: string, id: number, price: number) => {
  c.action[i] = action.charCodeAt(0);
  c.side[i] = side.charCodeAt(0);
  c.orderIdLo[i] = id;
  c.orderIdHi[i] = 0;
  c.price[i] = price;
};

describe('hostile streams', () => {
  it('hold many orders in under 110 bytes each, and give the memory back', () => {
    const book = new OrderBook({ tickSize: 1 });
    feed(book, ORDERS, (c, i, k) =>
      put(c, i, 'A', k & 1 ? 'A' : 'B', k, (k & 1 ? 1000 : 0) + (k % 997)),
    );
    expect(book.orderCount).toBe(ORDERS);
    expect(book.byteLength / ORDERS).toBeLessThan(110);
    feed(book, ORDERS, (c, i, k) => put(c, i, 'C', k & 1 ? 'A' : 'B', k, 1));
    expect([book.orderCount, book.levelCounts]).toEqual([0, { bid: 0, ask: 0 }]);
    feed(book, 1, (c, i) => put(c, i, 'R', 'N', 0, 0));
    expect(book.byteLength).toBeLessThan(8e6);
    book.assertInvariants();
  });

  it('do not grow by churn', () => {
    const book = new OrderBook({ tickSize: 1 });
    feed(book, 600_000, (c, i, k) => {
      const id = k >> 1;
      put(c, i, k & 1 ? 'C' : 'A', 'B', id, 500 + ((id * 7919) % 5000));
    });
    expect([book.orderCount, book.counters.unknownCancels]).toEqual([0, 0]);
    expect(book.byteLength).toBeLessThan(200_000);
  });

  it('may put every order at a price of its own, anywhere', () => {
    const book = new OrderBook({ tickSize: 1 });
    const rng = new Prng(1);
    const prices = Array.from({ length: 60_000 }, () => rng.int(2 ** 31) - 2 ** 30);
    feed(book, prices.length, (c, i, k) => put(c, i, 'A', k & 1 ? 'A' : 'B', k, prices[k]));
    const want = new Set(prices.filter((_, k) => !(k & 1)));
    expect(book.levelCounts.bid).toBe(want.size);
    expect(book.bestBidTick).toBe(Math.max(...want));
    expect(book.byteLength).toBeLessThan(30e6);
    book.assertInvariants();
    feed(book, prices.length, (c, i, k) => put(c, i, 'C', k & 1 ? 'A' : 'B', k, prices[k]));
    expect([book.orderCount, book.levelCounts]).toEqual([0, { bid: 0, ask: 0 }]);
    book.assertInvariants();
  });

  it('may begin far from the market: the window follows', () => {
    const book = new OrderBook({ tickSize: 1 });
    feed(book, 1, (c, i) => put(c, i, 'A', 'B', 1_000_000, -900_000_000));
    feed(book, 5_000, (c, i, k) => put(c, i, 'A', 'B', k, 700_000 + k));
    expect(book.bestBidTick).toBe(704_999);
    expect(book.state.bids.far.count).toBeLessThanOrEqual(1);
    book.assertInvariants();
    feed(book, 5_000, (c, i, k) => put(c, i, 'C', 'B', 4_999 - k, 1));
    expect([book.bestBidTick, book.orderCount]).toEqual([-900_000_000, 1]);
  });

  it('may add one id for ever', () => {
    const book = new OrderBook({ tickSize: 1 });
    feed(book, 200_000, (c, i, k) => put(c, i, 'A', k & 1 ? 'A' : 'B', 42, k % 300));
    expect([book.orderCount, book.counters.duplicateAdds]).toEqual([1, 199_999]);
    book.assertInvariants();
  });

  it('may use ids that differ in few bits', () => {
    const book = new OrderBook({ tickSize: 1 });
    feed(book, 200_000, (c, i, k) => {
      put(c, i, 'A', 'B', (k & 0xff) << 24, 10);
      c.orderIdHi[i] = (k >> 8) << 12;
    });
    expect(book.orderCount).toBe(200_000);
    book.assertInvariants();
  });
});
