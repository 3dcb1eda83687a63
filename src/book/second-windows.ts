/**
 * Records of one instrument in, one-second windows out: what the book is at each window's end and
 * what happened at each price in it.
 *
 * `advance` consumes rows until the depth rows are full; whoever owns the engine takes them and
 * goes on. Rows depend on the records and the spans only, not on where batches end.
 */
import type { Lots, NsOfDay, PriceNano, Tick } from '../core/index.ts';
import { assert } from '../core/index.ts';
import { MboColumns } from '../dbn/index.ts';
import { copyRow } from './copy-row.ts';
import { COUNTER } from './counters.ts';
import { FlowLog } from './flow-log.ts';
import { NO_TICK, OrderBook } from './order-book.ts';
import { TradeLog } from './trade-log.ts';
import { WholeEvents } from './whole-events.ts';
import { WindowClock, type WindowSpan } from './window-clock.ts';
import { WindowGrid } from './window-grid.ts';
import { DepthRows, SnapshotRows } from './window-rows.ts';
import { WindowTrades } from './window-trades.ts';

const MAX_U32 = 4294967295;
const HELD_ROWS = 256;

/** What the windows are made with. */
export interface SecondWindowsOptions {
  /** Smallest price step, 1e-9 currency. */
  tickSize: PriceNano;
  /** Unix ns that clocks count from: 00:00 UTC of the session date. */
  originNs: bigint;
  /** Ticks on each side of spot that depth and flow are told of. */
  gridTicks: number;
  /** The seconds that are windows. */
  spans: readonly WindowSpan[];
  /** Depth rows to make room for; raised to what one window may need. */
  depthRows?: number;
}

/** Windows by what was odd about them. */
export interface WindowTally {
  /** Without a spot, so without depth rows. */
  withoutSpot: number;
  /** Whose spot is an earlier one, for a side is empty. */
  staleSpot: number;
  /** In which the book was emptied. */
  cleared: number;
  /** At whose end the book is not valid. */
  invalidBook: number;
  /** At whose end the best bid is at or above the best ask. */
  crossed: number;
  /** At whose end the venue doubts the book. */
  suspect: number;
  /** Lots of flow that were dropped because the book was emptied later in the same window. */
  flowLotsCleared: Lots;
}

/** The engine; see the file comment. */
export class SecondWindows {
  readonly book: OrderBook;
  /** Depth and flow; taken by the owner, who sets `rows` to 0. */
  readonly depth: DepthRows;
  /** A row for every second of the spans that has passed. */
  readonly snapshots: SnapshotRows;
  readonly tally: WindowTally = {
    withoutSpot: 0,
    staleSpot: 0,
    cleared: 0,
    invalidBook: 0,
    crossed: 0,
    suspect: 0,
    flowLotsCleared: 0,
  };
  private readonly flows = new FlowLog(4096, true);
  private readonly trades = new TradeLog();
  private readonly events = new WholeEvents();
  private readonly clock: WindowClock;
  private readonly grid: WindowGrid;
  private readonly sums = new WindowTrades();
  /** Rows of an event that began in an earlier batch; `heldRows` of them. */
  private held: MboColumns;
  private heldRows = 0;
  private eventsBefore = 0;
  private clearsBefore = 0;

  constructor(options: SecondWindowsOptions) {
    const { tickSize, originNs, gridTicks, spans, depthRows = 0 } = options;
    const { flows, trades } = this;
    this.book = new OrderBook({ tickSize, originNs, flows, trades });
    this.clock = new WindowClock(spans);
    this.grid = new WindowGrid(gridTicks);
    this.depth = new DepthRows(Math.max(depthRows, this.grid.maxRows));
    this.snapshots = new SnapshotRows(this.clock.total);
    this.held = new MboColumns(HELD_ROWS, originNs);
  }

  /** True when every window is written: later records change nothing. */
  get done(): boolean {
    return this.clock.next === Number.POSITIVE_INFINITY;
  }

  /** Depth rows have no room for another window: they must be taken. */
  get full(): boolean {
    return this.depth.rows + this.grid.maxRows > this.depth.capacity;
  }

  /**
   * Consumes rows `[from, to)`, all of the one instrument.
   * @returns the next row to consume: before `to` only while the depth rows are full.
   */
  advance(columns: MboColumns, from: number, to: number): number {
    let i = from;
    if (this.heldRows > 0) {
      i = this.hold(columns, i, to);
      if (this.events.open || !this.applyHeld()) return i;
    }
    const { events } = this;
    while (i < to && !this.done) {
      events.seek(columns, i, to, this.clock.next);
      this.apply(columns, i, events.end);
      i = events.end;
      if (events.cut) continue;
      if (events.due === Number.POSITIVE_INFINITY) break;
      if (!this.closeTo(events.due)) return i;
    }
    if (this.done) return to;
    return this.hold(columns, i, to);
  }

  /**
   * The end of the data: writes the windows that are left, quiet ones.
   * @returns false while the depth rows are full: take them and call it again.
   */
  finish(): boolean {
    if (this.heldRows > 0 && !this.applyHeld()) return false;
    return this.closeTo(Number.MAX_VALUE);
  }

  /** Keeps rows of the open event for the next batch; returns the first that is of another. */
  private hold(columns: MboColumns, from: number, to: number): number {
    const { events } = this;
    if (this.heldRows > 0) events.seekEnd(columns, from, to);
    const end = this.heldRows > 0 ? events.end : to;
    const rows = this.heldRows + end - from;
    if (rows > this.held.capacity) this.growHeld(rows);
    for (let i = from; i < end; i++) copyRow(columns, i, this.held, this.heldRows++);
    return end;
  }

  private growHeld(rows: number): void {
    const grown = new MboColumns(Math.max(rows, this.held.capacity * 2), this.held.originNs);
    for (let i = 0; i < this.heldRows; i++) copyRow(this.held, i, grown, i);
    this.held = grown;
  }

  /** Applies the held event in its own second; false while the depth rows are full. */
  private applyHeld(): boolean {
    if (!this.closeTo(this.events.now)) return false;
    this.apply(this.held, 0, this.heldRows);
    this.heldRows = 0;
    return true;
  }

  /** Applies rows of whole events. */
  private apply(columns: MboColumns, from: number, to: number): void {
    if (from === to) return;
    const { book } = this;
    book.applyBatch(columns, from, to);
    // Open after its last row: an event that is closed by force.
    book.finish();
    if (!this.clock.inWindow) this.dropLogs();
  }

  /** Passes the boundaries up to a clock; false while the depth rows are full. */
  private closeTo(now: NsOfDay): boolean {
    const { clock } = this;
    while (clock.next <= now) {
      if (clock.inWindow) {
        if (this.full) return false;
        this.writeWindow(clock.next);
      } else this.dropLogs();
      clock.pass();
    }
    return true;
  }

  private dropLogs(): void {
    this.sums.take(this.trades);
    this.startWindow();
  }

  private startWindow(): void {
    this.flows.consume();
    this.trades.consume();
    this.sums.reset();
    this.eventsBefore = this.book.eventCount;
    this.clearsBefore = this.book.state.tally[COUNTER.clears];
  }

  private writeWindow(endNs: NsOfDay): void {
    const { book, tally } = this;
    const mid2 = book.lastMidHalfTicks;
    const cleared = book.state.tally[COUNTER.clears] !== this.clearsBefore;
    this.sums.take(this.trades);
    this.writeSnapshot(endNs);
    if (cleared) this.countCleared();
    if (!book.valid) tally.invalidBook++;
    if (book.crossed || book.locked) tally.crossed++;
    if (book.suspect) tally.suspect++;
    if (Number.isNaN(mid2)) tally.withoutSpot++;
    else {
      const spotTick = Math.floor((mid2 + 1) / 2);
      const valid = book.valid && !cleared;
      this.grid.write(book, this.flows, { endNs, spotTick, cleared, valid }, this.depth);
    }
    this.startWindow();
  }

  private countCleared(): void {
    const { flows, tally } = this;
    tally.cleared++;
    for (let i = 0; i < flows.cleared; i++) tally.flowLotsCleared += flows.qty[i];
  }

  private writeSnapshot(endNs: NsOfDay): void {
    const { book, snapshots: out, sums } = this;
    const { bestBidTick: bid, bestAskTick: ask, tickSize } = book;
    const i = out.rows++;
    assert(i < out.windowEnd.length, 'a row for every second');
    out.windowStart[i] = endNs - 1e9;
    out.windowEnd[i] = endNs;
    out.bestBid[i] = priceOf(bid, tickSize);
    out.noBid[i] = bid === NO_TICK ? 1 : 0;
    out.bestBidQty[i] = bid === NO_TICK ? 0 : Math.min(book.depthAt(0, bid), MAX_U32);
    out.bestAsk[i] = priceOf(ask, tickSize);
    out.noAsk[i] = ask === NO_TICK ? 1 : 0;
    out.bestAskQty[i] = ask === NO_TICK ? 0 : Math.min(book.depthAt(1, ask), MAX_U32);
    this.writeMid(i, bid, ask);
    out.noLastTrade[i] = Number.isNaN(sums.last) ? 1 : 0;
    out.lastTrade[i] = Number.isNaN(sums.last) ? 0 : sums.last;
    out.bookValid[i] = book.valid ? 1 : 0;
    out.crossed[i] = book.crossed || book.locked ? 1 : 0;
    out.buyVolume[i] = sums.buyVolume;
    out.sellVolume[i] = sums.sellVolume;
    out.tradeCount[i] = sums.count;
    const traded = sums.buyVolume + sums.sellVolume > 0;
    out.vwap[i] = traded ? sums.vwap() : 0;
    out.noVwap[i] = traded ? 0 : 1;
    out.events[i] = book.eventCount - this.eventsBefore;
  }

  private writeMid(i: number, bid: Tick, ask: Tick): void {
    const { snapshots: out, tally } = this;
    const { tickSize, lastMidHalfTicks: mid2 } = this.book;
    const both = bid !== NO_TICK && ask !== NO_TICK;
    out.mid[i] = both ? ((bid + ask) * tickSize) / 2e9 : 0;
    out.midInt[i] = both ? Math.floor(((bid + ask) * tickSize) / 2) : 0;
    out.noMid[i] = both ? 0 : 1;
    out.noSpotRef[i] = Number.isNaN(mid2) ? 1 : 0;
    out.spotRef[i] = Number.isNaN(mid2) ? 0 : Math.floor((mid2 + 1) / 2) * tickSize;
    out.spotStale[i] = both ? 0 : 1;
    if (!both && !Number.isNaN(mid2)) tally.staleSpot++;
  }
}

function priceOf(tick: Tick, tickSize: PriceNano): PriceNano {
  return tick === NO_TICK ? 0 : tick * tickSize;
}
