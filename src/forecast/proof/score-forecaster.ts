import { OUTCOMES } from '../day-forecast.ts';
import { dayBootstrap, ratioOf } from '../numerics/day-bootstrap.ts';
import { equalMassEdges } from '../numerics/equal-mass-bins.ts';
import { areaUnderCurve } from '../numerics/ranks.ts';
import { daySums, knownFlags, totalOf } from './day-sums.ts';
import type { BrierParts, ForecasterScore, Interval, ReliabilityRow } from './evaluation.ts';
import type { JudgedForecast, JudgedWindows } from './judged-windows.ts';
import { known, knownInterval, stored } from './known.ts';
import { directionHits } from './scores.ts';
import { addBrierParts, decomposeBrier, reliabilityTable, sumBins } from './scores-brier.ts';

/** Bins of equal counts in reliability tables and in the parts of the Brier score. */
export const RELIABILITY_BINS = 10;
/** Seed of the resampled days: the same days for every number of a proof. */
export const BOOTSTRAP_SEED = 20_260_105;

/** One of the three probabilities of every window, and whether its outcome came. */
function outcomeSeries(
  judged: JudgedWindows,
  { probabilities }: JudgedForecast,
  outcome: number,
): { probability: Float64Array; happened: Float64Array } {
  const windows = judged.outcome.length;
  const probability = new Float64Array(windows);
  const happened = new Float64Array(windows);
  for (let i = 0; i < windows; i++) {
    probability[i] = probabilities[3 * i + outcome];
    happened[i] = judged.outcome[i] === outcome ? 1 : 0;
  }
  return { probability, happened };
}

function outcomeBins(judged: JudgedWindows, forecast: JudgedForecast): Float64Array[] {
  return OUTCOMES.map((_, outcome) => {
    const { probability, happened } = outcomeSeries(judged, forecast, outcome);
    return sumBins(probability, happened, equalMassEdges(probability, RELIABILITY_BINS));
  });
}

function brierOf(judged: JudgedWindows, forecast: JudgedForecast): BrierParts {
  const parts = addBrierParts(outcomeBins(judged, forecast).map(decomposeBrier));
  return {
    score: known(parts.brier),
    reliability: known(parts.reliability),
    resolution: known(parts.resolution),
    uncertainty: known(parts.uncertainty),
    within: known(parts.withinVariance - parts.withinCovariance),
  };
}

/** Reliability of all three outcomes, with where frequencies would lie by chance. */
export function reliabilityRows(judged: JudgedWindows, forecast: JudgedForecast): ReliabilityRow[] {
  return outcomeBins(judged, forecast).flatMap((sums, outcome) =>
    reliabilityTable(sums, judged.horizon).map((row) => ({
      outcome: OUTCOMES[outcome],
      count: row.windows,
      forecast: stored(row.forecast),
      frequency: stored(row.observed),
      consistent_low: stored(row.low),
      consistent_high: stored(row.high),
    })),
  );
}

/** A share, one series' sum of another's, with its interval over days. */
export function ratioInterval(
  dayStarts: Int32Array,
  above: Float64Array,
  below: Float64Array,
): Interval {
  const days = daySums(dayStarts, above, below);
  const ratio = ratioOf(0, 1);
  const value = ratio(totalOf(days));
  const options = { seed: BOOTSTRAP_SEED, within: [0, 1] } as const;
  return knownInterval(value, dayBootstrap(days, ratio, options));
}

/** p(up) - p(down) of every window. [windows] */
export function leanOf({ probabilities }: JudgedForecast, windows: number): Float64Array {
  const lean = new Float64Array(windows);
  for (let i = 0; i < windows; i++) lean[i] = probabilities[3 * i + 2] - probabilities[3 * i];
  return lean;
}

function directionCurve(judged: JudgedWindows, forecast: JudgedForecast): number {
  const { outcome } = judged;
  const lean = leanOf(forecast, outcome.length);
  const moved = lean.filter((_, i) => outcome[i] !== 1);
  const ups = outcome.filter((o) => o !== 1).map((o) => (o === 2 ? 1 : 0));
  return areaUnderCurve(moved, ups);
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * What one forecaster is worth at one horizon.
 * @param f position of the forecaster among those judged.
 * @param losses its log-losses.
 */
export function scoreForecaster(
  judged: JudgedWindows,
  f: number,
  losses: Float64Array,
): ForecasterScore {
  const forecast = judged.forecasts[f];
  const hits = directionHits(forecast.probabilities, judged.outcome);
  const told = knownFlags(hits);
  const moves = judged.outcome.reduce((count, o) => count + (o === 1 ? 0 : 1), 0);
  const errors = judged.move.map((move, i) => Math.abs(move - forecast.moves[i]));
  return {
    name: forecast.name,
    coverage: known(judged.covered[f] / judged.labelled),
    log_loss: known(meanOf(losses)),
    brier: brierOf(judged, forecast),
    hit_rate: ratioInterval(judged.dayStarts, hits, told),
    direction_share: known(told.reduce((sum, flag) => sum + flag, 0) / moves),
    auc: known(directionCurve(judged, forecast)),
    mae_ticks: known(meanOf(errors)),
  };
}
