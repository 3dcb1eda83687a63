import { ASK, assert, BID, DataError, NS_PER_DAY, type Prng } from '../core/index.ts';
import type { MboColumns } from '../dbn/index.ts';
import { Arrivals } from './arrivals.ts';
import { parseDate, weekday } from './calendar.ts';
import { Conditions } from './conditions.ts';
import { FeedChannel } from './feed-channel.ts';
import type { FuturesSpec } from './futures-products.ts';
import { ItchEngine } from './itch-engine.ts';
import { MarketClock } from './market-clock.ts';
import { DEPTH_TICKS, sizeTable } from './market-shape.ts';
import { MAX_EVENT_RECORDS, MatchingEngine, TICKS } from './matching-engine.ts';
import { Metaorders } from './metaorders.ts';
import { MoveLaw } from './move-law.ts';
import { NaturalFlow } from './natural-flow.ts';
import { OpeningAdds } from './opening-adds.ts';
import { OpeningSnapshot, placeOpeningOrders } from './opening-book.ts';
import { PriceMove } from './price-move.ts';
import { PricePath } from './price-path.ts';
import { RecordWriter } from './record-writer.ts';
import { seededPrng } from './seeded-prng.ts';
import type { SessionTrades } from './session-trades.ts';
import { TouchFlicker } from './touch-flicker.ts';
import { TradingSession } from './trading-session.ts';
import { type TruthColumns, TruthLog } from './truth-log.ts';

/** Rows that columns given to `fill` must have room for at least. */
export const MIN_FILL_CAPACITY = MAX_EVENT_RECORDS;

/** Mean records of an event of the flow between moves: measured, bursts of activity included. */
const RECORDS_PER_EVENT = 1.2;
/** Mean records of a move: so many, and so many for each order that the touch wants; measured. */
const RECORDS_PER_MOVE = { fixed: 14, perTouchOrder: 1.9 };
/** Share of events between moves that are large orders flickering at the touch. */
const FLICKER_SHARE = 0.01;
/** Moves take at most this share of the records. */
const MAX_MOVE_SHARE = 0.35;
/** Excitement that a move leaves, in events. */
const MOVE_EXCITEMENT = 12;
/** Lots of a move's echo in the book per order of the thickest level: measured. */
const ECHO_SHARE = 1.2;
/** The price stays this far from the ends of its range, ticks. */
const RANGE_MARGIN_TICKS = 2 * DEPTH_TICKS;

/** How a day of a synthetic market is drawn. */
export interface FuturesMarketOptions {
  /** Any safe integer; the same seed, date, spec and version give the same rows. */
  seed: number;
  /** UTC date, YYYY-MM-DD, a weekday. */
  dt: string;
  /** Mean records per second over the busy session, 09:30-16:00 New York. */
  rate: number;
  /** 0: moves are a fair coin; up to 1: they lean on the book. */
  signal: number;
  /** Begin of the window, ns of the UTC day; the snapshot stands there. Default 0. */
  startNs?: number;
  /** End of the window (exclusive), ns of the UTC day. Default the end of the day. */
  endNs?: number;
  /**
   * Price that the market follows at a time (ns of day, never falling), 1e-9 currency: instead of
   * the law of moves, which `signal` is about.
   */
  anchor?: (ns: number) => number;
  /** Feed channel shared with other instruments of the same file; by default one of its own. */
  channel?: FeedChannel;
}

/**
 * One futures contract over one UTC date, as market-by-order records in ts_recv order: a snapshot,
 * then events by the venue's rules. Fill reusable columns until nothing comes; the rows do not
 * depend on the columns' capacity.
 */
export class FuturesMarket {
  /** ns of day of the next event, at least the window's start; infinite after the last. */
  nextNs: number;
  /** The contract; not to be changed. */
  readonly spec: FuturesSpec;
  /** Where the mid was, as far as the market was drawn. */
  readonly path = new PricePath();

  private readonly prng: Prng;
  private readonly channel: FeedChannel;
  private readonly writer: RecordWriter;
  private readonly engine: MatchingEngine;
  private readonly law: MoveLaw;
  private readonly conditions: Conditions;
  private readonly arrivals: Arrivals;
  private readonly clock: MarketClock;
  private readonly flow: NaturalFlow;
  private readonly move: PriceMove;
  private readonly flicker: TouchFlicker;
  private readonly snapshot: OpeningSnapshot | OpeningAdds;
  private readonly truth = new TruthLog();
  private readonly tickZero: number;
  private readonly originNs: bigint;
  private readonly endNs: number;
  private readonly moveRate: number;
  private readonly eventRate: number;
  private readonly anchor: ((ns: number) => number) | undefined;
  private moveOdds = 0;
  private drawn = { tsRecv: 0, pUp: 0.5, perSecond: 0, up: false };

  /** @throws DataError USAGE for a date that is none or has no trading. */
  constructor(spec: FuturesSpec, options: FuturesMarketOptions) {
    const day = tradingDay(options.dt);
    const { rate, signal, startNs = 0 } = options;
    assert(rate > 0 && signal >= 0 && signal <= 1, 'rate > 0 and signal in [0, 1]');
    this.spec = spec;
    this.anchor = options.anchor;
    this.originNs = BigInt(day) * BigInt(NS_PER_DAY);
    this.endNs = Math.min(options.endNs ?? NS_PER_DAY, NS_PER_DAY, lastMoment(spec, day));
    const perMove = spec.pursuit?.recordsPerMove ?? recordsPerMove(spec);
    this.moveRate = Math.min(spec.movesPerSecond, (rate * MAX_MOVE_SHARE) / perMove);
    this.eventRate =
      (rate - this.moveRate * perMove) / (spec.pursuit?.recordsPerEvent ?? RECORDS_PER_EVENT);
    this.tickZero = Math.round(spec.startPrice / spec.tickSize) - TICKS / 2;

    const prng = seededPrng(options.seed, day, spec.instrumentId);
    this.prng = prng;
    this.channel = options.channel ?? new FeedChannel(prng, startNs);
    this.writer = new RecordWriter({ ...spec, tickZero: this.tickZero }, this.channel);
    this.law = new MoveLaw(signal, this.eventRate, ECHO_SHARE * spec.shape.peakOrders);
    const itch = spec.venue === 'itch';
    const Engine = itch ? ItchEngine : MatchingEngine;
    this.engine = new Engine(this.channel, this.writer, this.law, prng);
    this.conditions = new Conditions(prng);
    this.arrivals = new Arrivals(prng);
    this.flow = this.makeFlow();
    this.move = new PriceMove(this.engine, this.flow, prng);
    this.flicker = new TouchFlicker(this.engine, this.flow, prng);
    const session = new TradingSession(day, itch ? 'shares' : 'globex');
    this.clock = new MarketClock(session, this.conditions, this.arrivals, this.eventRate, startNs, {
      onStep: (ns, wholeSecond) => this.onStep(ns, wholeSecond),
    });
    placeOpeningOrders(this.engine, this.flow, prng);
    const opening = [this.engine, this.writer, this.channel, prng, startNs] as const;
    if (itch) {
      const openNs = session.nextOpenNs(startNs);
      const adds = new OpeningAdds(...opening, openNs, openNs >= this.endNs);
      this.snapshot = adds;
      this.nextNs = adds.endNs;
    } else {
      this.snapshot = new OpeningSnapshot(...opening);
      this.nextNs = startNs;
    }
    this.path.push(startNs, this.quote.mid);
    this.schedule();
  }

  /** Best bid, best ask and mid after the last event, 1e-9 currency. */
  get quote(): { bid: number; ask: number; mid: number } {
    const bid = this.price(this.engine.best[BID]!);
    const ask = this.price(this.engine.best[ASK]!);
    return { bid, ask, mid: (bid + ask) / 2 };
  }

  /** What traded so far. */
  get trades(): SessionTrades {
    const { traded, tradedNs } = this.engine;
    return {
      count: traded.count,
      volume: traded.volume,
      open: this.price(traded.open),
      firstNs: tradedNs.first,
      high: this.price(traded.high),
      highNs: tradedNs.high,
      low: this.price(traded.low),
      lowNs: tradedNs.low,
      last: this.price(traded.last),
    };
  }

  /** Whether the snapshot was handed out whole. */
  get snapshotDone(): boolean {
    return this.snapshot.done;
  }

  /** What the generator knew since the last call; the caller keeps the columns. */
  takeTruth(): TruthColumns {
    return this.truth.take();
  }

  /**
   * Refills `columns` from row 0, at least `MIN_FILL_CAPACITY` long. Returns the rows; 0 when the
   * window is over.
   */
  fill(columns: MboColumns): number {
    columns.length = 0;
    columns.originNs = this.originNs;
    if (!this.snapshot.done) this.appendSnapshot(columns);
    if (this.snapshot.done) this.appendUntil(columns, Number.POSITIVE_INFINITY);
    return columns.length;
  }

  /** Appends what fits of the snapshot. */
  appendSnapshot(columns: MboColumns): void {
    this.writer.columns = columns;
    this.snapshot.append(columns.capacity - columns.length);
  }

  /**
   * Appends the events that begin before `limitNs` (ns of day), as far as `columns` has room for
   * whole ones.
   */
  appendUntil(columns: MboColumns, limitNs: number): void {
    assert(columns.capacity >= MIN_FILL_CAPACITY, 'the columns have room for an event');
    this.writer.columns = columns;
    const lastStart = columns.capacity - MAX_EVENT_RECORDS;
    while (this.nextNs < limitNs && this.nextNs < this.endNs && columns.length <= lastStart) {
      this.emit();
      this.schedule();
    }
  }

  private price(tick: number): number {
    return (this.tickZero + tick) * this.spec.tickSize;
  }

  private emit(): void {
    const { engine, move, arrivals } = this;
    engine.begin(this.nextNs);
    if (!move.active && this.prng.float() * Math.sqrt(arrivals.intensity) < this.moveOdds) {
      this.drawMove();
    }
    if (move.active) {
      const ticks = move.emit();
      if (!move.active) this.settleMove(ticks);
    } else {
      const flickers = this.prng.float() < FLICKER_SHARE && this.flicker.emit();
      if (!flickers) this.flow.emit();
      arrivals.excite(1);
    }
    engine.end();
  }

  private schedule(): void {
    const last = this.nextNs;
    const next = this.move.active
      ? last + this.move.drawGap()
      : this.clock.nextEvent(last, this.endNs);
    this.nextNs = Math.max(last + 1, Math.floor(next));
  }

  private drawMove(): void {
    const { drawn } = this;
    drawn.tsRecv = this.channel.recvNs;
    drawn.pUp = this.upProbability(this.nextNs);
    drawn.perSecond = this.moveOdds * Math.sqrt(this.arrivals.intensity);
    drawn.up = this.prng.float() < drawn.pUp;
    this.engine.watching = false;
    this.move.start(drawn.up);
  }

  private settleMove(ticks: number): void {
    const { tsRecv, pUp, perSecond, up } = this.drawn;
    this.truth.push(tsRecv, pUp, perSecond, up ? 1 : -1, ticks);
    this.path.push(this.nextNs, this.quote.mid);
    this.engine.watching = true;
    this.law.forgetEcho(ticks);
    this.arrivals.excite(this.spec.pursuit?.excitement ?? MOVE_EXCITEMENT);
  }

  private onStep(ns: number, wholeSecond: boolean): void {
    const { conditions } = this;
    this.law.fade();
    this.moveOdds =
      this.moveRate * Math.sqrt(conditions.activity / this.eventRate) * this.haste(ns);
    if (wholeSecond) {
      const perSecond = this.moveOdds * Math.sqrt(this.arrivals.intensity);
      this.truth.push(ns, this.upProbability(ns), perSecond, 0, 0);
    }
  }

  private haste(ns: number): number {
    if (!this.anchor) return this.law.haste();
    const ticks = Math.abs(this.ticksToAnchor(this.anchor(ns)));
    const { pursuit } = this.spec;
    return pursuit ? pursuit.hastePerTick * Math.max(0, ticks - pursuit.slackTicks) : 1 + ticks;
  }

  private ticksToAnchor(price: number): number {
    return (price - this.quote.mid) / this.spec.tickSize;
  }

  private upProbability(ns: number): number {
    const { best, queues } = this.engine;
    if (best[ASK]! > TICKS - RANGE_MARGIN_TICKS) return 0;
    if (best[BID]! < RANGE_MARGIN_TICKS) return 1;
    if (this.anchor) {
      const pull = this.spec.pursuit?.pullPerTick ?? 1;
      return 1 / (1 + Math.exp(-pull * this.ticksToAnchor(this.anchor(ns))));
    }
    return this.law.upProbability(queues.levelQty[best[BID]!]!, queues.levelQty[best[ASK]!]!);
  }

  private makeFlow(): NaturalFlow {
    const { spec, prng } = this;
    const sizes = {
      order: sizeTable(spec.orderSizes.logMean, spec.orderSizes.logSd),
      trade: sizeTable(spec.tradeSizes.logMean, spec.tradeSizes.logSd),
    };
    const signs = new Metaorders(prng);
    const { engine, conditions, tickZero } = this;
    return new NaturalFlow(engine, conditions, signs, prng, spec.shape, sizes, tickZero);
  }
}

function recordsPerMove({ shape }: FuturesSpec): number {
  const touchOrders = shape.peakOrders * shape.touchShare;
  return RECORDS_PER_MOVE.fixed + RECORDS_PER_MOVE.perTouchOrder * touchOrders;
}

function lastMoment(spec: FuturesSpec, day: number): number {
  return spec.lastNs?.day === day ? spec.lastNs.ns : Number.POSITIVE_INFINITY;
}

function tradingDay(dt: string): number {
  const day = parseDate(dt);
  const week = weekday(day);
  if (week === 0 || week === 6) {
    throw new DataError('USAGE', 'the synthetic market trades on weekdays only', { found: dt });
  }
  return day;
}
