import { NS_PER_SECOND, type Prng } from '../core/index.ts';

/** Mean children of an event that come at once. */
const FAST_BRANCHING = 0.3;
/** Mean children of an event that come over seconds. */
const SLOW_BRANCHING = 0.35;
/** Decay of the quick excitement, s. */
const FAST_DECAY_S = 0.01;
/** Decay of the slow excitement, s. */
const SLOW_DECAY_S = 1;
/** Excitement decays to nothing over a longer gap than this, s. */
const FORGET_S = 60;

/**
 * Self-exciting arrivals: a Hawkes process with two exponential kernels, drawn by Ogata's thinning
 * (Ogata 1981). Times are seconds of the UTC day.
 */
export class Arrivals {
  /** Events per second that nobody excited. */
  private background = 0;
  private fast = 0;
  private slow = 0;
  private readonly prng: Prng;

  constructor(prng: Prng) {
    this.prng = prng;
  }

  /** Intensity now, events per second. */
  get intensity(): number {
    return this.background + this.fast + this.slow;
  }

  /** Sets the mean rate that the process tends to, events per second. */
  setMeanRate(perSecond: number): void {
    this.background = perSecond * (1 - FAST_BRANCHING - SLOW_BRANCHING);
  }

  /** Puts the excitement where it stands on average. */
  settle(): void {
    const mean = this.background / (1 - FAST_BRANCHING - SLOW_BRANCHING);
    this.fast = mean * FAST_BRANCHING;
    this.slow = mean * SLOW_BRANCHING;
  }

  /** Adds the excitement of `events` events. */
  excite(events: number): void {
    this.fast += (events * FAST_BRANCHING) / FAST_DECAY_S;
    this.slow += (events * SLOW_BRANCHING) / SLOW_DECAY_S;
  }

  /**
   * The ns until the next event, if it comes within `horizonNs`; otherwise -1, with the excitement
   * decayed over the horizon (the process has no memory beyond it, so the caller just goes on from
   * there).
   */
  nextWithin(horizonNs: number): number {
    const { prng } = this;
    let waited = 0;
    for (;;) {
      const bound = this.background + this.fast + this.slow;
      const gap = (prng.exponential() / bound) * NS_PER_SECOND;
      if (waited + gap >= horizonNs) {
        this.decay(horizonNs - waited);
        return -1;
      }
      waited += gap;
      this.decay(gap);
      if (prng.float() * bound < this.background + this.fast + this.slow) return waited;
    }
  }

  private decay(ns: number): void {
    const s = ns / NS_PER_SECOND;
    if (s > FORGET_S) {
      this.fast = 0;
      this.slow = 0;
      return;
    }
    this.fast *= Math.exp(-s / FAST_DECAY_S);
    this.slow *= Math.exp(-s / SLOW_DECAY_S);
  }
}
