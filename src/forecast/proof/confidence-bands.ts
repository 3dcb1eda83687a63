import { dayBootstrap, ratioOf } from '../numerics/day-bootstrap.ts';
import { equalMassEdges } from '../numerics/equal-mass-bins.ts';
import { dayJackknife } from './day-jackknife.ts';
import { sessionsOf, totalOf } from './day-sums.ts';
import type { ConfidenceBand } from './evaluation.ts';
import type { JudgedForecast, JudgedWindows } from './judged-windows.ts';
import { known, knownInterval, stored } from './known.ts';
import { BOOTSTRAP_SEED, leanOf } from './score-forecaster.ts';
import { directionHits } from './scores.ts';
import { CONFIDENCE_SUMS, sumConfidence } from './scores-confidence.ts';

/** Bands of confidence that the gate looks at: fifths of the moves. */
const CONFIDENCE_BANDS = 5;

/** Hit rate of band b less that of the band before. */
function stepOf(b: number): (sums: Float64Array) => number {
  const now = ratioOf(b * CONFIDENCE_SUMS + 3, b * CONFIDENCE_SUMS + 2);
  const before = ratioOf((b - 1) * CONFIDENCE_SUMS + 3, (b - 1) * CONFIDENCE_SUMS + 2);
  return (sums) => now(sums) - before(sums);
}

/**
 * Hit rate among moves that are not zero, by fifths of confidence. Windows of equal confidence are
 * never parted, so that there may be fewer bands.
 */
export function confidenceBands(judged: JudgedWindows, forecast: JudgedForecast): ConfidenceBand[] {
  const hits = directionHits(forecast.probabilities, judged.outcome);
  const confidence = leanOf(forecast, hits.length).map((lean, i) =>
    Number.isNaN(hits[i]) ? Number.NaN : Math.abs(lean),
  );
  const moved = confidence.filter((c) => !Number.isNaN(c));
  if (moved.length === 0) return [];
  const edges = equalMassEdges(confidence, CONFIDENCE_BANDS);
  const days = sessionsOf(judged.dayStarts).map(([from, to]) =>
    sumConfidence(confidence.subarray(from, to), hits.subarray(from, to), edges),
  );
  const total = totalOf(days);
  const [least, greatest] = extent(moved);
  const ends = [least, ...edges, greatest];
  return Array.from({ length: edges.length + 1 }, (_, b) => {
    const at = b * CONFIDENCE_SUMS;
    const rate = ratioOf(at + 3, at + 2);
    const bounds = dayBootstrap(days, rate, { seed: BOOTSTRAP_SEED, within: [0, 1] });
    const step = b === 0 ? null : dayJackknife(days, stepOf(b));
    return {
      confidence_low: stored(ends[b]),
      confidence_high: stored(ends[b + 1]),
      confidence_mean: stored(total[at + 1] / total[at]),
      moves: total[at + 2],
      hit_rate: knownInterval(rate(total), bounds),
      step: step && knownInterval(step.value, step),
      step_p_value: step && known(step.pValue),
    };
  });
}

/** Least and greatest of values. */
function extent(values: Float64Array): [number, number] {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  return [least, greatest];
}
