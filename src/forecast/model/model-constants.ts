/**
 * Every number of the probability model that is not fitted.
 */
import { LONGEST_HORIZON_S } from '../day-forecast.ts';
import { PHYSICS_CONSTANTS } from '../physics/physics-constants.ts';

/** Least probability of an outcome that is ever told: what was never seen is not impossible. */
export const PROBABILITY_FLOOR = 0.005;
/** A standardised feature counts up to this many scales from its mean: tails are heavy. */
export const FEATURE_LIMIT_SCALES = 5;
/** Independent windows that a step of a calibration rests on, where there are enough of them. */
export const CALIBRATION_STEP_SAMPLES = 50;
/** Steps of a calibration where there are not. */
export const CALIBRATION_STEPS_MIN = 10;
/** Independent windows that count as much for no calibration as all seen count for theirs. */
export const CALIBRATION_PRIOR_SAMPLES = 1000;
/** Penalties of squared weights for one window that training days choose from, ascending. */
export const L2_GRID = [1e-4, 1e-3, 1e-2, 3e-2] as const;

/** Training windows that the choice of a penalty looks at, about: of more, every k-th. */
export const L2_SEARCH_SAMPLES = 40_000;
/** Quantiles of move sizes that are stored: at levels 0, 0.05, ..., 1. */
export const SIZE_LEVELS = 21;

/** Names and values of all of them and of the physics: a file of other ones is refused. */
export function modelConstants(): Record<string, number> {
  const grid = Object.fromEntries(L2_GRID.map((l2, k) => [`l2_grid_${k}`, l2]));
  return {
    ...PHYSICS_CONSTANTS,
    ...grid,
    l2_search_samples: L2_SEARCH_SAMPLES,
    probability_floor: PROBABILITY_FLOOR,
    feature_limit_scales: FEATURE_LIMIT_SCALES,
    calibration_step_samples: CALIBRATION_STEP_SAMPLES,
    calibration_steps_min: CALIBRATION_STEPS_MIN,
    calibration_prior_samples: CALIBRATION_PRIOR_SAMPLES,
    move_size_levels: SIZE_LEVELS,
    purge_s: LONGEST_HORIZON_S,
  };
}
