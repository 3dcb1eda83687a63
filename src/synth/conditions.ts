import { ASK, BID, type Prng } from '../core/index.ts';

/** Slow steps per second of market time. */
export const STEPS_PER_SECOND = 20;
/** Length of a slow step, ns. */
export const STEP_NS = 1e9 / STEPS_PER_SECOND;

/** Decay of a side's liquidity wave, s, and its standard deviation in logs. */
const WAVE = { decayS: 2, sd: 0.5 };
/** Quick and slow components of the log activity: decay in s and standard deviation. */
const QUICK_ACTIVITY = { decayS: 60, sd: 0.5 };
const SLOW_ACTIVITY = { decayS: 1500, sd: 0.25 };
/** News: a jump of the log activity, and how often it comes in a busy session. */
const NEWS = { jump: 1.2, meanGapS: 2700 };
/** A withdrawal: mean gap in a busy session, length, and what is left of the side; the other side grows. */
const WITHDRAWAL = { meanGapS: 75, minS: 3, maxS: 8, left: 0.25, other: 1.35 };

/** What the order flow does not control: activity, liquidity waves of the two sides, withdrawals. */
export class Conditions {
  /** Event rate relative to the mean of the busy session. */
  activity = 0;
  /** What the sides want near the touch, relative to usual. [BID, ASK] */
  readonly liquidity = new Float64Array([1, 1]);

  private quick: number;
  private slow: number;
  private readonly wave = new Float64Array(2);
  private withdrawnSide: number = BID;
  private withdrawnSteps = 0;
  private readonly prng: Prng;

  constructor(prng: Prng) {
    this.prng = prng;
    this.quick = prng.normal() * QUICK_ACTIVITY.sd;
    this.slow = prng.normal() * SLOW_ACTIVITY.sd;
    this.wave[BID] = prng.normal() * WAVE.sd;
    this.wave[ASK] = prng.normal() * WAVE.sd;
  }

  /** Once a second: the activity from the day's profile and the market's mood. */
  stepSecond(profile: number): void {
    this.quick = this.revert(this.quick, QUICK_ACTIVITY, 1);
    this.slow = this.revert(this.slow, SLOW_ACTIVITY, 1);
    if (this.prng.float() * NEWS.meanGapS < profile) this.quick += NEWS.jump;
    const excess = (QUICK_ACTIVITY.sd ** 2 + SLOW_ACTIVITY.sd ** 2) / 2;
    this.activity = profile * Math.exp(this.quick + this.slow - excess);
  }

  /** Once a slow step: waves and withdrawals. `depth` scales both sides with the hour. */
  stepFast(depth: number): void {
    const { wave, liquidity } = this;
    for (let side = BID; side <= ASK; side++) {
      wave[side] = this.revert(wave[side]!, WAVE, 1 / STEPS_PER_SECOND);
      liquidity[side] = depth * Math.exp(wave[side]!);
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

  private revert(x: number, process: { decayS: number; sd: number }, dtS: number): number {
    const keep = Math.exp(-dtS / process.decayS);
    return x * keep + process.sd * Math.sqrt(1 - keep * keep) * this.prng.normal();
  }
}
