/** Smallest pivot, against the diagonal it came from, at which a matrix counts as singular. */
const PIVOT_MIN = 1e-13;

/**
 * Factors a symmetric positive definite matrix in place, L below and on the diagonal; what lies
 * above is left alone.
 * @param matrix row by row. [size x size]
 * @returns false when it is singular or not positive definite: the content is then of no use.
 */
export function choleskyFactor(matrix: Float64Array, size: number): boolean {
  for (let j = 0; j < size; j++) {
    const before = matrix[j * size + j];
    let pivot = before;
    for (let k = 0; k < j; k++) pivot -= matrix[j * size + k] ** 2;
    if (!(pivot > PIVOT_MIN * before)) return false;
    const root = Math.sqrt(pivot);
    matrix[j * size + j] = root;
    for (let i = j + 1; i < size; i++) {
      let sum = matrix[i * size + j];
      for (let k = 0; k < j; k++) sum -= matrix[i * size + k] * matrix[j * size + k];
      matrix[i * size + j] = sum / root;
    }
  }
  return true;
}

/** Solves L L' x = b in place for a factor made by `choleskyFactor`. [size] */
export function choleskySolve(factor: Float64Array, size: number, b: Float64Array): void {
  for (let i = 0; i < size; i++) {
    let sum = b[i];
    for (let k = 0; k < i; k++) sum -= factor[i * size + k] * b[k];
    b[i] = sum / factor[i * size + i];
  }
  for (let i = size - 1; i >= 0; i--) {
    let sum = b[i];
    for (let k = i + 1; k < size; k++) sum -= factor[k * size + i] * b[k];
    b[i] = sum / factor[i * size + i];
  }
}

/** The inverse of the matrix behind a factor made by `choleskyFactor`. [size x size] */
export function choleskyInverse(factor: Float64Array, size: number): Float64Array {
  const inverse = new Float64Array(size * size);
  const column = new Float64Array(size);
  for (let j = 0; j < size; j++) {
    column.fill(0);
    column[j] = 1;
    choleskySolve(factor, size, column);
    for (let i = 0; i < size; i++) inverse[i * size + j] = column[i];
  }
  return inverse;
}
