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
export { FEATURE_NAMES } from './model/features.ts';
export { fitForecast } from './model/fit-forecast.ts';
export { modelConstants, SIZE_LEVELS as MOVE_SIZE_LEVELS } from './model/model-constants.ts';
export { predictDay } from './model/predict-day.ts';
export type {
  ForecastRows,
  WindowDiagnostics,
  WindowForecast,
} from './model/predict-window.ts';
export { predictWindow, windowDiagnostics } from './model/predict-window.ts';
export { type ReadyForecast, readyForecast } from './model/probability-model.ts';
export { proveFitted } from './model/prove-fitted.ts';
export { FULL_DAYS, MIN_DAYS, splitDays } from './model/split-days.ts';
export { placeOfMid } from './physics/force-profile.ts';
export { forecastPath } from './physics/forecast-path.ts';
export { type ForecastDayName, makeForecastDay } from './physics/make-forecast-day.ts';
export { PHYSICS_CONSTANTS } from './physics/physics-constants.ts';
export { physicsConfidence, runScore } from './physics/run-diagnostics.ts';
export type { BookSurfaceRows, OptionSurfaceRows } from './physics/window-fields.ts';
export { WindowPhysics } from './physics/window-physics.ts';
export type {
  Comparison,
  ForecastEvaluation,
  ForecastProof,
  HorizonEvaluation,
  Interval,
} from './proof/evaluation.ts';
export { EVALUATION_FORMAT } from './proof/evaluation.ts';
export { heldOutSkill, type ProofRequest, proveForecast } from './proof/prove-forecast.ts';
