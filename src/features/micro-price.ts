import { fineState, foldTransitions, keptState, TransitionCounts } from './micro-price-counts.ts';
import { solveMicroPrice } from './micro-price-solve.ts';
import * as layout from './micro-price-states.ts';
import { binOf, bucketsOfBins } from './micro-price-states.ts';
import { queueImbalance } from './queue-imbalance.ts';

const { BINS_A_SIDE, BUCKETS_A_SIDE } = layout;
const SPREADS = layout.MAX_STATE_SPREAD_TICKS;
/** A larger move of the mid is news, not the queues' doing: it is no transition. Half ticks. */
const MAX_MOVE_HALF_TICKS = 2;
const NOWHERE = -1;

/** How much must have been seen before anything is said. */
export interface MicroPriceNeeds {
  /** Transitions altogether. */
  transitions: number;
  /** Of them with a move of the mid. */
  moves: number;
  /** Transitions out of a state and its mirror image, for its price to be told. */
  visits: number;
}

/**
 * Stoikov's micro-price, learnt as the day goes: where the mid is expected to end up from queue
 * imbalance and spread, beyond where it is.
 *
 * `observe` counts what follows what, event by event; `refit` makes the prices that `edge` tells
 * from then on, of nothing that came later. Every transition counts with its mirror image (bids for
 * asks, up for down), as its author does it: without, the series need not converge.
 *
 * Source: Stoikov 2018, The micro-price: a high-frequency estimator of future prices, Quantitative
 * Finance 18, 1959-1966; the states and the limit of a move are those of its reference code, with
 * 11 buckets instead of 10 so that balanced queues have one of their own.
 */
export class MicroPrice {
  private readonly needs: MicroPriceNeeds;
  private readonly counts = new TransitionCounts();
  private from = NOWHERE;
  private fromMid = 0;
  /** Bucket of bins 0..32, at the last refit. */
  private readonly buckets = new Int32Array(BINS_A_SIDE + 1);
  /** Expected move by bucket 0..5 and spread, ticks; NaN: unknown. */
  private readonly edges = new Float64Array((BUCKETS_A_SIDE + 1) * SPREADS).fill(Number.NaN);

  constructor(needs: MicroPriceNeeds) {
    this.needs = needs;
  }

  /** Transitions observed. */
  get transitions(): number {
    return this.counts.total;
  }

  /**
   * Takes the touch after an event that changed it; both queues hold lots. A spread that is no
   * state ends the chain, as `breakOff` does.
   */
  observe(bidTick: number, bidLots: number, askTick: number, askLots: number): void {
    const spread = askTick - bidTick;
    if (!(spread >= 1 && spread <= SPREADS)) {
      this.from = NOWHERE;
      return;
    }
    const { from } = this;
    const to = fineState(binOf(queueImbalance(bidLots, askLots)), spread);
    const moved = bidTick + askTick - this.fromMid;
    this.from = to;
    this.fromMid = bidTick + askTick;
    if (from === NOWHERE || Math.abs(moved) > MAX_MOVE_HALF_TICKS) return;
    this.counts.add(from, to, moved);
  }

  /** What comes next does not follow from what came before: the book was emptied, say. */
  breakOff(): void {
    this.from = NOWHERE;
  }

  /** Makes the prices anew, of everything observed so far. */
  refit(): void {
    const { counts, needs, edges, buckets } = this;
    if (counts.total < needs.transitions || counts.moving < needs.moves) return;
    bucketsOfBins(counts.binVisits(), buckets);
    const { folded, balanced } = foldTransitions(counts, buckets);
    const solved = solveMicroPrice(folded);
    for (let spread = 1; spread <= SPREADS; spread++) {
      edges[spread - 1] = balanced[spread - 1]! >= needs.visits ? 0 : Number.NaN;
      for (let bucket = 1; bucket <= BUCKETS_A_SIDE; bucket++) {
        const x = keptState(bucket, spread);
        const known = folded.visits[x]! >= needs.visits;
        edges[bucket * SPREADS + spread - 1] = known ? solved[x]! / 2 : Number.NaN;
      }
    }
  }

  /** Micro-price less mid, ticks; NaN where it is not known (yet). */
  edge(bidLots: number, askLots: number, spreadTicks: number): number {
    const imbalance = queueImbalance(bidLots, askLots);
    if (!(spreadTicks >= 1 && spreadTicks <= SPREADS) || Number.isNaN(imbalance)) return Number.NaN;
    const bin = binOf(imbalance);
    const bucket = this.buckets[Math.abs(bin)]!;
    const edge = this.edges[bucket * SPREADS + spreadTicks - 1]!;
    return bin < 0 && bucket > 0 ? 0 - edge : edge;
  }
}
