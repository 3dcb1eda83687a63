import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { automaticLag } from '../../src/forecast/numerics/hac.ts';
import { type Bounds, fitLeastSquares } from '../../src/forecast/numerics/least-squares.ts';
import type { RegressionRows } from '../../src/forecast/numerics/regression-rows.ts';
import { eliminate, madeUpSession } from './numerics-sessions.ts';

const TRUTH = [0.3, 0.4, -1.2];
const SESSIONS = [madeUpSession(1, 300, TRUTH), madeUpSession(2, 150, TRUTH)];

/** Residual squares at given coefficients. */
function squares(sessions: readonly RegressionRows[], b: ArrayLike<number>): number {
  let sum = 0;
  for (const { rows, design, response } of sessions) {
    for (let i = 0; i < rows; i++) {
      let error = response[i];
      for (let a = 0; a < b.length; a++) error -= design[i * b.length + a] * b[a];
      sum += error * error;
    }
  }
  return sum;
}

interface Flat {
  session: number;
  second: number;
  x: number[];
  y: number;
}

function flat(sessions: readonly RegressionRows[], columns: number): Flat[] {
  return sessions.flatMap(({ rows, second, design, response }, session) =>
    Array.from({ length: rows }, (_, i) => {
      const x = [...design.slice(i * columns, (i + 1) * columns)];
      return { session, second: second[i], x, y: response[i] };
    }),
  );
}

/** Newey-West by its definition: every pair of rows is looked at. */
function slowErrors(sessions: readonly RegressionRows[], columns: number, lag: number): number[] {
  const rows = flat(sessions, columns);
  const all = Array.from({ length: columns }, (_, a) => a);
  const gram = all.map((a) => all.map((b) => rows.reduce((s, r) => s + r.x[a] * r.x[b], 0)));
  const moment = all.map((a) => rows.reduce((s, r) => s + r.x[a] * r.y, 0));
  const b = eliminate(gram, moment);
  const scores = rows.map(({ x, y }) => {
    const error = y - x.reduce((s, v, a) => s + v * b[a], 0);
    return x.map((v) => v * error);
  });
  const middle = all.map((a) =>
    all.map((c) => {
      let sum = 0;
      rows.forEach((r, i) => {
        rows.forEach((q, j) => {
          const apart = Math.abs(r.second - q.second);
          if (r.session !== q.session || apart > lag) return;
          sum += (1 - apart / (lag + 1)) * scores[i][a] * scores[j][c];
        });
      });
      return sum;
    }),
  );
  const inverse = all.map((a) =>
    eliminate(
      gram,
      all.map((c) => (c === a ? 1 : 0)),
    ),
  );
  return all.map((a) => {
    let variance = 0;
    for (const c of all)
      for (const d of all) variance += inverse[a][c] * middle[c][d] * inverse[a][d];
    return Math.sqrt(variance);
  });
}

describe('least squares', () => {
  it('finds the line of three points', () => {
    const session = {
      rows: 3,
      second: [0, 1, 2],
      design: Float64Array.of(1, 0, 1, 1, 1, 2),
      response: Float64Array.of(1, 2, 4),
    };
    const fit = fitLeastSquares([session], { columns: 2, lag: 0 });
    expect(fit.coefficients[0]).toBeCloseTo(5 / 6, 14);
    expect(fit.coefficients[1]).toBeCloseTo(3 / 2, 14);
    expect(fit.residualSquares).toBeCloseTo(1 / 6, 14);
    expect(fit.rSquared).toBeCloseTo(1 - 1 / 6 / (14 / 3), 14);
    // White's: residuals 1/6, -1/3, 1/6; slope scores x - 1 of -1, 0, 1, over (sum of squares)^2.
    expect(fit.standardErrors[1]).toBeCloseTo(Math.sqrt(2 / 36 / 4), 14);
  });

  it.each([0, 1, 5, 40])('has the standard errors of the definition at lag %i', (lag) => {
    const fit = fitLeastSquares(SESSIONS, { columns: 3, lag });
    const wanted = slowErrors(SESSIONS, 3, lag);
    fit.standardErrors.forEach((error, a) => {
      expect(error / wanted[a]).toBeCloseTo(1, 10);
    });
    expect(fit.lag).toBe(lag);
  });

  it('takes the lag of the rule when none is given', () => {
    expect([100, 450, 10_800, 129_600].map(automaticLag)).toEqual([4, 5, 11, 19]);
    expect(fitLeastSquares(SESSIONS, { columns: 3 }).lag).toBe(5);
  });

  it('pairs no rows across the edge of a day', () => {
    const seconds = Int32Array.from({ length: 60 }, (_, i) => 100 + i);
    const make = (seed: number) => ({ ...madeUpSession(seed, 60, TRUTH), second: seconds });
    const [first, later] = [make(5), make(6)];
    const apart = { ...later, second: seconds.map((s) => s + 100_000) };
    const joined: RegressionRows = {
      rows: 120,
      second: [...first.second, ...apart.second],
      design: Float64Array.of(...first.design, ...apart.design),
      response: Float64Array.of(...first.response, ...apart.response),
    };
    const touching = { ...joined, second: Array.from({ length: 120 }, (_, i) => i) };
    const options = { columns: 3, lag: 10 };
    const errors = (rows: RegressionRows[]) => fitLeastSquares(rows, options).standardErrors;
    const ours = errors([first, later]);
    errors([joined]).forEach((error, a) => {
      expect(error).toBeCloseTo(ours[a], 12);
    });
    expect(errors([touching])[0]).not.toBeCloseTo(ours[0], 4);
  });

  it('is not disturbed by units or by nearly equal columns', () => {
    const rows = 400;
    const source = madeUpSession(9, rows, [0, 0]);
    const design = new Float64Array(rows * 3);
    const response = new Float64Array(rows);
    for (let i = 0; i < rows; i++) {
      const x = source.design[2 * i + 1];
      const near = x + 1e-5 * source.response[i];
      design.set([1e9, x * 1e-6, near], 3 * i);
      response[i] = 7 + 3 * x + 2 * near;
    }
    const fit = fitLeastSquares([{ ...source, design, response }], { columns: 3, lag: 2 });
    expect(fit.coefficients[0] * 1e9).toBeCloseTo(7, 10);
    expect(fit.coefficients[1] * 1e-6).toBeCloseTo(3, 8);
    expect(fit.coefficients[2]).toBeCloseTo(2, 8);
    expect(fit.residualSquares).toBeLessThan(1e-20);
  });

  it('says so when the data cannot tell the coefficients apart', () => {
    const still = { ...SESSIONS[0], design: new Float64Array(900).fill(1) };
    const empty = { rows: 0, second: [], design: new Float64Array(0), response: still.response };
    const poisoned = { ...SESSIONS[0], response: SESSIONS[0].response.map(() => Number.NaN) };
    const few = { ...SESSIONS[0], rows: 2 };
    for (const session of [still, empty, few, poisoned]) {
      const fit = fitLeastSquares([session], { columns: 3 });
      expect(fit.singular).toBe(true);
      expect([...fit.coefficients]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
      expect([...fit.standardErrors]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    }
  });
});

describe('least squares within bounds', () => {
  const bounds: Bounds[] = [
    [0, 1],
    [0, Number.POSITIVE_INFINITY],
  ];
  const session = (first: number, second: number, seed = 3): RegressionRows => {
    const made = madeUpSession(seed, 500, [0, first, second]);
    const design = made.design.filter((_, at) => at % 3 > 0);
    return { ...made, design };
  };

  it('leaves a minimum inside alone', () => {
    const rows = [session(0.4, 0.9)];
    const free = fitLeastSquares(rows, { columns: 2 });
    const bounded = fitLeastSquares(rows, { columns: 2, bounds });
    expect(bounded).toEqual(free);
  });

  it('refits the other coefficient when one is clipped', () => {
    const rows = [session(1.6, 0.9)];
    const { coefficients, clipped, standardErrors } = fitLeastSquares(rows, { columns: 2, bounds });
    expect([...clipped]).toEqual([1, 0]);
    expect(coefficients[0]).toBe(1);
    const alone = {
      ...rows[0],
      design: rows[0].design.filter((_, at) => at % 2 === 1),
      response: rows[0].response.map((y, i) => y - rows[0].design[2 * i]),
    };
    const lag = automaticLag(500);
    const wanted = fitLeastSquares([alone], { columns: 1, lag });
    expect(coefficients[1]).toBeCloseTo(wanted.coefficients[0], 12);
    expect(standardErrors[0]).toBeNaN();
    expect(standardErrors[1]).toBeCloseTo(wanted.standardErrors[0], 12);
    expect(fitLeastSquares(rows, { columns: 2 }).coefficients[1]).not.toBeCloseTo(
      coefficients[1],
      2,
    );
  });

  it('holds both where both would leave', () => {
    const fit = fitLeastSquares([session(-0.8, -0.9)], { columns: 2, bounds });
    expect([...fit.coefficients]).toEqual([0, 0]);
    expect([...fit.clipped]).toEqual([1, 1]);
    expect(fit.residualSquares).toBeGreaterThan(0);
  });

  it('is nowhere worse than any other point within the bounds', () => {
    const value = fc.double({ min: -2, max: 2, noNaN: true });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const property = fc.property(
      value,
      value,
      fc.array(share, { minLength: 40, maxLength: 40 }),
      (a, b, u) => {
        const rows = [session(a, b, 11)];
        const fit = fitLeastSquares(rows, { columns: 2, bounds });
        const least = squares(rows, fit.coefficients);
        expect(fit.coefficients[0] >= 0 && fit.coefficients[0] <= 1).toBe(true);
        expect(fit.coefficients[1]).toBeGreaterThanOrEqual(0);
        for (let k = 0; k < u.length; k += 2) {
          expect(squares(rows, [u[k], 3 * u[k + 1]])).toBeGreaterThanOrEqual(least * (1 - 1e-12));
        }
      },
    );
    fc.assert(property, { seed: 4, numRuns: 40 });
  });
});
