import { binOf } from '../numerics/equal-mass-bins.ts';
import { sortedOrder } from '../numerics/sorted-order.ts';

/** Sums kept of a bin of confidence: windows, confidence, windows that moved, hits. */
export const CONFIDENCE_SUMS = 4;

/**
 * Sums by bin of confidence, of one session. Sessions add up entry by entry.
 * @param hits of `directionHits`: NaN where the mid stood still.
 * @param confidence NaN is left out.
 * @param edges made by `equalMassEdges` from all sessions' confidence.
 * @returns [edges.length + 1 x CONFIDENCE_SUMS]
 */
export function sumConfidence(
  confidence: Float64Array,
  hits: Float64Array,
  edges: Float64Array,
): Float64Array {
  const sums = new Float64Array((edges.length + 1) * CONFIDENCE_SUMS);
  for (let i = 0; i < confidence.length; i++) {
    const value = confidence[i];
    if (Number.isNaN(value)) continue;
    const at = binOf(edges, value) * CONFIDENCE_SUMS;
    sums[at]++;
    sums[at + 1] += value;
    if (Number.isNaN(hits[i])) continue;
    sums[at + 2]++;
    sums[at + 3] += hits[i];
  }
  return sums;
}

/** A point of the risk-coverage curve. */
export interface CoveragePoint {
  /** Share of moves kept, the most confident ones. */
  coverage: number;
  /** Least confidence among them. */
  confidence: number;
  /** Share of them whose direction was right. */
  hitRate: number;
  moves: number;
}

/**
 * Hit rate among the most confident moves, as more and more of them are let in. Moves of equal
 * confidence come in together. Empty without a move.
 * @param points wanted; ties may leave fewer.
 */
export function riskCoverage(
  confidence: Float64Array,
  hits: Float64Array,
  points: number,
): CoveragePoint[] {
  const moved = [...hits.keys()].filter((i) => !Number.isNaN(hits[i] + confidence[i]));
  const order = sortedOrder(Float64Array.from(moved, (i) => -confidence[i]));
  const curve: CoveragePoint[] = [];
  let right = 0;
  for (let at = 0; at < order.length; at++) {
    const here = moved[order[at]];
    right += hits[here];
    const moves = at + 1;
    const tied = moves < order.length && confidence[moved[order[moves]]] === confidence[here];
    if (tied || moves < ((curve.length + 1) * order.length) / points) continue;
    const coverage = moves / order.length;
    curve.push({ coverage, confidence: confidence[here], hitRate: right / moves, moves });
  }
  return curve;
}
