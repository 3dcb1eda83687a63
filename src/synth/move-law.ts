import { ASK, BID } from '../core/index.ts';
import { STEPS_PER_SECOND } from './conditions.ts';

/** Decay of the memory of added and removed lots, s. */
const MEMORY_S = 3;
const KEEP = Math.exp(-1 / (MEMORY_S * STEPS_PER_SECOND));
/** Ticks from the touch whose flow counts. */
export const WATCHED_TICKS = 10;
/** Log-odds of an up move per unit of queue imbalance, at signal 1. */
const IMBALANCE_WEIGHT = 1.5;
/** Log-odds of an up move per unit of flow asymmetry, at signal 1. */
const ASYMMETRY_WEIGHT = 9;
/** How much an asymmetry hastens the next move, at signal 1. */
const HASTE = 5;
/** The probability stays this far from 0 and 1. */
const MARGIN = 0.02;

/**
 * The law of the next mid move: with `signal` 0 its direction is a fair coin; with more, it leans on the imbalance of
 * the touch queues and on which side of the first ten ticks drained or built over the last seconds.
 */
export class MoveLaw {
  /** Lots added near the touch, remembered over `MEMORY_S`. [BID, ASK] */
  readonly added = new Float64Array(2);
  /** Lots that left near the touch. [BID, ASK] */
  readonly removed = new Float64Array(2);

  private readonly signal: number;
  private readonly floor: number;

  /** @param quietLots lots of flow in memory below which the asymmetry is damped. */
  constructor(signal: number, quietLots: number) {
    this.signal = signal;
    this.floor = quietLots;
  }

  /** Once a slow step. */
  fade(): void {
    this.added[BID]! *= KEEP;
    this.added[ASK]! *= KEEP;
    this.removed[BID]! *= KEEP;
    this.removed[ASK]! *= KEEP;
  }

  /** In (-1, 1): positive when bids build and asks drain. */
  asymmetry(): number {
    const { added, removed } = this;
    const net = added[BID]! - removed[BID]! - added[ASK]! + removed[ASK]!;
    const gross = added[BID]! + removed[BID]! + added[ASK]! + removed[ASK]!;
    return net / (gross + this.floor);
  }

  /** Factor on the rate of moves. */
  haste(): number {
    if (this.signal === 0) return 1;
    return 1 + this.signal * HASTE * Math.max(0, Math.abs(this.asymmetry()) - 0.05);
  }

  /** Probability that the next move is up, given the lots at the best bid and ask. */
  upProbability(bidLots: number, askLots: number): number {
    if (this.signal === 0) return 0.5;
    const imbalance = (bidLots - askLots) / (bidLots + askLots);
    const logOdds = IMBALANCE_WEIGHT * imbalance + ASYMMETRY_WEIGHT * this.asymmetry();
    const p = 1 / (1 + Math.exp(-this.signal * logOdds));
    return Math.min(1 - MARGIN, Math.max(MARGIN, p));
  }
}
