/**
 * The forecast of one window, as it is streamed: 30 seconds ahead, a row each.
 */
import { LONGEST_HORIZON_S, OUTCOMES, PROOF_HORIZONS_S } from '../day-forecast.ts';
import type { ForecastDay } from '../forecast-day.ts';
import { forecastPath } from '../physics/forecast-path.ts';
import { physicsConfidence, runScore } from '../physics/run-diagnostics.ts';
import { COVERAGE, FEATURES, SHARED_FEATURES, sharedFeaturesAt, speedAt } from './features.ts';
import { BAND_LEVELS, moveQuantile } from './move-sizes.ts';
import { type ReadyForecast, windowProbabilities } from './probability-model.ts';

/** Columns of a forecast's rows, by their published names; a row is a second ahead. [30 each] */
export interface ForecastRows {
  horizon_s: Float64Array;
  /** Displacement of the physics' path, ticks. */
  predicted_tick_delta: Float64Array;
  /** The mid then, ticks. */
  predicted_spot_tick: Float64Array;
  /** NaN where no probability was fitted. */
  p_down: Float64Array;
  p_flat: Float64Array;
  p_up: Float64Array;
  /** p(predicted direction) - p(opposite); NaN where no probability was fitted. */
  confidence: Float64Array;
  /** Ticks from the mid; linear between fitted horizons. */
  band50_low: Float64Array;
  band50_high: Float64Array;
  band80_low: Float64Array;
  band80_high: Float64Array;
}

/** Why there is no forecast of a window, in words; by code of `COVERAGE`. */
const REASONS: Record<number, string> = {
  [COVERAGE.INVALID_BOOK]: 'the book is not whole, one-sided, crossed or stale',
  [COVERAGE.NO_PREVIOUS]: 'the second before is missing or its book is not valid',
  [COVERAGE.UNKNOWN_FEATURE]: 'a feature is unknown, or a second of the last 15 is missing',
};

/** Where the path of least resistance lies, by published names; null = unknown. */
export interface WindowDiagnostics {
  wall_up_ticks: number | null;
  wall_down_ticks: number | null;
  vacuum_up: number | null;
  vacuum_down: number | null;
  reinforce_up: number | null;
  reinforce_down: number | null;
  run_score_up: number | null;
  run_score_down: number | null;
  force: number | null;
  damping: number | null;
  physics_confidence: number | null;
}

/** A window's forecast, or why there is none. */
export interface WindowForecast {
  rows: ForecastRows | null;
  /** Empty when there are rows. */
  reason: string;
}

/** A window's diagnostics; they need no fitted number but for the direction of the path. */
export function windowDiagnostics(
  ready: ReadyForecast | null,
  day: ForecastDay,
  i: number,
): WindowDiagnostics {
  const known = (value: number) => (Number.isFinite(value) ? value : null);
  const scoreUp = runScore(day.vacuumUp[i]!, day.reinforceUp[i]!);
  const scoreDown = runScore(day.vacuumDown[i]!, day.reinforceDown[i]!);
  const force = day.forceHere[i]!;
  const damping = day.dampingHere[i]!;
  const move = ready ? pathAt(ready, day, i)[LONGEST_HORIZON_S - 1]! : Number.NaN;
  const isKnown = Number.isFinite(force);
  return {
    wall_up_ticks: isKnown ? day.wallUp[i]! : null,
    wall_down_ticks: isKnown ? day.wallDown[i]! : null,
    vacuum_up: known(day.vacuumUp[i]!),
    vacuum_down: known(day.vacuumDown[i]!),
    reinforce_up: known(day.reinforceUp[i]!),
    reinforce_down: known(day.reinforceDown[i]!),
    run_score_up: known(scoreUp),
    run_score_down: known(scoreDown),
    force: known(force),
    damping: known(damping),
    physics_confidence: known(physicsConfidence(force, damping, move, scoreUp, scoreDown)),
  };
}

function pathAt({ beta, gamma }: ReadyForecast, day: ForecastDay, i: number): Float64Array {
  return forecastPath(day.force, i, speedAt(day, i), beta, gamma);
}

function emptyRows(): ForecastRows {
  const column = () => new Float64Array(LONGEST_HORIZON_S).fill(Number.NaN);
  return {
    horizon_s: Float64Array.from({ length: LONGEST_HORIZON_S }, (_, k) => k + 1),
    predicted_tick_delta: column(),
    predicted_spot_tick: column(),
    p_down: column(),
    p_flat: column(),
    p_up: column(),
    confidence: column(),
    band50_low: column(),
    band50_high: column(),
    band80_low: column(),
    band80_high: column(),
  };
}

/** Fills a column between fitted horizons, linearly. */
function interpolate(column: Float64Array): void {
  for (let h = 1; h < PROOF_HORIZONS_S.length; h++) {
    const from = PROOF_HORIZONS_S[h - 1]!;
    const to = PROOF_HORIZONS_S[h]!;
    const first = column[from - 1]!;
    const last = column[to - 1]!;
    for (let s = from + 1; s < to; s++) {
      column[s - 1] = first + ((last - first) * (s - from)) / (to - from);
    }
  }
}

/** Probabilities, confidence and bands at the fitted horizons. */
function fillFitted(ready: ReadyForecast, shared: Float64Array, rows: ForecastRows): void {
  const features = new Float64Array(FEATURES);
  const p = new Float64Array(OUTCOMES.length);
  const bands = [rows.band80_low, rows.band50_low, rows.band50_high, rows.band80_high];
  PROOF_HORIZONS_S.forEach((seconds, h) => {
    const model = ready.models[h]!;
    const row = seconds - 1;
    features[0] = rows.predicted_tick_delta[row]!;
    features.set(shared, 1);
    windowProbabilities(model, features, p);
    rows.p_down[row] = p[0]!;
    rows.p_flat[row] = p[1]!;
    rows.p_up[row] = p[2]!;
    rows.confidence[row] = Math.abs(p[2]! - p[0]!);
    bands.forEach((column, b) => {
      column[row] = moveQuantile(p, model.horizon.move_sizes, BAND_LEVELS[b]!);
    });
  });
  for (const column of bands) interpolate(column);
}

/**
 * The forecast at the end of window `i`, from windows up to `i` of `day` alone: it may hold later
 * ones, or end there. 16 windows before it are enough.
 */
export function predictWindow(ready: ReadyForecast, day: ForecastDay, i: number): WindowForecast {
  const shared = new Float64Array(SHARED_FEATURES);
  const coverage = sharedFeaturesAt(day, i, shared, 0);
  if (coverage !== COVERAGE.COVERED) return { rows: null, reason: REASONS[coverage]! };
  const rows = emptyRows();
  rows.predicted_tick_delta.set(pathAt(ready, day, i));
  if (Number.isNaN(rows.predicted_tick_delta[0]!)) {
    return { rows: null, reason: REASONS[COVERAGE.UNKNOWN_FEATURE]! };
  }
  for (let s = 0; s < LONGEST_HORIZON_S; s++) {
    rows.predicted_spot_tick[s] = day.mid[i]! + rows.predicted_tick_delta[s]!;
  }
  fillFitted(ready, shared, rows);
  return { rows, reason: '' };
}
