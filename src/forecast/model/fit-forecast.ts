import { DataError } from '../../core/index.ts';
import { PROOF_HORIZONS_S } from '../day-forecast.ts';
import type { ForecastDay } from '../forecast-day.ts';
import type { FittedForecast } from '../forecast-parameters.ts';
import { FEATURE_NAMES } from './features.ts';
import { fitHorizon } from './fit-horizon.ts';
import { fitPhysics } from './fit-physics.ts';
import { gatherSamples } from './gather-samples.ts';
import { prepareDay } from './prepare-day.ts';
import { whyNothing } from './why-nothing.ts';

/**
 * Fits force and friction on the training days, then the probabilities of each horizon: weights on
 * the training days, calibration on the days after them. The last windows of each day, whose labels
 * would look past it, are in neither.
 *
 * @param train ascending. @param calibrate ascending, all after the training days.
 * @throws DataError FORECAST_FIT when there is no window to learn from, or a fit does not converge.
 */
export function fitForecast(
  train: readonly ForecastDay[],
  calibrate: readonly ForecastDay[],
): FittedForecast {
  const { beta, gamma, samples } = fitPhysics(train);
  const prepare = (day: ForecastDay) => prepareDay(day, beta.value, gamma.value);
  const trainDays = train.map(prepare);
  const calibrateDays = calibrate.map(prepare);
  const horizons = PROOF_HORIZONS_S.map((seconds, h) => {
    const learnt = gatherSamples(trainDays, h, seconds);
    const seen = gatherSamples(calibrateDays, h, seconds);
    for (const [part, { rows }, days] of [
      ['training', learnt, trainDays],
      ['calibration', seen, calibrateDays],
    ] as const) {
      if (rows > 0) continue;
      const message = `no window of the ${part} days can be learnt from ${seconds} s ahead`;
      throw new DataError('FORECAST_FIT', message, { found: whyNothing(days) });
    }
    return fitHorizon(learnt, seen, seconds);
  });
  return {
    beta,
    gamma,
    train_samples: samples,
    features: { names: [...FEATURE_NAMES] },
    horizons,
  };
}
