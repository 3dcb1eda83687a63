import { ASK, BID, type Prng, type Side } from '../core/index.ts';
import type { MatchingEngine } from './matching-engine.ts';
import type { NaturalFlow } from './natural-flow.ts';

/** Mean time between the events of a move, ns. */
const EVENT_GAP_NS = 60_000;
/** Mean time until the first order fills in behind, ns. */
const FILL_GAP_NS = 2_000_000;
/** Largest share of the queue in front that is pulled before it is hit. */
const MAX_PULLED = 0.7;
/** Share of sweeps whose rest stays as the first order behind. */
const REST_SHARE = 0.3;
/** Orders that fill in behind at once, at least, and how many more at most. */
const FILL_ORDERS = { least: 3, more: 5 };

type Phase = 'idle' | 'pull' | 'sweep' | 'fill';

/**
 * Carries out one move of the mid by flow: some of the queue in front is pulled, market orders take
 * the rest, and new orders fill in behind. All within about a millisecond, so that nothing of it is
 * to be seen before its draw.
 */
export class PriceMove {
  private phase: Phase = 'idle';
  private left = 0;
  private side: Side = ASK;
  private startMid = 0;
  private readonly engine: MatchingEngine;
  private readonly flow: NaturalFlow;
  private readonly prng: Prng;

  constructor(engine: MatchingEngine, flow: NaturalFlow, prng: Prng) {
    this.engine = engine;
    this.flow = flow;
    this.prng = prng;
  }

  /** Whether a move is under way. */
  get active(): boolean {
    return this.phase !== 'idle';
  }

  /** Starts a move; its first event is the next `emit`. */
  start(up: boolean): void {
    const { engine, prng } = this;
    this.side = up ? ASK : BID;
    this.startMid = engine.midHalfTicks;
    const count = engine.queues.levelCount[engine.best[this.side]!]!;
    this.left = Math.floor(count * prng.float() * MAX_PULLED);
    this.phase = this.left > 0 ? 'pull' : 'sweep';
  }

  /** ns until the next event of the move. */
  drawGap(): number {
    const spread = this.engine.best[ASK]! - this.engine.best[BID]!;
    const mean = this.phase === 'fill' && spread > 1 ? FILL_GAP_NS : EVENT_GAP_NS;
    return mean * this.prng.exponential();
  }

  /**
   * One event of the move, with the engine already begun. Returns the ticks moved when it was the
   * last, else 0.
   */
  emit(): number {
    if (this.phase === 'pull') this.pull();
    else if (this.phase === 'sweep') this.sweep();
    else this.fill();
    return this.phase === 'idle' ? (this.engine.midHalfTicks - this.startMid) / 2 : 0;
  }

  private pull(): void {
    const { engine, side } = this;
    engine.cancel(side, engine.queues.tail[engine.best[side]!]!);
    if (--this.left === 0) this.phase = 'sweep';
  }

  private sweep(): void {
    const { engine, prng, side } = this;
    const tick = engine.best[side]!;
    const aggressor = engine.issueId();
    const behind: Side = side === ASK ? BID : ASK;
    engine.trade(side, engine.queues.levelQty[tick]!, 0, aggressor);
    if (engine.queues.levelCount[tick] !== 0) return;
    if (prng.float() < REST_SHARE) {
      engine.restAggressor(behind, tick, this.flow.drawOrderSize(), aggressor);
    }
    engine.retreat(side);
    this.left = FILL_ORDERS.least + prng.int(FILL_ORDERS.more + 1);
    this.phase = 'fill';
  }

  private fill(): void {
    const { engine, side } = this;
    const behind: Side = side === ASK ? BID : ASK;
    const tick = side === ASK ? engine.best[ASK]! - 1 : engine.best[BID]! + 1;
    engine.best[behind] = tick;
    engine.add(behind, tick, this.flow.drawOrderSize(), 0);
    if (--this.left === 0) this.phase = 'idle';
  }
}
