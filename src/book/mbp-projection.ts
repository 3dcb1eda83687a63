/**
 * A book seen as its best N price levels, one row a change.
 *
 * - `record`: the vendor's rule for MBP: a row for every clear and every trade, and for each record
 *   that changes the best N levels. Within a snapshot only its last record can make a row.
 * - `event`: a row at each F_LAST after which the best N levels are not what they were.
 * - `{ stepNs }`: the state at every multiple of the step, quiet ones included.
 */
import { ASK, BID, type NsOfDay } from '../core/index.ts';
import { ACTION, FLAG, MboColumns, SIDE, UNDEF_PRICE_F64 } from '../dbn/index.ts';
import { applyRows } from './apply-rows.ts';
import { copyRow } from './copy-row.ts';
import type { MbpRows } from './mbp-rows.ts';
import type { OrderBook } from './order-book.ts';
import { TopLevels } from './top-levels.ts';

/** When a projection makes a row; see the file comment. */
export type MbpRule = 'record' | 'event' | { stepNs: number };

/** Projects one book into rows, which several projections may share. */
export class MbpProjection {
  readonly book: OrderBook;
  readonly rows: MbpRows;
  private readonly rule: MbpRule;
  private readonly bids: TopLevels;
  private readonly asks: TopLevels;
  private gridNext: NsOfDay = Number.NaN;
  /** The last record applied, for grid rows that come after its batch is gone. */
  private readonly last = new MboColumns(1);

  /** @param book a book that only this projection feeds from here on. */
  constructor(book: OrderBook, rows: MbpRows, rule: MbpRule) {
    this.book = book;
    this.rows = rows;
    this.rule = rule;
    rows.originNs = book.originNs;
    this.bids = new TopLevels(book.state.bids, rows.levels, book.tickSize);
    this.asks = new TopLevels(book.state.asks, rows.levels, book.tickSize);
  }

  /**
   * Applies rows `[from, to)` to the book and writes what they make, until the rows are full.
   * @returns the first row not applied, or `to`.
   */
  run(columns: MboColumns, from: number, to: number): number {
    if (this.rule === 'record') return this.runRecords(columns, from, to);
    if (this.rule === 'event') return this.runEvents(columns, from, to);
    return this.runGrid(columns, from, to, this.rule.stepNs);
  }

  private runRecords(c: MboColumns, from: number, to: number): number {
    const { state } = this.book;
    let i = from;
    for (; i < to && !this.rows.full; i++) {
      applyRows(state, c, i, i + 1, Number.POSITIVE_INFINITY);
      const action = c.action[i];
      if (state.inSnapshot) continue;
      const always = action === ACTION.TRADE || action === ACTION.CLEAR;
      if (this.changed() || always) this.writeRow(c, i);
    }
    return i;
  }

  private runEvents(c: MboColumns, from: number, to: number): number {
    const { state } = this.book;
    let i = from;
    while (i < to && !this.rows.full) {
      let end = i;
      while (end < to && (c.flags[end] & FLAG.LAST) === 0) end++;
      const last = Math.min(end + 1, to);
      applyRows(state, c, i, last, Number.POSITIVE_INFINITY);
      if (end < to && this.changed()) this.writeRow(c, end);
      i = last;
    }
    return i;
  }

  private runGrid(c: MboColumns, from: number, to: number, stepNs: number): number {
    const { state } = this.book;
    let i = from;
    if (i < to && Number.isNaN(this.gridNext)) this.gridNext = this.gridAfter(c.tsRecv[i], stepNs);
    while (i < to && !this.rows.full) {
      const next = applyRows(state, c, i, to, this.gridNext);
      if (next > i) copyRow(c, next - 1, this.last, 0);
      i = next;
      if (i < to) this.writeGridRow(stepNs);
    }
    return i;
  }

  /**
   * Ends the data: closes an open event, and writes the row of the grid time that was still to
   * come. The rows must have room for one.
   */
  finish(): void {
    this.book.finish();
    if (typeof this.rule === 'string' || Number.isNaN(this.gridNext)) return;
    this.writeGridRow(this.rule.stepNs);
  }

  private writeGridRow(stepNs: number): void {
    this.changed();
    this.last.tsRecv[0] = this.gridNext;
    this.writeRow(this.last, 0);
    this.gridNext += stepNs;
  }

  /** First multiple of the step, counted from the Unix epoch, after `ts`. */
  private gridAfter(ts: NsOfDay, stepNs: number): NsOfDay {
    const offset = Number(this.book.originNs % BigInt(stepNs));
    return (Math.floor((ts + offset) / stepNs) + 1) * stepNs - offset;
  }

  private changed(): boolean {
    const bids = this.bids.refresh();
    const asks = this.asks.refresh();
    return bids || asks;
  }

  private writeRow(c: MboColumns, i: number): void {
    const { rows } = this;
    const n = rows.length++;
    rows.tsRecv[n] = c.tsRecv[i];
    rows.tsEvent[n] = c.tsEvent[i];
    rows.price[n] = c.price[i];
    rows.size[n] = c.size[i];
    rows.sequence[n] = c.sequence[i];
    rows.tsInDelta[n] = c.tsInDelta[i];
    rows.instrumentId[n] = c.instrumentId[i];
    rows.publisherId[n] = c.publisherId[i];
    rows.action[n] = c.action[i];
    rows.side[n] = c.side[i];
    rows.flags[n] = c.flags[i];
    rows.depth[n] = this.depthOf(c, i);
    const at = n * rows.levels;
    this.bids.write(at, rows.bidPrice, rows.bidSize, rows.bidCount);
    this.asks.write(at, rows.askPrice, rows.askSize, rows.askCount);
  }

  /**
   * Levels better than the record's price on its side; 0 for trades and records without a place.
   */
  private depthOf(c: MboColumns, i: number): number {
    const action = c.action[i];
    const side = c.side[i] === SIDE.BID ? BID : c.side[i] === SIDE.ASK ? ASK : -1;
    if (side < 0 || c.price[i] === UNDEF_PRICE_F64) return 0;
    if (action === ACTION.TRADE || action === ACTION.FILL) return 0;
    const tick = c.price[i] / this.book.tickSize;
    const whole = side === BID ? Math.floor(tick) : Math.ceil(tick);
    return Math.min(255, (side === BID ? this.bids : this.asks).better(whole));
  }
}
