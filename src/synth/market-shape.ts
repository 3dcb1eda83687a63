import { Prng } from '../core/index.ts';

/** Ticks from the touch within which orders come and go. */
export const DEPTH_TICKS = 500;
/** Ticks over which a liquidity wave fades out. */
const WAVE_TICKS = 20;
/** Entries of the sampling tables: a power of two. */
const TABLE_SIZE = 1 << 14;
/** Mask of a table index. */
export const TABLE_MASK = TABLE_SIZE - 1;
/** Seed of the size tables: part of the version, not of the run. */
const TABLE_SEED = 20_260_105;

/** Orders a far level holds on average, by default. */
const LEAST_ORDERS = 0.8;

/** How a product's book is built. */
export interface BookShape {
  /** Orders a level holds where the book is thickest. */
  peakOrders: number;
  /** Share of the peak at the touch. */
  touchShare: number;
  /** Ticks over which the book grows from the touch to its peak. */
  riseTicks: number;
  /** Ticks over which it falls off again. */
  fallTicks: number;
  /** Every so many ticks stands a round price. */
  roundTicks: number;
  /**
   * Orders a far level holds at least on average; less than one leaves most far levels empty. 0.8
   * when absent.
   */
  leastOrders?: number;
}

/**
 * Orders a level wants by distance from the touch: least at the touch, most some ticks away, then a
 * long tail.
 */
export function targetProfile(shape: BookShape): Float64Array {
  const out = new Float64Array(DEPTH_TICKS);
  for (let i = 0; i < DEPTH_TICKS; i++) {
    const rise = 1 - (1 - shape.touchShare) * Math.exp(-i / shape.riseTicks);
    const far = i / shape.fallTicks;
    const fall = Math.exp(-0.6 * Math.log(1 + far * far));
    out[i] = Math.max(shape.leastOrders ?? LEAST_ORDERS, shape.peakOrders * rise * fall);
  }
  return out;
}

/**
 * How strongly a liquidity wave moves the target by distance: 1 in the first ten ticks, fading to
 * 0.
 */
export function waveProfile(): Float64Array {
  const out = new Float64Array(DEPTH_TICKS);
  for (let i = 0; i < DEPTH_TICKS; i++) {
    out[i] = i < 10 ? 1 : Math.max(0, 1 - (i - 10) / (WAVE_TICKS - 10));
  }
  return out;
}

/**
 * Distances from the touch, as often as order events happen there: `table[u32 & TABLE_MASK]` is a
 * draw.
 */
export function distanceTable(): Uint16Array {
  const weights = Array.from({ length: DEPTH_TICKS }, (_, i) => Math.exp(-1.15 * Math.log(1 + i)));
  weights[0]! *= 1.25;
  const total = weights.reduce((a, b) => a + b, 0);
  const out = new Uint16Array(TABLE_SIZE);
  let k = 0;
  let sum = 0;
  for (let i = 0; i < TABLE_SIZE; i++) {
    while (k < DEPTH_TICKS - 1 && (sum + weights[k]!) / total <= (i + 0.5) / TABLE_SIZE) {
      sum += weights[k++]!;
    }
    out[i] = k;
  }
  return out;
}

/** Log-normal sizes in lots, at least 1: `table[u32 & TABLE_MASK]` is a draw. */
export function sizeTable(logMean: number, logSd: number): Uint16Array {
  const prng = new Prng(TABLE_SEED);
  const out = new Uint16Array(TABLE_SIZE);
  for (let i = 0; i < TABLE_SIZE; i++) {
    out[i] = Math.max(1, Math.round(Math.exp(logMean + logSd * prng.normal())));
  }
  return out;
}
