/**
 * The physics of liquidity on a lattice of prices, one second after the other: what came and went
 * in each cell becomes velocities, their means over time, the weight of what rests, and both
 * smoothed across the lattice. docs/formulas.md has every formula; sources there.
 *
 * A lattice has several series that do not touch each other (ask and bid; for options calls and
 * puts of each), numbered from 0. Cells are absolute; a second sees a range of them, the grid that
 * is stored, and asks for the fields of a part of it, which is emitted.
 */
import { assert } from '../core/index.ts';
import { lnOnePlus } from './natural-functions.ts';
import { type SmoothingKernel, smoothCells } from './smoothing.ts';
import { makeSurfaceRows, type SurfaceRows } from './surface-fields.ts';
import { VelocityMemory } from './velocity-memory.ts';

/** One lot, added to a depth that divides, so that an empty level is not a division by zero. */
const EPS_LOTS = 1;
/** Omega: share of the weight that does not need rest, and that which grows with it. */
const OMEGA_BASE = 0.5;
const OMEGA_REST = 0.5;
/** nu: weight of what stands out from its surroundings. */
const NU_PROMINENCE = 2;

/** What silver says of the cells of one second, lots: `[series][cell - low]`, flattened. */
export interface SurfaceInputs {
  add: Float64Array;
  pull: Float64Array;
  fill: Float64Array;
  depthStart: Float64Array;
  depthEnd: Float64Array;
  /** Resting at least 500 ms at the end. */
  depthRest: Float64Array;
}

/** What a surface is made for. */
export interface SurfaceShape {
  /** Per series: 1 where it holds bids, -1 where asks. */
  sideSigns: readonly (1 | -1)[];
  /** Most cells that a second sees. */
  maxCells: number;
  near: SmoothingKernel;
  far: SmoothingKernel;
}

/** Intensities and velocity: a flow over what was there when the second began. */
function intensities(inputs: SurfaceInputs, rows: SurfaceRows, at: number, count: number): void {
  const { add, pull, fill, depthStart } = inputs;
  const { add_intensity, pull_intensity, fill_intensity, liquidity_velocity } = rows;
  for (let i = at; i < at + count; i++) {
    const divisor = depthStart[i]! + EPS_LOTS;
    const a = add[i]! / divisor;
    const p = pull[i]! / divisor;
    const f = fill[i]! / divisor;
    add_intensity[i] = a;
    pull_intensity[i] = p;
    fill_intensity[i] = f;
    liquidity_velocity[i] = a - p - f;
  }
}

/** Bands of the means, and their energy. */
function bands(rows: SurfaceRows, from: number, to: number): void {
  const { u_ema_2, u_ema_8, u_ema_32, u_ema_128 } = rows;
  const { u_band_fast, u_band_mid, u_band_slow, u_wave_energy } = rows;
  for (let i = from; i < to; i++) {
    const fast = u_ema_2[i]! - u_ema_8[i]!;
    const mid = u_ema_8[i]! - u_ema_32[i]!;
    const slow = u_ema_32[i]! - u_ema_128[i]!;
    u_band_fast[i] = fast;
    u_band_mid[i] = mid;
    u_band_slow[i] = slow;
    u_wave_energy[i] = Math.sqrt(fast * fast + mid * mid + slow * slow);
  }
}

/** Weight of what rests: rho, phi_rest, the pressures of the means, Omega. */
function restingWeight(inputs: SurfaceInputs, rows: SurfaceRows, at: number, count: number): void {
  const { depthEnd, depthRest } = inputs;
  const { u_ema_8, u_ema_32, rho, phi_rest, u_p, u_p_slow, Omega } = rows;
  for (let i = at; i < at + count; i++) {
    const depth = depthEnd[i]!;
    const r = lnOnePlus(depth);
    const phi = depthRest[i]! / (depth + EPS_LOTS);
    const slow = phi * u_ema_32[i]!;
    rho[i] = r;
    phi_rest[i] = phi;
    u_p[i] = phi * u_ema_8[i]!;
    u_p_slow[i] = slow;
    Omega[i] = r * (OMEGA_BASE + OMEGA_REST * phi) * (1 + Math.max(slow, 0));
  }
}

/** Slope and curvature of `u_near` a lattice step; one-sided and 0 at the lattice's ends. */
function slopes(rows: SurfaceRows, at: number, count: number, from: number, to: number): void {
  const { u_near, du_dx, d2u_dx2 } = rows;
  for (let cell = from; cell < to; cell++) {
    const i = at + cell;
    const below = cell > 0;
    const above = cell + 1 < count;
    const left = below ? u_near[i - 1]! : u_near[i]!;
    const right = above ? u_near[i + 1]! : u_near[i]!;
    du_dx[i] = below && above ? (right - left) / 2 : right - left;
    d2u_dx2[i] = below && above ? right + left - 2 * u_near[i]! : 0;
  }
}

/** What stands out, viscosity and permeability, and the directed pressure. */
function obstacles(rows: SurfaceRows, from: number, to: number, sign: number): void {
  const { u_near, u_far, u_prom, Omega_near, Omega_far, Omega_prom } = rows;
  const { nu, kappa, u_p, pressure_grad } = rows;
  for (let i = from; i < to; i++) {
    const prominence = Omega_near[i]! - Omega_far[i]!;
    const viscosity = 1 + Omega_near[i]! + NU_PROMINENCE * Math.max(prominence, 0);
    u_prom[i] = u_near[i]! - u_far[i]!;
    Omega_prom[i] = prominence;
    nu[i] = viscosity;
    kappa[i] = 1 / viscosity;
    pressure_grad[i] = sign * u_p[i]!;
  }
}

/**
 * Whether a cell and its surroundings are empty. Where depth stands in reach, `Omega_far` is above
 * 0, and so with the means and `u_far`; every other field follows from those that are looked at.
 */
function isDead(rows: SurfaceRows, i: number): boolean {
  return (
    rows.Omega_far[i] === 0 &&
    rows.u_far[i] === 0 &&
    rows.u_near[i] === 0 &&
    rows.u_ema_128[i] === 0 &&
    rows.u_ema_8[i] === 0 &&
    rows.u_ema_2[i] === 0 &&
    rows.add_intensity[i] === 0 &&
    rows.pull_intensity[i] === 0 &&
    rows.fill_intensity[i] === 0
  );
}

/** A lattice and its fields, second after second. */
export class PhysicsSurface {
  /** Fields of the last `step`, at `series * stride + cell - low`; valid until the next. */
  readonly rows: SurfaceRows;
  /** To be filled between `begin` and `step`, at `series * stride + cell - low`. */
  readonly inputs: SurfaceInputs;
  /** Distance of two series in `rows` and `inputs`. */
  readonly stride: number;
  private readonly shape: SurfaceShape;
  private readonly memory: VelocityMemory;
  private low = 0;
  private high = -1;

  constructor(shape: SurfaceShape) {
    const length = shape.sideSigns.length * shape.maxCells;
    const cells = () => new Float64Array(length);
    this.shape = shape;
    this.stride = shape.maxCells;
    this.rows = makeSurfaceRows(length);
    this.inputs = {
      add: cells(),
      pull: cells(),
      fill: cells(),
      depthStart: cells(),
      depthEnd: cells(),
      depthRest: cells(),
    };
    this.memory = new VelocityMemory(shape.sideSigns.length);
  }

  /** Starts a second that sees cells `low` to `high`; none when `high < low`. Zeroes the inputs. */
  begin(low: number, high: number): void {
    assert(high - low < this.stride, 'a second sees no more cells than the surface has');
    this.low = low;
    this.high = Math.max(high, low - 1);
    for (const input of Object.values(this.inputs) as Float64Array[]) input.fill(0);
  }

  /**
   * Ends the second: every mean takes a step, and all fields of cells `emitLow` to `emitHigh`,
   * which must be seen ones, are computed.
   */
  step(emitLow: number, emitHigh: number): void {
    const { low, high, rows, inputs, stride } = this;
    const count = high - low + 1;
    assert(emitLow >= low && emitHigh <= high, 'emitted cells are among the seen ones');
    const series = this.shape.sideSigns.length;
    for (let s = 0; s < series; s++) intensities(inputs, rows, s * stride, count);
    this.memory.step(rows, low, high, stride);
    for (let s = 0; s < series; s++) {
      restingWeight(inputs, rows, s * stride, count);
      this.emit(s, count, emitLow - low, emitHigh + 1 - low);
    }
  }

  /**
   * The part of emitted cells `from` to `to` of a series outside which every field of the last
   * `step` is 0 (`nu`, `kappa` 1): it is empty when `to < from`.
   */
  liveCells(series: number, from: number, to: number): { from: number; to: number } {
    const at = series * this.stride - this.low;
    let first = from;
    let last = to;
    while (first <= last && isDead(this.rows, at + first)) first++;
    while (last > first && isDead(this.rows, at + last)) last--;
    return { from: first, to: last };
  }

  private emit(series: number, count: number, from: number, to: number): void {
    const { rows, shape } = this;
    const { near, far } = shape;
    const at = series * this.stride;
    const nearFrom = Math.max(0, from - 1);
    const nearTo = Math.min(count, to + 1);
    bands(rows, at + from, at + to);
    smoothCells(rows.u_ema_8, at, count, nearFrom, nearTo, near, rows.u_near);
    smoothCells(rows.u_ema_32, at, count, from, to, far, rows.u_far);
    smoothCells(rows.Omega, at, count, from, to, near, rows.Omega_near);
    smoothCells(rows.Omega, at, count, from, to, far, rows.Omega_far);
    slopes(rows, at, count, from, to);
    obstacles(rows, at + from, at + to, shape.sideSigns[series]!);
  }
}
