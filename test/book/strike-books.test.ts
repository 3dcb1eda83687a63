import { describe, expect, it } from 'vitest';
import { NO_PRICE, StrikeBooks } from '../../src/book/index.ts';
import { ASK, BID, Prng, type Side } from '../../src/core/index.ts';
import { generateRows } from './generate-rows.ts';
import { LAST, type Row, row, SNAPSHOT, toColumns } from './records.ts';
import { SlowBook } from './slow-book.ts';

const TICK = 50_000_000;
const SECOND = 1e9;
const MS = 1e6;

interface SideSecond {
  start: number;
  end: number;
  rest: number;
  add: number;
  pull: number;
  pullRest: number;
  fill: number;
  hidden: number;
  best: number | null;
  bestQty: number;
}

interface Second {
  bid: SideSecond;
  ask: SideSecond;
  buy: number;
  sell: number;
  trades: number;
  turnover: number;
  last: number | null;
  broken: boolean;
  valid: boolean;
}

function fastSide(books: StrikeBooks, slot: number, side: Side): SideSecond {
  const s = books.seconds;
  const at = slot * 2 + side;
  return {
    start: s.depthStart(slot, side),
    end: s.depth[at]!,
    rest: s.depthRest[at]!,
    add: s.add[at]!,
    pull: s.pull[at]!,
    pullRest: s.pullRest[at]!,
    fill: s.fill[at]!,
    hidden: s.hidden[at]!,
    best: s.bestPrice[at] === NO_PRICE ? null : s.bestPrice[at]!,
    bestQty: s.bestQty[at]!,
  };
}

/** Windows of the seconds after `from`, by window and slot; slots are 0 to `instruments` - 1. */
function fast(rows: Row[], instruments: number, from: number, count: number, batch: number) {
  const books = new StrikeBooks(TICK, 0n);
  books.extend(instruments);
  const windows: Second[][] = [];
  const close = () => {
    books.closeSecond((from + windows.length + 1) * SECOND);
    const s = books.seconds;
    windows.push(
      Array.from({ length: instruments }, (_, slot) => ({
        bid: fastSide(books, slot, BID),
        ask: fastSide(books, slot, ASK),
        buy: s.buyVolume[slot]!,
        sell: s.sellVolume[slot]!,
        trades: s.tradeCount[slot]!,
        turnover: s.turnover[slot]!,
        last: s.lastTrade[slot] === NO_PRICE ? null : s.lastTrade[slot]!,
        broken: s.broken[slot] === 1,
        valid: s.valid[slot] === 1,
      })),
    );
    books.nextSecond();
  };
  for (let at = 0; at < rows.length; at += batch) {
    const columns = toColumns(rows.slice(at, at + batch));
    const slots = Int32Array.from(columns.instrumentId);
    for (let i = 0; i < columns.length; ) {
      const stop = (from + windows.length + 1) * SECOND;
      i = books.applyUntil(columns, slots, i, columns.length, stop);
      if (i < columns.length) close();
    }
  }
  books.finish();
  while (windows.length < count) close();
  return { books, windows };
}

/** The same by slow books, one an instrument: an event is applied when its last row is there. */
function slow(rows: Row[], instruments: number, from: number, count: number): Second[][] {
  const books = Array.from({ length: instruments }, () => new SlowBook(TICK));
  const open: Row[][] = books.map(() => []);
  const windows: Second[][] = [];
  let next = 0;
  for (let k = 0; k < count; k++) {
    const end = (from + k + 1) * SECOND;
    const before = books.map((b) => ({ clears: b.n.clears, flows: b.flows.length }));
    const trades = books.map((b) => b.trades.length);
    for (; next < rows.length && rows[next]!.ts < end; next++) {
      const one = rows[next]!;
      open[one.instrument!]!.push(one);
      if ((one.flags & LAST) === 0) continue;
      for (const held of open[one.instrument!]!.splice(0)) books[one.instrument!]!.apply(held);
    }
    windows.push(
      books.map((book, i) => {
        const flows = book.flows.slice(before[i]!.flows);
        const broken = book.n.clears !== before[i]!.clears;
        const done = book.trades.slice(trades[i]!);
        const sum = (of: typeof done) => of.reduce((n, t) => n + t.size, 0);
        const side = (name: 'A' | 'B') => {
          const own = flows.filter((f) => f.side === name);
          const lots = (kind: string, rested = false) =>
            own
              .filter((f) => f.kind === kind && (!rested || f.rested))
              .filter((f) => kind === 'hidden' || f.clears === book.n.clears)
              .reduce((n, f) => n + f.qty, 0);
          const orders = [...book.orders.values()].filter((o) => o.side === name);
          const total = orders.reduce((n, o) => n + o.qty, 0);
          const old = orders.filter((o) => end - o.since >= 500 * MS);
          const best = book.levels(name)[0];
          const [add, pull, fill] = [lots('add'), lots('pull'), lots('fill')];
          return {
            start: total - add + pull + fill,
            end: total,
            rest: old.reduce((n, o) => n + o.qty, 0),
            add,
            pull,
            pullRest: lots('pull', true),
            fill,
            hidden: lots('hidden'),
            best: best ? best.tick * TICK : null,
            bestQty: best?.qty ?? 0,
          };
        };
        return {
          bid: side('B'),
          ask: side('A'),
          buy: sum(done.filter((t) => t.side === 'B')),
          sell: sum(done.filter((t) => t.side === 'A')),
          trades: done.length,
          turnover: done.reduce((n, t) => n + t.size * t.price, 0),
          last: book.trades.at(-1)?.price ?? null,
          broken,
          valid: book.valid,
        };
      }),
    );
  }
  return windows;
}

/** Now and then a clear, or a snapshot of three orders. */
function withClears(rows: Row[], rng: Prng): Row[] {
  return rows.flatMap((one) => {
    if ((one.flags & LAST) === 0 || rng.float() > 0.01) return [one];
    const id = 50_000_000 + rng.int(1e6);
    const at = { ts: one.ts, instrument: one.instrument! };
    if (rng.float() < 0.5) return [one, { ...row('R', 'N', 0, 0, 0, LAST), ...at }];
    const born = one.ts - rng.int(900 * MS);
    return [
      one,
      { ...row('R', 'N', 0, 0, 0, SNAPSHOT), ...at },
      { ...row('A', 'B', id, 990 * TICK, 7, SNAPSHOT), ...at, tsEvent: born },
      { ...row('A', 'B', id + 1, 991 * TICK, 3, SNAPSHOT), ...at, tsEvent: one.ts },
      { ...row('A', 'A', id + 2, 1010 * TICK, 5, SNAPSHOT | LAST), ...at, tsEvent: born },
    ] as Row[];
  });
}

function mixedStream(seed: number, instruments: number, count: number): Row[] {
  const rng = new Prng(seed);
  const streams = Array.from({ length: instruments }, (_, instrument) => {
    const rows = generateRows({ seed: seed * 10 + instrument, count, nasty: 0, tickSize: TICK });
    for (const [i, one] of rows.entries()) {
      one.instrument = instrument;
      // An event that stays open is closed by force, where nobody can look ahead: not told here.
      if (i + 1 === rows.length || rows[i + 1]!.ts - one.ts > 0.1 * SECOND) one.flags |= LAST;
    }
    return withClears(rows, rng);
  });
  return streams.flat().sort((a, b) => a.ts - b.ts);
}

const on = (instrument: number, ts: number, one: Row): Row => ({ ...one, instrument, ts });

describe('StrikeBooks against slow books', () => {
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    it(`agrees in every window of every instrument, seed ${seed}`, () => {
      const rows = mixedStream(seed, 4, 1500);
      const count = Math.ceil(rows.at(-1)!.ts / SECOND) - 1000 + 1;
      const want = slow(rows, 4, 1000, count);
      const { windows, books } = fast(rows, 4, 1000, count, 1 + seed * 97);
      for (let k = 0; k < count; k++) expect(windows[k], `window ${k}`).toEqual(want[k]);
      expect(want.flat().some((w) => w.broken)).toBe(true);
      expect(want.flat().some((w) => w.bid.rest !== w.bid.end)).toBe(true);
      expect(books.counters.forcedCloses).toBe(0);
    });
  }

  it('gives the same windows whatever the batches', () => {
    const rows = mixedStream(9, 5, 800);
    const whole = fast(rows, 5, 1000, 20, rows.length).windows;
    for (const batch of [1, 2, 7, 64]) {
      expect(fast(rows, 5, 1000, 20, batch).windows).toEqual(whole);
    }
  });
});

describe('StrikeBooks', () => {
  it('B4: a modify of one instrument moves its own order, by its own price and side', () => {
    const { windows } = fast(
      [
        on(0, 1, row('A', 'B', 1, 10 * TICK, 10)),
        on(1, 2, row('A', 'A', 2, 50 * TICK, 4)),
        on(0, 3, row('M', 'B', 1, 11 * TICK, 10)),
        on(0, 4, row('M', 'B', 1, 11 * TICK, 10)),
        on(0, 5, row('M', 'B', 1, 11 * TICK, 5)),
      ],
      2,
      0,
      1,
      2,
    );
    const [first, second] = windows[0]!;
    expect(first!.bid).toMatchObject({ end: 5, add: 20, pull: 15, best: 11 * TICK, bestQty: 5 });
    expect(first!.ask).toMatchObject({ end: 0, add: 0, pull: 0 });
    expect(second!.ask).toMatchObject({ end: 4, add: 4, pull: 0, best: 50 * TICK });
  });

  it('books T, F and C of one event as one fill, and what no order answers for as hidden', () => {
    const { windows } = fast(
      [
        on(0, 1, row('A', 'A', 1, 10 * TICK, 10)),
        on(0, 2, row('T', 'B', 0, 10 * TICK, 6, 0)),
        on(0, 2, row('F', 'A', 1, 10 * TICK, 4, 0)),
        on(0, 2, row('C', 'A', 1, 10 * TICK, 4, LAST)),
      ],
      1,
      0,
      1,
      1,
    );
    const only = windows[0]![0]!;
    expect(only.ask).toMatchObject({ end: 6, add: 10, fill: 4, pull: 0, hidden: 2 });
    expect(only).toMatchObject({ buy: 6, sell: 0, trades: 1, turnover: 60 * TICK });
  });

  it('B16: an event that straddles a boundary belongs to the second of its last record', () => {
    const { windows } = fast(
      [
        on(0, 0.1 * SECOND, row('A', 'B', 1, 10 * TICK, 10)),
        on(0, 0.9 * SECOND, row('C', 'B', 1, 10 * TICK, 4, 0)),
        on(1, 1.1 * SECOND, row('A', 'A', 2, 10 * TICK, 1)),
        on(0, 1.2 * SECOND, row('A', 'B', 3, 11 * TICK, 2)),
      ],
      2,
      0,
      2,
      3,
    );
    expect(windows[0]![0]!.bid).toMatchObject({ end: 10, rest: 10, pull: 0, best: 10 * TICK });
    expect(windows[1]![0]!.bid).toMatchObject({ start: 10, end: 8, pull: 4, pullRest: 4, add: 2 });
  });

  it('closes an event without an end a second later', () => {
    const { windows, books } = fast(
      [
        on(0, 0.5 * SECOND, row('A', 'B', 1, 10 * TICK, 10, 0)),
        on(1, 3.1 * SECOND, row('A', 'A', 2, 10 * TICK, 1)),
        on(0, 3.2 * SECOND, row('A', 'B', 3, 10 * TICK, 2)),
      ],
      2,
      0,
      4,
      3,
    );
    expect(windows.map((w) => w[0]!.bid.end)).toEqual([0, 10, 10, 12]);
    expect(books.counters.forcedCloses).toBe(1);
  });
});
