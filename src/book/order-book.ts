/**
 * The market-by-order book of one instrument: every order in its place in the queue.
 *
 * Feed it rows of `MboColumns` with `applyBatch`; read it when no event is open. Rules:
 * docs/formulas.md.
 */
import type { Lots, NsOfDay, PriceNano, Side, Tick } from '../core/index.ts';
import type { MboColumns } from '../dbn/index.ts';
import { applyRows, closeEvent } from './apply-rows.ts';
import { BookState } from './book-state.ts';
import { restoreBook, saveBook } from './checkpoint.ts';
import { type BookCounters, COUNTER, namedCounters } from './counters.ts';
import type { FlowLog } from './flow-log.ts';
import { assertBookInvariants } from './invariants.ts';
import { LEVEL_STRIDE, LEVEL_TAIL } from './level-ladder.ts';
import {
  MAX_ORDERS,
  ORDER_LEVEL,
  ORDER_PREV,
  ORDER_QTY,
  ORDER_SIDE,
  ORDER_STRIDE,
} from './order-store.ts';
import type { TradeLog } from './trade-log.ts';

/** What `bestBidTick` and `bestAskTick` give when the side is empty: the smallest int32. */
export const NO_TICK = -2147483648;

/** What a book is made with. */
export interface OrderBookOptions {
  /** Smallest price step, 1e-9 currency, > 0. */
  tickSize: PriceNano;
  /** Where flow is recorded; null or absent: nowhere, at no cost. */
  flows?: FlowLog | null;
  /** Where trades are recorded; null or absent: nowhere. */
  trades?: TradeLog | null;
  /** Unix ns that clocks count from; must be that of every batch. */
  originNs?: bigint;
}

/** Orders, levels, clock and counters of one instrument; see the file comment. */
export class OrderBook {
  /** Inner state, for the functions of this room only. */
  readonly state: BookState;

  constructor(options: OrderBookOptions | BookState) {
    this.state =
      options instanceof BookState
        ? options
        : new BookState(
            options.tickSize,
            options.originNs ?? 0n,
            options.flows ?? null,
            options.trades ?? null,
          );
  }

  /** Applies rows `[from, to)`; all of them belong to this book's instrument. */
  applyBatch(columns: MboColumns, from: number, to: number): void {
    applyRows(this.state, columns, from, to, Number.POSITIVE_INFINITY);
  }

  /**
   * Applies rows until the clock would reach `stopNs` while no event is open.
   * @returns the first row not applied, or `to`.
   */
  applyUntil(columns: MboColumns, from: number, to: number, stopNs: NsOfDay): number {
    return applyRows(this.state, columns, from, to, stopNs);
  }

  /** Closes an event that the end of the data left open. */
  finish(): void {
    if (!this.state.eventOpen) return;
    this.state.tally[COUNTER.forcedCloses]++;
    closeEvent(this.state);
  }

  /** Smallest price step, 1e-9 currency. */
  get tickSize(): PriceNano {
    return this.state.tickSize;
  }
  /** Where flow is recorded. */
  get flows(): FlowLog | null {
    return this.state.flows;
  }
  /** Where trades are recorded. */
  get trades(): TradeLog | null {
    return this.state.tradeLog;
  }
  /** Unix ns that clocks count from. */
  get originNs(): bigint {
    return this.state.originNs;
  }
  /** Largest `ts_recv` seen, ns of day; -Infinity before the first record. */
  get now(): NsOfDay {
    return this.state.now;
  }
  /** True between the first record of an event and its F_LAST. */
  get eventOpen(): boolean {
    return this.state.eventOpen;
  }
  /** Events completed. */
  get eventCount(): number {
    return this.state.eventCount;
  }
  /**
   * False from a clear until the event that restores the book has closed, and before the first
   * event.
   */
  get valid(): boolean {
    return this.state.valid;
  }
  /**
   * True when the records began in mid-session: orders from before are missing until the next
   * clear.
   */
  get partial(): boolean {
    return this.state.partial;
  }
  /** True from an `F_MAYBE_BAD_BOOK` record (or a refused order) until the next clear. */
  get suspect(): boolean {
    return this.state.suspect;
  }
  /** Best bid above best ask. */
  get crossed(): boolean {
    const { bids, asks } = this.state;
    return bids.best !== 0 && asks.best !== 0 && this.bestBidTick > this.bestAskTick;
  }
  /** Best bid equal to best ask. */
  get locked(): boolean {
    return this.state.bids.best !== 0 && this.bestBidTick === this.bestAskTick;
  }
  /** Tick of the best bid, or `NO_TICK`. */
  get bestBidTick(): Tick {
    const { bids } = this.state;
    return bids.best === 0 ? NO_TICK : bids.bestKey;
  }
  /** Tick of the best ask, or `NO_TICK`. */
  get bestAskTick(): Tick {
    const { asks } = this.state;
    return asks.best === 0 ? NO_TICK : ~asks.bestKey;
  }
  /** Middle, in half ticks, at the last event that left both sides; NaN before one did. */
  get lastMidHalfTicks(): number {
    return this.state.lastMid2;
  }
  /** Live orders; totals of top-of-book and level feeds are none. */
  get orderCount(): number {
    return this.state.orders.count;
  }
  /** Levels with quantity, bid and ask. */
  get levelCounts(): { bid: number; ask: number } {
    return { bid: this.state.bids.count, ask: this.state.asks.count };
  }
  /** A copy of the counters. */
  get counters(): BookCounters {
    return namedCounters(this.state.tally);
  }
  /** Bytes held by the book's arrays. */
  get byteLength(): number {
    const { orders, bids, asks } = this.state;
    return orders.byteLength + bids.byteLength + asks.byteLength;
  }

  /** Lots at a price. */
  depthAt(side: Side, tick: Tick): Lots {
    const ladder = this.state.ladder(side);
    const level = ladder.find(tick ^ ladder.flip);
    return level === 0 ? 0 : ladder.qty[level];
  }

  /** Orders at a price. */
  ordersAt(side: Side, tick: Tick): number {
    const ladder = this.state.ladder(side);
    const level = ladder.find(tick ^ ladder.flip);
    return level === 0 ? 0 : ladder.ordersOf(level);
  }

  /**
   * Writes lots (and orders) of the ticks `fromTick .. fromTick + count - 1` into the arrays, 0
   * where empty.
   */
  readDepths(
    side: Side,
    fromTick: Tick,
    count: number,
    outQty: Float64Array | Float32Array,
    outOrders: Float64Array | Int32Array | Uint32Array | null = null,
  ): void {
    const ladder = this.state.ladder(side);
    const { qty, flip } = ladder;
    for (let i = 0; i < count; i++) {
      const level = ladder.find((fromTick + i) ^ flip);
      outQty[i] = level === 0 ? 0 : qty[level];
      if (outOrders !== null) outOrders[i] = level === 0 ? 0 : ladder.ordersOf(level);
    }
  }

  /**
   * Writes the best `limit` levels, best first, into the arrays (of at least `limit` entries).
   * @returns levels written.
   */
  readLevels(
    side: Side,
    limit: number,
    outTick: Int32Array,
    outQty: Float64Array,
    outOrders: Int32Array,
  ): number {
    const ladder = this.state.ladder(side);
    let n = 0;
    for (let s = ladder.best; s !== 0 && n < limit; s = ladder.below(ladder.keyOf(s))) {
      outTick[n] = ladder.keyOf(s) ^ ladder.flip;
      outQty[n] = ladder.qty[s];
      outOrders[n] = ladder.ordersOf(s);
      n++;
    }
    return n;
  }

  /** All levels of a side, best first, in arrays of their own. */
  levels(side: Side): { tick: Int32Array; qty: Float64Array; orders: Int32Array } {
    const n = this.state.ladder(side).count;
    const tick = new Int32Array(n);
    const qty = new Float64Array(n);
    const orders = new Int32Array(n);
    this.readLevels(side, n, tick, qty, orders);
    return { tick, qty, orders };
  }

  /** Lots in front of an order in its queue, or -1 for an unknown order. */
  queueAhead(idLo: number, idHi: number): Lots {
    const { orders } = this.state;
    const order = orders.find(idLo, idHi);
    if (order === 0) return -1;
    const { records } = orders;
    let ahead = 0;
    let p = records[order * ORDER_STRIDE + ORDER_PREV];
    while (p !== 0) {
      ahead += records[p * ORDER_STRIDE + ORDER_QTY] >>> 0;
      p = records[p * ORDER_STRIDE + ORDER_PREV];
    }
    return ahead;
  }

  /** An order's place, or null when it is unknown. */
  orderOf(
    idLo: number,
    idHi: number,
  ): { side: Side; tick: Tick; qty: Lots; restSince: NsOfDay } | null {
    const { orders } = this.state;
    const order = orders.find(idLo, idHi);
    if (order === 0) return null;
    const at = order * ORDER_STRIDE;
    const side = orders.records[at + ORDER_SIDE] as Side;
    return {
      side,
      tick: this.state.ladder(side).tickOf(orders.records[at + ORDER_LEVEL]),
      qty: orders.records[at + ORDER_QTY] >>> 0,
      restSince: orders.since[order],
    };
  }

  /**
   * Lots at a price from orders that took it at or before `sinceNs`; totals of level feeds count.
   * Only the last `atMost` orders in line are asked: enough when no more joined it later.
   */
  restingDepthAt(side: Side, tick: Tick, sinceNs: NsOfDay, atMost = MAX_ORDERS): Lots {
    const ladder = this.state.ladder(side);
    const level = ladder.find(tick ^ ladder.flip);
    if (level === 0) return 0;
    const { records, since } = this.state.orders;
    let resting = ladder.qty[level];
    let p = ladder.rows[level * LEVEL_STRIDE + LEVEL_TAIL];
    for (let left = atMost; p !== 0 && left > 0; left--) {
      if (since[p] > sinceNs) resting -= records[p * ORDER_STRIDE + ORDER_QTY] >>> 0;
      p = records[p * ORDER_STRIDE + ORDER_PREV];
    }
    return resting;
  }

  /**
   * The book as bytes, from which `restore` continues exactly here. Closed entries of its logs are
   * not saved: they belong to whoever consumes them.
   */
  save(): Uint8Array {
    return saveBook(this.state);
  }

  /**
   * The book that `save` wrote; entries of its open event are appended to the logs.
   * @throws DataError CHECKPOINT when the bytes are damaged or of another version.
   */
  static restore(
    bytes: Uint8Array,
    logs: { flows?: FlowLog | null; trades?: TradeLog | null } = {},
  ): OrderBook {
    return new OrderBook(restoreBook(bytes, logs.flows ?? null, logs.trades ?? null));
  }

  /**
   * Checks everything that must hold between events; slow. @throws Error on the first violation.
   */
  assertInvariants(): void {
    assertBookInvariants(this.state);
  }
}
