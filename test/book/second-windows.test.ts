import { describe, expect, it, vi } from 'vitest';
import { MAX_EVENT_ROWS, OrderBook, SecondWindows } from '../../src/book/index.ts';
import { MboColumns } from '../../src/dbn/index.ts';

import { BAD_BOOK, LAST, type Row, row, SNAPSHOT, toColumns } from './records.ts';
import { runWindows } from './run-windows.ts';
import type { DepthRow } from './slow-windows.ts';

const S = 1e9;
const at = (seconds: number) => Math.round(seconds * S);
/** A record at a time in seconds; F_LAST unless other flags are given. */
const r = (
  s: number,
  action: string,
  side: string,
  id: number,
  price: number,
  size: number,
  flags = LAST,
) => row(action, side, id, price, size, flags, at(s));

const MARKET = [r(0.1, 'A', 'B', 1, 99, 10), r(0.1, 'A', 'A', 2, 101, 10)];

function windows(rows: Row[], from: number, to: number, more: { batch?: number } = {}) {
  const spans = [{ fromNs: at(from), toNs: at(to) }];
  return runWindows(rows, { tickSize: 1, radius: 20, spans, ...more });
}

const cell = (rows: DepthRow[], end: number, side: string, tick: number) => {
  const found = rows.find((x) => x.end === at(end) && x.side === side && x.tick === tick);
  if (found === undefined) return null;
  const { start, add, pull, fill, depth } = found;
  return { start, add, pull, fill, depth };
};
const at2 = (rows: DepthRow[], end: number, tick: number) =>
  rows.find((x) => x.end === at(end) && x.tick === tick)!;

describe('the second of an event', () => {
  const straddling = [
    ...MARKET,
    r(0.99, 'T', 'A', 0, 99, 4, 0),
    r(0.99, 'F', 'B', 1, 99, 4, 0),
    r(1.01, 'C', 'B', 1, 99, 4),
    r(2.0, 'A', 'B', 3, 98, 1),
  ];

  it('is that of its F_LAST, wherever a batch ends', () => {
    for (const batch of [1, 2, 3, 4, 5, 100]) {
      const { depth, snapshots } = windows(straddling, 0, 3, { batch });
      expect(snapshots.map((s) => [s.bidQty, s.sell, s.events])).toEqual([
        [10, 0, 2],
        [6, 4, 1],
        [6, 0, 1],
      ]);
      expect(cell(depth, 1, 'B', 99)).toEqual({ start: 0, add: 10, pull: 0, fill: 0, depth: 10 });
      expect(cell(depth, 2, 'B', 99)).toEqual({ start: 10, add: 0, pull: 0, fill: 4, depth: 6 });
      expect(cell(depth, 3, 'B', 99)).toEqual({ start: 6, add: 0, pull: 0, fill: 0, depth: 6 });
    }
  });

  it('at a boundary begins with the boundary: 2.0 s is in the third second', () => {
    const { depth } = windows(straddling, 0, 3);
    expect(cell(depth, 2, 'B', 98)).toBeNull();
    expect(cell(depth, 3, 'B', 98)).toMatchObject({ start: 0, add: 1, depth: 1 });
  });

  it('without F_LAST is that of its last record, once a second has passed or the data end', () => {
    const rows = [...MARKET, r(0.9, 'A', 'B', 3, 98, 1, 0), r(1.2, 'A', 'B', 4, 98, 2, 0)];
    for (const batch of [1, 3, 9]) {
      const { snapshots, depth, engine } = windows(rows, 0, 3, { batch });
      expect(cell(depth, 1, 'B', 98)).toBeNull();
      expect(cell(depth, 2, 'B', 98)).toMatchObject({ start: 0, add: 3, depth: 3 });
      expect(snapshots.map((s) => s.events)).toEqual([2, 1, 0]);
      expect(engine.book.counters.forcedCloses).toBe(1);
      const later = windows([...rows, r(2.5, 'A', 'B', 5, 97, 1)], 0, 3, { batch });
      expect(later.snapshots.map((s) => s.events)).toEqual([2, 1, 1]);
      expect(later.engine.book.counters.forcedCloses).toBe(1);
    }
  });

  it('that never ends costs bounded memory: it is closed by force', () => {
    const before = toColumns(MARKET);
    const after = toColumns([r(1.5, 'A', 'B', 3, 98, 1)]);
    const endless = new MboColumns(MAX_EVENT_ROWS + 5);
    endless.length = endless.capacity;
    endless.tsRecv.fill(at(0.2));
    endless.action.fill('N'.charCodeAt(0));
    const run = (batch: number) => {
      const spans = [{ fromNs: 0, toNs: at(2) }];
      const options = { tickSize: 1, originNs: 0n, gridTicks: 5, spans, depthRows: 100 };
      const engine = new SecondWindows(options);
      engine.advance(before, 0, before.length);
      for (let i = 0; i < endless.length; i += batch) {
        engine.advance(endless, i, Math.min(i + batch, endless.length));
      }
      engine.advance(after, 0, 1);
      engine.finish();
      expect(engine.book.counters.forcedCloses).toBe(2);
      return [...engine.snapshots.events.subarray(0, 2)];
    };
    expect(run(endless.length)).toEqual([4, 1]);
    expect(run(60_000)).toEqual([4, 1]);
  });
});

describe('a window', () => {
  it('is there for every second of the spans and no other, quiet or before the first record', () => {
    const spans = [
      { fromNs: at(-2), toNs: at(1) },
      { fromNs: at(1), toNs: at(2) },
      { fromNs: at(5), toNs: at(6) },
    ];
    const { snapshots, depth, engine } = runWindows(MARKET, { tickSize: 1, radius: 5, spans });
    expect(snapshots.map((s) => s.end / S)).toEqual([-1, 0, 1, 2, 6]);
    expect(snapshots.map((s) => s.valid)).toEqual([false, false, true, true, true]);
    expect(depth.map((d) => [d.end / S, d.side, d.tick, d.start, d.depth])).toEqual([
      [1, 'A', 101, 0, 10],
      [1, 'B', 99, 0, 10],
      [2, 'A', 101, 10, 10],
      [2, 'B', 99, 10, 10],
      [6, 'A', 101, 10, 10],
      [6, 'B', 99, 10, 10],
    ]);
    expect(engine.tally.withoutSpot).toBe(2);
  });

  it('leaves out what happened between the spans, but starts with its outcome', () => {
    const rows = [...MARKET, r(1.5, 'A', 'B', 3, 99, 5), r(3.5, 'C', 'B', 1, 99, 10)];
    const spans = [
      { fromNs: 0, toNs: at(1) },
      { fromNs: at(3), toNs: at(4) },
    ];
    const { depth } = runWindows(rows, { tickSize: 1, radius: 5, spans });
    expect(cell(depth, 4, 'B', 99)).toEqual({ start: 15, add: 0, pull: 10, fill: 0, depth: 5 });
  });

  it('knows the true depth of prices that come into the grid when spot moves', () => {
    const rows = [
      ...MARKET,
      r(0.2, 'A', 'B', 3, 80, 7),
      r(1.1, 'C', 'B', 1, 99, 10),
      r(1.2, 'A', 'B', 4, 60, 2),
      r(1.3, 'C', 'B', 3, 80, 3),
      r(1.4, 'C', 'A', 2, 101, 10),
      r(1.5, 'A', 'A', 5, 82, 1),
    ];
    const spans = [{ fromNs: 0, toNs: at(3) }];
    const { depth } = runWindows(rows, { tickSize: 1, radius: 5, spans });
    expect(depth.map((d) => [d.end / S, d.spot, d.tick, d.start, d.pull, d.depth])).toEqual([
      [1, 100, 101, 0, 0, 10],
      [1, 100, 99, 0, 0, 10],
      [2, 81, 82, 0, 0, 1],
      [2, 81, 80, 7, 3, 4],
      [3, 81, 82, 1, 0, 1],
      [3, 81, 80, 4, 0, 4],
    ]);
  });

  it('gives distances from spot and from the own side’s best', () => {
    const rows = [
      ...MARKET,
      r(0.3, 'A', 'B', 3, 97, 1),
      r(0.3, 'A', 'A', 4, 104, 1),
      r(0.4, 'A', 'A', 5, 100, 1),
      r(0.5, 'C', 'A', 5, 100, 1),
    ];
    const { depth } = windows(rows, 0, 1);
    expect(depth.map((d) => [d.side, d.tick, d.rel, d.relSide])).toEqual([
      ['A', 100, 0, -1],
      ['A', 101, 1, 0],
      ['A', 104, 4, 3],
      ['B', 97, -3, 2],
      ['B', 99, -1, 0],
    ]);
  });
});

describe('spot', () => {
  it('is the mid of the window’s end, rounded half-up to a tick, below zero too', () => {
    for (const [bid, ask, spot, mid, midInt] of [
      [99, 101, 500, 500e-9, 500],
      [99, 102, 505, 502.5e-9, 502],
      [-102, -99, -500, -502.5e-9, -503],
      [-1, 0, 0, -2.5e-9, -3],
    ] as const) {
      const rows = [r(0.1, 'A', 'B', 1, bid * 5, 1), r(0.2, 'A', 'A', 2, ask * 5, 1)];
      const spans = [{ fromNs: 0, toNs: at(1) }];
      const { snapshots } = runWindows(rows, { tickSize: 5, radius: 5, spans });
      expect(snapshots[0]).toMatchObject({ spot, mid, midInt });
    }
  });

  it('is the last known one, and says so, while a side is empty', () => {
    const rows = [...MARKET, r(1.5, 'C', 'A', 2, 101, 10), r(3.5, 'A', 'A', 3, 111, 1)];
    const { snapshots, depth, engine } = windows(rows, 0, 4);
    expect(snapshots.map((s) => [s.spot, s.stale, s.ask, s.mid === null])).toEqual([
      [100, false, 101, false],
      [100, true, null, true],
      [100, true, null, true],
      [105, false, 111, false],
    ]);
    expect(depth.find((d) => d.end === at(2) && d.side === 'A')).toMatchObject({ relSide: 0 });
    expect(engine.tally.staleSpot).toBe(2);
  });
});

describe('what has rested', () => {
  it('has been at its price for half a second, to the nanosecond', () => {
    const rows = [
      ...MARKET,
      row('A', 'B', 3, 98, 5, LAST, at(1.5)),
      row('A', 'B', 4, 98, 7, LAST, at(1.5) + 1),
      row('A', 'A', 5, 102, 5, LAST, at(1)),
      row('A', 'A', 6, 103, 5, LAST, at(1)),
      row('C', 'A', 5, 102, 5, LAST, at(1.5) - 1),
      row('C', 'A', 6, 103, 2, LAST, at(1.5)),
    ].sort((a, b) => a.ts - b.ts);
    const { depth } = windows(rows, 0, 3);
    expect(at2(depth, 2, 98)).toMatchObject({ depth: 12, rest: 5 });
    expect(at2(depth, 3, 98)).toMatchObject({ depth: 12, rest: 12 });
    expect(at2(depth, 2, 102)).toMatchObject({ pull: 5, pullRest: 0 });
    expect(at2(depth, 2, 103)).toMatchObject({ pull: 2, pullRest: 2, depth: 3, rest: 3 });
  });

  it('keeps its age when the size changes and loses it when the price does', () => {
    const rows = [
      ...MARKET,
      r(0.1, 'A', 'B', 3, 98, 5),
      r(0.1, 'A', 'B', 4, 97, 5),
      r(0.1, 'A', 'B', 6, 97, 1),
      r(0.1, 'A', 'B', 7, 96, 1),
      r(0.8, 'M', 'B', 3, 98, 9),
      r(0.8, 'A', 'B', 5, 98, 2),
      r(0.9, 'M', 'B', 4, 96, 5),
    ];
    const { depth } = windows(rows, 0, 2);
    expect(at2(depth, 1, 98)).toMatchObject({ depth: 11, rest: 9 });
    expect(at2(depth, 1, 97)).toMatchObject({ pull: 5, pullRest: 5, rest: 1 });
    expect(at2(depth, 1, 96)).toMatchObject({ depth: 6, rest: 1 });
    expect(at2(depth, 2, 96)).toMatchObject({ depth: 6, rest: 6 });
  });

  it('in a snapshot is as old as the venue says', () => {
    const rows = [
      { ...r(1.95, 'R', 'N', 0, 0, 0, SNAPSHOT), price: 2 ** 63 },
      { ...r(1.95, 'A', 'B', 1, 99, 4, SNAPSHOT), tsEvent: at(1.1) },
      { ...r(1.95, 'A', 'B', 2, 99, 5, SNAPSHOT), tsEvent: at(1.9) },
      { ...r(1.95, 'A', 'A', 3, 101, 6, SNAPSHOT | LAST), tsEvent: at(-900) },
    ];
    const { depth } = windows(rows, 1, 3);
    expect(depth.map((d) => [d.end / S, d.tick, d.depth, d.rest])).toEqual([
      [2, 101, 6, 6],
      [2, 99, 9, 4],
      [3, 101, 6, 6],
      [3, 99, 9, 9],
    ]);
  });
});

describe('defects of the predecessor that are not repeated', () => {
  it('B1: F_LAST is 128 and a snapshot 32: an ordinary event is none', () => {
    const { engine, depth } = windows([...MARKET, r(0.5, 'A', 'B', 3, 99, 1, 128)], 0, 1);
    expect(engine.book.counters.snapshots).toBe(0);
    expect(at2(depth, 1, 99)).toMatchObject({ add: 11, valid: true });
    const snapshot = [r(0.5, 'A', 'B', 3, 98, 1, 32), r(0.5, 'A', 'A', 4, 102, 1, 32 | 128)];
    const after = windows([...MARKET, ...snapshot], 0, 1);
    expect(after.engine.book.counters.snapshots).toBe(1);
    expect(after.depth.map((d) => [d.tick, d.start, d.add, d.depth])).toEqual([
      [102, 1, 0, 1],
      [98, 1, 0, 1],
    ]);
  });

  it('B2: a clear makes its own window invalid, not the rest of the day', () => {
    const rows = [
      ...MARKET,
      r(1.1, 'A', 'B', 3, 99, 5),
      r(1.2, 'R', 'N', 0, 0, 0, SNAPSHOT),
      r(1.2, 'A', 'B', 11, 99, 8, SNAPSHOT),
      r(1.2, 'A', 'A', 12, 101, 9, SNAPSHOT | LAST),
      r(1.3, 'A', 'B', 13, 99, 2),
      r(2.5, 'C', 'B', 11, 99, 3),
    ];
    const { depth, snapshots, engine } = windows(rows, 0, 3);
    expect(snapshots.map((s) => s.valid)).toEqual([true, true, true]);
    expect(depth.map((d) => [d.end / S, d.tick, d.valid])).toEqual([
      ...[
        [1, 101, true],
        [1, 99, true],
      ],
      ...[
        [2, 101, false],
        [2, 99, false],
      ],
      ...[
        [3, 101, true],
        [3, 99, true],
      ],
    ]);
    expect(cell(depth, 2, 'B', 99)).toEqual({ start: 8, add: 2, pull: 0, fill: 0, depth: 10 });
    expect(cell(depth, 3, 'B', 99)).toEqual({ start: 10, add: 0, pull: 3, fill: 0, depth: 7 });
    expect(engine.tally).toMatchObject({ cleared: 1, flowLotsCleared: 5, invalidBook: 0 });
  });

  it('B3: a partial cancel and a partial fill take their size, once', () => {
    const filled = [
      r(1.1, 'T', 'A', 0, 99, 4, 0),
      r(1.1, 'F', 'B', 1, 99, 4, 0),
      r(1.1, 'C', 'B', 1, 99, 4),
      r(2.1, 'C', 'B', 1, 99, 1),
    ];
    const { depth } = windows([...MARKET, ...filled], 0, 3);
    expect(cell(depth, 2, 'B', 99)).toEqual({ start: 10, add: 0, pull: 0, fill: 4, depth: 6 });
    expect(cell(depth, 3, 'B', 99)).toEqual({ start: 6, add: 0, pull: 1, fill: 0, depth: 5 });
  });

  it('B6: the book stands from the day’s first record on, unknown modifies and used ids too', () => {
    const rows = [
      { ...r(0, 'R', 'N', 0, 0, 0, SNAPSHOT), price: 2 ** 63 },
      r(0, 'A', 'B', 1, 99, 3, SNAPSHOT),
      r(0, 'A', 'A', 2, 101, 4, SNAPSHOT | LAST),
      r(50_000, 'M', 'B', 77, 98, 6),
      r(50_000.1, 'A', 'B', 1, 97, 5),
    ];
    const { depth } = windows(rows, 50_000, 50_001);
    expect(depth.map((d) => [d.tick, d.start, d.add, d.pull, d.depth, d.rest])).toEqual([
      [101, 4, 0, 0, 4, 4],
      [97, 0, 5, 0, 5, 5],
      [98, 0, 6, 0, 6, 6],
      [99, 3, 0, 3, 0, 0],
    ]);
    expect(depth[3]).toMatchObject({ pullRest: 3 });
  });

  it('B12: trades are told by their aggressor, and what met no displayed order is hidden', () => {
    const rows = [
      ...MARKET,
      r(1.1, 'T', 'B', 0, 101, 4, 0),
      r(1.1, 'F', 'A', 2, 101, 3, 0),
      r(1.1, 'C', 'A', 2, 101, 3),
      r(1.2, 'T', 'A', 0, 99, 2),
      r(1.3, 'T', 'N', 0, 100, 50),
    ];
    const { snapshots, depth } = windows(rows, 0, 3);
    expect(snapshots.map((s) => [s.buy, s.sell, s.trades, s.last])).toEqual([
      [0, 0, 0, null],
      [4, 2, 3, 100],
      [0, 0, 0, 100],
    ]);
    expect(snapshots.map((s) => s.vwap)).toEqual([null, (101 - 4 / 6) / 1e9, null]);
    expect(at2(depth, 2, 101)).toMatchObject({ fill: 3, hidden: 1, depth: 7 });
    expect(at2(depth, 2, 99)).toMatchObject({ fill: 0, hidden: 2, depth: 10 });
  });

  it('B16: crossed and doubtful books are told, and a window never cuts an event', () => {
    const rows = [
      ...MARKET,
      r(1.1, 'A', 'B', 3, 103, 1),
      r(2.1, 'C', 'B', 3, 103, 1),
      r(2.9, 'A', 'B', 4, 105, 1, 0),
      r(3.1, 'C', 'B', 4, 105, 1),
      r(4.1, 'A', 'B', 5, 98, 1, LAST | BAD_BOOK),
    ];
    const { snapshots, engine } = windows(rows, 0, 5);
    expect(snapshots.map((s) => s.crossed)).toEqual([false, true, false, false, false]);
    expect(snapshots.map((s) => s.bid)).toEqual([99, 103, 99, 99, 99]);
    expect(engine.tally).toMatchObject({ crossed: 1, suspect: 1 });
    expect(engine.book.counters.maybeBadRecords).toBe(1);
  });

  it('D1: a window looks at late arrivals only, never through all orders', () => {
    const rows: Row[] = [];
    for (let i = 1; i <= 3000; i++) {
      rows.push(r(0.1, 'A', i % 2 ? 'B' : 'A', i, i % 2 ? 99 - (i % 7) : 101 + (i % 8), 1));
    }
    rows.push(r(60.2, 'A', 'B', 5001, 99, 1), r(60.7, 'A', 'B', 5002, 99, 1));
    const asked = vi.spyOn(OrderBook.prototype, 'restingDepthAt');
    const { snapshots, depth } = windows(rows, 50, 70);
    expect(snapshots.length).toBe(20);
    expect(asked.mock.calls).toEqual([[0, 99, at(60.5), 1]]);
    expect(at2(depth, 61, 99)).toMatchObject({ add: 2, rest: at2(depth, 61, 99).depth - 1 });
    asked.mockRestore();
  });
});
