/**
 * The mean log-loss of a softmax model, its gradient and its curvature, in one pass over the rows.
 *
 * The classes' weights are determined up to a vector added to all of them; the penalty picks those
 * that sum to 0. So the search runs over K - 1 vectors theta in an orthonormal basis of such
 * weights, W = B theta, which leaves the penalty's form as it is and makes the minimum unique.
 */

/** Rows that are worked on together: their numbers stay near the processor. */
const BLOCK_ROWS = 512;

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

/** W = B theta: intercept and weights of each class. [classes x width] */
export function classWeights(theta: Float64Array, classes: number, width: number): Float64Array {
  const dims = classes - 1;
  const basis = sumZeroBasis(classes);
  return Float64Array.from({ length: classes * width }, (_, at) => {
    const [k, a] = [Math.floor(at / width), at % width];
    let sum = 0;
    for (let j = 0; j < dims; j++) sum += basis[k * dims + j] * theta[j * width + a];
    return sum;
  });
}

/** Numbers of one block of rows, column by column, and the sums over all blocks so far. */
interface Pass {
  classes: number;
  width: number;
  /** Rows in the block. */
  rows: number;
  /** A one, then the features. [width x BLOCK_ROWS] */
  x: Float64Array;
  /** Scores, then probabilities. [classes x BLOCK_ROWS] */
  p: Float64Array;
  /** A number a row. [BLOCK_ROWS] */
  largest: Float64Array;
  total: Float64Array;
  weighted: Float64Array;
  loss: number;
  /** Sum of (p - happened) x. [classes x width] */
  slopes: Float64Array;
  /**
   * Sums of p_k p_l x x' for each pair of classes l < k, lower triangles: the curvature by the
   * classes' weights is the sum over pairs of (e_k - e_l)(e_k - e_l)' times these.
   */
  bends: Float64Array;
}

function makePass(classes: number, width: number): Pass {
  const room = (columns: number) => new Float64Array(columns * BLOCK_ROWS);
  const slopes = new Float64Array(classes * width);
  const bends = new Float64Array((((classes * (classes - 1)) / 2) * width * (width + 1)) / 2);
  const [x, p] = [room(width).fill(1), room(classes)];
  const columns = { largest: room(1), total: room(1), weighted: room(1) };
  return { classes, width, rows: 0, x, p, ...columns, loss: 0, slopes, bends };
}

/** Takes rows `from` on into the block, a column a feature. */
function loadRows(features: Float64Array, from: number, { width, rows, x }: Pass): void {
  const featureCount = width - 1;
  for (let a = 0; a < featureCount; a++) {
    const to = (a + 1) * BLOCK_ROWS;
    let at = from * featureCount + a;
    for (let i = 0; i < rows; i++, at += featureCount) x[to + i] = features[at];
  }
}

/** Scores of each class, and each row's largest. */
function scoreRows(weights: Float64Array, { classes, width, rows, x, p, largest }: Pass): void {
  p.fill(0);
  largest.fill(Number.NEGATIVE_INFINITY);
  for (let k = 0; k < classes; k++) {
    const to = k * BLOCK_ROWS;
    for (let a = 0; a < width; a++) {
      const column = a * BLOCK_ROWS;
      const weight = weights[k * width + a];
      for (let i = 0; i < rows; i++) p[to + i] += weight * x[column + i];
    }
    for (let i = 0; i < rows; i++) if (p[to + i] > largest[i]) largest[i] = p[to + i];
  }
}

/** Turns scores to probabilities and adds up the losses. */
function softmaxRows(outcomes: Uint8Array, from: number, pass: Pass): void {
  const { classes, rows, p, largest, total } = pass;
  let loss = 0;
  for (let i = 0; i < rows; i++) loss += largest[i] - p[outcomes[from + i] * BLOCK_ROWS + i];
  total.fill(0);
  for (let k = 0; k < classes; k++) {
    const to = k * BLOCK_ROWS;
    for (let i = 0; i < rows; i++) {
      const raised = Math.exp(p[to + i] - largest[i]);
      p[to + i] = raised;
      total[i] += raised;
    }
  }
  for (let k = 0; k < classes; k++) {
    const to = k * BLOCK_ROWS;
    for (let i = 0; i < rows; i++) p[to + i] /= total[i];
  }
  for (let i = 0; i < rows; i++) loss += Math.log(total[i]);
  pass.loss += loss;
}

/** Sum of products of the first `count` numbers of `a` and of those of `b` from `from` on. */
function dot(a: Float64Array, b: Float64Array, from: number, count: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = 0;
  for (; i + 3 < count; i += 4) {
    const at = from + i;
    s0 += a[i] * b[at];
    s1 += a[i + 1] * b[at + 1];
    s2 += a[i + 2] * b[at + 2];
    s3 += a[i + 3] * b[at + 3];
  }
  for (; i < count; i++) s0 += a[i] * b[from + i];
  return s0 + s1 + (s2 + s3);
}

function addSlopes(outcomes: Uint8Array, from: number, pass: Pass): void {
  const { classes, width, rows, x, p, weighted, slopes } = pass;
  for (let k = 0; k < classes; k++) {
    const column = k * BLOCK_ROWS;
    for (let i = 0; i < rows; i++) {
      weighted[i] = outcomes[from + i] === k ? p[column + i] - 1 : p[column + i];
    }
    for (let a = 0; a < width; a++) slopes[k * width + a] += dot(weighted, x, a * BLOCK_ROWS, rows);
  }
}

function addBends({ classes, width, rows, x, p, total, weighted, bends }: Pass): void {
  const both = total;
  let at = 0;
  for (let k = 1; k < classes; k++) {
    for (let l = 0; l < k; l++) {
      for (let i = 0; i < rows; i++) both[i] = p[k * BLOCK_ROWS + i] * p[l * BLOCK_ROWS + i];
      for (let a = 0; a < width; a++) {
        const column = a * BLOCK_ROWS;
        for (let i = 0; i < rows; i++) weighted[i] = both[i] * x[column + i];
        for (let b = 0; b <= a; b++) bends[at++] += dot(weighted, x, b * BLOCK_ROWS, rows);
      }
    }
  }
}

/** The curvature's sums by theta: each pair's, as often as its classes differ along both. */
function toHessian({ classes, width, bends }: Pass, rows: number, hessian: Float64Array): void {
  const dims = classes - 1;
  const size = dims * width;
  const basis = sumZeroBasis(classes);
  hessian.fill(0);
  let at = 0;
  for (let k = 1; k < classes; k++) {
    for (let l = 0; l < k; l++) {
      const apart = Float64Array.from({ length: dims }, (_, j) => {
        return basis[k * dims + j] - basis[l * dims + j];
      });
      for (let a = 0; a < width; a++) {
        for (let b = 0; b <= a; b++) {
          const bend = bends[at++] / rows;
          for (let j = 0; j < size; j += width) {
            for (let i = 0; i < size; i += width) {
              const value = bend * apart[j / width] * apart[i / width];
              hessian[(j + a) * size + i + b] += value;
              if (a !== b) hessian[(j + b) * size + i + a] += value;
            }
          }
        }
      }
    }
  }
}

/** The gradient's sums by theta. */
function toGradient({ classes, width, slopes }: Pass, rows: number, gradient: Float64Array): void {
  const dims = classes - 1;
  const basis = sumZeroBasis(classes);
  gradient.fill(0);
  for (let at = 0; at < gradient.length; at++) {
    const [j, a] = [Math.floor(at / width), at % width];
    for (let k = 0; k < classes; k++) {
      gradient[at] += (basis[k * dims + j] * slopes[k * width + a]) / rows;
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
  const width = featureCount + 1;
  const weights = classWeights(theta, classes, width);
  const pass = makePass(classes, width);
  for (let from = 0; from < rows; from += BLOCK_ROWS) {
    pass.rows = Math.min(BLOCK_ROWS, rows - from);
    loadRows(features, from, pass);
    scoreRows(weights, pass);
    softmaxRows(outcomes, from, pass);
    addSlopes(outcomes, from, pass);
    addBends(pass);
  }
  toGradient(pass, rows, out.gradient);
  toHessian(pass, rows, out.hessian);
  out.loss = pass.loss / rows;
  out.value = out.loss;
  for (let at = 0; at < theta.length; at++) {
    if (at % width === 0) continue;
    out.value += 0.5 * l2 * theta[at] ** 2;
    out.gradient[at] += l2 * theta[at];
    out.hessian[at * theta.length + at] += l2;
  }
}
