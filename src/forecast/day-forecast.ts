import type { ForecastDay } from './forecast-day.ts';

/** Horizons at which probabilities are fitted and proven, s. */
export const PROOF_HORIZONS_S = [1, 2, 5, 10, 20, 30] as const;
/** Longest horizon of a path, s; also what training days are purged by. */
export const LONGEST_HORIZON_S = 30;
/** Outcomes of a move of the mid, in the order of probability columns. */
export const OUTCOMES = ['down', 'flat', 'up'] as const;

/**
 * What one forecaster (ours or a baseline) says about one session at `PROOF_HORIZONS_S`. NaN where
 * it says nothing.
 */
export interface DayForecast {
  /** Per horizon: p(down), p(flat), p(up) of each window. [windows x 3], row by row */
  probabilities: readonly Float64Array[];
  /** Per horizon: expected move of the mid, ticks. [windows] */
  moves: readonly Float64Array[];
  /**
   * Per horizon: bounds of the move, ticks: 80 % low, 50 % low, 50 % high, 80 % high; absent where
   * a forecaster has none. [windows x 4], row by row
   */
  bands?: readonly Float64Array[];
}

/** Something that forecasts sessions: ours, or a baseline. */
export interface Forecaster {
  /** How it is called in reports and files. */
  name: string;
  /** What it says about a session, from each window's past alone. */
  predict(day: ForecastDay): DayForecast;
}
