/**
 * Where the path of least resistance lies (models: Stage F, run diagnostics). Steps count from the
 * cell of spot, as gold's rows do.
 */
import type { ObstacleFields } from './obstacle-fields.ts';
import { SPOT_INDEX, VACUUM_SCALE, WALL_REACH, WALL_SHARE } from './physics-constants.ts';
import type { WindowFields } from './window-fields.ts';

/** One way, up or down. */
export interface RunSide {
  /** Lattice steps to the first wall, 1..64; 64 also where nothing stands out. */
  wall: number;
  /** How far the corridor before the wall drains, 1/s; >= 0. */
  vacuum: number;
  /** How fast the wall itself is built, 1/s; >= 0. */
  reinforce: number;
}

const VACUUM_WEIGHTS = Float64Array.from({ length: WALL_REACH + 1 }, (_, k) =>
  Math.exp(-k / VACUUM_SCALE),
);

/** The first level with `WALL_SHARE` of the largest prominence of its way. */
function wallOf(prominence: Float64Array, sign: 1 | -1): number {
  let largest = 0;
  for (let k = 1; k <= WALL_REACH; k++) {
    largest = Math.max(largest, prominence[SPOT_INDEX + sign * k]!);
  }
  if (!(largest > 0)) return WALL_REACH;
  for (let k = 1; k < WALL_REACH; k++) {
    if (prominence[SPOT_INDEX + sign * k]! >= WALL_SHARE * largest) return k;
  }
  return WALL_REACH;
}

/** Weighted mean of what drains on the levels before the wall; 0 where there is none. */
function vacuumOf(uNear: Float64Array, sign: 1 | -1, wall: number): number {
  let sum = 0;
  let weights = 0;
  for (let k = 1; k < wall; k++) {
    const weight = VACUUM_WEIGHTS[k]!;
    sum += weight * Math.max(0, -uNear[SPOT_INDEX + sign * k]!);
    weights += weight;
  }
  return weights > 0 ? sum / weights : 0;
}

/** Wall, vacuum and reinforcement of one way. @param sign 1 up, -1 down. */
export function runSide(fields: WindowFields, obstacles: ObstacleFields, sign: 1 | -1): RunSide {
  const wall = wallOf(obstacles.prominence, sign);
  return {
    wall,
    vacuum: vacuumOf(fields.uNear, sign, wall),
    reinforce: Math.max(0, fields.uPSlow[SPOT_INDEX + sign * wall]!),
  };
}

/** `RunScore`: how open a way is; above 0 when it drains faster than its wall is built. */
export function runScore(vacuum: number, reinforce: number): number {
  return vacuum - reinforce;
}

/**
 * `physics_confidence`: 0..1, for show beside the probabilities, never instead of them. NaN where
 * anything is unknown.
 * @param force F(0). @param damping N(0). @param moveTicks predicted move.
 * @param scoreUp RunScore upwards. @param scoreDown downwards.
 */
export function physicsConfidence(
  force: number,
  damping: number,
  moveTicks: number,
  scoreUp: number,
  scoreDown: number,
): number {
  const gate = moveTicks > 0 ? scoreUp : moveTicks < 0 ? scoreDown : 0 * moveTicks;
  return Math.tanh(Math.abs(force) / (1 + damping)) * Math.tanh(Math.max(0, gate));
}
