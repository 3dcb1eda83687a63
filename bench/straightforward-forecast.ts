/**
 * The forecast that one would write first: a map a field, sums over arrays made on the way, every
 * kernel weight computed where it is needed. The same formulas (docs/formulas.md), and what the
 * forecast is compared with.
 */

/** A row of the surface of a window. */
export interface SurfaceRow {
  relTicks: number;
  side: 'A' | 'B';
  pressureGrad: number;
  omega: number;
}

/** A strike, ticks from spot. */
export interface StrikeRow {
  relTicks: number;
  omega: number;
}

const GRID = 200;

const gauss = (k: number, sigma: number) => Math.exp(-(k ** 2) / (2 * sigma ** 2));
const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);
const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);

function smooth(field: Map<number, number>, x: number, sigma: number, half: number): number {
  const places = range(x - half, x + half).filter((y) => Math.abs(y) <= GRID);
  const weights = places.map((y) => gauss(y - x, sigma));
  return sum(places.map((y, i) => weights[i]! * (field.get(y) ?? 0))) / sum(weights);
}

function correlate(field: Map<number, number>, d: number, sigma: number, reach: number): number {
  const ks = range(1, reach);
  const weights = ks.map((k) => gauss(k, sigma));
  const both = (k: number) => (field.get(d + k) ?? 0) + (field.get(d - k) ?? 0);
  return sum(ks.map((k, i) => weights[i]! * both(k))) / sum(weights);
}

/** F / (1 + N) at -80..80 ticks from spot. */
export function straightforwardForce(rows: SurfaceRow[], strikes: StrikeRow[]): number[] {
  const ours = rows.filter((r) => r.relTicks === 0 || r.relTicks > 0 === (r.side === 'A'));
  const omega = new Map<number, number>();
  const pressure = new Map<number, number>();
  for (const row of ours) {
    omega.set(row.relTicks, (omega.get(row.relTicks) ?? 0) + row.omega);
    pressure.set(row.relTicks, (pressure.get(row.relTicks) ?? 0) + row.pressureGrad);
  }
  const scale = sum(range(-24, 24).map((k) => gauss(k, 8)));
  for (const x of range(-GRID, GRID)) {
    const near = strikes.filter((s) => Math.abs(s.relTicks - x) <= 24);
    const spread = sum(near.map((s) => (gauss(s.relTicks - x, 8) / scale) * s.omega));
    omega.set(x, (omega.get(x) ?? 0) + 0.7 * spread);
  }
  const nu = new Map<number, number>();
  const push = new Map<number, number>();
  for (const x of range(-145, 145)) {
    const near = smooth(omega, x, 6, 16);
    const far = smooth(omega, x, 24, 64);
    nu.set(x, 1 + near + 2 * Math.max(0, near - far));
    push.set(x, (pressure.get(x) ?? 0) / nu.get(x)!);
  }
  return range(-80, 80).map((d) => correlate(push, d, 12, 64) / (1 + correlate(nu, d, 6, 16)));
}

/** Displacements after 1..30 s. */
export function straightforwardPath(
  force: number[],
  speed: number,
  beta: number,
  gamma: number,
): number[] {
  const clip = (x: number, limit: number) => Math.max(-limit, Math.min(limit, x));
  const path: number[] = [];
  let v = clip(speed, 8);
  let d = 0;
  for (let h = 1; h <= 30; h++) {
    const low = Math.floor(d);
    const next = Math.min(80, low + 1);
    const here = force[low + 80]! + (d - low) * (force[next + 80]! - force[low + 80]!);
    v = clip((1 - gamma) * v + beta * here, 8);
    d = clip(d + v, 80);
    path.push(d);
  }
  return path;
}
