import { ASK, BID, type Prng, type Side } from '../core/index.ts';
import type { Conditions } from './conditions.ts';
import type { BookShape } from './market-shape.ts';
import { distanceTable, TABLE_MASK, targetProfile, waveProfile } from './market-shape.ts';
import { type MatchingEngine, TICKS } from './matching-engine.ts';
import type { Metaorders } from './metaorders.ts';

/** Shares of events, in 1/65536: trades, modifies; the rest adds and cancels. */
const TRADE_SHARE = Math.round(0.028 * 65_536);
const MODIFY_SHARE = Math.round(0.19 * 65_536);
/** One trade in so many meets hidden lots; one in so many is an implied match. */
const HIDDEN_ODDS = 40;
const IMPLIED_ODDS = 250;
/** One order in so many near the touch is an iceberg. */
const ICEBERG_ODDS = 48;
/** Ticks from the touch within which icebergs are entered. */
const ICEBERG_TICKS = 6;
/** Hidden lots of an iceberg per displayed lot, at most. */
const ICEBERG_DEPTH = 8;
/** A cancel or modify looks this far from the end of a queue at most: young orders leave first. */
const MAX_QUEUE_WALK = 24;
/** How much more a round price attracts. */
const ROUND_FACTOR = 2.1;
/** Round prices attract from this distance on, ticks. */
const ROUND_FROM_TICKS = 3;

/**
 * The flow between moves: adds, cancels, modifies and trades whose rates depend on the distance
 * from the touch and on how full the queue there is (Huang, Lehalle, Rosenbaum, JASA 2015). It
 * never moves the touch: the last order of a best queue stays.
 */
export class NaturalFlow {
  private readonly engine: MatchingEngine;
  private readonly conditions: Conditions;
  private readonly metaorders: Metaorders;
  private readonly prng: Prng;
  private readonly target: Float64Array;
  private readonly wave = waveProfile();
  private readonly distance = distanceTable();
  private readonly orderSize: Uint16Array;
  private readonly tradeSize: Uint16Array;
  private readonly roundTicks: number;
  private readonly sparse: boolean;
  private readonly tickZero: number;

  constructor(
    engine: MatchingEngine,
    conditions: Conditions,
    metaorders: Metaorders,
    prng: Prng,
    shape: BookShape,
    sizes: { order: Uint16Array; trade: Uint16Array },
    tickZero: number,
  ) {
    this.engine = engine;
    this.conditions = conditions;
    this.metaorders = metaorders;
    this.prng = prng;
    this.target = targetProfile(shape);
    this.orderSize = sizes.order;
    this.tradeSize = sizes.trade;
    this.roundTicks = shape.roundTicks;
    this.sparse = shape.leastOrders !== undefined;
    this.tickZero = tickZero;
  }

  /** A size in lots for a new order. */
  drawOrderSize(): number {
    return this.orderSize[this.prng.u32() & TABLE_MASK]!;
  }

  /** Orders that the level at `distance` ticks from the touch of `side` wants to hold. */
  wanted(side: Side, distance: number, tick: number): number {
    const base =
      this.target[distance]! * (1 + this.wave[distance]! * (this.conditions.liquidity[side]! - 1));
    const round = distance >= ROUND_FROM_TICKS && (this.tickZero + tick) % this.roundTicks === 0;
    return round ? base * ROUND_FACTOR : base;
  }

  /** One event, with `engine` already begun at its time. */
  emit(): void {
    const bits = this.prng.u32();
    const side: Side = bits & 1 ? ASK : BID;
    const kind = bits >>> 16;
    if (kind < TRADE_SHARE) {
      this.trade();
      return;
    }
    const distance = this.distance[(bits >>> 1) & TABLE_MASK]!;
    const best = this.engine.best[side]!;
    const tick = side === BID ? best - distance : best + distance;
    if (tick <= 0 || tick >= TICKS - 1) this.add(side, best, 0);
    else if (kind < TRADE_SHARE + MODIFY_SHARE) this.modify(side, tick, distance);
    else this.addOrCancel(side, tick, distance);
  }

  private addOrCancel(side: Side, tick: number, distance: number): void {
    const count = this.engine.queues.levelCount[tick]!;
    const wanted = this.wanted(side, distance, tick);
    if (this.staysEmpty(distance, count, wanted)) {
      this.addOrCancel(side, this.engine.best[side]!, 0);
      return;
    }
    const keep = distance === 0 ? 1 : 0;
    if (count <= keep || this.prng.float() * (wanted + count) < wanted) {
      this.add(side, tick, distance);
    } else {
      this.engine.cancel(side, this.pick(tick));
    }
  }

  /** In a sparse book few orders go where there is none. */
  private staysEmpty(distance: number, count: number, wanted: number): boolean {
    return this.sparse && count === 0 && distance > 0 && this.prng.float() > wanted;
  }

  private refuses(side: Side, distance: number, tick: number): boolean {
    if (!this.sparse) return false;
    const count = this.engine.queues.levelCount[tick]!;
    return this.staysEmpty(distance, count, this.wanted(side, distance, tick));
  }

  private add(side: Side, tick: number, distance: number): void {
    const { prng } = this;
    const qty = this.drawOrderSize();
    const iceberg = distance < ICEBERG_TICKS && prng.int(ICEBERG_ODDS) === 0;
    this.engine.add(side, tick, qty, iceberg ? qty * (1 + prng.int(ICEBERG_DEPTH)) : 0);
  }

  private modify(side: Side, tick: number, distance: number): void {
    const { engine, prng } = this;
    const count = engine.queues.levelCount[tick]!;
    if (count <= (distance === 0 ? 1 : 0)) {
      if (this.sparse) this.addOrCancel(side, tick, distance);
      else this.add(side, tick, distance);
      return;
    }
    const slot = this.pick(tick);
    const size = engine.queues.qty[slot]!;
    const bits = prng.u32();
    if (bits & 1) {
      const wanted = this.drawOrderSize();
      engine.modify(side, slot, tick, wanted === size ? size + 1 : wanted);
      return;
    }
    const to = this.distance[(bits >>> 1) & TABLE_MASK]!;
    const best = engine.best[side]!;
    const target = side === BID ? best - to : best + to;
    const inside =
      target > 0 && target < TICKS - 1 && target !== tick && !this.refuses(side, to, target);
    engine.modify(side, slot, inside ? target : tick, inside ? size : size + 1);
  }

  private trade(): void {
    const { engine, prng } = this;
    const sign = this.metaorders.nextSign();
    const side: Side = sign > 0 ? ASK : BID;
    const tick = engine.best[side]!;
    const odds = prng.u32();
    const size = this.tradeSize[odds & TABLE_MASK]!;
    if ((odds >>> 16) % IMPLIED_ODDS === 1) {
      engine.impliedTrade(tick, size);
      return;
    }
    const lots = Math.min(size, engine.queues.levelQty[tick]! - 1);
    if (lots <= 0) {
      this.add(side, tick, 0);
      return;
    }
    const hidden = prng.int(HIDDEN_ODDS) === 0 ? this.drawOrderSize() : 0;
    engine.trade(side, lots, hidden, engine.issueId());
  }

  private pick(tick: number): number {
    const { queues } = this.engine;
    let slot = queues.tail[tick]!;
    const reach = Math.min(queues.levelCount[tick]!, MAX_QUEUE_WALK);
    const u = this.prng.float();
    for (let steps = Math.floor(u * u * reach); steps > 0; steps--) slot = queues.prev[slot]!;
    return slot;
  }
}
