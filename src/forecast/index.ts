export type { DayForecast, Forecaster } from './day-forecast.ts';
export { LONGEST_HORIZON_S, OUTCOMES, PROOF_HORIZONS_S } from './day-forecast.ts';
export type { ForecastDay } from './forecast-day.ts';
export { DISPLACEMENTS, MAX_DISPLACEMENT_TICKS } from './forecast-day.ts';
export type {
  Estimate,
  FittedForecast,
  ForecastParameters,
  HeldOutSkill,
  HorizonModel,
  IsotonicMap,
  ParameterInput,
} from './forecast-parameters.ts';
export { PARAMETERS_FORMAT } from './forecast-parameters.ts';
export { FULL_DAYS, MIN_DAYS, splitDays } from './model/split-days.ts';
