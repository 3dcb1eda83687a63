/**
 * The same records give the same book, however they are cut into batches and whatever restarts
 * happen between.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FlowLog, OrderBook, TradeLog } from '../../src/book/index.ts';
import { DataError } from '../../src/core/index.ts';
import { expectSameFlows, sumFlows, tradesOf } from './compare-books.ts';
import { generateRows } from './generate-rows.ts';
import { toColumns } from './records.ts';

const TICK = 250_000_000;
const streams = fc.record({
  seed: fc.nat(),
  nasty: fc.constantFrom(0, 0.1, 0.5),
  cuts: fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 12 }),
});

const newLogs = () => ({ flows: new FlowLog(2), trades: new TradeLog(2) });

function columnsOf(seed: number, nasty: number, count = 400) {
  return toColumns(generateRows({ seed, count, nasty, tickSize: TICK }), 77n);
}

function straight(seed: number, nasty: number) {
  const c = columnsOf(seed, nasty);
  const logs = newLogs();
  const book = new OrderBook({ tickSize: TICK, originNs: 77n, ...logs });
  book.applyBatch(c, 0, c.length);
  return { c, book, ...logs };
}

function same(a: { book: OrderBook } & ReturnType<typeof newLogs>, b: typeof a): void {
  expect(Buffer.from(b.book.save()).equals(a.book.save())).toBe(true);
  expectSameFlows(sumFlows(b.flows), sumFlows(a.flows));
  expect(tradesOf(b.trades)).toEqual(tradesOf(a.trades));
  expect([b.flows.length, b.trades.length]).toEqual([a.flows.length, a.trades.length]);
}

describe('batches', () => {
  it('may be cut anywhere', () => {
    fc.assert(
      fc.property(streams, ({ seed, nasty, cuts }) => {
        const whole = straight(seed, nasty);
        const logs = newLogs();
        const book = new OrderBook({ tickSize: TICK, originNs: 77n, ...logs });
        let at = 0;
        for (const cut of [...cuts].sort((x, y) => x - y).concat(400)) {
          book.applyBatch(whole.c, at, cut);
          at = cut;
        }
        same(whole, { book, ...logs });
      }),
      { seed: 11, numRuns: 40 },
    );
  });

  it('may be walked by time', () => {
    fc.assert(
      fc.property(streams, fc.integer({ min: 1, max: 30 }), ({ seed, nasty }, ms) => {
        const whole = straight(seed, nasty);
        const logs = newLogs();
        const book = new OrderBook({ tickSize: TICK, originNs: 77n, ...logs });
        let stop = 1e12;
        for (let i = 0; i < whole.c.length; stop += ms * 1e6) {
          i = book.applyUntil(whole.c, i, whole.c.length, stop);
          if (i < whole.c.length) {
            expect(book.eventOpen).toBe(false);
            expect(Math.max(book.now, whole.c.tsRecv[i])).toBeGreaterThanOrEqual(stop);
          }
        }
        same(whole, { book, ...logs });
      }),
      { seed: 12, numRuns: 30 },
    );
  });
});

describe('checkpoints', () => {
  it('continue exactly, also inside an event', () => {
    fc.assert(
      fc.property(streams, ({ seed, nasty, cuts }) => {
        const whole = straight(seed, nasty);
        const logs = newLogs();
        let book = new OrderBook({ tickSize: TICK, originNs: 77n, ...logs });
        let at = 0;
        const events: string[] = [];
        const trades: ReturnType<typeof tradesOf> = [];
        for (const cut of [...cuts].sort((x, y) => x - y).concat(400)) {
          book.applyBatch(whole.c, at, cut);
          at = cut;
          for (const [key, qty] of sumFlows(logs.flows)) events.push(`${key} ${qty}`);
          trades.push(...tradesOf(logs.trades));
          const bytes = book.save();
          const fresh = newLogs();
          book = OrderBook.restore(bytes, fresh);
          book.assertInvariants();
          expect(Buffer.from(book.save()).equals(bytes)).toBe(true);
          Object.assign(logs, fresh);
        }
        expect(book.originNs).toBe(77n);
        expect(Buffer.from(book.save()).equals(whole.book.save())).toBe(true);
        expect(trades).toEqual(tradesOf(whole.trades));
        expect(new Set(events)).toEqual(
          new Set([...sumFlows(whole.flows)].map(([key, qty]) => `${key} ${qty}`)),
        );
      }),
      { seed: 13, numRuns: 40 },
    );
  });

  it('restore without logs, and from a view into other bytes', () => {
    const { book } = straight(5, 0);
    const bytes = book.save();
    const padded = new Uint8Array(bytes.length + 16);
    padded.set(bytes, 3);
    const restored = OrderBook.restore(padded.subarray(3, 3 + bytes.length));
    expect(restored.counters).toEqual(book.counters);
    expect(restored.levels(0)).toEqual(book.levels(0));
  });

  it('are refused when a byte is missing, added or changed', () => {
    const bytes = straight(6, 0.1).book.save();
    const refuse = (broken: Uint8Array) => {
      try {
        OrderBook.restore(broken);
      } catch (e) {
        expect(e).toBeInstanceOf(DataError);
        expect((e as DataError).code).toBe('CHECKPOINT');
        return;
      }
      expect.unreachable('a damaged checkpoint was taken');
    };
    for (let n = 0; n < bytes.length; n += 13) refuse(bytes.slice(0, n));
    refuse(Uint8Array.of(...bytes, 0));
    for (let i = 0; i < bytes.length; i += 7) {
      const broken = bytes.slice();
      broken[i] ^= 1 << (i & 7);
      refuse(broken);
    }
  });
});
