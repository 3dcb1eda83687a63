import { NS_PER_SECOND } from '../core/index.ts';
import type { Arrivals } from './arrivals.ts';
import { type Conditions, STEP_NS } from './conditions.ts';
import type { TradingSession } from './trading-session.ts';

/** Night books are this deep at least, relative to the busy session. */
const NIGHT_DEPTH = 0.45;
/** Slowest event rate that is simulated, per second. */
const LEAST_RATE = 0.02;

/** What the clock tells at its steps. */
export interface ClockListener {
  /** A slow step at `ns`; `wholeSecond` when it begins a second of the day. */
  onStep(ns: number, wholeSecond: boolean): void;
}

/**
 * Leads market time from event to event, over slow steps, seconds and the hours when the market is
 * closed.
 */
export class MarketClock {
  /** Start of the next slow step, ns of day. */
  private nextStepNs: number;
  private readonly session: TradingSession;
  private readonly conditions: Conditions;
  private readonly arrivals: Arrivals;
  private readonly eventRate: number;
  private readonly listener: ClockListener;

  /** @param eventRate mean events per second in the busy session. */
  constructor(
    session: TradingSession,
    conditions: Conditions,
    arrivals: Arrivals,
    eventRate: number,
    startNs: number,
    listener: ClockListener,
  ) {
    this.session = session;
    this.conditions = conditions;
    this.arrivals = arrivals;
    this.eventRate = eventRate;
    this.listener = listener;
    this.nextStepNs = Math.floor(startNs / STEP_NS) * STEP_NS;
    this.beginSecond();
    arrivals.settle();
  }

  /**
   * The time of the next event of the flow after `ns`, or infinity when none comes before `endNs`.
   */
  nextEvent(ns: number, endNs: number): number {
    let now = ns;
    while (now < endNs) {
      const open = this.session.nextOpenNs(now);
      if (open > now) {
        this.reopen(open);
        now = open;
        continue;
      }
      while (this.nextStepNs <= now) this.step();
      const gap = this.arrivals.nextWithin(this.nextStepNs - now);
      if (gap >= 0) return now + gap < endNs ? now + gap : Number.POSITIVE_INFINITY;
      now = this.nextStepNs;
    }
    return Number.POSITIVE_INFINITY;
  }

  private step(): void {
    const ns = this.nextStepNs;
    const wholeSecond = ns % NS_PER_SECOND === 0;
    if (wholeSecond) this.beginSecond();
    this.conditions.stepFast(this.depth(ns));
    this.listener.onStep(ns, wholeSecond);
    this.nextStepNs = ns + STEP_NS;
  }

  private reopen(ns: number): void {
    this.nextStepNs = ns;
    this.beginSecond();
    this.arrivals.settle();
  }

  private beginSecond(): void {
    this.conditions.stepSecond(this.profile(this.nextStepNs));
    this.arrivals.setMeanRate(Math.max(LEAST_RATE, this.eventRate * this.conditions.activity));
  }

  private depth(ns: number): number {
    return NIGHT_DEPTH + (1 - NIGHT_DEPTH) * Math.min(1, this.profile(ns));
  }

  private profile(ns: number): number {
    return this.session.activity[Math.min(86_399, Math.floor(ns / NS_PER_SECOND))]!;
  }
}
