import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Prng } from '../../src/core/index.ts';
import {
  fitLogistic,
  type LogisticProblem,
  logisticProbabilities,
} from '../../src/forecast/numerics/logistic.ts';

/** Outcomes drawn from a softmax model with known weights (rows: classes; intercept first). */
function drawn(
  seed: number,
  rows: number,
  weights: readonly number[][],
  l2: number,
): LogisticProblem {
  const random = new Prng(seed);
  const featureCount = weights[0].length - 1;
  const features = Float64Array.from({ length: rows * featureCount }, () => random.normal());
  const probabilities = new Float64Array(rows * weights.length);
  logisticProbabilities(weights, features, rows, probabilities);
  const outcomes = Uint8Array.from({ length: rows }, (_, i) => {
    let left = random.float();
    let k = 0;
    while (k < weights.length - 1) {
      left -= probabilities[i * weights.length + k];
      if (left < 0) break;
      k++;
    }
    return k;
  });
  return { rows, featureCount, features, outcomes, classCount: weights.length, l2 };
}

const WEIGHTS = [
  [-0.2, -0.5, 0.2, 0],
  [0.5, 0, 0.1, 0],
  [-0.3, 0.5, -0.3, 0],
];

/** The penalised objective by its definition. */
function objective(problem: LogisticProblem, weights: readonly number[][]): number {
  const { rows, featureCount, features, outcomes, l2 } = problem;
  let loss = 0;
  for (let i = 0; i < rows; i++) {
    const x = [1, ...features.slice(i * featureCount, (i + 1) * featureCount)];
    const scores = weights.map((row) => row.reduce((sum, w, a) => sum + w * x[a], 0));
    const all = Math.log(scores.reduce((sum, s) => sum + Math.exp(s), 0));
    loss += all - scores[outcomes[i]];
  }
  const penalty = weights.flatMap((row) => row.slice(1)).reduce((sum, w) => sum + w * w, 0);
  return loss / rows + (l2 / 2) * penalty;
}

/** Largest slope of the objective along any single weight, by central differences. */
function largestSlope(problem: LogisticProblem, weights: readonly number[][]): number {
  const step = 1e-5;
  let largest = 0;
  weights.forEach((row, k) => {
    row.forEach((_, a) => {
      const moved = (by: number) => {
        const copy = weights.map((r) => [...r]);
        copy[k][a] += by;
        return objective(problem, copy);
      };
      largest = Math.max(largest, Math.abs(moved(step) - moved(-step)) / (2 * step));
    });
  });
  return largest;
}

describe('the softmax model', () => {
  it('ends where no weight can lower the objective', () => {
    const setting = fc.record({
      seed: fc.integer({ min: 1, max: 1e6 }),
      l2: fc.constantFrom(1e-6, 1e-3, 0.1, 10),
      rows: fc.integer({ min: 5, max: 200 }),
    });
    const property = fc.property(setting, ({ seed, l2, rows }) => {
      const problem = drawn(seed, rows, WEIGHTS, l2);
      const fit = fitLogistic(problem);
      if (fit.classRows.includes(0)) return;
      expect(fit.converged).toBe(true);
      expect(largestSlope(problem, fit.weights)).toBeLessThan(1e-7);
      for (let a = 0; a < 4; a++) {
        expect(fit.weights.reduce((sum, row) => sum + row[a], 0)).toBeCloseTo(0, 10);
      }
    });
    fc.assert(property, { seed: 5, numRuns: 60 });
  });

  it('finds the weights that the outcomes were drawn with', () => {
    const fit = fitLogistic(drawn(7, 60_000, WEIGHTS, 1e-6));
    fit.weights.forEach((row, k) => {
      row.forEach((w, a) => {
        expect(Math.abs(w - WEIGHTS[k][a])).toBeLessThan(0.03);
      });
    });
    expect(fit.loss).toBeLessThan(1.1);
  });

  it('gives the frequencies when features say nothing', () => {
    const rows = 10;
    const outcomes = Uint8Array.of(0, 0, 1, 1, 1, 1, 1, 2, 2, 2);
    const features = new Float64Array(rows * 2).fill(0.7);
    const fit = fitLogistic({ rows, featureCount: 2, features, outcomes, classCount: 3, l2: 0.01 });
    const p = new Float64Array(3);
    logisticProbabilities(fit.weights, Float64Array.of(0.7, 0.7), 1, p);
    [0.2, 0.5, 0.3].forEach((wanted, k) => {
      expect(p[k]).toBeCloseTo(wanted, 9);
    });
    expect(fit.weights.flatMap((row) => row.slice(1)).every((w) => Math.abs(w) < 1e-8)).toBe(true);
    const none = fitLogistic({ rows, featureCount: 0, features, outcomes, classCount: 3, l2: 1 });
    expect(none.steps).toBe(0);
    expect(none.weights[1][0] - none.weights[0][0]).toBeCloseTo(Math.log(5 / 2), 12);
  });

  it('stays finite where a feature parts the classes', () => {
    const features = Float64Array.from({ length: 300 }, (_, i) => (i - 149.5) / 100);
    const outcomes = Uint8Array.from(features, (x) => (x < -0.5 ? 0 : x > 0.5 ? 2 : 1));
    const parts = { rows: 300, featureCount: 1, features, outcomes, classCount: 3 };
    for (const l2 of [1e-8, 1e-4, 1]) {
      const fit = fitLogistic({ ...parts, l2 });
      expect(fit.converged).toBe(true);
      expect(fit.weights.flat().every(Number.isFinite)).toBe(true);
      expect(fit.weights[2][1]).toBeGreaterThan(0);
    }
  });

  it('leaves a class without a case barely possible', () => {
    const full = drawn(8, 400, WEIGHTS, 0.01);
    const outcomes = full.outcomes.map((k) => (k === 1 ? 2 : k));
    const fit = fitLogistic({ ...full, outcomes });
    const two = { ...full, classCount: 2, outcomes: outcomes.map((k) => k / 2) };
    const binary = fitLogistic(two);
    expect(fit.classRows[1]).toBe(0);
    const [p, q] = [new Float64Array(1200), new Float64Array(800)];
    logisticProbabilities(fit.weights, full.features, 400, p);
    logisticProbabilities(binary.weights, full.features, 400, q);
    for (let i = 0; i < 400; i++) {
      expect(p[3 * i + 1]).toBeGreaterThan(0);
      expect(p[3 * i + 1]).toBeLessThan(0.01);
      expect(p[3 * i + 2] / (p[3 * i] + p[3 * i + 2])).toBeCloseTo(q[2 * i + 1], 9);
    }
    const single = fitLogistic({ ...full, outcomes: new Uint8Array(400).fill(1) });
    expect(single.converged).toBe(true);
    logisticProbabilities(single.weights, full.features, 400, p);
    expect(p[1]).toBeCloseTo(1 / (1 + 2 * (0.5 / 400)), 12);
  });

  it('with two classes is the usual binary one with halved weights', () => {
    const problem = drawn(
      9,
      500,
      [
        [0, 0, 0],
        [0.3, 0.8, -0.5],
      ],
      0.02,
    );
    const { weights } = fitLogistic(problem);
    const slopes = [0, 0, 0];
    for (let i = 0; i < problem.rows; i++) {
      const x = [1, problem.features[2 * i], problem.features[2 * i + 1]];
      const score = x.reduce((sum, v, a) => sum + 2 * weights[1][a] * v, 0);
      const p = 1 / (1 + Math.exp(-score));
      x.forEach((v, a) => {
        slopes[a] += ((p - problem.outcomes[i]) * v) / problem.rows;
      });
    }
    // The penalty of w = 2 v: l2/2 (v^2 + v^2) = l2/4 w^2.
    expect(slopes[0]).toBeCloseTo(0, 8);
    for (const a of [1, 2]) expect(slopes[a] + 0.02 * weights[1][a]).toBeCloseTo(0, 8);
  });

  it('swaps the classes when the features are mirrored', () => {
    const problem = drawn(10, 700, WEIGHTS, 0.05);
    const mirrored = {
      ...problem,
      features: problem.features.map((x) => -x),
      outcomes: problem.outcomes.map((k) => 2 - k),
    };
    const [a, b] = [fitLogistic(problem).weights, fitLogistic(mirrored).weights];
    a.forEach((row, k) => {
      row.forEach((w, at) => {
        expect(b[2 - k][at]).toBeCloseTo(at === 0 ? w : -w, 9);
      });
    });
  });

  it('says so when it did not converge', () => {
    const problem = drawn(11, 50, WEIGHTS, 0.1);
    problem.features[7] = Number.NaN;
    const fit = fitLogistic(problem);
    expect(fit.converged).toBe(false);
    expect(fit.gradientMax).toBe(Number.POSITIVE_INFINITY);
  });

  it('has the same bits every time, and knows nothing from an unknown feature', () => {
    const problem = drawn(12, 3000, WEIGHTS, 1e-4);
    expect(fitLogistic(problem)).toEqual(fitLogistic(problem));
    const p = new Float64Array(3);
    logisticProbabilities(WEIGHTS, Float64Array.of(1, Number.NaN, 0), 1, p);
    expect([...p]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    logisticProbabilities(WEIGHTS, Float64Array.of(1e6, 0, 0), 1, p);
    expect([...p]).toEqual([0, 0, 1]);
  });

  it('refuses an outcome that is no class', () => {
    const problem = drawn(13, 20, WEIGHTS, 1);
    problem.outcomes[3] = 3;
    expect(() => fitLogistic(problem)).toThrow(/outcomes below/);
  });
});
