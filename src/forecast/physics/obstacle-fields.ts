/**
 * What stands in the way: the book's and the options' resting liquidity together, smoothed near
 * and far, and the viscosity and permeability that follow (models: Stage F; docs/formulas.md).
 */
import { gaussianKernel, priceKernels, smoothCells } from '../../features/index.ts';
import { MAX_DISPLACEMENT_TICKS } from '../forecast-day.ts';
import {
  FORCE_KERNEL,
  LATTICE_CELLS,
  LATTICE_REACH,
  NU_PROMINENCE,
  OPTION_WEIGHT,
  STRIKE_SPREAD,
} from './physics-constants.ts';
import type { WindowFields } from './window-fields.ts';

/** Steps from spot's cell that a force at the largest displacement looks at. */
export const OBSTACLE_REACH = MAX_DISPLACEMENT_TICKS + 1 + FORCE_KERNEL.reach;

const { near: NEAR, far: FAR } = priceKernels();
const SPREAD = gaussianKernel(STRIKE_SPREAD.sigma, STRIKE_SPREAD.halfWidth);
const FROM = LATTICE_REACH - OBSTACLE_REACH;
const TO = LATTICE_REACH + OBSTACLE_REACH + 1;

/** Fields over the lattice, known up to `OBSTACLE_REACH` steps; index `x + LATTICE_REACH`. */
export class ObstacleFields {
  /** Omega_total: the book's, and the options' spread over the lattice. */
  readonly total = new Float64Array(LATTICE_CELLS);
  readonly prominence = new Float64Array(LATTICE_CELLS);
  readonly nu = new Float64Array(LATTICE_CELLS);
  /** `kappa * g`: what pushes, as far as it gets through. */
  readonly push = new Float64Array(LATTICE_CELLS);
  private readonly near = new Float64Array(LATTICE_CELLS);
  private readonly far = new Float64Array(LATTICE_CELLS);
  private readonly spread: Float64Array;

  constructor(strikeCells: number) {
    this.spread = new Float64Array(strikeCells);
  }

  /** Computes all fields of a window. */
  compute(fields: WindowFields): void {
    const { total, near, far } = this;
    total.set(fields.omega);
    if (fields.optionRows > 0) this.addStrikes(fields.strikeOmega);
    smoothCells(total, 0, LATTICE_CELLS, FROM, TO, NEAR, near);
    smoothCells(total, 0, LATTICE_CELLS, FROM, TO, FAR, far);
    resist(this.prominence, this.nu, this.push, near, far, fields.pressureGrad);
  }

  /** Strikes lie beyond the lattice too, as far as they reach it, so that no mass is scaled up. */
  private addStrikes(strikes: Float64Array): void {
    const { total, spread } = this;
    const { halfWidth } = STRIKE_SPREAD;
    const end = halfWidth + LATTICE_CELLS;
    smoothCells(strikes, 0, strikes.length, halfWidth, end, SPREAD, spread);
    for (let i = 0; i < LATTICE_CELLS; i++) {
      total[i] = total[i]! + OPTION_WEIGHT * spread[i + halfWidth]!;
    }
  }
}

function resist(
  prominence: Float64Array,
  nu: Float64Array,
  push: Float64Array,
  near: Float64Array,
  far: Float64Array,
  pressureGrad: Float64Array,
): void {
  for (let i = FROM; i < TO; i++) {
    const stands = near[i]! - far[i]!;
    const viscosity = 1 + near[i]! + NU_PROMINENCE * Math.max(stands, 0);
    prominence[i] = stands;
    nu[i] = viscosity;
    push[i] = pressureGrad[i]! / viscosity;
  }
}
