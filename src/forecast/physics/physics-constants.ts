/**
 * Every number of the force and the path that is not fitted (models: Stage F). Widths are lattice
 * steps: ticks of futures, buckets of `bucket_ticks` ticks of equities.
 */
import { MAX_DISPLACEMENT_TICKS } from '../forecast-day.ts';

/** Lattice steps on each side of the cell of spot that a window sees. */
export const LATTICE_REACH = 200;
/** Index of the cell of spot in every field of a window. */
export const SPOT_INDEX = LATTICE_REACH + 72;
/** Length of a field: room beyond the lattice for the widest kernel, always 0 there. */
export const FIELD_LENGTH = 2 * SPOT_INDEX + 1;

/** Weight of the options' resting liquidity beside the book's. */
export const OPTION_WEIGHT = 0.7;
/** Spread of a strike over the lattice, steps. */
export const STRIKE_SPREAD = { sigma: 8, halfWidth: 24 } as const;
/** nu: weight of what stands out from its surroundings. */
export const NU_PROMINENCE = 2;

/** The force sums over 1 to `reach` steps on each side. */
export const FORCE_KERNEL = { sigma: 12, reach: 64 } as const;
/** The damping likewise. */
export const DAMPING_KERNEL = { sigma: 6, reach: 16 } as const;

/** Steps in which a wall is looked for. */
export const WALL_REACH = 64;
/** A wall is the first level with this part of the largest prominence. */
export const WALL_SHARE = 0.6;
/** Steps over which the weight of a drained level falls by e. */
export const VACUUM_SCALE = 16;

/** Largest speed of a path, ticks a second. */
export const MAX_SPEED_TICKS = 8;

/** Names and values, for the hash that fitted parameters carry. */
export const PHYSICS_CONSTANTS: Readonly<Record<string, number>> = {
  lattice_reach: LATTICE_REACH,
  option_weight: OPTION_WEIGHT,
  strike_spread_sigma: STRIKE_SPREAD.sigma,
  strike_spread_half_width: STRIKE_SPREAD.halfWidth,
  nu_prominence: NU_PROMINENCE,
  force_sigma: FORCE_KERNEL.sigma,
  force_reach: FORCE_KERNEL.reach,
  damping_sigma: DAMPING_KERNEL.sigma,
  damping_reach: DAMPING_KERNEL.reach,
  wall_reach: WALL_REACH,
  wall_share: WALL_SHARE,
  vacuum_scale: VACUUM_SCALE,
  max_speed_ticks: MAX_SPEED_TICKS,
  max_displacement_ticks: MAX_DISPLACEMENT_TICKS,
};
