/**
 * Force, walls and path written straight from the formulas: float64, one level at a time, nothing
 * shared with the code under test but the rows.
 */

/** A row of `physics_surface_1s`; `step` counts lattice steps from the cell of spot. */
export interface SlowRow {
  step: number;
  side: 'A' | 'B';
  g: number;
  uNear: number;
  uPSlow: number;
  omega: number;
}

/** A strike: lattice step from the cell of spot, and Omega. */
export interface SlowStrike {
  step: number;
  omega: number;
}

const GRID = 200;

const gauss = (k: number, sigma: number) => Math.exp(-(k * k) / (2 * sigma * sigma));

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);

/** One window. */
export class SlowWindow {
  readonly rows: SlowRow[];
  readonly strikes: SlowStrike[];

  constructor(rows: SlowRow[], strikes: SlowStrike[] = []) {
    this.rows = rows;
    this.strikes = strikes;
  }

  /** Asks above spot's cell, bids below, both in it; 0 where there is no row. */
  field(name: 'g' | 'uNear' | 'uPSlow' | 'omega', x: number): number {
    const wanted = (r: SlowRow) => r.step === x && (x === 0 || r.side === (x > 0 ? 'A' : 'B'));
    return sum(this.rows.filter(wanted).map((r) => r[name]));
  }

  total(x: number): number {
    if (Math.abs(x) > GRID) return 0;
    const scale = sum(range(-24, 24).map((k) => gauss(k, 8)));
    const spread = this.strikes
      .filter((s) => Math.abs(s.step - x) <= 24)
      .map((s) => (gauss(s.step - x, 8) / scale) * s.omega);
    return this.field('omega', x) + 0.7 * sum(spread);
  }

  private smooth(x: number, sigma: number, half: number, totals: number[]): number {
    const places = range(x - half, x + half).filter((y) => Math.abs(y) <= GRID);
    const weights = places.map((y) => gauss(y - x, sigma));
    return sum(places.map((y, i) => weights[i]! * totals[y + GRID]!)) / sum(weights);
  }

  /** All fields of models section 6 by step. */
  solve() {
    const totals = range(-GRID, GRID).map((x) => this.total(x));
    const near = (x: number) => this.smooth(x, 6, 16, totals);
    const prominences = new Map<number, number>();
    const nus = new Map<number, number>();
    for (const x of range(-146, 146)) {
      const n = near(x);
      const p = n - this.smooth(x, 24, 64, totals);
      prominences.set(x, p);
      nus.set(x, 1 + n + 2 * Math.max(0, p));
    }
    const prominence = (x: number) => prominences.get(x)!;
    const nu = (x: number) => nus.get(x)!;
    const pushes = new Map(range(-146, 146).map((x) => [x, this.field('g', x) / nu(x)]));
    const norm = (sigma: number, reach: number) => sum(range(1, reach).map((k) => gauss(k, sigma)));
    const [forceNorm, dampingNorm] = [norm(12, 64), norm(6, 16)];
    const both = (reach: number) => range(-reach, reach).filter((x) => x !== 0);
    const forceAtStep = (d: number) =>
      sum(both(64).map((x) => (gauss(x, 12) / forceNorm) * pushes.get(x + d)!));
    const dampingAtStep = (d: number) =>
      sum(both(16).map((x) => (gauss(x, 6) / dampingNorm) * nu(x + d)));
    return { prominence, nu, forceAtStep, dampingAtStep };
  }

  /** F and N at a displacement in steps of any size. */
  static linear(atStep: (d: number) => number, place: number): number {
    const low = Math.floor(place);
    const part = place - low;
    return part === 0 ? atStep(low) : (1 - part) * atStep(low) + part * atStep(low + 1);
  }

  /** Wall, vacuum, reinforcement. */
  run(sign: 1 | -1) {
    const { prominence } = this.solve();
    const ks = range(1, 64);
    const largest = Math.max(...ks.map((k) => prominence(sign * k)));
    const first = ks.find((k) => largest > 0 && prominence(sign * k) >= 0.6 * largest);
    const wall = first ?? 64;
    const corridor = range(1, wall - 1);
    const weights = sum(corridor.map((k) => Math.exp(-k / 16)));
    const drained = corridor.map(
      (k) => Math.max(0, -this.field('uNear', sign * k)) * Math.exp(-k / 16),
    );
    const vacuum = corridor.length === 0 ? 0 : sum(drained) / weights;
    return { wall, vacuum, reinforce: Math.max(0, this.field('uPSlow', sign * wall)) };
  }
}

/** The path of models section 6. @param force F/(1+N) at a displacement. */
export function slowPath(
  force: (d: number) => number,
  speed: number,
  beta: number,
  gamma: number,
): number[] {
  const clip = (x: number, limit: number) => Math.max(-limit, Math.min(limit, x));
  const path: number[] = [];
  let v = clip(speed, 8);
  let d = 0;
  for (let h = 1; h <= 30; h++) {
    v = clip((1 - gamma) * v + beta * force(d), 8);
    d = clip(d + v, 80);
    path.push(d);
  }
  return path;
}
