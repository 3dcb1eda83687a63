/**
 * One pass of a softmax model over its rows: loss, and the sums behind gradient and curvature.
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

/** Sums over all rows that the loss, its gradient and its curvature are made of. */
export interface SoftmaxSums {
  classes: number;
  /** Columns of x: a one, then the features. */
  width: number;
  loss: number;
  /** Sum of (p - happened) x. [classes x width] */
  slopes: Float64Array;
  /**
   * Sums of p_k p_l x x' for each pair of classes l < k, lower triangles: the curvature by the
   * classes' weights is the sum over pairs of (e_k - e_l)(e_k - e_l)' times these.
   */
  bends: Float64Array;
}

/** The sums so far, and the numbers of one block of rows, column by column. */
interface Pass extends SoftmaxSums {
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

/**
 * Sums over all rows.
 * @param weights intercept and weights of each class. [classes x (featureCount + 1)]
 */
export function softmaxPass(
  { rows, featureCount, features, outcomes }: LogisticRows,
  weights: Float64Array,
  classes: number,
): SoftmaxSums {
  const pass = makePass(classes, featureCount + 1);
  for (let from = 0; from < rows; from += BLOCK_ROWS) {
    pass.rows = Math.min(BLOCK_ROWS, rows - from);
    loadRows(features, from, pass);
    scoreRows(weights, pass);
    softmaxRows(outcomes, from, pass);
    addSlopes(outcomes, from, pass);
    addBends(pass);
  }
  return pass;
}
