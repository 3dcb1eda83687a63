import { binOf } from '../numerics/equal-mass-bins.ts';
import { normalQuantile } from '../numerics/normal-distribution.ts';

/** Sums kept of a bin: windows, p, p^2, cases, p of the cases. */
export const BIN_SUMS = 5;
/** Consistency bars hold this share of what a reliable forecast would show. */
const BAR_LEVEL = 0.95;

/**
 * Sums of one outcome's probabilities by bin, of one session. Sessions add up entry by entry.
 * @param probability of the outcome in each window; NaN is left out.
 * @param happened 1 or 0 in each window; NaN is left out.
 * @param edges made by `equalMassEdges` from all sessions' probabilities.
 * @returns [edges.length + 1 x BIN_SUMS]
 */
export function sumBins(
  probability: Float64Array,
  happened: Float64Array,
  edges: Float64Array,
): Float64Array {
  const sums = new Float64Array((edges.length + 1) * BIN_SUMS);
  for (let i = 0; i < probability.length; i++) {
    const p = probability[i];
    const y = happened[i];
    if (Number.isNaN(p) || Number.isNaN(y)) continue;
    const at = binOf(edges, p) * BIN_SUMS;
    sums[at]++;
    sums[at + 1] += p;
    sums[at + 2] += p * p;
    sums[at + 3] += y;
    sums[at + 4] += p * y;
  }
  return sums;
}

/** Brier's score of one outcome and what it is made of. NaN without windows. */
export interface BrierParts {
  /** Mean of (p - y)^2. */
  brier: number;
  /** How far frequencies lie from the probabilities given, by bin; 0 is best. */
  reliability: number;
  /** How far frequencies of bins lie from the overall one; larger is better. */
  resolution: number;
  /** Variance of the outcome itself: what climatology scores. */
  uncertainty: number;
  /** Variance of p within bins, and twice its covariance with the outcome there. */
  withinVariance: number;
  withinCovariance: number;
}

/**
 * brier = reliability - resolution + uncertainty + withinVariance - withinCovariance, exactly
 * (Murphy 1973; the last two for bins of finite width: Stephenson, Coelho, Jolliffe 2008).
 * @param sums of `sumBins`, added over sessions.
 */
export function decomposeBrier(sums: ArrayLike<number>): BrierParts {
  let [windows, cases] = [0, 0];
  for (let at = 0; at < sums.length; at += BIN_SUMS) {
    windows += sums[at];
    cases += sums[at + 3];
  }
  const base = cases / windows;
  const parts = [0, 0, 0, 0, 0];
  for (let at = 0; at < sums.length; at += BIN_SUMS) {
    const n = sums[at];
    if (n === 0) continue;
    const [p, squares, y, both] = [1, 2, 3, 4].map((k) => sums[at + k] / n);
    parts[0] += n * (squares - 2 * both + y);
    parts[1] += n * (p - y) ** 2;
    parts[2] += n * (y - base) ** 2;
    parts[3] += n * (squares - p * p);
    parts[4] += n * 2 * (both - p * y);
  }
  const [brier, reliability, resolution, withinVariance, withinCovariance] = parts.map(
    (part) => part / windows,
  );
  const uncertainty = base * (1 - base);
  return { brier, reliability, resolution, uncertainty, withinVariance, withinCovariance };
}

/** Adds up the parts of several outcomes: the score over all of them has the same identity. */
export function addBrierParts(all: readonly BrierParts[]): BrierParts {
  const total = (name: keyof BrierParts) => all.reduce((sum, parts) => sum + parts[name], 0);
  return {
    brier: total('brier'),
    reliability: total('reliability'),
    resolution: total('resolution'),
    uncertainty: total('uncertainty'),
    withinVariance: total('withinVariance'),
    withinCovariance: total('withinCovariance'),
  };
}

/** A row of a reliability table. */
export interface ReliabilityRow {
  windows: number;
  /** Mean probability given. */
  forecast: number;
  /** Share in which it happened. */
  observed: number;
  /** Where `observed` would lie, 95 times in 100, were the probabilities right. */
  low: number;
  high: number;
}

/**
 * The reliability table with consistency bars (Broecker and Smith 2007), bins without a window left
 * out.
 * @param sums of `sumBins`, added over sessions.
 * @param overlap windows that share one move, the horizon: as many as that count once.
 */
export function reliabilityTable(sums: ArrayLike<number>, overlap: number): ReliabilityRow[] {
  const z = normalQuantile(1 - (1 - BAR_LEVEL) / 2);
  const rows: ReliabilityRow[] = [];
  for (let at = 0; at < sums.length; at += BIN_SUMS) {
    const windows = sums[at];
    if (windows === 0) continue;
    const forecast = sums[at + 1] / windows;
    const variance = Math.max(0, sums[at + 1] - sums[at + 2]) * overlap;
    const half = (z * Math.sqrt(variance)) / windows;
    const [low, high] = [Math.max(0, forecast - half), Math.min(1, forecast + half)];
    rows.push({ windows, forecast, observed: sums[at + 3] / windows, low, high });
  }
  return rows;
}
