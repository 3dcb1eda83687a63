import { type Forecaster, PROOF_HORIZONS_S } from '../day-forecast.ts';
import type { ForecastDay } from '../forecast-day.ts';
import type { HeldOutSkill } from '../forecast-parameters.ts';
import { adjustPValues } from '../numerics/diebold-mariano.ts';
import { type FitDays, fitBaselines } from './baselines.ts';
import { checkCausality, checkClock } from './causality.ts';
import { runControls } from './controls.ts';
import { sessionsOf } from './day-sums.ts';
import { evaluateHorizon } from './evaluate-horizon.ts';
import type { DayScore, ForecastProof, HorizonEvaluation } from './evaluation.ts';
import { judgeProof } from './gate.ts';
import { type JudgedWindows, judgeWindows } from './judged-windows.ts';
import { known } from './known.ts';
import { countAndSum, directionHits, logLosses, skillOf } from './scores.ts';
import { type Refit, walkForward } from './walk-forward.ts';

/** What is to be proven, and on what. */
export interface ProofRequest extends FitDays {
  /** The forecast, fitted on `train` and `calibrate`. */
  ours: Forecaster;
  /** Days that no fit has seen, ascending, after the others. */
  holdout: readonly ForecastDay[];
  /** Fits a forecast like ours anew, for the walk forward; none = no walk. */
  refit: Refit | null;
}

function dayScores(
  days: readonly ForecastDay[],
  judged: JudgedWindows,
  best: string | null,
): DayScore[] {
  const b = judged.forecasts.findIndex((f, i) => i > 0 && f.name === best);
  const losses = (f: number) => logLosses(judged.forecasts[f].probabilities, judged.outcome);
  const [ours, theirs] = [losses(0), b < 0 ? null : losses(b)];
  const hits = directionHits(judged.forecasts[0].probabilities, judged.outcome);
  const mean = (values: Float64Array | null, from: number, to: number) => {
    const [count, sum] = values ? countAndSum(values.subarray(from, to)) : [0, 0];
    return sum / count;
  };
  return sessionsOf(judged.dayStarts).map(([from, to], d) => ({
    dt: days[d].dt,
    horizon_s: judged.horizon,
    windows: to - from,
    log_loss: known(mean(ours, from, to)),
    baseline_log_loss: known(mean(theirs, from, to)),
    skill: known(skillOf(mean(ours, from, to), mean(theirs, from, to))),
    hit_rate: known(mean(hits, from, to)),
  }));
}

/** Adjusts the p-values of all comparisons at all horizons for how many there are. */
function adjustComparisons(horizons: readonly HorizonEvaluation[]): HorizonEvaluation[] {
  const all = horizons.flatMap((h) => h.comparisons.map((c) => c.p_value ?? Number.NaN));
  const adjusted = adjustPValues(all);
  let at = 0;
  return horizons.map((h) => ({
    ...h,
    comparisons: h.comparisons.map((c) => ({ ...c, p_adjusted: known(adjusted[at++]) })),
  }));
}

/**
 * Proves a fitted forecast, or not: scores on the days held out against baselines that were fitted
 * on the same days as it, controls, a walk forward, and the gate's verdict. Deterministic.
 */
export function proveForecast(request: ProofRequest): ForecastProof {
  const { ours, holdout, refit, train, calibrate } = request;
  const baselines = fitBaselines({ train, calibrate });
  const said = [ours, ...baselines.forecasters].map((forecaster) => ({
    name: forecaster.name,
    days: holdout.map((day) => forecaster.predict(day)),
  }));
  const judged = PROOF_HORIZONS_S.map((horizon, h) => judgeWindows(holdout, said, { h, horizon }));
  const horizons = adjustComparisons(judged.map((j) => evaluateHorizon(holdout, j)));
  const dates = (days: readonly ForecastDay[]) => days.map(({ dt }) => dt);
  const findings = {
    days: { train: dates(train), calibrate: dates(calibrate), holdout: dates(holdout) },
    horizons,
    per_day: judged.flatMap((j, h) => dayScores(holdout, j, horizons[h].best_baseline)),
    controls: runControls(ours, holdout, said[0].days),
    causality: checkCausality(ours, holdout, said[0].days),
    clock: checkClock(holdout),
    walk_forward: refit ? walkForward([...train, ...calibrate, ...holdout], refit) : [],
    left_out: baselines.leftOut,
  };
  return { ...findings, ...judgeProof(findings) };
}

/** What parameters keep of a proof: skill over the best baseline at each horizon. */
export function heldOutSkill({ horizons }: Pick<ForecastProof, 'horizons'>): HeldOutSkill[] {
  return horizons.map(({ horizon_s, skill, best_baseline }) => ({
    horizon_s,
    skill: skill.value,
    low: skill.low,
    high: skill.high,
    baseline: best_baseline ?? '',
  }));
}
