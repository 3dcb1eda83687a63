import { assert } from '../../core/index.ts';
import { choleskyFactor, choleskySolve } from './cholesky.ts';
import {
  type Curvature,
  classWeights,
  evaluateLogistic,
  sumZeroBasis,
} from './logistic-objective.ts';
import type { LogisticRows } from './softmax-pass.ts';

/** Most Newton steps. A regularised problem with standardised features takes about eight. */
const STEPS_MAX = 60;
/** Most halvings of one step. */
const HALVINGS_MAX = 40;
/** A fit is done when no entry of the gradient of the mean loss is larger. */
const GRADIENT_MAX = 1e-9;
/** Share of the promised decrease that a step must bring (Armijo). */
const DECREASE_SHARE = 1e-4;
/** Cases that a class without any counts for: it stays possible, but barely. */
const EMPTY_CLASS_CASES = 0.5;

/** A multinomial logistic regression to be done. */
export interface LogisticProblem extends LogisticRows {
  /** Two or more; a class may be empty. */
  classCount: number;
  /** Penalty: mean log-loss + l2 / 2 * sum of squared weights, intercepts apart. Above 0. */
  l2: number;
}

/** A fitted model. */
export interface LogisticFit {
  /** A row a class: intercept, then a weight a feature. Each column sums to 0 over classes. */
  weights: number[][];
  /** False when the fixed rule did not stop it: then the weights are not to be used. */
  converged: boolean;
  steps: number;
  /** Largest entry of the gradient at the end. */
  gradientMax: number;
  /** Mean log-loss on the rows, without the penalty, nats. */
  loss: number;
  /** Rows of each class. */
  classRows: number[];
}

/**
 * Fits a softmax model by Newton's method from the class frequencies, with a fixed stopping rule.
 * Features are to be standardised and finite. With two classes the weights are -w/2 and +w/2 of the
 * usual binary form (scikit-learn: C = 1 / (l2 rows), or twice that for the binary form).
 */
export function fitLogistic(problem: LogisticProblem): LogisticFit {
  const { rows, classCount, featureCount, outcomes, l2 } = problem;
  assert(l2 > 0 && classCount >= 2 && rows > 0, 'a penalty, classes and rows');
  const classRows = new Array<number>(classCount).fill(0);
  for (let i = 0; i < rows; i++) classRows[outcomes[i]]++;
  assert(classRows.length === classCount, 'outcomes below the number of classes');
  const present = [...classRows.keys()].filter((k) => classRows[k] > 0);
  const counts = present.map((k) => classRows[k]);
  const minimum = minimise(withoutEmpty(problem, present), counts, l2);
  const width = featureCount + 1;
  const found = Array.from(classWeights(minimum.theta, present.length, width));
  const weights = classRows.map(() => new Array<number>(width).fill(0));
  present.forEach((k, p) => {
    weights[k] = found.slice(p * width, (p + 1) * width);
  });
  if (present.length < classCount) addEmptyClasses(weights, classRows, rows);
  const { converged, steps, gradientMax, loss } = minimum;
  return { weights, converged, steps, gradientMax, loss, classRows };
}

/** The rows with classes numbered as if those without a row did not exist. */
function withoutEmpty(problem: LogisticProblem, present: readonly number[]): LogisticRows {
  if (present.length === problem.classCount) return problem;
  const number = new Uint8Array(problem.classCount);
  present.forEach((k, p) => {
    number[k] = p;
  });
  const outcomes = problem.outcomes.subarray(0, problem.rows).map((k) => number[k]);
  return { ...problem, outcomes };
}

/** Gives classes without a row the intercept of half a case, and centres the intercepts anew. */
function addEmptyClasses(weights: number[][], classRows: readonly number[], rows: number): void {
  const present = Float64Array.from(
    weights.filter((_, k) => classRows[k] > 0),
    (row) => row[0],
  );
  const all = softmax(present);
  classRows.forEach((count, k) => {
    if (count === 0) weights[k][0] = all + Math.log(EMPTY_CLASS_CASES / rows);
  });
  const mean = weights.reduce((sum, row) => sum + row[0], 0) / weights.length;
  for (const row of weights) row[0] -= mean;
}

interface Minimum {
  theta: Float64Array;
  converged: boolean;
  steps: number;
  gradientMax: number;
  loss: number;
}

function minimise(data: LogisticRows, counts: readonly number[], l2: number): Minimum {
  const classes = counts.length;
  const width = data.featureCount + 1;
  const size = (classes - 1) * width;
  let theta = startAtFrequencies(counts, width);
  const room = (): Curvature => ({
    value: 0,
    loss: 0,
    gradient: new Float64Array(size),
    hessian: new Float64Array(size * size),
  });
  let [here, next] = [room(), room()];
  const options = { classes, l2 };
  evaluateLogistic(data, theta, options, here);
  let steps = 0;
  while (largest(here.gradient) > GRADIENT_MAX && steps < STEPS_MAX) {
    const step = Float64Array.from(here.gradient);
    if (!choleskyFactor(here.hessian, size)) break;
    choleskySolve(here.hessian, size, step);
    const promised = step.reduce((sum, s, at) => sum + s * here.gradient[at], 0);
    let trial = theta;
    let length = 1;
    for (let i = 0; i <= HALVINGS_MAX; i++, length /= 2) {
      trial = theta.map((t, at) => t - length * step[at]);
      evaluateLogistic(data, trial, options, next);
      if (next.value <= here.value - DECREASE_SHARE * length * promised) break;
      // At the bottom rounding hides the decrease; the gradient still tells.
      if (length === 1 && largest(next.gradient) < largest(here.gradient) / 2) break;
    }
    steps++;
    theta = trial;
    [here, next] = [next, here];
  }
  const gradientMax = largest(here.gradient);
  return { theta, converged: gradientMax <= GRADIENT_MAX, steps, gradientMax, loss: here.loss };
}

/** Intercepts that say the frequencies, and no weight. */
function startAtFrequencies(counts: readonly number[], width: number): Float64Array {
  const dims = counts.length - 1;
  const basis = sumZeroBasis(counts.length);
  const theta = new Float64Array(dims * width);
  counts.forEach((count, k) => {
    for (let j = 0; j < dims; j++) theta[j * width] += basis[k * dims + j] * Math.log(count);
  });
  return theta;
}

/** NaN counts as infinite, so that no comparison takes it for small. */
function largest(values: Float64Array): number {
  let max = 0;
  for (const value of values) {
    const size = Math.abs(value);
    if (!(size <= max)) max = Number.isNaN(size) ? Number.POSITIVE_INFINITY : size;
  }
  return max;
}

/** Turns scores of one row to probabilities in place; the log of the sum of their exponentials. */
function softmax(scores: Float64Array): number {
  let largest = scores[0];
  for (let k = 1; k < scores.length; k++) if (scores[k] > largest) largest = scores[k];
  let sum = 0;
  for (let k = 0; k < scores.length; k++) {
    scores[k] = Math.exp(scores[k] - largest);
    sum += scores[k];
  }
  for (let k = 0; k < scores.length; k++) scores[k] /= sum;
  return largest + Math.log(sum);
}

/**
 * Probabilities of a model for `rows` rows of features, into `out`, row by row; a row with an
 * unknown feature gets NaN. [rows x classes]
 * @param weights as in `LogisticFit`.
 */
export function logisticProbabilities(
  weights: readonly (readonly number[])[],
  features: Float64Array,
  rows: number,
  out: Float64Array,
): void {
  const classes = weights.length;
  const featureCount = weights[0].length - 1;
  const scores = new Float64Array(classes);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < classes; k++) {
      const row = weights[k];
      let sum = row[0];
      for (let a = 0; a < featureCount; a++) sum += row[a + 1] * features[i * featureCount + a];
      scores[k] = sum;
    }
    softmax(scores);
    for (let k = 0; k < classes; k++) out[i * classes + k] = scores[k];
  }
}
