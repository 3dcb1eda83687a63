/**
 * Rows of a regression from one session. Rows are in the order of their clock; where a second is
 * missing, nothing is assumed about it. A NaN is the caller's mistake: leave such rows out.
 */
export interface RegressionRows {
  rows: number;
  /** Clock of each row, s, strictly ascending; holes are allowed. [rows] */
  second: ArrayLike<number>;
  /** Regressors, row by row; an intercept is a column of ones. [rows x columns] */
  design: Float64Array;
  /** What is explained. [rows] */
  response: Float64Array;
}

/** Sums over all rows that least squares needs. */
export interface NormalEquations {
  columns: number;
  rows: number;
  /** X'X, row by row, whole. [columns x columns] */
  gram: Float64Array;
  /** X'y. [columns] */
  moment: Float64Array;
  /** Sum of y and of its square. */
  responseSum: number;
  responseSquares: number;
}

/** Sums the rows of all sessions. */
export function normalEquations(
  sessions: readonly RegressionRows[],
  columns: number,
): NormalEquations {
  const gram = new Float64Array(columns * columns);
  const moment = new Float64Array(columns);
  let [rows, responseSum, responseSquares] = [0, 0, 0];
  for (const session of sessions) {
    const { design, response } = session;
    for (let i = 0; i < session.rows; i++) {
      const at = i * columns;
      const y = response[i];
      for (let a = 0; a < columns; a++) {
        const x = design[at + a];
        moment[a] += x * y;
        for (let b = 0; b <= a; b++) gram[a * columns + b] += x * design[at + b];
      }
      responseSum += y;
      responseSquares += y * y;
    }
    rows += session.rows;
  }
  for (let a = 0; a < columns; a++) {
    for (let b = 0; b < a; b++) gram[b * columns + a] = gram[a * columns + b];
  }
  return { columns, rows, gram, moment, responseSum, responseSquares };
}

/** y less its fitted value, for every row of every session. */
export function residualsOf(
  sessions: readonly RegressionRows[],
  columns: number,
  coefficients: ArrayLike<number>,
): Float64Array[] {
  return sessions.map(({ rows, design, response }) => {
    const residuals = new Float64Array(rows);
    for (let i = 0; i < rows; i++) {
      let fitted = 0;
      for (let a = 0; a < columns; a++) fitted += design[i * columns + a] * coefficients[a];
      residuals[i] = response[i] - fitted;
    }
    return residuals;
  });
}
