/**
 * The probability model of one horizon: standardised and fitted on training days, its penalty
 * chosen among them, calibrated on the days after them.
 */
import { DataError } from '../../core/index.ts';
import { OUTCOMES } from '../day-forecast.ts';
import type { HorizonModel, IsotonicMap } from '../forecast-parameters.ts';
import { fitLogistic, logisticProbabilities } from '../numerics/logistic.ts';
import { fitCalibration } from './calibration.ts';
import { chooseL2 } from './choose-l2.ts';
import { FEATURES } from './features.ts';
import type { Samples } from './gather-samples.ts';
import { moveSizes } from './move-sizes.ts';
import { type Standard, standardised, standardOf } from './standardise.ts';
import { storedNumber } from './stored-number.ts';

const CLASSES = OUTCOMES.length;

/** @throws DataError FORECAST_FIT when the search for the weights does not end. */
function weightsOf(train: Samples, standard: Standard, l2: number, seconds: number): number[][] {
  const features = standardised(train, standard, 0, train.rows);
  const { rows, outcomes } = train;
  const problem = { rows, featureCount: FEATURES, features, outcomes, classCount: CLASSES, l2 };
  const { weights, converged } = fitLogistic(problem);
  if (converged) return weights.map((row) => row.map(storedNumber));
  throw new DataError('FORECAST_FIT', `the probabilities ${seconds} s ahead do not converge`);
}

function calibrationOf(
  probabilities: Float64Array,
  { rows, outcomes }: Samples,
  outcome: number,
  seconds: number,
): IsotonicMap {
  const forecast = new Float64Array(rows);
  const happened = new Uint8Array(rows);
  for (let i = 0; i < rows; i++) {
    forecast[i] = probabilities[i * CLASSES + outcome]!;
    happened[i] = outcomes[i] === outcome ? 1 : 0;
  }
  const { from, to } = fitCalibration(forecast, happened, seconds);
  return { from: from.map(storedNumber), to: to.map(storedNumber) };
}

/**
 * Fits one horizon. Nothing of the calibration windows reaches weights, means, scales or penalty.
 * @throws DataError FORECAST_FIT when the search for the weights does not end.
 */
export function fitHorizon(train: Samples, calibrate: Samples, seconds: number): HorizonModel {
  const l2 = chooseL2(train, seconds);
  const standard = standardOf(train, 0, train.rows);
  const weights = weightsOf(train, standard, l2, seconds);
  const raw = new Float64Array(calibrate.rows * CLASSES);
  const seen = standardised(calibrate, standard, 0, calibrate.rows);
  logisticProbabilities(weights, seen, calibrate.rows, raw);
  const map = (outcome: number) => calibrationOf(raw, calibrate, outcome, seconds);
  return {
    horizon_s: seconds,
    means: Array.from(standard.means),
    scales: Array.from(standard.scales),
    l2,
    weights,
    calibration: { down: map(0), flat: map(1), up: map(2) },
    move_sizes: moveSizes(train.moves),
    samples: { train: train.rows, calibrate: calibrate.rows },
  };
}
