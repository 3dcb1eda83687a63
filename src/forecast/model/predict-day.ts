import { type DayForecast, OUTCOMES, PROOF_HORIZONS_S } from '../day-forecast.ts';
import type { ForecastDay } from '../forecast-day.ts';
import type { FittedForecast } from '../forecast-parameters.ts';
import { COVERAGE, FEATURES } from './features.ts';
import { copyFeatures } from './gather-samples.ts';
import { BAND_LEVELS, moveQuantile } from './move-sizes.ts';
import { type PreparedDay, prepareDay } from './prepare-day.ts';
import { type ProbabilityModel, readyForecast, windowProbabilities } from './probability-model.ts';

const CLASSES = OUTCOMES.length;
const BANDS = BAND_LEVELS.length;

/** What one horizon says of a session. */
interface HorizonForecast {
  probabilities: Float64Array;
  moves: Float64Array;
  bands: Float64Array;
}

function predictHorizon(prepared: PreparedDay, h: number, model: ProbabilityModel) {
  const { windows } = prepared.day;
  const said: HorizonForecast = {
    probabilities: new Float64Array(windows * CLASSES).fill(Number.NaN),
    moves: new Float64Array(windows).fill(Number.NaN),
    bands: new Float64Array(windows * BANDS).fill(Number.NaN),
  };
  const features = new Float64Array(FEATURES);
  const p = new Float64Array(CLASSES);
  const { bands } = said;
  for (let i = 0; i < windows; i++) {
    if (prepared.coverage[i] !== COVERAGE.COVERED) continue;
    copyFeatures(prepared, i, h, features, 0);
    windowProbabilities(model, features, p);
    said.probabilities.set(p, i * CLASSES);
    said.moves[i] = prepared.deltas[h]![i]!;
    for (let b = 0; b < BANDS; b++) {
      bands[i * BANDS + b] = moveQuantile(p, model.horizon.move_sizes, BAND_LEVELS[b]!);
    }
  }
  return said;
}

/**
 * What a fit says about a session, at `PROOF_HORIZONS_S`: `moves` are displacements of the physics'
 * path. Windows that are not covered (an unknown feature, an invalid book) are NaN.
 */
export function predictDay(fitted: FittedForecast, day: ForecastDay): DayForecast {
  const { beta, gamma, models } = readyForecast(fitted);
  const prepared = prepareDay(day, beta, gamma);
  const said = PROOF_HORIZONS_S.map((_, h) => predictHorizon(prepared, h, models[h]!));
  return {
    probabilities: said.map((s) => s.probabilities),
    moves: said.map((s) => s.moves),
    bands: said.map((s) => s.bands),
  };
}
