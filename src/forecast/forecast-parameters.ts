/**
 * What `forecast fit` leaves behind: `forecast/{root}/physics_beta_gamma.json`, whole.
 */

/** Version of the file's shape. */
export const PARAMETERS_FORMAT = 'spymaster-forecast-parameters/1';

/** A fitted number and its standard error; null where a bound was hit. */
export interface Estimate {
  value: number;
  /** Heteroscedasticity and autocorrelation consistent (Newey and West 1987). */
  standard_error: number | null;
}

/** An isotonic map: nodes ascend, values between them are linear, beyond them constant. */
export interface IsotonicMap {
  from: number[];
  to: number[];
}

/** The probability model of one horizon. */
export interface HorizonModel {
  horizon_s: number;
  /** Mean and scale of each feature on the training windows: what standardises it. */
  means: number[];
  scales: number[];
  /** Penalty of the squared weights for one window, chosen within the training days. */
  l2: number;
  /** Rows for down, flat, up; columns: intercept, then a weight a feature (standardised). */
  weights: number[][];
  /** Calibration of each outcome's probability; the three are then scaled to sum 1. */
  calibration: { down: IsotonicMap; flat: IsotonicMap; up: IsotonicMap };
  /** Quantiles (0, 0.05, ..., 1) of the size of a move that is not zero, ticks: down and up. */
  move_sizes: { down: number[]; up: number[] };
  /** Training and calibration windows. */
  samples: { train: number; calibrate: number };
}

/** A partition that parameters were made of. */
export interface ParameterInput {
  dt: string;
  /** `gold.future_mbo.physics_surface_1s` and so on. */
  dataset: string;
  symbol: string;
  /** Sha256 of its data, hex. */
  sha256: string;
}

/** What a horizon was worth on the days held out, against the best baseline. */
export interface HeldOutSkill {
  horizon_s: number;
  /** 1 - log-loss / log-loss of the baseline; null when nothing could be compared. */
  skill: number | null;
  /** 95 % interval; null with fewer than three days held out. */
  low: number | null;
  high: number | null;
  /** Name of the best baseline; empty when there is none. */
  baseline: string;
}

/** What a fit gives and a forecast needs: everything but its proof and its origin. */
export interface FittedForecast {
  beta: Estimate;
  gamma: Estimate;
  /** Windows that beta and gamma were fitted on. */
  train_samples: number;
  /** Names in the order of weights, means and scales. */
  features: { names: string[] };
  /** One for each of `PROOF_HORIZONS_S`, ascending. */
  horizons: HorizonModel[];
}

/** The file. Keys are published names. */
export interface ForecastParameters extends FittedForecast {
  format: typeof PARAMETERS_FORMAT;
  root: string;
  product_type: string;
  status: 'proven' | 'unproven';
  /** Why it is unproven, in words; empty when proven. */
  reasons: string[];
  days: { train: string[]; calibrate: string[]; holdout: string[] };
  /** Hours of the day that windows were taken from, exchange time. */
  session: { time_zone: string; from: string; to: string };
  /** Every number of the model that is not fitted. */
  constants: Record<string, number>;
  constants_hash: string;
  skill: HeldOutSkill[];
  inputs: ParameterInput[];
  inputs_hash: string;
  /** Version of the code that made it. */
  code_version: string;
}
