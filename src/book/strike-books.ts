/**
 * Market-by-order books of many instruments from one mixed stream, and what happened in the window
 * to each, summed over its prices: options on futures.
 *
 * A book is given whole events only: rows of an event whose F_LAST has not come are held back, so
 * whoever looks at the end of a window sees no book in the middle of one, and an event belongs to
 * the window of its F_LAST.
 */
import type { NsOfDay, PriceNano, Side } from '../core/index.ts';
import { ASK, BID } from '../core/index.ts';
import { FLAG, MboColumns } from '../dbn/index.ts';
import { EVENT_OPEN_LIMIT_NS, MAX_CLOCK_NS } from './apply-rows.ts';
import { copyRow } from './copy-row.ts';
import { type BookCounters, COUNTER, COUNTER_NAMES, namedCounters } from './counters.ts';
import { FLOW, FLOW_RESTED, FlowLog, REST_NS } from './flow-log.ts';
import { OrderBook } from './order-book.ts';
import { SlotRuns } from './slot-runs.ts';
import { NO_PRICE, StrikeSeconds } from './strike-seconds.ts';
import { AGGRESSOR, TradeLog } from './trade-log.ts';
import { YoungLots } from './young-lots.ts';

/** Rows of one event at most: a longer one is closed by force. */
const MAX_HELD_ROWS = 1_048_576;
const FIRST_HELD_ROWS = 16;
/** What was applied in a window has rested by the end of the next: then nothing changes. */
const SHOWN_WINDOWS = 2;
const LAST = FLAG.LAST;

/** Rows of an event that has not ended. */
interface HeldEvent {
  columns: MboColumns;
  openedAt: NsOfDay;
}

/** Books by dense instrument slot; whoever feeds it says which slot a row belongs to. */
export class StrikeBooks {
  /** Flows and volumes of the window so far; states of its end after `closeSecond`. */
  readonly seconds = new StrikeSeconds();
  /** Lots of flow forgotten because a clear or snapshot came in the same window. */
  clearedFlowLots = 0;
  /** Largest `ts_recv` seen; -Infinity before the first record. */
  now: NsOfDay = Number.NEGATIVE_INFINITY;
  private readonly tickSize: PriceNano;
  private readonly originNs: bigint;
  private readonly books: OrderBook[] = [];
  private readonly held: (HeldEvent | null)[] = [];
  private readonly clears: number[] = [];
  /** Windows whose ends may still show what was last applied: this one and the next. [slot] */
  private fresh = new Uint8Array(0);
  private readonly flows = new FlowLog(1024, true);
  private readonly trades = new TradeLog();
  private readonly young = new YoungLots();
  private readonly runs = new SlotRuns();

  /** @param tickSize price step of every instrument, 1e-9 currency: the finest there is. */
  constructor(tickSize: PriceNano, originNs: bigint) {
    this.tickSize = tickSize;
    this.originNs = originNs;
  }

  /** Counters of all books together. */
  get counters(): BookCounters {
    const sum = new Float64Array(COUNTER_NAMES.length);
    for (const { state } of this.books) {
      for (let i = 0; i < sum.length; i++) sum[i]! += state.tally[i]!;
    }
    return namedCounters(sum);
  }

  /** Takes slots `0 .. slots - 1` into use; before a row names them. */
  extend(slots: number): void {
    if (slots <= this.seconds.count) return;
    const { tickSize, originNs, flows, trades } = this;
    while (this.books.length < slots) {
      this.books.push(new OrderBook({ tickSize, originNs, flows, trades }));
      this.held.push(null);
      this.clears.push(0);
    }
    this.seconds.extend(slots);
    const fresh = new Uint8Array(slots);
    fresh.set(this.fresh);
    this.fresh = fresh;
  }

  /** The book of a slot. */
  book(slot: number): OrderBook {
    return this.books[slot]!;
  }

  /**
   * Applies rows `[from, to)` until the clock would reach `stopNs`, the end that `closeSecond` is
   * given next; `slots[i]` is the instrument of row `i`.
   * @returns the first row not applied, or `to`.
   */
  applyUntil(
    columns: MboColumns,
    slots: Int32Array,
    from: number,
    to: number,
    stopNs: NsOfDay,
  ): number {
    const { tsRecv } = columns;
    this.young.restedBy = stopNs - REST_NS;
    let { now } = this;
    let end = from;
    for (; end < to; end++) {
      const ts = tsRecv[end]!;
      if (ts > now && ts <= MAX_CLOCK_NS) {
        if (ts >= stopNs) break;
        now = ts;
      } else if (now >= stopNs) break;
    }
    this.now = now;
    if (end === from) return end;
    const { runs, books } = this;
    runs.sort(columns, slots, from, end, books.length);
    for (let slot = 0, i = 0; slot < books.length; slot++) {
      const j = runs.ends[slot]!;
      if (i < j) this.applyRun(slot, runs.columns, i, j);
      i = j;
    }
    return end;
  }

  /** Applies rows `[from, to)` of one instrument as far as they are whole events. */
  private applyRun(slot: number, columns: MboColumns, from: number, to: number): void {
    const { flags } = columns;
    const next = this.held[slot] === null ? from : this.goOn(slot, columns, from, to);
    let whole = to;
    while (whole > next && (flags[whole - 1]! & LAST) === 0) whole--;
    if (whole > next) this.apply(slot, columns, next, whole);
    this.hold(slot, columns, whole, to);
  }

  /** Writes the states as of `endNs` into `seconds`, to be read before its reset. */
  closeSecond(endNs: NsOfDay): void {
    const { seconds, books, held, young, fresh } = this;
    young.restedBy = endNs - REST_NS;
    for (let slot = 0; slot < books.length; slot++) {
      const event = held[slot];
      if (event && endNs - event.openedAt > EVENT_OPEN_LIMIT_NS) this.applyHeld(slot);
      if (fresh[slot] === 0) continue;
      fresh[slot]!--;
      seconds.valid[slot] = books[slot]!.valid ? 1 : 0;
      this.readBest(slot, BID);
      this.readBest(slot, ASK);
    }
    young.subtract(books, seconds);
  }

  /** Begins the next window. */
  nextSecond(): void {
    this.seconds.reset();
    this.young.clear();
  }

  /** The end of the data: closes every event that is open. */
  finish(): void {
    for (let slot = 0; slot < this.books.length; slot++) {
      if (this.held[slot] !== null) this.applyHeld(slot);
    }
  }

  private readBest(slot: number, side: Side): void {
    const { seconds } = this;
    const ladder = this.books[slot]!.state.ladder(side);
    const at = slot * 2 + side;
    const empty = ladder.best === 0;
    seconds.bestPrice[at] = empty ? NO_PRICE : (ladder.bestKey ^ ladder.flip) * this.tickSize;
    seconds.bestQty[at] = empty ? 0 : ladder.qty[ladder.best]!;
    seconds.depthRest[at] = seconds.depth[at]!;
  }

  /** Goes on with a held event in rows `[from, to)` of its instrument; returns the next row. */
  private goOn(slot: number, columns: MboColumns, from: number, to: number): number {
    const event = this.held[slot]!;
    const ts = columns.tsRecv[from]!;
    const late = ts <= MAX_CLOCK_NS && ts - event.openedAt > EVENT_OPEN_LIMIT_NS;
    if (late || event.columns.length >= MAX_HELD_ROWS) {
      this.applyHeld(slot);
      return from;
    }
    let end = from;
    while (end < to && (columns.flags[end]! & LAST) === 0) end++;
    if (end === to) return from;
    this.hold(slot, columns, from, end + 1);
    this.applyHeld(slot);
    return end + 1;
  }

  private hold(slot: number, columns: MboColumns, from: number, to: number): void {
    if (from === to) return;
    const event = this.held[slot] ?? this.open(columns.tsRecv[from]!);
    this.held[slot] = event;
    const rows = event.columns.length + to - from;
    if (rows > event.columns.capacity) grow(event, rows);
    for (let i = from; i < to; i++) copyRow(columns, i, event.columns, event.columns.length++);
  }

  private open(ts: NsOfDay): HeldEvent {
    const openedAt = ts <= MAX_CLOCK_NS ? ts : this.now;
    return { columns: new MboColumns(FIRST_HELD_ROWS, this.originNs), openedAt };
  }

  private applyHeld(slot: number): void {
    const { columns } = this.held[slot]!;
    this.held[slot] = null;
    this.apply(slot, columns, 0, columns.length);
  }

  /** Applies whole events of one instrument and takes what they logged. */
  private apply(slot: number, columns: MboColumns, from: number, to: number): void {
    const { seconds, flows, trades } = this;
    const book = this.books[slot]!;
    seconds.seen[slot] = 1;
    this.fresh[slot] = SHOWN_WINDOWS;
    book.applyBatch(columns, from, to);
    // Open after its last row: an event that is closed by force.
    book.finish();
    const clears = book.state.tally[COUNTER.clears]!;
    if (clears !== this.clears[slot]) {
      this.clears[slot] = clears;
      this.restart(slot);
    } else if (flows.closed !== 0) this.takeFlows(slot, 0);
    flows.consume();
    if (trades.closed !== 0) this.takeTrades(slot);
  }

  /** A clear or snapshot came: only what followed it is flow, and depths are read anew. */
  private restart(slot: number): void {
    const { flows, seconds } = this;
    const { cleared, code, qty } = flows;
    this.clearedFlowLots += seconds.dropFlows(slot);
    for (let i = 0; i < cleared; i++) {
      if ((code[i]! & 3) === FLOW.HIDDEN_FILL)
        seconds.hidden[slot * 2 + sideOf(code[i]!)]! += qty[i]!;
      else this.clearedFlowLots += qty[i]!;
    }
    this.takeFlows(slot, cleared);
    for (const side of [BID, ASK] as const) {
      const { qty: levels } = this.books[slot]!.levels(side);
      seconds.depth[slot * 2 + side] = levels.reduce((sum, lots) => sum + lots, 0);
    }
  }

  private takeFlows(slot: number, from: number): void {
    const { code, qty, tick, ts, closed } = this.flows;
    const { add, pull, pullRest, fill, hidden, depth } = this.seconds;
    for (let i = from; i < closed; i++) {
      const c = code[i]!;
      const lots = qty[i]!;
      const at = slot * 2 + sideOf(c);
      const kind = c & 3;
      if (kind === FLOW.ADD) {
        add[at]! += lots;
        depth[at]! += lots;
        this.young.note(at, tick[i]!, ts[i]!);
      } else if (kind === FLOW.PULL) {
        pull[at]! += lots;
        depth[at]! -= lots;
        if ((c & FLOW_RESTED) !== 0) pullRest[at]! += lots;
      } else if (kind === FLOW.FILL) {
        fill[at]! += lots;
        depth[at]! -= lots;
      } else hidden[at]! += lots;
    }
  }

  private takeTrades(slot: number): void {
    const { trades, seconds } = this;
    const { price, size, side, closed } = trades;
    for (let i = 0; i < closed; i++) {
      const lots = size[i]!;
      if (side[i] === AGGRESSOR.BUY) seconds.buyVolume[slot]! += lots;
      else if (side[i] === AGGRESSOR.SELL) seconds.sellVolume[slot]! += lots;
      seconds.tradeCount[slot]!++;
      seconds.volume[slot]! += lots;
      seconds.turnover[slot]! += price[i]! * lots;
      seconds.lastTrade[slot] = price[i]!;
    }
    trades.consume();
  }
}

function sideOf(code: number): Side {
  return ((code >> 2) & 1) as Side;
}

function grow(event: HeldEvent, rows: number): void {
  const old = event.columns;
  const columns = new MboColumns(Math.max(rows, old.capacity * 2), old.originNs);
  for (let i = 0; i < old.length; i++) copyRow(old, i, columns, i);
  columns.length = old.length;
  event.columns = columns;
}
