import type { Prng } from '../core/index.ts';
import { Arrivals } from './arrivals.ts';
import { Conditions } from './conditions.ts';
import type { FeedChannel } from './feed-channel.ts';
import { MarketClock } from './market-clock.ts';
import { sizeTable, TABLE_MASK } from './market-shape.ts';
import { OptionChoice } from './option-choice.ts';
import type { QuotedOption } from './option-market.ts';
import { OptionValues } from './option-values.ts';
import { type Quotes, QuoteWriter } from './quote-writer.ts';
import type { TradingSession } from './trading-session.ts';

/** Shares of events: trades, and sizes or venues that flicker; the rest are quotes. */
const TRADE_SHARE = 0.02;
const FLICKER_SHARE = 0.25;
/** Share of quote changes that look near the money first. */
const NEAR_SHARE = 0.5;
/** Half spread: in ticks, and per tick of value. */
const HALF_SPREAD = { least: 0.6, perTick: 0.004 };
/** A quote is left alone while the value is off its middle by no more than this, ticks. */
const TOLERANCE = { least: 0.3, perTick: 0.001 };
/** Quotes looked at for one that is out of place. */
const MAX_LOOKS = 48;
/** One trade in so many prints between bid and ask. */
const INSIDE_ODDS = 6;
/** Values are renewed when the underlying moved a tick, and this often for time, ns. */
const RENEW_NS = 10e9;
/** Excitement that a move of the underlying leaves, in events. */
const MOVE_EXCITEMENT = 4;
/** Mean records of an event. */
const RECORDS_PER_EVENT = 1.07;
/** Publisher ids of the venues of OPRA.PILLAR. */
const FIRST_VENUE = 20;
const VENUES = 18;
const CONSOLIDATED = 30;
/** Time between the quotes at the open and at the close, ns. */
const SWEEP_GAP_NS = 3000;
/** Records an event can have. */
const MAX_EVENT_RECORDS = 2;

/** How a day of consolidated quotes is drawn. */
export interface QuoteMarketOptions {
  /** Mean records per second in the busy session. */
  rate: number;
  /** Window, ns of day. */
  startNs: number;
  endNs: number;
  /** Unix ns of 00:00 UTC. */
  originNs: bigint;
  publisherId: number;
  /** 1e-9 currency. */
  tickSize: number;
  /** Records that `fill` hands out at once, at most. */
  capacity: number;
}

/**
 * Options on a share over one UTC date as consolidated quotes and trades in ts_recv order: every
 * option is quoted when the session or the window opens, quotes follow the share, and go when the
 * session ends.
 */
export class QuoteMarket {
  /** ns of day of the next event; infinite after the last. */
  nextNs: number;
  private readonly options: QuoteMarketOptions;
  private readonly quoted: readonly QuotedOption[];
  private readonly quotes: Quotes;
  private readonly writer: QuoteWriter;
  private readonly channel: FeedChannel;
  private readonly prng: Prng;
  private readonly values: OptionValues;
  private readonly value: Float64Array;
  private readonly underlying: (ns: number) => number;
  private readonly choice: OptionChoice;
  private readonly arrivals: Arrivals;
  private readonly clock: MarketClock;
  private readonly size = sizeTable(3.2, 1.1);
  private readonly closeNs: number;
  private phase: 'open' | 'trade' | 'close' | 'over' = 'open';
  private sweepAt = 0;
  private turn = 0;
  /** Options looked at in turn since one was off, or since anything moved. */
  private calm = 0;
  private price = 0;
  private renewNs = 0;

  /**
   * @param quoted options by strike, the call before the put; the first `expiring` expire that day.
   * @param underlying the share's value by time (ns of day, never falling), 1e-9 currency.
   */
  constructor(
    quoted: readonly QuotedOption[],
    expiring: number,
    underlying: (ns: number) => number,
    session: TradingSession,
    channel: FeedChannel,
    prng: Prng,
    options: QuoteMarketOptions,
  ) {
    const n = quoted.length;
    this.options = options;
    this.quoted = quoted;
    this.quotes = {
      bidTick: new Int32Array(n),
      askTick: new Int32Array(n),
      bidSize: new Int32Array(n),
      askSize: new Int32Array(n),
      bidVenue: new Uint16Array(n),
      askVenue: new Uint16Array(n),
    };
    this.writer = new QuoteWriter(this.quotes, channel, options);
    this.channel = channel;
    this.prng = prng;
    this.values = new OptionValues(quoted);
    this.value = new Float64Array(n);
    this.underlying = underlying;
    this.choice = new OptionChoice(quoted, expiring, prng);
    this.arrivals = new Arrivals(prng);
    this.closeNs = quoted[0]!.expiryNs;
    const { startNs, rate } = options;
    const listener = { onStep: () => {} };
    this.clock = new MarketClock(
      session,
      new Conditions(prng),
      this.arrivals,
      rate / RECORDS_PER_EVENT,
      startNs,
      listener,
    );
    this.nextNs = session.nextOpenNs(startNs);
  }

  /** The next records as bytes, a view until the next call; empty when the window is over. */
  fill(): Uint8Array {
    const { writer } = this;
    writer.clear();
    const last = writer.capacity - MAX_EVENT_RECORDS;
    while (this.nextNs < this.options.endNs && writer.length <= last) {
      if (this.phase === 'trade') this.emit(this.nextNs);
      else this.sweep(this.nextNs);
      this.schedule();
    }
    return writer.written();
  }

  private schedule(): void {
    if (this.phase === 'over') {
      this.nextNs = Number.POSITIVE_INFINITY;
      return;
    }
    if (this.phase !== 'trade') {
      this.nextNs += SWEEP_GAP_NS;
      return;
    }
    const end = Math.min(this.options.endNs, this.closeNs);
    const next = this.clock.nextEvent(this.nextNs, end);
    if (next < end) this.nextNs = Math.max(this.nextNs + 1, Math.floor(next));
    else {
      this.phase = 'close';
      this.nextNs = Math.max(this.nextNs + 1, this.closeNs);
    }
  }

  /** Quotes the next option for the first time, or takes its quote away. */
  private sweep(ns: number): void {
    const { quotes } = this;
    const option = this.sweepAt++;
    if (option === 0 && this.phase === 'open') this.renew(ns);
    if (this.phase === 'open') this.place(option);
    else quotes.bidSize[option] = quotes.askSize[option] = 0;
    this.report(option, ns);
    if (this.sweepAt < this.quoted.length) return;
    this.sweepAt = 0;
    this.phase = this.phase === 'open' ? 'trade' : 'over';
  }

  private emit(ns: number): void {
    const price = this.underlying(ns);
    const moved = Math.abs(price - this.price) >= this.options.tickSize;
    if (moved || ns >= this.renewNs) {
      if (moved) this.arrivals.excite(MOVE_EXCITEMENT);
      this.renew(ns);
    }
    const u = this.prng.float();
    if (u < TRADE_SHARE) this.trade(ns);
    else if (u < TRADE_SHARE + FLICKER_SHARE) this.flicker(ns);
    else this.quote(ns);
    this.arrivals.excite(1);
  }

  private renew(ns: number): void {
    this.price = this.underlying(ns);
    this.renewNs = ns + RENEW_NS;
    this.calm = 0;
    this.values.update(this.price, ns);
    const { tickSize } = this.options;
    for (let i = 0; i < this.value.length; i++) this.value[i] = this.values.value[i]! / tickSize;
  }

  private quote(ns: number): void {
    const near = this.choice.next(this.price);
    const option = this.prng.float() < NEAR_SHARE && this.isOff(near) ? near : this.nextOff();
    if (option < 0) {
      this.flicker(ns);
      return;
    }
    this.place(option);
    this.report(option, ns);
  }

  /** The next option in turn whose quote is off; -1 when none is found soon. */
  private nextOff(): number {
    for (let looks = 0; looks < MAX_LOOKS && this.calm < this.quoted.length; looks++) {
      this.calm++;
      const option = this.turn;
      this.turn = option + 1 === this.quoted.length ? 0 : option + 1;
      if (!this.isOff(option)) continue;
      this.calm = 0;
      return option;
    }
    return -1;
  }

  private isOff(option: number): boolean {
    const { quotes } = this;
    const value = this.value[option]!;
    const half = HALF_SPREAD.least + HALF_SPREAD.perTick * value;
    const slack = TOLERANCE.least + TOLERANCE.perTick * value;
    if (quotes.bidSize[option] === 0) return Math.floor(value - half) > 0;
    return (
      Math.abs(quotes.bidTick[option]! - (value - half)) > slack + 1 ||
      Math.abs(quotes.askTick[option]! - (value + half)) > slack + 1
    );
  }

  /** Puts a quote where the value wants it, with sizes and venues of chance. */
  private place(option: number): void {
    const { quotes, prng } = this;
    const value = this.value[option]!;
    const half = HALF_SPREAD.least + HALF_SPREAD.perTick * value;
    const bid = Math.floor(value - half);
    quotes.bidTick[option] = bid;
    quotes.askTick[option] = Math.ceil(value + half);
    quotes.bidSize[option] = bid > 0 ? this.size[prng.u32() & TABLE_MASK]! : 0;
    quotes.askSize[option] = this.size[prng.u32() & TABLE_MASK]!;
    quotes.bidVenue[option] = this.drawVenue();
    quotes.askVenue[option] = this.drawVenue();
  }

  /** A side shows another size, perhaps of another venue. */
  private flicker(ns: number): void {
    const { quotes, prng } = this;
    const option = this.choice.next(this.price);
    const bits = prng.u32();
    const size = this.size[(bits >>> 8) & TABLE_MASK]!;
    const bid = (bits & 1) === 0 && quotes.bidSize[option]! > 0;
    const sizes = bid ? quotes.bidSize : quotes.askSize;
    sizes[option] = size === sizes[option] ? size + 1 : size;
    if ((bits & 6) === 0) (bid ? quotes.bidVenue : quotes.askVenue)[option] = this.drawVenue();
    this.report(option, ns);
  }

  /** A trade at the bid, the ask or between; then the quote without what it took. */
  private trade(ns: number): void {
    const { quotes, prng, quoted } = this;
    const option = this.choice.next(this.price);
    const atBid = (prng.u32() & 1) === 0 && quotes.bidSize[option]! > 0;
    const sizes = atBid ? quotes.bidSize : quotes.askSize;
    const shown = sizes[option]!;
    const lots = 1 + Math.floor(prng.float() * prng.float() * shown);
    const bid = quotes.bidTick[option]!;
    const ask = quotes.askTick[option]!;
    const inside = prng.int(INSIDE_ODDS) === 0 && bid > 0 && ask - bid > 1;
    const tick = inside ? bid + 1 + prng.int(ask - bid - 1) : atBid ? bid : ask;
    this.channel.packet(ns);
    this.writer.writeTrade(option, quoted[option]!.instrumentId, tick, lots, ns);
    if (inside) return;
    this.calm = 0;
    if (lots < shown) sizes[option] = shown - lots;
    else {
      sizes[option] = this.size[prng.u32() & TABLE_MASK]!;
      if (!atBid) quotes.askTick[option] = ask + 1;
      else if (bid > 1) quotes.bidTick[option] = bid - 1;
      else sizes[option] = 0;
    }
    this.channel.nextPacket();
    this.writer.writeQuote(option, quoted[option]!.instrumentId, ns);
  }

  private drawVenue(): number {
    const venue = FIRST_VENUE + this.prng.int(VENUES);
    return venue >= CONSOLIDATED ? venue + 1 : venue;
  }

  private report(option: number, ns: number): void {
    this.channel.packet(ns);
    this.writer.writeQuote(option, this.quoted[option]!.instrumentId, ns);
  }
}
