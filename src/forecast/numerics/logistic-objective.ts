/**
 * The mean log-loss of a softmax model, its gradient and its curvature, in one pass over the rows.
 *
 * The classes' weights are determined up to a vector added to all of them; the penalty picks those
 * that sum to 0. So the search runs over K - 1 vectors theta in an orthonormal basis of such
 * weights, W = B theta, which leaves the penalty's form as it is and makes the minimum unique.
 */
import { type LogisticRows, type SoftmaxSums, softmaxPass } from './softmax-pass.ts';

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

/** The curvature's sums by theta: each pair's, as often as its classes differ along both. */
function toHessian(
  { classes, width, bends }: SoftmaxSums,
  rows: number,
  hessian: Float64Array,
): void {
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
function toGradient(
  { classes, width, slopes }: SoftmaxSums,
  rows: number,
  gradient: Float64Array,
): void {
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
  const { rows, featureCount } = data;
  const { classes, l2 } = options;
  const width = featureCount + 1;
  const weights = classWeights(theta, classes, width);
  const pass = softmaxPass(data, weights, classes);
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
