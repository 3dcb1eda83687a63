/**
 * Consolidated quotes of many instruments (CMBP-1): best bid and ask with size and venue, and what
 * happened to them. Rules: docs/formulas.md (consolidated quotes).
 */
import { ASK, BID, type Lots, type NsOfDay, type PriceNano, type Side } from '../core/index.ts';
import type { Cmbp1Columns } from '../dbn/index.ts';
import { REST_NS } from './flow-log.ts';
import { namedQuoteCounters, type QuoteCounters } from './quote-counters.ts';
import { applyQuoteRows, settleLate } from './quote-rows.ts';
import { QuoteState } from './quote-state.ts';
import type { StrikeSeconds } from './strike-seconds.ts';

/** Quotes by dense instrument slot; whoever feeds it says which slot a row belongs to. */
export class QuoteBook {
  private readonly state = new QuoteState();

  /** Flows and volumes of the window so far; states of its end after `closeSecond`. */
  get seconds(): StrikeSeconds {
    return this.state.seconds;
  }
  /** Largest `ts_recv` seen; -Infinity before the first record. */
  get now(): NsOfDay {
    return this.state.now;
  }
  /** A copy of the counters. */
  get counters(): QuoteCounters {
    return namedQuoteCounters(this.state.tally);
  }

  /** Takes slots `0 .. slots - 1` into use; before a row names them. */
  extend(slots: number): void {
    if (slots > this.state.seconds.count) this.state.extend(slots);
  }

  /**
   * Applies rows `[from, to)` until the clock would reach `stopNs`; `slots[i]` is the instrument of
   * row `i`.
   * @returns the first row not applied, or `to`.
   */
  applyUntil(
    columns: Cmbp1Columns,
    slots: Int32Array,
    from: number,
    to: number,
    stopNs: NsOfDay,
  ): number {
    return applyQuoteRows(this.state, columns, slots, from, to, stopNs);
  }

  /** Writes depths and best quotes as of `endNs` into `seconds`, to be read before its reset. */
  closeSecond(endNs: NsOfDay): void {
    const { seconds, price, qty, since } = this.state;
    for (let at = 0; at < seconds.count * 2; at++) {
      settleLate(this.state, at, endNs);
      seconds.depth[at] = qty[at]!;
      seconds.depthRest[at] = endNs - since[at]! >= REST_NS ? qty[at]! : 0;
      seconds.bestPrice[at] = price[at]!;
      seconds.bestQty[at] = qty[at]!;
    }
  }

  /** Begins the next window. */
  nextSecond(): void {
    this.seconds.reset();
  }

  /** The end of the data: no quote will answer for the trades that wait. */
  finish(): void {
    for (let at = 0; at < this.seconds.count * 2; at++) {
      settleLate(this.state, at, Number.POSITIVE_INFINITY);
    }
  }

  /** Best price of a side, 1e-9 currency, or `NO_PRICE`. */
  priceAt(slot: number, side: Side): PriceNano {
    return this.state.price[slot * 2 + side]!;
  }
  /** Lots at the best price; 0 when there is none. */
  sizeAt(slot: number, side: Side): Lots {
    return this.state.qty[slot * 2 + side]!;
  }
  /** Publisher id of the venue at the best price. */
  venueAt(slot: number, side: Side): number {
    return this.state.venue[slot * 2 + side]!;
  }
  /** True when the best bid is above the best ask: kept as it came. */
  crossed(slot: number): boolean {
    const both = this.sizeAt(slot, BID) !== 0 && this.sizeAt(slot, ASK) !== 0;
    return both && this.priceAt(slot, BID) > this.priceAt(slot, ASK);
  }
}
