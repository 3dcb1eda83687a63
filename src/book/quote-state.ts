/**
 * Everything a quote book remembers. The functions of this folder work on it; users see it through
 * `QuoteBook` only.
 */
import type { NsOfDay } from '../core/index.ts';
import { QUOTE_COUNTER_NAMES } from './quote-counters.ts';
import { NO_PRICE, StrikeSeconds } from './strike-seconds.ts';

/** State of the quotes of many instruments; sides are at `slot * 2 + side`. */
export class QuoteState {
  /** Counters by `QUOTE_COUNTER`. */
  readonly tally = new Float64Array(QUOTE_COUNTER_NAMES.length);
  /** What the window says. */
  readonly seconds = new StrikeSeconds();
  /** Largest `ts_recv` seen; -Infinity before the first record. */
  now: NsOfDay = Number.NEGATIVE_INFINITY;
  /** Best price, 1e-9 currency, or `NO_PRICE`. */
  price = new Float64Array(0);
  /** Lots at the best price; 0 when there is none. */
  qty = new Float64Array(0);
  /** Publisher id of the venue at the best price. */
  venue = new Uint16Array(0);
  /** Clock at which the side took its price. */
  since = new Float64Array(0);
  /** Lots of trades that hit the quote and wait for its next change. */
  pending = new Float64Array(0);
  /** Clock of the last of them. */
  pendingAt = new Float64Array(0);

  /** Takes slots into use, without a quote. */
  extend(slots: number): void {
    const used = this.seconds.count;
    if (slots * 2 > this.price.length) this.grow(Math.max(64, slots * 4));
    this.price.fill(NO_PRICE, used * 2, slots * 2);
    this.seconds.extend(slots);
  }

  private grow(sides: number): void {
    const longer = (a: Float64Array<ArrayBuffer>) => {
      const b = new Float64Array(sides);
      b.set(a);
      return b;
    };
    this.price = longer(this.price);
    this.qty = longer(this.qty);
    this.since = longer(this.since);
    this.pending = longer(this.pending);
    this.pendingAt = longer(this.pendingAt);
    const venue = new Uint16Array(sides);
    venue.set(this.venue);
    this.venue = venue;
  }
}
