/**
 * One-second windows as models and contracts state them, written to be obvious: the slow book is
 * played event by event, and every window is made from all orders and all flows. `SecondWindows` is
 * held against it.
 */
import type { DepthRows, SnapshotRows, WindowSpan } from '../../src/book/index.ts';
import type { Row } from './records.ts';
import { SlowBook, type SlowFlow } from './slow-book.ts';

const SECOND = 1e9;

/** A row of depth and flow; names as in the table, quantities in lots. */
export interface DepthRow {
  end: number;
  side: string;
  tick: number;
  spot: number;
  rel: number;
  relSide: number;
  start: number;
  depth: number;
  add: number;
  pull: number;
  pullRest: number;
  fill: number;
  rest: number;
  hidden: number;
  valid: boolean;
}

/** A row of snapshots, absent values as null. */
export interface SnapshotRow {
  end: number;
  bid: number | null;
  bidQty: number;
  ask: number | null;
  askQty: number;
  mid: number | null;
  midInt: number | null;
  last: number | null;
  spot: number | null;
  stale: boolean;
  valid: boolean;
  crossed: boolean;
  buy: number;
  sell: number;
  trades: number;
  vwap: number | null;
  events: number;
}

interface Event {
  from: number;
  to: number;
  ts: number;
}

/** Rows of each event, and its clock when it closes. */
function eventsOf(rows: Row[], tickSize: number): Event[] {
  const book = new SlowBook(tickSize);
  const events: Event[] = [];
  let from = 0;
  let clock = Number.NEGATIVE_INFINITY;
  rows.forEach((row, i) => {
    const closed = book.events;
    book.apply(row);
    const byItsLast = !book.eventOpen;
    if (book.events - closed - Number(byItsLast) === 1) {
      events.push({ from, to: i, ts: clock });
      from = i;
    }
    clock = book.now;
    if (byItsLast) {
      events.push({ from, to: i + 1, ts: clock });
      from = i + 1;
    }
  });
  if (from < rows.length) events.push({ from, to: rows.length, ts: clock });
  return events;
}

/** All windows of a stream of rows. */
export function slowWindows(rows: Row[], tickSize: number, radius: number, spans: WindowSpan[]) {
  const book = new SlowBook(tickSize);
  const events = eventsOf(rows, tickSize);
  const depth: DepthRow[] = [];
  const snapshots: SnapshotRow[] = [];
  let spot: number | null = null;
  let next = 0;
  const playTo = (time: number) => {
    for (; next < events.length && events[next].ts < time; next++) {
      for (let i = events[next].from; i < events[next].to; i++) book.apply(rows[i]);
      if (book.eventOpen) {
        book.n.forcedCloses++;
        book.close();
      }
      const bid = book.best('B', Math.max);
      const ask = book.best('A', Math.min);
      if (bid !== null && ask !== null) spot = Math.round((bid + ask) / 2);
    }
  };
  for (const { fromNs, toNs } of spans) {
    for (let end = fromNs + SECOND; end <= toNs; end += SECOND) {
      playTo(end - SECOND);
      const before = { events: book.events, clears: book.n.clears };
      playTo(end);
      const cleared = book.n.clears !== before.clears;
      snapshots.push(snapshotOf(book, end, tickSize, spot, before.events));
      if (spot !== null) depth.push(...depthOf(book, end, spot, radius, cleared));
    }
  }
  return { depth, snapshots, book };
}

function snapshotOf(
  book: SlowBook,
  end: number,
  tickSize: number,
  spot: number | null,
  eventsBefore: number,
): SnapshotRow {
  const bid = book.levels('B')[0];
  const ask = book.levels('A')[0];
  const both = bid !== undefined && ask !== undefined;
  const sum = both ? BigInt(bid.tick + ask.tick) * BigInt(tickSize) : 0n;
  const inWindow = book.trades.filter((t) => t.ts >= end - SECOND && t.ts < end);
  const sized = inWindow.filter((t) => t.side === 'A' || t.side === 'B');
  const lots = (of: typeof sized) => of.reduce((n, t) => n + t.size, 0);
  const money = sized.reduce((n, t) => n + BigInt(t.price) * BigInt(t.size), 0n);
  return {
    end,
    bid: bid ? bid.tick * tickSize : null,
    bidQty: Math.min(bid?.qty ?? 0, 2 ** 32 - 1),
    ask: ask ? ask.tick * tickSize : null,
    askQty: Math.min(ask?.qty ?? 0, 2 ** 32 - 1),
    mid: both ? Number(sum) / 2e9 : null,
    midInt: both ? Number((sum - (sum & 1n)) / 2n) : null,
    last: book.trades.at(-1)?.price ?? null,
    spot: spot === null ? null : spot * tickSize,
    stale: !both,
    valid: book.valid,
    crossed: both && bid.tick >= ask.tick,
    buy: lots(sized.filter((t) => t.side === 'B')),
    sell: lots(sized.filter((t) => t.side === 'A')),
    trades: inWindow.length,
    vwap: sized.length === 0 ? null : Number((money * 1000n) / BigInt(lots(sized))) / 1e12,
    events: book.events - eventsBefore,
  };
}

function depthOf(
  book: SlowBook,
  end: number,
  spot: number,
  radius: number,
  cleared: boolean,
): DepthRow[] {
  const counts = (f: SlowFlow) => f.ts >= end - SECOND && f.ts < end && f.clears === book.n.clears;
  const flows = book.flows.filter(counts);
  return ['A', 'B'].flatMap((side) => {
    const levels = book.levels(side as 'A' | 'B');
    const own = flows.filter((f) => f.side === side);
    const ticks = new Set([...levels.map((l) => l.tick), ...own.map((f) => f.tick)]);
    const near = [...ticks].filter((t) => Math.abs(t - spot) <= radius).sort((a, b) => a - b);
    return near.map((tick): DepthRow => {
      const level = levels.find((l) => l.tick === tick);
      const sum = (kind: string, which = (_: SlowFlow) => true) =>
        own
          .filter((f) => f.tick === tick && f.kind === kind && which(f))
          .reduce((n, f) => n + f.qty, 0);
      const young = (level?.queue ?? []).filter((o) => end - o.since < 0.5e9);
      const depth = level?.qty ?? 0;
      const away = levels.length === 0 ? 0 : tick - levels[0].tick;
      const flow = { add: sum('add'), pull: sum('pull'), fill: sum('fill') };
      return {
        end,
        side,
        tick,
        spot,
        rel: tick - spot,
        relSide: side === 'A' ? away : 0 - away,
        start: depth - flow.add + flow.pull + flow.fill,
        depth,
        ...flow,
        pullRest: sum('pull', (f) => f.rested),
        rest: depth - young.reduce((n, o) => n + o.qty, 0),
        hidden: sum('hidden'),
        valid: book.valid && !cleared,
      };
    });
  });
}

/** Rows of an engine, in the shape of the slow ones. */
export function depthRows(d: DepthRows, tickSize: number): DepthRow[] {
  return Array.from({ length: d.rows }, (_, i) => ({
    end: d.windowEnd[i],
    side: 'AB'[d.side[i]],
    tick: d.price[i] / tickSize,
    spot: d.spotRef[i] / tickSize,
    rel: d.relTicks[i],
    relSide: d.relTicksSide[i],
    start: d.depthStart[i],
    depth: d.depthEnd[i],
    add: d.add[i],
    pull: d.pull[i],
    fill: d.fill[i],
    pullRest: d.pullRest[i],
    rest: d.depthRest[i],
    hidden: d.hiddenFill[i],
    valid: d.valid[i] === 1,
  }));
}

/** Snapshots of an engine, in the shape of the slow ones. */
export function snapshotRows(s: SnapshotRows): SnapshotRow[] {
  const or = (values: Float64Array, none: Uint8Array, i: number) =>
    none[i] === 1 ? null : values[i];
  return Array.from({ length: s.rows }, (_, i) => ({
    end: s.windowEnd[i],
    bid: or(s.bestBid, s.noBid, i),
    bidQty: s.bestBidQty[i],
    ask: or(s.bestAsk, s.noAsk, i),
    askQty: s.bestAskQty[i],
    mid: or(s.mid, s.noMid, i),
    midInt: or(s.midInt, s.noMid, i),
    last: or(s.lastTrade, s.noLastTrade, i),
    spot: or(s.spotRef, s.noSpotRef, i),
    stale: s.spotStale[i] === 1,
    valid: s.bookValid[i] === 1,
    crossed: s.crossed[i] === 1,
    buy: s.buyVolume[i],
    sell: s.sellVolume[i],
    trades: s.tradeCount[i],
    vwap: or(s.vwap, s.noVwap, i),
    events: s.events[i],
  }));
}
