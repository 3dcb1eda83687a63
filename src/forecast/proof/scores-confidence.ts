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

/** A point of the risk-coverage curve: what is left when only the most confident windows count. */
export interface CoveragePoint {
  /** Share of the windows kept. */
  coverage: number;
  windows: number;
  /** Least confidence among them. */
  confidence: number;
  /** Share of the moves among them whose direction was right; NaN without a move. */
  hitRate: number;
  /** Their mean loss. */
  loss: number;
}

/**
 * Hit rate and loss among the most confident windows, as more and more of them are let in. Windows
 * of equal confidence come in together. Empty without windows.
 * @param hits of `directionHits`: NaN where the mid stood still.
 * @param losses of each window; where it or `confidence` is NaN a window is left out.
 * @param points wanted, at equal steps of coverage; ties may leave fewer.
 */
export function riskCoverage(
  confidence: Float64Array,
  hits: Float64Array,
  losses: Float64Array,
  points: number,
): CoveragePoint[] {
  const known = [...losses.keys()].filter((i) => !Number.isNaN(losses[i] + confidence[i]));
  const order = sortedOrder(Float64Array.from(known, (i) => -confidence[i])).map((at) => known[at]);
  const curve: CoveragePoint[] = [];
  let [moves, right, loss, next] = [0, 0, 0, 1];
  order.forEach((i, at) => {
    loss += losses[i];
    if (!Number.isNaN(hits[i])) {
      moves++;
      right += hits[i];
    }
    const windows = at + 1;
    const tied = windows < order.length && confidence[order[windows]] === confidence[i];
    if (tied || windows < (next * order.length) / points) return;
    next = Math.floor((windows * points) / order.length) + 1;
    curve.push({
      coverage: windows / order.length,
      windows,
      confidence: confidence[i],
      hitRate: moves === 0 ? Number.NaN : right / moves,
      loss: loss / windows,
    });
  });
  return curve;
}
