import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_PRICE, QuoteBook } from '../../src/book/index.ts';
import { ASK, BID, type Side } from '../../src/core/index.ts';
import {
  BAD_BOOK,
  LAST,
  MS,
  type Quote,
  type QuoteRow,
  quote,
  quoteColumns,
  SECOND,
  SNAPSHOT,
  trade,
} from './quote-records.ts';
import { type SideWindow, SlowQuotes, type SlowWindow } from './slow-quotes.ts';

function sideWindow(book: QuoteBook, slot: number, side: Side): SideWindow {
  const s = book.seconds;
  const at = slot * 2 + side;
  return {
    start: s.depthStart(slot, side),
    end: s.depth[at]!,
    add: s.add[at]!,
    pull: s.pull[at]!,
    pullRest: s.pullRest[at]!,
    fill: s.fill[at]!,
    hidden: s.hidden[at]!,
    depthRest: s.depthRest[at]!,
    price: s.bestPrice[at] === NO_PRICE ? null : s.bestPrice[at]!,
  };
}

function windowOf(book: QuoteBook, slot: number): SlowWindow {
  const s = book.seconds;
  return {
    bid: sideWindow(book, slot, BID),
    ask: sideWindow(book, slot, ASK),
    buy: s.buyVolume[slot]!,
    sell: s.sellVolume[slot]!,
    trades: s.tradeCount[slot]!,
    lots: s.volume[slot]!,
    turnover: s.turnover[slot]!,
    last: s.lastTrade[slot] === NO_PRICE ? null : s.lastTrade[slot]!,
    valid: s.valid[slot] === 1,
    broken: s.broken[slot] === 1,
  };
}

/** Windows of seconds 1 to `count` for instruments 0 to `instruments` - 1, cut into batches. */
function play(rows: QuoteRow[], count: number, instruments: number, batch: number) {
  const book = new QuoteBook();
  book.extend(instruments);
  const windows: SlowWindow[][] = [];
  let end = SECOND;
  const close = () => {
    book.closeSecond(end);
    windows.push(Array.from({ length: instruments }, (_, slot) => windowOf(book, slot)));
    book.seconds.reset();
    end += SECOND;
  };
  for (let from = 0; from < rows.length; from += batch) {
    const columns = quoteColumns(rows.slice(from, from + batch));
    const slots = Int32Array.from(columns.instrumentId);
    for (let i = 0; i < columns.length; ) {
      i = book.applyUntil(columns, slots, i, columns.length, end);
      if (i < columns.length) close();
    }
  }
  while (windows.length < count) close();
  return { book, windows };
}

/** The one second of one instrument. */
function second(...rows: QuoteRow[]) {
  const { book, windows } = play(
    rows.map((row) => ({ ...row, id: 0 })),
    1,
    1,
    rows.length,
  );
  return { ...windows[0]![0]!, counters: book.counters };
}

describe('QuoteBook', () => {
  it('books a change of size as what left or what came, at the price', () => {
    const { bid } = second(
      quote(0, [100, 10], [101, 5]),
      quote(1, [100, 7], [101, 5]),
      quote(2, [100, 9], [101, 5]),
    );
    expect(bid).toMatchObject({ start: 0, end: 9, add: 12, pull: 3, fill: 0, hidden: 0 });
  });

  it('books a change of price as a pull of what left and an add of what came', () => {
    const { bid, ask } = second(
      quote(0, [100, 10], [102, 5]),
      quote(1, [101, 4], [102, 5]),
      quote(2, [101, 4], null),
    );
    expect(bid).toMatchObject({ end: 4, add: 14, pull: 10, price: 101 });
    expect(ask).toMatchObject({ end: 0, add: 5, pull: 5, price: null });
  });

  it('books a trade as a fill as far as the next quote shrinks at its price', () => {
    const before: [Quote, Quote] = [
      [100, 10],
      [101, 8],
    ];
    const { ask, buy, trades, turnover, last } = second(
      quote(0, ...before),
      trade(1, 'B', 101, 5, ...before),
      quote(2, [100, 10], [101, 2]),
    );
    expect(ask).toMatchObject({ add: 8, fill: 5, pull: 1, hidden: 0, end: 2 });
    expect([buy, trades, turnover, last]).toEqual([5, 1, 505, 101]);
  });

  it('books what the next quote does not answer for as volume only', () => {
    const { bid, sell } = second(
      quote(0, [100, 10], [101, 8]),
      trade(1, 'A', 100, 6, [100, 10], [101, 8]),
      quote(2, [100, 9], [101, 8]),
      quote(3, [100, 1], [101, 8]),
    );
    expect(bid).toMatchObject({ fill: 1, hidden: 5, pull: 8, end: 1 });
    expect(sell).toBe(6);
  });

  it('lets the other side change in between, and the venue', () => {
    const { ask } = second(
      quote(0, [100, 10], [101, 8, 20]),
      trade(1, 'B', 101, 5, [100, 10], [101, 8, 20]),
      quote(2, [99, 3], [101, 8, 20]),
      quote(3, [99, 3], [101, 8, 22]),
      quote(4, [99, 3], [101, 3, 22]),
    );
    expect(ask).toMatchObject({ fill: 5, pull: 0, hidden: 0 });
  });

  it('fills a quote that the trades took away, and several trades at once', () => {
    const before: [Quote, Quote] = [
      [100, 10],
      [101, 8],
    ];
    const { ask } = second(
      quote(0, ...before),
      trade(1, 'B', 101, 3, ...before),
      trade(1, 'B', 101, 4, ...before),
      trade(1, 'B', 102, 2, ...before),
      quote(2, [100, 10], [103, 6]),
    );
    expect(ask).toMatchObject({ fill: 7, pull: 1, hidden: 2, add: 14, end: 6 });
  });

  it('does not take a better quote for an answer: the old one may stand behind it', () => {
    const { ask } = second(
      quote(0, [100, 10], [105, 8]),
      trade(1, 'B', 105, 3, [100, 10], [105, 8]),
      quote(2, [100, 10], [104, 1]),
    );
    expect(ask).toMatchObject({ fill: 0, pull: 8, hidden: 3 });
  });

  it('takes the quote in the record of the trade itself for an answer', () => {
    const { ask } = second(
      quote(0, [100, 10], [101, 8]),
      trade(1, 'B', 101, 5, [100, 10], [101, 3]),
    );
    expect(ask).toMatchObject({ fill: 5, pull: 0, hidden: 0, end: 3 });
  });

  it('finds the quote that a trade without an aggressor hit, but names no aggressor', () => {
    const before: [Quote, Quote] = [
      [100, 10],
      [103, 8],
    ];
    const { ask, bid, buy, sell, trades, counters } = second(
      quote(0, ...before),
      trade(1, 'N', 103, 5, ...before),
      trade(2, 'N', 100, 4, ...before),
      trade(3, 'N', 101, 2, ...before),
      quote(4, [100, 6], [103, 3]),
    );
    expect([ask.fill, bid.fill, ask.hidden, bid.hidden]).toEqual([5, 4, 0, 0]);
    expect([buy, sell, trades]).toEqual([0, 0, 3]);
    expect(counters).toMatchObject({ sidelessVolume: 11, unplacedFillLots: 2, hiddenFillLots: 0 });
  });

  it('waits a second for the answer, no longer', () => {
    const rows = [
      quote(0, [100, 10], [101, 8]),
      trade(100 * MS, 'B', 101, 5, [100, 10], [101, 8]),
      quote(1100 * MS, [100, 10], [101, 7]),
      trade(1200 * MS, 'B', 101, 5, [100, 10], [101, 7]),
      quote(2201 * MS, [100, 10], [101, 2]),
    ].map((row) => ({ ...row, id: 0 }));
    const { windows } = play(rows, 3, 1, 2);
    const asks = windows.map((w) => w[0]!.ask);
    expect(asks.map((a) => a.fill)).toEqual([0, 1, 0]);
    expect(asks.map((a) => a.hidden)).toEqual([0, 4, 5]);
    expect(asks.map((a) => a.pull)).toEqual([0, 0, 5]);
  });

  it('counts quantity as resting once its price has stood half a second', () => {
    const { ask, bid } = second(
      quote(100 * MS, [100, 10], [105, 8]),
      quote(200 * MS, [100, 14], [105, 8]),
      quote(599 * MS, [100, 13], [105, 8]),
      quote(600 * MS, [100, 11], [104, 6]),
    );
    expect(bid).toMatchObject({ pull: 3, pullRest: 2, depthRest: 11 });
    expect(ask).toMatchObject({ pull: 8, pullRest: 8, depthRest: 0 });
  });

  it('books no flow for a clear or a snapshot, and says that the window is broken', () => {
    const cleared = second(
      quote(0, [100, 10], [101, 8]),
      quote(1, null, null, { action: 'R' }),
      quote(2, [100, 3], null),
      quote(3, [100, 2], null),
    );
    expect(cleared.bid).toMatchObject({ start: 0, end: 2, add: 3, pull: 1 });
    expect(cleared).toMatchObject({ broken: true, valid: true });
    expect(cleared.counters).toMatchObject({ clears: 1, clearedFlowLots: 18 });
    const restored = second(
      quote(0, [100, 10], [101, 8]),
      quote(1, [100, 12], [101, 9], { flags: LAST | SNAPSHOT }),
      quote(2, [100, 12], [101, 4]),
    );
    expect(restored.bid).toMatchObject({ start: 12, end: 12, add: 0, pull: 0 });
    expect(restored.ask).toMatchObject({ start: 9, end: 4, add: 0, pull: 5 });
    expect(second(quote(1, null, null, { action: 'R' })).valid).toBe(false);
  });

  it('keeps and counts crossed and locked quotes', () => {
    const { counters, bid, ask } = second(
      quote(0, [100, 1], [101, 1]),
      quote(1, [102, 1], [101, 1]),
      quote(2, [101, 1], [101, 1]),
      quote(3, [103, 1], [101, 2]),
    );
    expect(counters).toMatchObject({ crossedQuotes: 2, lockedQuotes: 1 });
    expect([bid.price, ask.price]).toEqual([103, 101]);
  });

  it('counts what is odd and never takes it for a quote', () => {
    const { counters, bid, ask } = second(
      quote(5, [100, 0], [2 ** 60, 4], { flags: LAST | BAD_BOOK }),
      quote(3, [100, 4294967295], null),
      quote(Number.POSITIVE_INFINITY, [100, 2], null),
      trade(6, 'B', 100, 0, [100, 2], null),
    );
    expect(counters).toMatchObject({
      zeroSizes: 2,
      outOfRangePrices: 1,
      undefinedSizes: 1,
      backwardClock: 1,
      undefinedClocks: 1,
      maybeBadRecords: 1,
      trades: 0,
    });
    expect([bid.end, ask.end]).toEqual([2, 0]);
  });
});

const side = (base: number): fc.Arbitrary<Quote> =>
  fc.oneof(
    { weight: 1, arbitrary: fc.constant(null) },
    {
      weight: 12,
      arbitrary: fc.tuple(fc.integer({ min: base, max: base + 3 }), fc.integer({ min: 0, max: 9 })),
    },
  );

const rowOf = fc.record({
  gap: fc.oneof(
    fc.constant(0),
    fc.integer({ min: 0, max: 200 * MS }),
    fc.integer({ min: 0, max: 3 * SECOND }),
  ),
  id: fc.integer({ min: 0, max: 2 }),
  action: fc.constantFrom(...'AAAACCMMNTTTTR'),
  side: fc.constantFrom(...'ABN'),
  price: fc.integer({ min: 99, max: 105 }),
  size: fc.integer({ min: 0, max: 12 }),
  flags: fc.constantFrom(LAST, LAST, LAST, LAST, LAST, LAST, 0, LAST | SNAPSHOT),
  bid: side(99),
  ask: side(101),
});

describe('QuoteBook against the slow quotes', () => {
  it('agrees in every window, whatever the batches', () => {
    fc.assert(
      fc.property(
        fc.array(rowOf, { maxLength: 120 }),
        fc.integer({ min: 1, max: 50 }),
        (raw, n) => {
          let ts = 0;
          const rows = raw.map(({ gap, ...row }) => {
            ts += gap;
            return { ...row, ts } as QuoteRow;
          });
          const count = Math.floor(ts / SECOND) + 1;
          const slow = [new SlowQuotes(), new SlowQuotes(), new SlowQuotes()];
          const { windows } = play(rows, count, 3, n);
          for (let k = 0; k < count; k++) {
            for (const row of rows) {
              if (Math.floor(row.ts / SECOND) === k) slow[row.id]!.apply(row, row.ts);
            }
            const want = slow.map((quotes) => quotes.close((k + 1) * SECOND));
            expect(windows[k]).toEqual(want);
            for (const { bid, ask } of want) {
              expect(bid.end).toBe(bid.start + bid.add - bid.pull - bid.fill);
              expect(ask.end).toBe(ask.start + ask.add - ask.pull - ask.fill);
            }
          }
        },
      ),
      { seed: 20260105, numRuns: 400 },
    );
  });

  it('loses no traded lot: each is a fill, hidden, or without a place', () => {
    fc.assert(
      fc.property(fc.array(rowOf, { maxLength: 80 }), (raw) => {
        let ts = 0;
        const rows = raw
          .filter((row) => row.action !== 'R' && (row.flags & SNAPSHOT) === 0)
          .map(({ gap, ...row }) => {
            ts += gap;
            return { ...row, ts } as QuoteRow;
          });
        const count = Math.floor(ts / SECOND) + 4;
        const { book, windows } = play(rows, count, 3, 1000);
        const all = windows.flat();
        const sum = (of: (w: SlowWindow) => number) => all.reduce((n, w) => n + of(w), 0);
        const found = sum((w) => w.bid.fill + w.ask.fill + w.bid.hidden + w.ask.hidden);
        expect(found + book.counters.unplacedFillLots).toBe(sum((w) => w.lots));
      }),
      { seed: 7, numRuns: 200 },
    );
  });
});
