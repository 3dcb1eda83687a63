import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FlowLog, OrderBook, TradeLog } from '../../src/book/index.ts';
import { expectSameBook, expectSameFlows, sumFlows, tradesOf } from './compare-books.ts';
import { generateRows } from './generate-rows.ts';
import { type Row, toColumns } from './records.ts';
import { SlowBook } from './slow-book.ts';

const TICK = 250_000_000;
/** Two million records take a slow book long where the processors are shared, ms. */
const PATIENCE_MS = 300_000;

function check(rows: Row[], tickSize: number, everyRows: number): void {
  const c = toColumns(rows);
  const flows = new FlowLog(4);
  const trades = new TradeLog(4);
  const fast = new OrderBook({ tickSize, flows, trades });
  const slow = new SlowBook(tickSize);
  for (let i = 0; i < rows.length; ) {
    const to = Math.min(rows.length, i + everyRows);
    fast.applyBatch(c, i, to);
    for (; i < to; i++) slow.apply(rows[i]);
    expectSameBook(fast, slow);
    fast.assertInvariants();
  }
  expectSameFlows(sumFlows(flows), sumFlows(slow.flows));
  expect(JSON.stringify(tradesOf(trades))).toBe(JSON.stringify(slow.trades));
}

describe('the book against a slow obvious one', () => {
  it('agrees on an orderly market', () => {
    for (let seed = 1; seed <= 8; seed++) {
      check(generateRows({ seed, count: 4000, nasty: 0, tickSize: TICK }), TICK, 97);
    }
  });

  it('agrees over two million records, compared now and then', { timeout: PATIENCE_MS }, () => {
    for (let seed = 1000; seed < 1022; seed++) {
      const nasty = seed % 2 ? 0.001 : 0;
      check(
        generateRows({ seed, count: 100_000, nasty, tickSize: TICK, orders: 25 }),
        TICK,
        20_011,
      );
    }
  });

  it('agrees when every fifth record is odd', () => {
    for (let seed = 100; seed < 120; seed++) {
      check(generateRows({ seed, count: 3000, nasty: 0.2, tickSize: TICK }), TICK, 61);
    }
  });

  it('agrees record by record, also at ticks of 1e-9 and 5', () => {
    fc.assert(
      fc.property(
        fc.record({ seed: fc.nat(), nasty: fc.double({ min: 0, max: 1, noNaN: true }) }),
        fc.constantFrom(1, TICK, 5_000_000_000),
        ({ seed, nasty }, tickSize) => {
          check(generateRows({ seed, count: 120, nasty, tickSize, orders: 8 }), tickSize, 1);
        },
      ),
      { seed: 7, numRuns: 60 },
    );
  });
});
