import { describe, expect, it } from 'vitest';
import { BookSet, FlowLog, OrderBook, selectInstrument } from '../../src/book/index.ts';
import { Prng } from '../../src/core/index.ts';
import { expectSameFlows, sumFlows } from './compare-books.ts';
import { generateRows } from './generate-rows.ts';
import { type Row, row, toColumns } from './records.ts';

const INSTRUMENTS = [
  { publisher: 1, instrument: 7, tickSize: 250_000_000 },
  { publisher: 2, instrument: 7, tickSize: 10_000_000 },
  { publisher: 1, instrument: 4_000_000_000, tickSize: 1 },
];

/** Streams of several instruments, shuffled together in runs. */
function mixed(): { rows: Row[]; own: Row[][] } {
  const rng = new Prng(3);
  const own = INSTRUMENTS.map(({ publisher, instrument, tickSize }, i) =>
    generateRows({ seed: 50 + i, count: 3000, nasty: 0.05, tickSize }).map((r) => ({
      ...r,
      publisher,
      instrument,
    })),
  );
  const at = own.map(() => 0);
  const rows: Row[] = [];
  while (at.some((n, k) => n < own[k].length)) {
    const k = rng.int(own.length);
    const run = 1 + rng.int(5);
    rows.push(...own[k].slice(at[k], at[k] + run));
    at[k] += run;
  }
  return { rows, own };
}

describe('books of many instruments', () => {
  it('equal books that were fed alone', () => {
    const { rows, own } = mixed();
    const logs = new Map<string, FlowLog>();
    const set = new BookSet({
      tickSizeOf: (p, n) =>
        INSTRUMENTS.find((x) => x.publisher === p && x.instrument === n)!.tickSize,
      logsOf: (p, n) => {
        const flows = new FlowLog();
        logs.set(`${p} ${n}`, flows);
        return { flows };
      },
    });
    const c = toColumns(rows);
    for (let i = 0; i < c.length; i += 101) set.applyBatch(c, i, Math.min(c.length, i + 101));
    expect(set.size).toBe(3);
    expect(set.refusedRows).toBe(0);
    INSTRUMENTS.forEach(({ publisher, instrument, tickSize }, k) => {
      const flows = new FlowLog();
      const alone = new OrderBook({ tickSize, flows });
      alone.applyBatch(toColumns(own[k]), 0, own[k].length);
      const book = set.book(publisher, instrument)!;
      book.assertInvariants();
      expect(Buffer.from(book.save()).equals(alone.save())).toBe(true);
      expectSameFlows(sumFlows(logs.get(`${publisher} ${instrument}`)!), sumFlows(flows));
    });
    expect([...set].map((e) => `${e.publisherId} ${e.instrumentId}`).sort()).toEqual(
      [...logs.keys()].sort(),
    );
    set.finish();
    expect([...set].some(({ book }) => book.eventOpen)).toBe(false);
  });
});

describe('selecting an instrument', () => {
  const of = (ids: [number, number][]) =>
    toColumns(
      ids.map(([publisher, instrument], i) => ({
        ...row('A', 'B', i, i, i, i & 0xff, i),
        publisher,
        instrument,
      })),
    );

  it('keeps its rows, whole and in order', () => {
    const c = of([
      [1, 7],
      [1, 8],
      [2, 7],
      [1, 7],
      [1, 9],
      [1, 7],
    ]);
    expect(selectInstrument(c, 1, 7)).toBe(3);
    expect(c.length).toBe(3);
    for (const column of [c.orderIdLo, c.price, c.size, c.flags, c.tsRecv, c.tsEvent, c.sequence]) {
      expect([...column.subarray(0, 3)]).toEqual([0, 3, 5]);
    }
  });

  it('takes every publisher when none is named, and leaves a pure batch alone', () => {
    expect(
      selectInstrument(
        of([
          [1, 7],
          [2, 7],
          [1, 8],
        ]),
        null,
        7,
      ),
    ).toBe(2);
    const pure = of([
      [1, 7],
      [1, 7],
    ]);
    expect(selectInstrument(pure, 1, 7)).toBe(2);
    expect(selectInstrument(pure, 1, 8)).toBe(0);
  });
});
