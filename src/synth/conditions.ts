import { ASK, BID, type Prng } from '../core/index.ts';

/** Slow steps per second of market time. */
export const STEPS_PER_SECOND = 20;
/** Length of a slow step, ns. */
export const STEP_NS = 1e9 / STEPS_PER_SECOND;

/**
 * A mean-reverting process, sampled: its factor per sample, and the standard deviation of what a
 * sample adds.
 */
interface Reverting {
  sd: number;
  keep: number;
  kick: number;
}

function reverting(decayS: number, sd: number, sampleS: number): Reverting {
  const keep = Math.exp(-sampleS / decayS);
  return { sd, keep, kick: sd * Math.sqrt(1 - keep * keep) };
}

/**
 * A side's liquidity wave, in logs: long enough that what drains or builds now still does so in the
 * next seconds.
 */
const WAVE = reverting(8, 0.7, 1 / STEPS_PER_SECOND);
/** Quick and slow components of the log activity: a minute and half an hour long. */
const QUICK_ACTIVITY = reverting(60, 0.5, 1);
const SLOW_ACTIVITY = reverting(1500, 0.25, 1);
/** What both sides want, in logs: minutes long, so that a lot now weighs more, now less. */
const DEPTH = reverting(240, 0.6, 1);
/** News: a jump of the log activity, and how often it comes in a busy session. */
const NEWS = { jump: 1.2, meanGapS: 2700 };
/**
 * A withdrawal: mean gap in a busy session, length, and what is left of the side; the other side
 * grows.
 */
const WITHDRAWAL = { meanGapS: 75, minS: 3, maxS: 8, left: 0.25, other: 1.35 };

/**
 * What the order flow does not control: activity, liquidity waves of the two sides, withdrawals.
 */
export class Conditions {
  /** Event rate relative to the mean of the busy session. */
  activity = 0;
  /** What the sides want near the touch, relative to usual. [BID, ASK] */
  readonly liquidity = new Float64Array([1, 1]);

  private quick: number;
  private slow: number;
  private depth: number;
  private readonly wave = new Float64Array(2);
  private withdrawnSide: number = BID;
  private withdrawnSteps = 0;
  private readonly prng: Prng;

  constructor(prng: Prng) {
    this.prng = prng;
    this.quick = prng.normal() * QUICK_ACTIVITY.sd;
    this.slow = prng.normal() * SLOW_ACTIVITY.sd;
    this.depth = prng.normal() * DEPTH.sd;
    this.wave[BID] = prng.normal() * WAVE.sd;
    this.wave[ASK] = prng.normal() * WAVE.sd;
  }

  /** Once a second: the activity from the day's profile and the market's mood. */
  stepSecond(profile: number): void {
    this.quick = this.revert(this.quick, QUICK_ACTIVITY);
    this.slow = this.revert(this.slow, SLOW_ACTIVITY);
    this.depth = this.revert(this.depth, DEPTH);
    if (this.prng.float() * NEWS.meanGapS < profile) this.quick += NEWS.jump;
    const excess =
      (QUICK_ACTIVITY.sd * QUICK_ACTIVITY.sd + SLOW_ACTIVITY.sd * SLOW_ACTIVITY.sd) / 2;
    this.activity = profile * Math.exp(this.quick + this.slow - excess);
  }

  /** Once a slow step: waves and withdrawals. `usual` scales both sides with the hour. */
  stepFast(usual: number): void {
    const { wave, liquidity } = this;
    for (let side = BID; side <= ASK; side++) {
      wave[side] = this.revert(wave[side]!, WAVE);
      liquidity[side] = usual * Math.exp(wave[side]! + this.depth);
    }
    this.withdraw();
  }

  private withdraw(): void {
    const { prng, liquidity } = this;
    if (this.withdrawnSteps > 0) {
      this.withdrawnSteps--;
      liquidity[this.withdrawnSide]! *= WITHDRAWAL.left;
      liquidity[1 - this.withdrawnSide]! *= WITHDRAWAL.other;
    } else if (prng.float() * WITHDRAWAL.meanGapS * STEPS_PER_SECOND < Math.min(1, this.activity)) {
      this.withdrawnSide = prng.u32() & 1;
      const seconds = WITHDRAWAL.minS + prng.float() * (WITHDRAWAL.maxS - WITHDRAWAL.minS);
      this.withdrawnSteps = Math.round(seconds * STEPS_PER_SECOND);
    }
  }

  private revert(x: number, process: Reverting): number {
    return x * process.keep + process.kick * this.prng.normal();
  }
}
