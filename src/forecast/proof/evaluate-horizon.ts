import type { ForecastDay } from '../forecast-day.ts';
import { midMoves } from '../moves.ts';
import { dayBootstrap } from '../numerics/day-bootstrap.ts';
import {
  type DieboldMariano,
  dieboldMariano,
  dieboldMarianoLag,
  sumDifferences,
} from '../numerics/diebold-mariano.ts';
import { confidenceBands } from './confidence-bands.ts';
import { correlation } from './correlation.ts';
import { daySums, sessionsOf, totalOf } from './day-sums.ts';
import type {
  Comparison,
  HorizonEvaluation,
  Interval,
  PastMirror,
  RiskCoverageRow,
} from './evaluation.ts';
import type { JudgedForecast, JudgedWindows } from './judged-windows.ts';
import { known, knownInterval, stored } from './known.ts';
import { BOOTSTRAP_SEED, leanOf, reliabilityRows, scoreForecaster } from './score-forecaster.ts';
import { directionHits, logLosses, skillOf } from './scores.ts';
import { riskCoverage } from './scores-confidence.ts';

/** Points of a risk-coverage curve. */
const COVERAGE_POINTS = 20;

/** 1 - first sum / second sum, with its interval over days. */
function skillInterval(
  dayStarts: Int32Array,
  loss: Float64Array,
  reference: Float64Array,
): Interval {
  const days = daySums(dayStarts, loss, reference);
  const skill = (sums: Float64Array) => skillOf(sums[0], sums[1]);
  return knownInterval(skill(totalOf(days)), dayBootstrap(days, skill, { seed: BOOTSTRAP_SEED }));
}

function testDifference(
  judged: JudgedWindows,
  ours: Float64Array,
  theirs: Float64Array,
): DieboldMariano {
  const lag = dieboldMarianoLag(judged.horizon, ours.length);
  const sums = sessionsOf(judged.dayStarts).map(([from, to]) => {
    const differences = ours.subarray(from, to).map((loss, i) => loss - theirs[from + i]);
    return sumDifferences(judged.second.subarray(from, to), differences, lag);
  });
  return dieboldMariano(sums, judged.horizon);
}

function compare(judged: JudgedWindows, losses: readonly Float64Array[]): Comparison[] {
  return judged.forecasts.slice(1).map(({ name }, b) => {
    const test = testDifference(judged, losses[0], losses[b + 1]);
    return {
      baseline: name,
      skill: skillInterval(judged.dayStarts, losses[0], losses[b + 1]),
      diebold_mariano: known(test.statistic),
      p_value: known(test.pValue),
      p_adjusted: null,
    };
  });
}

/** The comparison with the baseline whose loss is least: the one that leaves least skill. */
function hardest(comparisons: readonly Comparison[]): Comparison | null {
  let found: Comparison | null = null;
  for (const comparison of comparisons) {
    const { value } = comparison.skill;
    if (value === null) continue;
    if (found === null || value < (found.skill.value ?? 0)) found = comparison;
  }
  return found;
}

function absoluteErrors({ move }: JudgedWindows, { moves }: JudgedForecast): Float64Array {
  return move.map((value, i) => Math.abs(value - moves[i]));
}

function explainedShare({ move }: JudgedWindows, { moves }: JudgedForecast): number {
  let [errors, squares] = [0, 0];
  for (let i = 0; i < move.length; i++) {
    errors += (move[i] - moves[i]) ** 2;
    squares += move[i] ** 2;
  }
  return squares > 0 ? 1 - errors / squares : Number.NaN;
}

/** Share of moves within the columns `low` and `high` of the bands. */
function insideShare(judged: JudgedWindows, ours: JudgedForecast, low: number, high: number) {
  const { bands } = ours;
  if (!bands) return Number.NaN;
  let [inside, told] = [0, 0];
  judged.move.forEach((move, i) => {
    const [from, to] = [bands[4 * i + low], bands[4 * i + high]];
    if (Number.isNaN(from) || Number.isNaN(to)) return;
    told++;
    if (move >= from && move <= to) inside++;
  });
  return inside / told;
}

function riskRows(judged: JudgedWindows, ours: JudgedForecast, losses: Float64Array) {
  const lean = leanOf(ours, losses.length);
  const hits = directionHits(ours.probabilities, judged.outcome);
  return riskCoverage(lean.map(Math.abs), hits, losses, COVERAGE_POINTS).map(
    (point): RiskCoverageRow => ({
      coverage: stored(point.coverage),
      hit_rate: known(point.hitRate),
      log_loss: known(point.loss),
    }),
  );
}

/** Mean of p(predicted) - p(opposite), and the same given that there is a move. */
function meanConfidence(judged: JudgedWindows, { probabilities: p }: JudgedForecast) {
  const windows = judged.outcome.length;
  let [all, given] = [0, 0];
  for (let i = 0; i < windows; i++) {
    const lean = Math.abs(p[3 * i + 2] - p[3 * i]);
    all += lean;
    given += lean / (p[3 * i + 2] + p[3 * i]);
  }
  return { all: known(all / windows), given: known(given / windows) };
}

/** Whether the forecast goes better with the move behind it than with the one ahead. */
function pastMirror(
  days: readonly ForecastDay[],
  judged: JudgedWindows,
  lean: Float64Array,
): PastMirror {
  const past = new Float64Array(lean.length);
  sessionsOf(judged.dayStarts).forEach(([from, to], d) => {
    const day = days[d];
    const back = midMoves(day, -judged.horizon);
    const at = new Map<number, number>();
    day.endSecond.forEach((second, i) => {
      at.set(second, i);
    });
    for (let i = from; i < to; i++) past[i] = -back[at.get(judged.second[i]) ?? -1];
  });
  return {
    ahead: known(correlation(lean, judged.move)),
    behind: known(correlation(lean, past)),
  };
}

function frequencies({ outcome }: JudgedWindows): HorizonEvaluation['frequencies'] {
  const share = (wanted: number) =>
    known(outcome.reduce((sum, o) => sum + (o === wanted ? 1 : 0), 0) / outcome.length);
  return { down: share(0), flat: share(1), up: share(2) };
}

/**
 * Everything that held-out days say about one horizon.
 * @param days those that `judged` was made of, in the same order.
 */
export function evaluateHorizon(
  days: readonly ForecastDay[],
  judged: JudgedWindows,
): HorizonEvaluation {
  const losses = judged.forecasts.map((f) => logLosses(f.probabilities, judged.outcome));
  const scores = judged.forecasts.map((_, f) => scoreForecaster(judged, f, losses[f]));
  const comparisons = compare(judged, losses);
  const best = hardest(comparisons);
  const ours = judged.forecasts[0];
  const confidence = meanConfidence(judged, ours);
  const still = judged.move.map(Math.abs);
  return {
    horizon_s: judged.horizon,
    labelled: judged.labelled,
    compared: judged.outcome.length,
    moves: judged.outcome.reduce((count, o) => count + (o === 1 ? 0 : 1), 0),
    frequencies: frequencies(judged),
    ours: scores[0],
    baselines: scores.slice(1),
    comparisons,
    best_baseline: best?.baseline ?? null,
    skill: best?.skill ?? { value: null, low: null, high: null },
    mae_skill: skillInterval(judged.dayStarts, absoluteErrors(judged, ours), still),
    r2: known(explainedShare(judged, ours)),
    band_coverage: {
      band50: known(insideShare(judged, ours, 1, 2)),
      band80: known(insideShare(judged, ours, 0, 3)),
    },
    reliability: reliabilityRows(judged, ours),
    risk_coverage: riskRows(judged, ours, losses[0]),
    confidence: confidenceBands(judged, ours),
    mean_confidence: confidence.all,
    mean_direction_confidence: confidence.given,
    past_mirror: pastMirror(days, judged, leanOf(ours, judged.outcome.length)),
  };
}
