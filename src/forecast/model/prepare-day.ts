import { LONGEST_HORIZON_S, PROOF_HORIZONS_S } from '../day-forecast.ts';
import type { ForecastDay } from '../forecast-day.ts';
import { forecastPath } from '../physics/forecast-path.ts';
import { COVERAGE, SHARED_FEATURES, sharedFeaturesAt, speedAt } from './features.ts';

/** A session as the probability model sees it: the same code for a fit and for a live window. */
export interface PreparedDay {
  day: ForecastDay;
  /** Codes of `COVERAGE`. [windows] */
  coverage: Uint8Array;
  /** Features that all horizons share. [windows x SHARED_FEATURES], row by row */
  shared: Float64Array;
  /** Per horizon of `PROOF_HORIZONS_S`: the path's displacement, ticks; NaN = unknown. [windows] */
  deltas: readonly Float64Array[];
}

/** Computes the features of every window of a session, each from windows up to its own. */
export function prepareDay(day: ForecastDay, beta: number, gamma: number): PreparedDay {
  const { windows } = day;
  const coverage = new Uint8Array(windows);
  const shared = new Float64Array(windows * SHARED_FEATURES);
  const deltas = PROOF_HORIZONS_S.map(() => new Float64Array(windows));
  const path = new Float64Array(LONGEST_HORIZON_S);
  for (let i = 0; i < windows; i++) {
    coverage[i] = sharedFeaturesAt(day, i, shared, i * SHARED_FEATURES);
    forecastPath(day.force, i, speedAt(day, i), beta, gamma, path);
    for (let h = 0; h < deltas.length; h++) deltas[h]![i] = path[PROOF_HORIZONS_S[h]! - 1]!;
    const isUnknown = Number.isNaN(path[LONGEST_HORIZON_S - 1]!);
    if (isUnknown && coverage[i] === COVERAGE.COVERED) coverage[i] = COVERAGE.UNKNOWN_FEATURE;
  }
  return { day, coverage, shared, deltas };
}
