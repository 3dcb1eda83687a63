/**
 * What stands in the way: the book's and the options' resting liquidity together, smoothed near
 * and far, and the viscosity and permeability that follow (models: Stage F; docs/formulas.md).
 */
import { gaussianKernel, priceKernels, type SmoothingKernel } from '../../features/index.ts';
import { MAX_DISPLACEMENT_TICKS } from '../forecast-day.ts';
import { pairSums } from './pair-sums.ts';
import {
  FIELD_LENGTH,
  FORCE_KERNEL,
  LATTICE_REACH,
  NU_PROMINENCE,
  OPTION_WEIGHT,
  SPOT_INDEX,
  STRIKE_SPREAD,
} from './physics-constants.ts';
import type { WindowFields } from './window-fields.ts';

/** Steps from spot's cell that a force at the largest displacement looks at. */
const OBSTACLE_REACH = MAX_DISPLACEMENT_TICKS + 1 + FORCE_KERNEL.reach;
/** Cells that are computed. */
const FROM = SPOT_INDEX - OBSTACLE_REACH;
const CELLS = 2 * OBSTACLE_REACH + 1;

const { near: NEAR, far: FAR } = priceKernels();
const SPREAD = gaussianKernel(STRIKE_SPREAD.sigma, STRIKE_SPREAD.halfWidth);

/** By cell: the kernel's weights that lie on the lattice, summed; beyond it nothing is known. */
function weightsOnLattice({ weights, halfWidth }: SmoothingKernel): Float64Array {
  const lattice = new Float64Array(FIELD_LENGTH);
  lattice.fill(1, SPOT_INDEX - LATTICE_REACH, SPOT_INDEX + LATTICE_REACH + 1);
  const totals = new Float64Array(FIELD_LENGTH);
  pairSums(lattice, FROM, CELLS, weights, halfWidth, totals, FROM);
  return totals.map((pairs) => pairs + weights[0]!);
}

const NEAR_TOTALS = weightsOnLattice(NEAR);
const FAR_TOTALS = weightsOnLattice(FAR);

/** Fields over the lattice, known up to `OBSTACLE_REACH` steps; index `x + SPOT_INDEX`. */
export class ObstacleFields {
  /** Omega_total: the book's, and the options' spread over the lattice. */
  readonly total = new Float64Array(FIELD_LENGTH);
  readonly prominence = new Float64Array(FIELD_LENGTH);
  readonly nu = new Float64Array(FIELD_LENGTH);
  /** `kappa * g`: what pushes, as far as it gets through. */
  readonly push = new Float64Array(FIELD_LENGTH);
  private readonly near = new Float64Array(FIELD_LENGTH);
  private readonly far = new Float64Array(FIELD_LENGTH);
  private readonly spread = new Float64Array(FIELD_LENGTH);

  /** Computes all fields of a window. */
  compute(fields: WindowFields): void {
    const { total, near, far } = this;
    total.set(fields.omega);
    if (fields.optionRows > 0) this.addStrikes(fields.strikeOmega);
    pairSums(total, FROM, CELLS, NEAR.weights, NEAR.halfWidth, near, FROM);
    pairSums(total, FROM, CELLS, FAR.weights, FAR.halfWidth, far, FROM);
    smoothAndResist(this, near, far, fields.pressureGrad);
  }

  /** Strikes beyond the lattice count as far as they reach it, so that no mass is scaled up. */
  private addStrikes(strikes: Float64Array): void {
    const { total, spread } = this;
    const from = SPOT_INDEX - LATTICE_REACH;
    const to = SPOT_INDEX + LATTICE_REACH + 1;
    pairSums(strikes, from, to - from, SPREAD.weights, SPREAD.halfWidth, spread, from);
    for (let i = from; i < to; i++) {
      const mass = (SPREAD.weights[0]! * strikes[i]! + spread[i]!) / SPREAD.total;
      total[i] = total[i]! + OPTION_WEIGHT * mass;
    }
  }
}

/** From the pair sums of both kernels to means, prominence, viscosity and push. */
function smoothAndResist(
  { total, prominence, nu, push }: ObstacleFields,
  nearPairs: Float64Array,
  farPairs: Float64Array,
  pressureGrad: Float64Array,
): void {
  const nearCentre = NEAR.weights[0]!;
  const farCentre = FAR.weights[0]!;
  for (let i = FROM; i < FROM + CELLS; i++) {
    const near = (nearCentre * total[i]! + nearPairs[i]!) / NEAR_TOTALS[i]!;
    const far = (farCentre * total[i]! + farPairs[i]!) / FAR_TOTALS[i]!;
    const stands = near - far;
    const viscosity = 1 + near + NU_PROMINENCE * Math.max(stands, 0);
    prominence[i] = stands;
    nu[i] = viscosity;
    push[i] = pressureGrad[i]! / viscosity;
  }
}
