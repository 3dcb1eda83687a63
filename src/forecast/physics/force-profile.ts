/**
 * Force and damping at displacements of the mid. After a move of +d the level that is now at
 * offset x stood at x + d, so that both are correlations of the window's fields with a kernel.
 */
import { DISPLACEMENTS, MAX_DISPLACEMENT_TICKS } from '../forecast-day.ts';
import type { ObstacleFields } from './obstacle-fields.ts';
import { pairSums } from './pair-sums.ts';
import { DAMPING_KERNEL, FORCE_KERNEL, SPOT_INDEX } from './physics-constants.ts';

/** exp(-k^2 / (2 sigma^2)) at 1..reach, scaled to sum 1 over these (so to 2 over both sides). */
function oneSidedWeights({ sigma, reach }: { sigma: number; reach: number }): Float64Array {
  const weights = Float64Array.from({ length: reach + 1 }, (_, k) =>
    k === 0 ? 0 : Math.exp(-(k ** 2) / (2 * sigma ** 2)),
  );
  const total = weights.reduce((sum, w) => sum + w, 0);
  return weights.map((w) => w / total);
}

const FORCE_WEIGHTS = oneSidedWeights(FORCE_KERNEL);
const DAMPING_WEIGHTS = oneSidedWeights(DAMPING_KERNEL);

/** Largest displacement on the lattice: the mid lies up to half a step from spot's cell. */
const MAX_STEPS = MAX_DISPLACEMENT_TICKS + 1;

/** Linear between whole places, from the one nearer to 0 on: mirrored bits again. */
function between(values: Float64Array, place: number): number {
  const whole = Math.trunc(place);
  const part = Math.abs(place - whole);
  const here = values[whole + MAX_STEPS]!;
  if (part === 0) return here;
  return (1 - part) * here + part * values[whole + MAX_STEPS + Math.sign(place)]!;
}

/**
 * Where the mid lies: lattice steps from the middle of the cell of spot, -0.5..0.5. A future's mid
 * between two ticks lies at -0.5, for spot is rounded up.
 * @param midTicks mid, ticks. @param spotTick spot, whole ticks.
 */
export function placeOfMid(midTicks: number, spotTick: number, bucketTicks: number): number {
  const firstTick = Math.floor(spotTick / bucketTicks) * bucketTicks;
  return (midTicks - firstTick - (bucketTicks - 1) / 2) / bucketTicks;
}

/** F and N of one window at every whole displacement. */
export class ForceProfile {
  /** F(0). */
  forceHere = Number.NaN;
  /** N(0). */
  dampingHere = Number.NaN;
  /** F(d) / (1 + N(d)), d = -80..80 ticks of the mid; index `d + MAX_DISPLACEMENT_TICKS`. */
  readonly force = new Float32Array(DISPLACEMENTS);
  private readonly forces = new Float64Array(2 * MAX_STEPS + 4);
  private readonly dampings = new Float64Array(2 * MAX_STEPS + 4);

  /** @param midPlace see `placeOfMid`. */
  compute(obstacles: ObstacleFields, midPlace: number, bucketTicks: number): void {
    this.correlateAll(obstacles, Math.ceil(MAX_DISPLACEMENT_TICKS / bucketTicks) + 1);
    const { force, forces, dampings } = this;
    for (let d = -MAX_DISPLACEMENT_TICKS; d <= MAX_DISPLACEMENT_TICKS; d++) {
      const place = d / bucketTicks + midPlace;
      force[d + MAX_DISPLACEMENT_TICKS] = between(forces, place) / (1 + between(dampings, place));
    }
    this.forceHere = between(forces, midPlace);
    this.dampingHere = between(dampings, midPlace);
  }

  private correlateAll({ push, nu }: ObstacleFields, steps: number): void {
    const from = SPOT_INDEX - steps;
    const count = 2 * steps + 1;
    const at = MAX_STEPS - steps;
    pairSums(push, from, count, FORCE_WEIGHTS, FORCE_KERNEL.reach, this.forces, at);
    pairSums(nu, from, count, DAMPING_WEIGHTS, DAMPING_KERNEL.reach, this.dampings, at);
  }
}
