import type { Forecaster } from '../day-forecast.ts';
import type { ForecastDay } from '../forecast-day.ts';
import type { FittedForecast } from '../forecast-parameters.ts';
import type { FitDays } from '../proof/baselines.ts';
import type { ForecastProof } from '../proof/evaluation.ts';
import { proveForecast } from '../proof/prove-forecast.ts';
import { fitForecast } from './fit-forecast.ts';
import { predictDay } from './predict-day.ts';
import type { DaySplit } from './split-days.ts';

function forecasterOf(fitted: FittedForecast): Forecaster {
  return { name: 'forecast', predict: (day) => predictDay(fitted, day) };
}

/**
 * Proves a fit on the days held out, or not.
 * @param walk also fits anew on growing parts of the days, each tested on those that follow.
 */
export function proveFitted(
  fitted: FittedForecast,
  split: DaySplit<ForecastDay>,
  walk: boolean,
): ForecastProof {
  const refit = ({ train, calibrate }: FitDays) => forecasterOf(fitForecast(train, calibrate));
  return proveForecast({ ...split, ours: forecasterOf(fitted), refit: walk ? refit : null });
}
