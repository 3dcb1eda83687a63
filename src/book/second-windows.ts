/**
 * Records of one instrument in, one-second windows out: what the book is at each window's end and
 * what happened at each price in it.
 *
 * `advance` consumes rows until the depth rows are full; whoever owns the engine takes them and
 * goes on. Rows depend on the records and the spans only, not on where batches end.
 */
import type { Lots, NsOfDay, PriceNano, Tick } from '../core/index.ts';
import { assert } from '../core/index.ts';
import type { MboColumns } from '../dbn/index.ts';
import { COUNTER } from './counters.ts';
import { type EventTaker, EventWalk } from './event-walk.ts';
import { FlowLog } from './flow-log.ts';
import { NO_TICK, OrderBook } from './order-book.ts';
import { TradeLog } from './trade-log.ts';
import { WindowClock, type WindowSpan } from './window-clock.ts';
import { WindowGrid } from './window-grid.ts';
import { DepthRows, SnapshotRows } from './window-rows.ts';
import { WindowTrades } from './window-trades.ts';

const MAX_U32 = 4294967295;

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
  private readonly clock: WindowClock;
  private readonly grid: WindowGrid;
  private readonly sums = new WindowTrades();
  private readonly walk: EventWalk;
  private eventsBefore = 0;
  private clearsBefore = 0;

  constructor(options: SecondWindowsOptions) {
    const { tickSize, originNs, gridTicks, spans, depthRows = 0 } = options;
    const { flows, trades } = this;
    this.book = new OrderBook({ tickSize, originNs, flows, trades });
    const clock = new WindowClock(spans);
    this.clock = clock;
    this.grid = new WindowGrid(gridTicks);
    this.depth = new DepthRows(Math.max(depthRows, this.grid.maxRows));
    this.snapshots = new SnapshotRows(clock.total);
    const taker: EventTaker = {
      get nextNs() {
        return clock.next;
      },
      take: (columns, from, to) => this.apply(columns, from, to),
      passTo: (now) => this.closeTo(now),
    };
    this.walk = new EventWalk(taker, originNs);
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
    return this.walk.advance(columns, from, to);
  }

  /**
   * The end of the data: writes the windows that are left, quiet ones.
   * @returns false while the depth rows are full: take them and call it again.
   */
  finish(): boolean {
    return this.walk.finish();
  }

  /** Applies rows of whole events. */
  private apply(columns: MboColumns, from: number, to: number): void {
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
