/**
 * The surface straight from its formulas: a map per cell, one sum per output, nothing shared with
 * the engine. Slow; for small grids.
 */

/** Flows and depths of a cell in a second, lots. */
export interface SlowCell {
  add: number;
  pull: number;
  fill: number;
  start: number;
  end: number;
  rest: number;
}

/** One second of one series: which cells are known of, and what is in them (absent = nothing). */
export interface SlowSecond {
  low: number;
  high: number;
  cells: Map<number, SlowCell>;
}

/** Kernels: sigma and half-width in lattice steps. */
export interface SlowKernels {
  near: [number, number];
  far: [number, number];
}

interface Memory {
  ema: Record<2 | 8 | 32 | 128, number>;
  du: number;
}

const NOTHING: SlowCell = { add: 0, pull: 0, fill: 0, start: 0, end: 0, rest: 0 };
const SPANS = [2, 8, 32, 128] as const;

function gaussianMean(
  at: number,
  low: number,
  high: number,
  [sigma, half]: [number, number],
  value: (cell: number) => number,
): number {
  let sum = 0;
  let weights = 0;
  for (let cell = Math.max(low, at - half); cell <= Math.min(high, at + half); cell++) {
    const weight = Math.exp(-((cell - at) ** 2) / (2 * sigma ** 2));
    sum += weight * value(cell);
    weights += weight;
  }
  return sum / weights;
}

/** One series (a side, or right and side), second after second. */
export class SlowSeries {
  private readonly memory = new Map<number, Memory>();
  private readonly kernels: SlowKernels;
  private readonly bid: boolean;

  constructor(kernels: SlowKernels, bid: boolean) {
    this.kernels = kernels;
    this.bid = bid;
  }

  /** Fields of `cell`, after `second` was taken in. */
  private remember(second: SlowSecond): Map<number, number> {
    const d2 = new Map<number, number>();
    for (const cell of second.cells.keys()) {
      if (cell < second.low || cell > second.high || this.memory.has(cell)) continue;
      this.memory.set(cell, { ema: { 2: 0, 8: 0, 32: 0, 128: 0 }, du: 0 });
    }
    for (const [cell, memory] of this.memory) {
      const u = this.intensities(second, cell).liquidity_velocity;
      const before = memory.ema[2];
      for (const n of SPANS) {
        const a = 1 - Math.exp(-1 / n);
        memory.ema[n] = a * u + (1 - a) * memory.ema[n];
      }
      const du = memory.ema[2] - before;
      d2.set(cell, du - memory.du);
      memory.du = du;
    }
    return d2;
  }

  private at(second: SlowSecond, cell: number): SlowCell {
    if (cell < second.low || cell > second.high) return NOTHING;
    return second.cells.get(cell) ?? NOTHING;
  }

  private intensities(second: SlowSecond, cell: number) {
    const { add, pull, fill, start } = this.at(second, cell);
    return {
      add_intensity: add / (start + 1),
      pull_intensity: pull / (start + 1),
      fill_intensity: fill / (start + 1),
      liquidity_velocity: add / (start + 1) - pull / (start + 1) - fill / (start + 1),
    };
  }

  /** Takes a second in and returns every field of cells `from` to `to`. */
  step(second: SlowSecond, from: number, to: number): Map<number, Record<string, number>> {
    const d2 = this.remember(second);
    const ema = (cell: number, n: 2 | 8 | 32 | 128) => this.memory.get(cell)?.ema[n] ?? 0;
    const phi = (cell: number) => this.at(second, cell).rest / (this.at(second, cell).end + 1);
    const omega = (cell: number) =>
      Math.log(1 + this.at(second, cell).end) *
      (0.5 + 0.5 * phi(cell)) *
      (1 + Math.max(0, phi(cell) * ema(cell, 32)));
    const smooth = (cell: number, kernel: [number, number], value: (cell: number) => number) =>
      gaussianMean(cell, second.low, second.high, kernel, value);
    const near = (cell: number) => smooth(cell, this.kernels.near, (c) => ema(c, 8));
    const fields = new Map<number, Record<string, number>>();
    for (let cell = from; cell <= to; cell++) {
      const fast = ema(cell, 2) - ema(cell, 8);
      const mid = ema(cell, 8) - ema(cell, 32);
      const slow = ema(cell, 32) - ema(cell, 128);
      const left = cell > second.low;
      const right = cell < second.high;
      const uFar = smooth(cell, this.kernels.far, (c) => ema(c, 32));
      const oNear = smooth(cell, this.kernels.near, omega);
      const oFar = smooth(cell, this.kernels.far, omega);
      const nu = 1 + oNear + 2 * Math.max(0, oNear - oFar);
      const pressure = phi(cell) * ema(cell, 8);
      const span = left && right ? 2 : 1;
      fields.set(cell, {
        ...this.intensities(second, cell),
        u_ema_2: ema(cell, 2),
        u_ema_8: ema(cell, 8),
        u_ema_32: ema(cell, 32),
        u_ema_128: ema(cell, 128),
        u_band_fast: fast,
        u_band_mid: mid,
        u_band_slow: slow,
        u_wave_energy: Math.sqrt(fast ** 2 + mid ** 2 + slow ** 2),
        du_dt: this.memory.get(cell)?.du ?? 0,
        d2u_dt2: d2.get(cell) ?? 0,
        rho: Math.log(1 + this.at(second, cell).end),
        phi_rest: phi(cell),
        u_p: pressure,
        u_p_slow: phi(cell) * ema(cell, 32),
        Omega: omega(cell),
        u_near: near(cell),
        u_far: uFar,
        u_prom: near(cell) - uFar,
        du_dx: (near(right ? cell + 1 : cell) - near(left ? cell - 1 : cell)) / span,
        d2u_dx2: left && right ? near(cell + 1) - 2 * near(cell) + near(cell - 1) : 0,
        Omega_near: oNear,
        Omega_far: oFar,
        Omega_prom: oNear - oFar,
        nu,
        kappa: 1 / nu,
        pressure_grad: this.bid ? pressure : -pressure,
      });
    }
    return fields;
  }
}
