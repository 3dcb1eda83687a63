import { ASK, assert, BID, NS_PER_DAY, type Prng, type Side } from '../core/index.ts';
import type { MboColumns } from '../dbn/index.ts';
import { Arrivals } from './arrivals.ts';
import { Conditions } from './conditions.ts';
import type { FeedChannel } from './feed-channel.ts';
import { MarketClock } from './market-clock.ts';
import { sizeTable } from './market-shape.ts';
import { Metaorders } from './metaorders.ts';
import { MAX_OPTION_EVENT_RECORDS, NO_SLOT, OptionBooks, SLOTS } from './option-books.ts';
import { OptionChoice } from './option-choice.ts';
import { MAKERS, OptionMakers } from './option-makers.ts';
import { OptionValues, type ValuedOption } from './option-values.ts';
import { PathCursor, type PricePath } from './price-path.ts';
import { RecordWriter } from './record-writer.ts';
import type { TradingSession } from './trading-session.ts';

/** An option of the file. */
export interface QuotedOption extends ValuedOption {
  symbol: string;
  instrumentId: number;
}

/** Shares of events: trades, customers' orders, sizes that flicker; the rest are quotes. */
const TRADE_SHARE = 0.02;
const CUSTOMER_SHARE = 0.08;
const FLICKER_SHARE = 0.15;
/** Share of quote changes that look near the money first. */
const NEAR_SHARE = 0.5;
/** Mean records of an event. */
const RECORDS_PER_EVENT = 1.15;
/** Values are renewed when the forward moved, and this often for time, ns. */
const RENEW_NS = 10e9;
/** Excitement that a move of the forward leaves, in events. */
const MOVE_EXCITEMENT = 4;
/** Mean age of the orders in a snapshot, ns. */
const MEAN_AGE_NS = 600e9;
/** Time between the cancels when an option has expired, ns. */
const PURGE_GAP_NS = 2000;
/** Ticks that a customer's order improves the touch or stays behind it, at most. */
const CUSTOMER_TICKS = 3;

/** How a day of options is drawn. */
export interface OptionMarketOptions {
  /** Mean records per second in the busy session. */
  rate: number;
  /** Window, ns of day. */
  startNs: number;
  endNs: number;
  /** 1e-9 currency. */
  tickSize: number;
  publisherId: number;
  channelId: number;
}

/**
 * Options on one future over one UTC date, as market-by-order records in ts_recv order: a snapshot
 * of each, then quotes that follow the future, customers' orders and trades, until they expire.
 */
export class OptionMarket {
  /** ns of day of the next event; infinite after the last. */
  nextNs: number;
  private readonly options: OptionMarketOptions;
  private readonly quoted: readonly QuotedOption[];
  private readonly expiring: number;
  private readonly expiryNs: number;
  private readonly prng: Prng;
  private readonly writers: readonly RecordWriter[];
  private readonly books: OptionBooks;
  private readonly makers: OptionMakers;
  private readonly values: OptionValues;
  private readonly forward: PathCursor;
  private readonly carry: number;
  private readonly choice: OptionChoice;
  private readonly arrivals: Arrivals;
  private readonly clock: MarketClock;
  private readonly metaorders: Metaorders;
  private snapshotAt = 0;
  private purgeAt = -1;
  private price = 0;
  private renewNs = 0;

  /**
   * @param quoted options by strike, the call before the put; the first `expiring` of them expire
   *   on the day.
   * @param future path of the front contract, and what the underlying is quoted above it.
   */
  constructor(
    quoted: readonly QuotedOption[],
    expiring: number,
    future: { path: PricePath; carry: number },
    session: TradingSession,
    channel: FeedChannel,
    prng: Prng,
    options: OptionMarketOptions,
  ) {
    this.options = options;
    this.quoted = quoted;
    this.expiring = expiring;
    this.expiryNs = quoted[0]!.expiryNs;
    this.prng = prng;
    this.writers = quoted.map((q) => new RecordWriter({ ...q, ...options, tickZero: 0 }, channel));
    this.books = new OptionBooks(this.writers, channel);
    this.makers = new OptionMakers(quoted.length, this.books, prng, sizeTable(2.3, 0.9));
    this.values = new OptionValues(quoted);
    this.forward = new PathCursor(future.path);
    this.carry = future.carry;
    this.choice = new OptionChoice(quoted, expiring, prng);
    this.metaorders = new Metaorders(prng);
    this.arrivals = new Arrivals(prng);
    const eventRate = options.rate / RECORDS_PER_EVENT;
    const { startNs } = options;
    const conditions = new Conditions(prng);
    const { arrivals } = this;
    const listener = { onStep: () => {} };
    this.clock = new MarketClock(session, conditions, arrivals, eventRate, startNs, listener);
    this.renew(startNs);
    if (startNs < this.expiryNs) this.makers.placeAll();
    this.nextNs = startNs;
    this.schedule();
  }

  /**
   * Refills `columns` from row 0, with room for an event at least; 0 rows when the window is over.
   */
  fill(columns: MboColumns): number {
    assert(columns.capacity >= MAX_OPTION_EVENT_RECORDS, 'the columns have room for an event');
    columns.length = 0;
    for (const writer of this.writers) writer.columns = columns;
    const lastStart = columns.capacity - MAX_OPTION_EVENT_RECORDS;
    for (; this.snapshotAt < this.quoted.length; this.snapshotAt++) {
      if (columns.length > lastStart) return columns.length;
      const age = () => this.prng.exponential() * MEAN_AGE_NS;
      this.books.writeSnapshot(this.snapshotAt, this.options.startNs, age);
    }
    while (this.nextNs < this.options.endNs && columns.length <= lastStart) {
      if (this.purgeAt >= 0) this.purge();
      else this.emit(this.nextNs);
      this.schedule();
    }
    return columns.length;
  }

  private schedule(): void {
    const { endNs } = this.options;
    if (this.purgeAt >= 0) {
      const done = this.purgeAt >= this.expiring * 2 * SLOTS;
      this.nextNs = done ? Number.POSITIVE_INFINITY : this.nextNs + PURGE_GAP_NS;
      return;
    }
    const next = this.clock.nextEvent(this.nextNs, Math.min(endNs, this.expiryNs));
    if (next < this.expiryNs) this.nextNs = Math.max(this.nextNs + 1, Math.floor(next));
    else {
      this.purgeAt = this.nextOrder(0);
      this.nextNs = Math.max(this.nextNs + 1, this.expiryNs);
    }
  }

  /** Takes out the next order of what has expired. */
  private purge(): void {
    if (this.purgeAt < this.expiring * 2 * SLOTS) this.books.cancel(this.purgeAt, this.nextNs);
    this.purgeAt = this.nextOrder(this.purgeAt + 1);
  }

  private nextOrder(from: number): number {
    const end = this.expiring * 2 * SLOTS;
    let slot = from;
    while (slot < end && this.books.qty[slot] === 0) slot++;
    return slot;
  }

  private emit(ns: number): void {
    const price = this.forward.priceAt(ns) + this.carry;
    if (price !== this.price || ns >= this.renewNs) {
      if (price !== this.price) this.arrivals.excite(MOVE_EXCITEMENT);
      this.renew(ns);
    }
    const u = this.prng.float();
    if (u < TRADE_SHARE) this.trade(ns);
    else if (u < TRADE_SHARE + CUSTOMER_SHARE) this.customer(ns);
    else if (u < TRADE_SHARE + CUSTOMER_SHARE + FLICKER_SHARE) this.flicker(ns);
    else this.quote(ns);
    this.arrivals.excite(1);
  }

  private renew(ns: number): void {
    this.price = this.forward.priceAt(ns) + this.carry;
    this.renewNs = ns + RENEW_NS;
    this.values.update(this.price, ns);
    const { value } = this.makers;
    const { tickSize } = this.options;
    for (let i = 0; i < value.length; i++) value[i] = this.values.value[i]! / tickSize;
    this.makers.noteValues();
  }

  private quote(ns: number): void {
    const { makers } = this;
    if (this.prng.float() < NEAR_SHARE && makers.requote(this.choose(), ns)) return;
    if (!makers.requoteNext(ns)) this.flicker(ns);
  }

  /** A maker shows another size at the same price. */
  private flicker(ns: number): void {
    const { books, prng } = this;
    const base = (this.choose() * 2 + (prng.u32() & 1)) * SLOTS;
    for (let k = 0; k < MAKERS; k++) {
      const slot = base + k;
      if (books.qty[slot] === 0) continue;
      const size = this.makers.drawSize();
      books.modify(slot, books.tick[slot]!, size === books.qty[slot] ? size + 1 : size, ns);
      return;
    }
    this.makers.requoteNext(ns);
  }

  private trade(ns: number): void {
    const instrument = this.choose();
    const side: Side = this.metaorders.nextSign() > 0 ? ASK : BID;
    if (this.books.best(instrument, side) === NO_SLOT) {
      this.quote(ns);
      return;
    }
    const lots = 1 + Math.floor(this.makers.drawSize() * this.prng.float());
    this.books.trade(instrument, side, lots, ns, (slot, filled) => {
      this.makers.noteFill(slot, filled);
    });
  }

  /** A customer's order comes, about the touch and never through it, or goes. */
  private customer(ns: number): void {
    const { books, prng } = this;
    const instrument = this.choose();
    const side = (prng.u32() & 1) as Side;
    const slot = (instrument * 2 + side) * SLOTS + MAKERS + prng.int(SLOTS - MAKERS);
    if (books.qty[slot] !== 0) {
      books.cancel(slot, ns);
      return;
    }
    const own = books.best(instrument, side);
    const other = books.best(instrument, side === BID ? ASK : BID);
    if (own === NO_SLOT || other === NO_SLOT) {
      this.quote(ns);
      return;
    }
    const better = prng.int(2 * CUSTOMER_TICKS) - CUSTOMER_TICKS;
    const limit = books.tick[other]! + (side === BID ? -1 : 1);
    const wanted = books.tick[own]! + (side === BID ? better : -better);
    const tick = side === BID ? Math.min(limit, wanted) : Math.max(limit, wanted);
    if (tick > 0) books.add(slot, tick, this.makers.drawSize(), ns);
    else this.quote(ns);
  }

  /** An instrument that people look at. */
  private choose(): number {
    return this.choice.next(this.price);
  }
}

/** The part of a day that a window covers, ns of day. */
export function windowOf(options: { startNs?: number; endNs?: number }): {
  startNs: number;
  endNs: number;
} {
  const { startNs = 0, endNs = NS_PER_DAY } = options;
  return { startNs, endNs: Math.min(endNs, NS_PER_DAY) };
}
