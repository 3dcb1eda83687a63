import { ASK, BID } from '../core/index.ts';
import { STEPS_PER_SECOND } from './conditions.ts';

/** Decay of the memory of added and removed lots, s. */
const MEMORY_S = 5;
const KEEP = Math.exp(-1 / (MEMORY_S * STEPS_PER_SECOND));
/** Ticks from the touch whose flow counts. */
export const WATCHED_TICKS = 10;
/** Log-odds of an up move per unit of queue imbalance, at signal 1. */
const IMBALANCE_WEIGHT = 2.2;
/** Log-odds of an up move per unit of flow asymmetry, at signal 1. */
const ASYMMETRY_WEIGHT = 35;
/** How much an asymmetry hastens the next move, at signal 1. */
const HASTE = 5;
/**
 * An asymmetry of chance is small where many orders come: it is scaled by the root of the event
 * rate, relative to this rate (per second), within these bounds.
 */
const REFERENCE_RATE = 300;
const SCALE_BOUNDS = { least: 0.4, most: 3 };
/** Event rate, per second, from which on a move's whole echo falls into the memory. */
const ECHO_RATE = 180;
/** The probability stays this far from 0 and 1. */
const MARGIN = 0.02;

/**
 * The law of the next mid move: with `signal` 0 its direction is a fair coin; with more, it leans
 * on the imbalance of the touch queues and on which side of the first ten ticks drained or built
 * over the last seconds. The queues are drawn anew with every move, so their part tells of the next
 * one; draining and building follow liquidity waves (`conditions.ts`) and lean the same way for
 * several seconds, so that what leans can be seen in windows of one second and pays after them.
 */
export class MoveLaw {
  /** Lots added near the touch, remembered over `MEMORY_S`. [BID, ASK] */
  readonly added = new Float64Array(2);
  /** Lots that left near the touch. [BID, ASK] */
  readonly removed = new Float64Array(2);

  private readonly signal: number;
  private readonly floor: number;
  private readonly echo: number;
  private readonly scale: number;
  private echoes = 0;

  /**
   * @param eventRate events per second in the busy session; as many lots in memory damp the
   *   asymmetry of a quiet book.
   * @param echoLots lots that each side's book builds or drains soon after a move of one tick, only
   *   because it moved, in a market fast enough to do so.
   */
  constructor(signal: number, eventRate: number, echoLots: number) {
    this.signal = signal;
    this.floor = eventRate;
    const scale = Math.sqrt(eventRate / REFERENCE_RATE);
    this.scale = Math.min(SCALE_BOUNDS.most, Math.max(SCALE_BOUNDS.least, scale));
    this.echo = echoLots * Math.min(1, eventRate / ECHO_RATE);
  }

  /** Takes the book's echo of a move out of the memory, or every move would call for the next. */
  forgetEcho(direction: number): void {
    this.echoes += direction > 0 ? 2 * this.echo : -2 * this.echo;
  }

  /** Once a slow step. */
  fade(): void {
    this.added[BID]! *= KEEP;
    this.added[ASK]! *= KEEP;
    this.removed[BID]! *= KEEP;
    this.removed[ASK]! *= KEEP;
    this.echoes *= KEEP;
  }

  /** Positive when bids build and asks drain: their share of the flow in memory, scaled. */
  asymmetry(): number {
    const { added, removed } = this;
    const net = added[BID]! - removed[BID]! - added[ASK]! + removed[ASK]!;
    const gross = added[BID]! + removed[BID]! + added[ASK]! + removed[ASK]!;
    const share = (net - this.echoes) / (gross + this.floor);
    return this.scale * Math.min(1, Math.max(-1, share));
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
