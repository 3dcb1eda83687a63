import { ASK, BID, type Prng, type Side } from '../core/index.ts';
import type { MatchingEngine } from './matching-engine.ts';
import type { NaturalFlow } from './natural-flow.ts';
import { NO_ORDER } from './order-queues.ts';

/** Orders of this kind that live at once. */
const MOST = 4;
/** Size of such an order, in usual touch queues. */
const SIZE = { least: 0.3, more: 1 };

/**
 * Large orders that come to the touch and go again without a trade and without a meaning: order
 * flow that moves nothing. The law of moves does not see it; those who look at the book do.
 */
export class TouchFlicker {
  private readonly slot = new Int32Array(MOST).fill(NO_ORDER);
  private readonly id = new Float64Array(MOST);
  private readonly engine: MatchingEngine;
  private readonly flow: NaturalFlow;
  private readonly prng: Prng;

  constructor(engine: MatchingEngine, flow: NaturalFlow, prng: Prng) {
    this.engine = engine;
    this.flow = flow;
    this.prng = prng;
  }

  /** One event, with the engine already begun; false when there was nothing to do. */
  emit(): boolean {
    const { engine, prng } = this;
    const k = prng.int(MOST);
    const slot = this.slot[k]!;
    engine.watching = false;
    const done = this.lives(k) ? this.withdraw(slot) : this.show(k);
    engine.watching = true;
    return done;
  }

  private lives(k: number): boolean {
    const { queues } = this.engine;
    const slot = this.slot[k]!;
    return slot !== NO_ORDER && queues.tick[slot] !== NO_ORDER && queues.id[slot] === this.id[k];
  }

  private withdraw(slot: number): boolean {
    const { queues, best } = this.engine;
    const tick = queues.tick[slot]!;
    const side: Side = tick <= best[BID]! ? BID : ASK;
    if (tick === best[side] && queues.levelCount[tick] === 1) return false;
    this.engine.cancel(side, slot);
    return true;
  }

  private show(k: number): boolean {
    const { engine, flow, prng } = this;
    const side = (prng.u32() & 1) as Side;
    const tick = engine.best[side]!;
    const share = SIZE.least + SIZE.more * prng.float();
    const lots = Math.ceil(share * flow.wanted(side, 0, tick) * flow.drawOrderSize());
    engine.add(side, tick, lots, 0);
    this.slot[k] = engine.queues.tail[tick]!;
    this.id[k] = engine.queues.id[this.slot[k]!]!;
    return true;
  }
}
