import { Prng } from '../../src/core/index.ts';
import type { RegressionRows } from '../../src/forecast/numerics/regression-rows.ts';

/** A made-up session: seconds with holes, an intercept, correlated regressors, lasting errors. */
export function madeUpSession(
  seed: number,
  rows: number,
  truth: readonly number[],
  holes = 0.1,
): RegressionRows {
  const random = new Prng(seed);
  const columns = truth.length;
  const second = new Int32Array(rows);
  const design = new Float64Array(rows * columns);
  const response = new Float64Array(rows);
  let error = 0;
  for (let i = 0; i < rows; i++) {
    const skipped = random.float() < holes ? 1 + random.int(4) : 0;
    second[i] = (i > 0 ? second[i - 1] + 1 : 34_200) + skipped;
    const shared = random.normal();
    error = 0.6 * error + random.normal() * (1 + 0.3 * Math.abs(shared));
    response[i] = error;
    for (let a = 0; a < columns; a++) {
      const x = a === 0 ? 1 : random.normal() + 0.5 * shared;
      design[i * columns + a] = x;
      response[i] += truth[a] * x;
    }
  }
  return { rows, second, design, response };
}

/** Solves A x = b by elimination with pivots: nothing shared with what is tested. */
export function eliminate(a: readonly (readonly number[])[], b: readonly number[]): number[] {
  const rows = a.map((row, i) => [...row, b[i]]);
  const size = rows.length;
  for (let c = 0; c < size; c++) {
    let best = c;
    for (let r = c; r < size; r++) if (Math.abs(rows[r][c]) > Math.abs(rows[best][c])) best = r;
    [rows[c], rows[best]] = [rows[best], rows[c]];
    for (let r = 0; r < size; r++) {
      if (r === c) continue;
      const factor = rows[r][c] / rows[c][c];
      rows[r] = rows[r].map((value, k) => value - factor * rows[c][k]);
    }
  }
  return rows.map((row, i) => row[size] / row[i]);
}
