/**
 * The mean log-loss of a softmax model, its gradient and its curvature, in one pass over the rows.
 *
 * The classes' weights are determined up to a vector added to all of them; the penalty picks those
 * that sum to 0. So the search runs over K - 1 vectors theta in an orthonormal basis of such
 * weights, W = B theta, which leaves the penalty's form as it is and makes the minimum unique.
 */

/** Rows and outcomes that a model is fitted to. */
export interface LogisticRows {
  rows: number;
  featureCount: number;
  /** Row by row, without an intercept. [rows x featureCount] */
  features: Float64Array;
  /** Class of each row, 0 to K - 1. [rows] */
  outcomes: Uint8Array;
}

/** Loss at a point, with gradient and curvature; reused from one evaluation to the next. */
export interface Curvature {
  /** Mean log-loss, nats, plus the penalty. */
  value: number;
  /** Mean log-loss alone. */
  loss: number;
  /** [(K - 1) x (featureCount + 1)]: intercept first. */
  gradient: Float64Array;
  /** Row by row, whole. [size x size] */
  hessian: Float64Array;
}

/** An orthonormal basis of vectors that sum to 0 (Helmert). [classes x (classes - 1)] */
export function sumZeroBasis(classes: number): Float64Array {
  const basis = new Float64Array(classes * (classes - 1));
  for (let j = 1; j < classes; j++) {
    const norm = Math.sqrt(j * (j + 1));
    for (let k = 0; k < j; k++) basis[k * (classes - 1) + j - 1] = 1 / norm;
    basis[j * (classes - 1) + j - 1] = -j / norm;
  }
  return basis;
}

/** Scores of one row turned to probabilities in place; returns the log of the sum of exponentials. */
export function softmax(scores: Float64Array): number {
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

/** Adds one row's share: gradient in `out.gradient`, packed lower blocks in `packed`. */
function addRow(
  x: Float64Array,
  slope: Float64Array,
  bend: Float64Array,
  gradient: Float64Array,
  packed: Float64Array,
): void {
  const width = x.length;
  for (let j = 0; j < slope.length; j++) {
    const g = slope[j];
    for (let a = 0; a < width; a++) gradient[j * width + a] += g * x[a];
  }
  let at = 0;
  for (let pair = 0; pair < bend.length; pair++) {
    const w = bend[pair];
    for (let a = 0; a < width; a++) {
      const wx = w * x[a];
      for (let b = 0; b <= a; b++) packed[at++] += wx * x[b];
    }
  }
}

/** Spreads the packed blocks to the whole symmetric matrix, scaled. */
function unpack(packed: Float64Array, dims: number, width: number, by: number, to: Float64Array) {
  const size = dims * width;
  let at = 0;
  for (let j = 0; j < dims; j++) {
    for (let i = 0; i <= j; i++) {
      for (let a = 0; a < width; a++) {
        for (let b = 0; b <= a; b++) {
          const value = packed[at++] * by;
          to[(j * width + a) * size + i * width + b] = value;
          to[(j * width + b) * size + i * width + a] = value;
          to[(i * width + a) * size + j * width + b] = value;
          to[(i * width + b) * size + j * width + a] = value;
        }
      }
    }
  }
}

/** Slope and bend of one row's loss in the reduced scores, from its probabilities. */
function rowCurvature(
  p: Float64Array,
  outcome: number,
  basis: Float64Array,
  slope: Float64Array,
  bend: Float64Array,
): void {
  const dims = slope.length;
  const classes = p.length;
  for (let j = 0; j < dims; j++) {
    let mean = 0;
    for (let k = 0; k < classes; k++) mean += p[k] * basis[k * dims + j];
    slope[j] = mean - basis[outcome * dims + j];
  }
  let pair = 0;
  for (let j = 0; j < dims; j++) {
    const meanJ = slope[j] + basis[outcome * dims + j];
    for (let i = 0; i <= j; i++) {
      const meanI = slope[i] + basis[outcome * dims + i];
      let sum = 0;
      for (let k = 0; k < classes; k++) {
        sum += p[k] * (basis[k * dims + j] - meanJ) * (basis[k * dims + i] - meanI);
      }
      bend[pair++] = sum;
    }
  }
}

/** Evaluates the penalised mean log-loss at `theta` into `out`. [(K - 1) x (featureCount + 1)] */
export function evaluateLogistic(
  data: LogisticRows,
  theta: Float64Array,
  options: { classes: number; l2: number },
  out: Curvature,
): void {
  const { rows, featureCount, features, outcomes } = data;
  const { classes, l2 } = options;
  const [dims, width] = [classes - 1, featureCount + 1];
  const basis = sumZeroBasis(classes);
  const x = new Float64Array(width).fill(1);
  const p = new Float64Array(classes);
  const reduced = new Float64Array(dims);
  const slope = new Float64Array(dims);
  const bend = new Float64Array((dims * (dims + 1)) / 2);
  const packed = new Float64Array((bend.length * width * (width + 1)) / 2);
  out.gradient.fill(0);
  let loss = 0;
  for (let i = 0; i < rows; i++) {
    for (let a = 0; a < featureCount; a++) x[a + 1] = features[i * featureCount + a];
    for (let j = 0; j < dims; j++) {
      let sum = 0;
      for (let a = 0; a < width; a++) sum += theta[j * width + a] * x[a];
      reduced[j] = sum;
    }
    const outcome = outcomes[i];
    for (let k = 0; k < classes; k++) {
      let sum = 0;
      for (let j = 0; j < dims; j++) sum += basis[k * dims + j] * reduced[j];
      p[k] = sum;
    }
    const own = p[outcome];
    loss += softmax(p) - own;
    rowCurvature(p, outcome, basis, slope, bend);
    addRow(x, slope, bend, out.gradient, packed);
  }
  unpack(packed, dims, width, 1 / rows, out.hessian);
  addPenalty(theta, width, l2, rows, out);
  out.loss = loss / rows;
  out.value += out.loss;
}

/** Scales the gradient's sums to means and adds the penalty of everything but the intercepts. */
function addPenalty(
  theta: Float64Array,
  width: number,
  l2: number,
  rows: number,
  out: Curvature,
): void {
  const size = theta.length;
  let penalty = 0;
  for (let at = 0; at < size; at++) {
    out.gradient[at] /= rows;
    if (at % width === 0) continue;
    penalty += 0.5 * l2 * theta[at] ** 2;
    out.gradient[at] += l2 * theta[at];
    out.hessian[at * size + at] += l2;
  }
  out.value = penalty;
}
