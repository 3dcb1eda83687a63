/**
 * Probabilities of a window's outcome: standardised features, a multinomial logistic, calibration.
 */
import { OUTCOMES, PROOF_HORIZONS_S } from '../day-forecast.ts';
import type { FittedForecast, HorizonModel, IsotonicMap } from '../forecast-parameters.ts';
import { applyIsotonic } from '../numerics/isotonic.ts';
import { logisticProbabilities } from '../numerics/logistic.ts';
import { PROBABILITY_FLOOR } from './model-constants.ts';
import { standardise } from './standardise.ts';

const CLASSES = OUTCOMES.length;

/** The model of one horizon, ready to be applied. */
export interface ProbabilityModel {
  horizon: HorizonModel;
  maps: readonly IsotonicMap[];
}

/** Fitted numbers, ready to be applied to windows. */
export interface ReadyForecast {
  beta: number;
  gamma: number;
  /** One for each of `PROOF_HORIZONS_S`. */
  models: readonly ProbabilityModel[];
}

/** A horizon's model, ready. */
function readyModel(horizon: HorizonModel): ProbabilityModel {
  const { down, flat, up } = horizon.calibration;
  return {
    horizon,
    maps: [down, flat, up],
  };
}

/** Makes a fit ready; do it once for many windows. */
export function readyForecast({ beta, gamma, horizons }: FittedForecast): ReadyForecast {
  assertHorizons(horizons);
  return { beta: beta.value, gamma: gamma.value, models: horizons.map(readyModel) };
}

function assertHorizons(horizons: readonly HorizonModel[]): void {
  const found = horizons.map((h) => h.horizon_s).join(' ');
  if (found !== PROOF_HORIZONS_S.join(' ')) throw new RangeError(`horizons ${found}`);
}

/** Calibrates three raw probabilities in place: each by its map, not below the floor, sum 1. */
export function calibrate(maps: readonly IsotonicMap[], out: Float64Array): void {
  let total = 0;
  for (let c = 0; c < CLASSES; c++) {
    out[c] = Math.max(PROBABILITY_FLOOR, applyIsotonic(maps[c]!, out[c]!));
    total += out[c]!;
  }
  for (let c = 0; c < CLASSES; c++) out[c]! /= total;
}

/**
 * Writes p(down), p(flat), p(up) of one window. [3]
 * @param features raw; standardised in place. [FEATURES]
 */
export function windowProbabilities(
  model: ProbabilityModel,
  features: Float64Array,
  out: Float64Array,
): void {
  standardise(features, 0, model.horizon);
  logisticProbabilities(model.horizon.weights, features, 1, out);
  calibrate(model.maps, out);
}
