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

/** Adds a class's weights times x to its scores, four columns at a time. */
function addScores(weights: Float64Array, k: number, { width, rows, x, p }: Pass): void {
  const to = k * BLOCK_ROWS;
  let c = 0;
  for (; c + 3 < width; c += 4) {
    const from = c * BLOCK_ROWS;
    const w0 = weights[k * width + c];
    const w1 = weights[k * width + c + 1];
    const w2 = weights[k * width + c + 2];
    const w3 = weights[k * width + c + 3];
    for (let i = 0; i < rows; i++) {
      const at = from + i;
      p[to + i] +=
        w0 * x[at] +
        w1 * x[at + BLOCK_ROWS] +
        (w2 * x[at + 2 * BLOCK_ROWS] + w3 * x[at + 3 * BLOCK_ROWS]);
    }
  }
  for (; c < width; c++) {
    const from = c * BLOCK_ROWS;
    const w = weights[k * width + c];
    for (let i = 0; i < rows; i++) p[to + i] += w * x[from + i];
  }
}

/** Scores of each class, and each row's largest. */
function scoreRows(weights: Float64Array, pass: Pass): void {
  const { classes, rows, p, largest } = pass;
  p.fill(0);
  largest.fill(Number.NEGATIVE_INFINITY);
  for (let k = 0; k < classes; k++) {
    const to = k * BLOCK_ROWS;
    addScores(weights, k, pass);
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

/**
 * Adds to `sums[at]` and on the products of `weights` with each of the first `columns` of x, four
 * columns at a time: each weight is loaded once for all four.
 */
function addProducts(
  weights: Float64Array,
  { x, rows }: Pass,
  columns: number,
  sums: Float64Array,
  at: number,
): void {
  let c = 0;
  for (; c + 3 < columns; c += 4) {
    const from = c * BLOCK_ROWS;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let i = 0; i < rows; i++) {
      const w = weights[i];
      const place = from + i;
      s0 += w * x[place];
      s1 += w * x[place + BLOCK_ROWS];
      s2 += w * x[place + 2 * BLOCK_ROWS];
      s3 += w * x[place + 3 * BLOCK_ROWS];
    }
    sums[at + c] += s0;
    sums[at + c + 1] += s1;
    sums[at + c + 2] += s2;
    sums[at + c + 3] += s3;
  }
  for (; c < columns; c++) {
    const from = c * BLOCK_ROWS;
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += weights[i] * x[from + i];
    sums[at + c] += sum;
  }
}

function addSlopes(outcomes: Uint8Array, from: number, pass: Pass): void {
  const { classes, width, rows, p, weighted, slopes } = pass;
  for (let k = 0; k < classes; k++) {
    const column = k * BLOCK_ROWS;
    for (let i = 0; i < rows; i++) {
      weighted[i] = outcomes[from + i] === k ? p[column + i] - 1 : p[column + i];
    }
    addProducts(weighted, pass, width, slopes, k * width);
  }
}

function addBends(pass: Pass): void {
  const { classes, width, rows, x, p, total, weighted, bends } = pass;
  const both = total;
  let at = 0;
  for (let k = 1; k < classes; k++) {
    for (let l = 0; l < k; l++) {
      for (let i = 0; i < rows; i++) both[i] = p[k * BLOCK_ROWS + i] * p[l * BLOCK_ROWS + i];
      for (let a = 0; a < width; a++) {
        const column = a * BLOCK_ROWS;
        for (let i = 0; i < rows; i++) weighted[i] = both[i] * x[column + i];
        addProducts(weighted, pass, a + 1, bends, at);
        at += a + 1;
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
