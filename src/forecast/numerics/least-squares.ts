import { assert } from '../../core/index.ts';
import { choleskyFactor, choleskyInverse, choleskySolve } from './cholesky.ts';
import { automaticLag, longRunScores } from './hac.ts';
import {
  type NormalEquations,
  normalEquations,
  type RegressionRows,
  residualsOf,
} from './regression-rows.ts';

/** Most coefficients with bounds: every way to clip them is tried. */
const BOUNDED_MAX = 4;

/** Smallest and largest value of a coefficient; infinite where there is no bound. */
export type Bounds = readonly [number, number];

/** How a regression is to be done. */
export interface LeastSquaresOptions {
  columns: number;
  /** Bounds of each coefficient; none when absent. */
  bounds?: readonly Bounds[];
  /** Lags of the standard errors, s; by the automatic rule when absent. */
  lag?: number;
}

/** What a regression found. */
export interface LeastSquaresFit {
  /** NaN when `singular`. [columns] */
  coefficients: Float64Array;
  /** Newey-West, without a correction for small samples; NaN for what was clipped. [columns] */
  standardErrors: Float64Array;
  /** Covariance of the coefficients, row by row; NaN where clipped. [columns x columns] */
  covariance: Float64Array;
  /** 1 where a coefficient lies on a bound that holds it; the others were refitted. [columns] */
  clipped: Uint8Array;
  /** True when the data do not tell the coefficients: a constant price, too few rows, a NaN. */
  singular: boolean;
  rows: number;
  /** Lags that the standard errors took in, s. */
  lag: number;
  residualSquares: number;
  /** 1 - residual / total squares about the mean; NaN when y does not vary. */
  rSquared: number;
}

/**
 * Solves for the coefficients in `free`, the others held at what `coefficients` says, in place.
 * Columns are scaled to length 1 first. False when the data cannot tell them apart.
 */
function solveFree(
  sums: NormalEquations,
  free: readonly number[],
  coefficients: Float64Array,
): boolean {
  const { columns, gram, moment } = sums;
  const size = free.length;
  const scale = free.map((a) => Math.sqrt(gram[a * columns + a]));
  if (!scale.every((s) => s > 0 && Number.isFinite(s))) return false;
  const matrix = new Float64Array(size * size);
  const right = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const row = free[i] * columns;
    let target = moment[free[i]];
    for (let b = 0; b < columns; b++) {
      if (!free.includes(b)) target -= gram[row + b] * coefficients[b];
    }
    right[i] = target / scale[i];
    for (let j = 0; j < size; j++) matrix[i * size + j] = gram[row + free[j]] / scale[i] / scale[j];
  }
  if (!choleskyFactor(matrix, size)) return false;
  choleskySolve(matrix, size, right);
  for (let i = 0; i < size; i++) coefficients[free[i]] = right[i] / scale[i];
  return true;
}

/** b'X'Xb - 2 b'X'y: the residual squares but for a constant. */
function objective({ columns, gram, moment }: NormalEquations, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < columns; i++) {
    let row = -2 * moment[i];
    for (let j = 0; j < columns; j++) row += gram[i * columns + j] * b[j];
    sum += row * b[i];
  }
  return sum;
}

interface Solution {
  coefficients: Float64Array;
  clipped: Uint8Array;
}

/** The best of every way to hold coefficients at their bounds; null when none can be solved. */
function solveBounded(sums: NormalEquations, bounds: readonly Bounds[]): Solution | null {
  const { columns } = sums;
  let best: Solution | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (let way = 0; way < 3 ** columns; way++) {
    const coefficients = new Float64Array(columns);
    const clipped = new Uint8Array(columns);
    for (let a = 0; a < columns; a++) {
      const held = Math.floor(way / 3 ** a) % 3;
      clipped[a] = held > 0 ? 1 : 0;
      if (held > 0) coefficients[a] = bounds[a][held - 1];
    }
    const free = [...clipped.keys()].filter((a) => clipped[a] === 0);
    if (!coefficients.every(Number.isFinite) || !solveFree(sums, free, coefficients)) continue;
    if (!coefficients.every((b, a) => b >= bounds[a][0] && b <= bounds[a][1])) continue;
    if (way === 0) return { coefficients, clipped };
    const value = objective(sums, coefficients);
    if (value < least) [best, least] = [{ coefficients, clipped }, value];
  }
  return best;
}

function solve(sums: NormalEquations, bounds?: readonly Bounds[]): Solution | null {
  const { columns } = sums;
  const free = Array.from({ length: columns }, (_, a) => a);
  const coefficients = new Float64Array(columns);
  if (sums.rows < columns || !solveFree(sums, free, coefficients)) return null;
  if (!coefficients.every(Number.isFinite)) return null;
  if (!bounds) return { coefficients, clipped: new Uint8Array(columns) };
  assert(bounds.length === columns && columns <= BOUNDED_MAX, 'a few bounds, one a column');
  return solveBounded(sums, bounds);
}

/** One more step from the residuals, which the sums alone have rounded away. */
function refine(
  sessions: readonly RegressionRows[],
  sums: NormalEquations,
  { coefficients, clipped }: Solution,
): void {
  const { columns } = sums;
  const residuals = residualsOf(sessions, columns, coefficients);
  const left = sessions.map((session, s) => ({ ...session, response: residuals[s] }));
  const free = [...clipped.keys()].filter((a) => clipped[a] === 0);
  const step = new Float64Array(columns);
  solveFree(normalEquations(left, columns), free, step);
  for (const a of free) coefficients[a] += step[a];
}

function singularFit(columns: number, rows: number, lag: number): LeastSquaresFit {
  const unknown = (length: number) => new Float64Array(length).fill(Number.NaN);
  return {
    coefficients: unknown(columns),
    standardErrors: unknown(columns),
    covariance: unknown(columns * columns),
    clipped: new Uint8Array(columns),
    singular: true,
    rows,
    lag,
    residualSquares: Number.NaN,
    rSquared: Number.NaN,
  };
}

function sandwich(
  sessions: readonly RegressionRows[],
  residuals: readonly Float64Array[],
  sums: NormalEquations,
  free: readonly number[],
  lag: number,
): Float64Array {
  const { columns, gram } = sums;
  const size = free.length;
  const scale = free.map((a) => Math.sqrt(gram[a * columns + a]));
  const factor = Float64Array.from({ length: size * size }, (_, at) => {
    const [i, j] = [Math.floor(at / size), at % size];
    return gram[free[i] * columns + free[j]] / scale[i] / scale[j];
  });
  choleskyFactor(factor, size);
  const bread = choleskyInverse(factor, size).map(
    (value, at) => value / scale[Math.floor(at / size)] / scale[at % size],
  );
  const middle = longRunScores(sessions, residuals, { columns, of: free, lag });
  return product(product(bread, middle, size), bread, size);
}

function product(a: Float64Array, b: Float64Array, size: number): Float64Array {
  return Float64Array.from({ length: size * size }, (_, at) => {
    let sum = 0;
    for (let k = 0; k < size; k++) sum += a[at - (at % size) + k] * b[k * size + (at % size)];
    return sum;
  });
}

/**
 * Least squares over sessions, with bounds where they are given (a coefficient that a bound holds
 * is fixed there and the others are refitted: the exact minimum within the bounds), and standard
 * errors that heteroscedasticity and autocorrelation within a session do not spoil (Newey and West
 * 1987, Bartlett's kernel).
 */
export function fitLeastSquares(
  sessions: readonly RegressionRows[],
  options: LeastSquaresOptions,
): LeastSquaresFit {
  const { columns } = options;
  const sums = normalEquations(sessions, columns);
  const lag = options.lag ?? automaticLag(sums.rows);
  const solution = solve(sums, options.bounds);
  if (!solution) return singularFit(columns, sums.rows, lag);
  const { coefficients, clipped } = solution;
  refine(sessions, sums, solution);
  const residuals = residualsOf(sessions, columns, coefficients);
  const free = [...clipped.keys()].filter((a) => clipped[a] === 0);
  const inner = sandwich(sessions, residuals, sums, free, lag);
  const covariance = new Float64Array(columns * columns).fill(Number.NaN);
  free.forEach((a, i) => {
    free.forEach((b, j) => {
      covariance[a * columns + b] = inner[i * free.length + j];
    });
  });
  const standardErrors = Float64Array.from({ length: columns }, (_, a) =>
    Math.sqrt(covariance[a * columns + a]),
  );
  const residualSquares = residuals.reduce((sum, r) => sum + r.reduce((t, e) => t + e * e, 0), 0);
  const totalSquares = sums.responseSquares - sums.responseSum ** 2 / sums.rows;
  const rSquared = totalSquares > 0 ? 1 - residualSquares / totalSquares : Number.NaN;
  const { rows } = sums;
  const found = { coefficients, standardErrors, covariance, clipped, residualSquares, rSquared };
  return { ...found, singular: false, rows, lag };
}
