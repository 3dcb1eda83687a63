/**
 * Seeded samples, and what the forecast's numerics make of them: the interop suite lets Python's
 * libraries do the same with `given` and compares with `found`.
 */
import { Prng } from '../../src/core/index.ts';
import {
  adjustPValues,
  dieboldMariano,
  sumDifferences,
} from '../../src/forecast/numerics/diebold-mariano.ts';
import { equalMassEdges } from '../../src/forecast/numerics/equal-mass-bins.ts';
import { applyIsotonic, fitIsotonic } from '../../src/forecast/numerics/isotonic.ts';
import {
  fitLeastSquares,
  type LeastSquaresFit,
} from '../../src/forecast/numerics/least-squares.ts';
import { fitLogistic, logisticProbabilities } from '../../src/forecast/numerics/logistic.ts';
import { normalCdf, normalQuantile } from '../../src/forecast/numerics/normal-distribution.ts';
import { areaUnderCurve } from '../../src/forecast/numerics/ranks.ts';
import type { RegressionRows } from '../../src/forecast/numerics/regression-rows.ts';
import {
  studentQuantile,
  studentTwoSided,
} from '../../src/forecast/numerics/student-distribution.ts';
import { countAndSum, logLosses } from '../../src/forecast/proof/scores.ts';
import { addBrierParts, decomposeBrier, sumBins } from '../../src/forecast/proof/scores-brier.ts';
import { madeUpSession } from './numerics-sessions.ts';

/** Features, and outcomes that depend on them. */
function sample(seed: number, rows: number, featureCount: number, classCount: number) {
  const random = new Prng(seed);
  const features = Float64Array.from({ length: rows * featureCount }, () => random.normal());
  const outcomes = Uint8Array.from({ length: rows }, (_, i) => {
    const lean = features[i * featureCount] - 0.5 * features[i * featureCount + 1];
    const value = lean + 1.5 * random.normal();
    return classCount === 2 ? Number(value > 0.3) : value < -1 ? 0 : value > 1.2 ? 2 : 1;
  });
  return { rows, featureCount, features, outcomes, classCount };
}

/** Three classes. */
export function softmaxCase(l2: number) {
  const data = sample(1, 3000, 8, 3);
  const { weights } = fitLogistic({ ...data, l2 });
  const p = new Float64Array(data.rows * 3);
  logisticProbabilities(weights, data.features, data.rows, p);
  const found = {
    coef: weights.flatMap((row) => row.slice(1)),
    intercept: weights.map((row) => row[0]),
    p,
  };
  return { given: { ...data, c: 1 / (l2 * data.rows) }, found };
}

/** Two classes, as the one row of weights that the usual binary form has. */
export function binaryCase(l2: number) {
  const data = sample(2, 2000, 3, 2);
  const { weights } = fitLogistic({ ...data, l2 });
  const both = weights[1].map((w, a) => w - weights[0][a]);
  const found = { coef: both.slice(1), raw: both.slice(0, 1) };
  return { given: { ...data, c: 2 / (l2 * data.rows) }, found };
}

/** Calibration with ties, with and without weights. */
export function isotonicCase() {
  const random = new Prng(3);
  const x = Array.from({ length: 4000 }, () => Math.round(random.float() * 1500) / 1500);
  const y = x.map((v) => (random.float() < 0.2 + 0.6 * v * v ? 1 : 0));
  const w = x.map(() => 0.5 + random.float());
  const grid = Array.from({ length: 301 }, (_, i) => -0.1 + i / 250);
  const [plain, weighted] = [fitIsotonic(x, y), fitIsotonic(x, y, w)];
  const found = {
    plain: grid.map((v) => applyIsotonic(plain, v)),
    weighted: grid.map((v) => applyIsotonic(weighted, v)),
  };
  return { given: { x, y, w, grid }, found };
}

const TRUTH = [0.2, 0.5, -1];
const HAC_LAG_S = 11;

function fitOf({ coefficients, standardErrors, covariance, rSquared }: LeastSquaresFit) {
  return { b: coefficients, se: standardErrors, cov: covariance, r2: [rSquared] };
}

function lists(sessions: readonly RegressionRows[], columns: number) {
  return {
    x: sessions.flatMap((s) => [...s.design]),
    y: sessions.flatMap((s) => [...s.response]),
    day: sessions.flatMap((s, d) => Array.from({ length: s.rows }, () => d)),
    columns,
    lag: HAC_LAG_S,
  };
}

/** A regression over so many days, without holes. */
export function regressionCase(days: number) {
  const sessions = [900, 600].slice(0, days).map((rows, d) => madeUpSession(4 + d, rows, TRUTH, 0));
  const found = fitOf(fitLeastSquares(sessions, { columns: 3, lag: HAC_LAG_S }));
  return { given: lists(sessions, 3), found };
}

/** A day with missing seconds; given as if those were rows of zeros. */
export function holesCase() {
  const holed = madeUpSession(6, 500, TRUTH, 0.2);
  const first = holed.second[0];
  const rows = holed.second[holed.rows - 1] - first + 1;
  const [x, y] = [new Float64Array(rows * 3), new Float64Array(rows)];
  for (let i = 0; i < holed.rows; i++) {
    const at = holed.second[i] - first;
    y[at] = holed.response[i];
    x.set(holed.design.subarray(3 * i, 3 * i + 3), 3 * at);
  }
  const { b, se } = fitOf(fitLeastSquares([holed], { columns: 3, lag: HAC_LAG_S }));
  return { given: { x, y, columns: 3, lag: HAC_LAG_S }, found: { b, se } };
}

/** A regression whose first two coefficients are held by their bounds. */
export function boundedCase() {
  const sessions = [madeUpSession(4, 900, TRUTH, 0)];
  const bounds = [
    [0.3, 1],
    [0, 0.45],
    [-2, 2],
  ] as const;
  const fit = fitLeastSquares(sessions, { columns: 3, bounds });
  return { given: { ...lists(sessions, 3), bounds }, found: { b: fit.coefficients } };
}

/** Two days of differences of losses, with the correction for small samples. */
export function comparisonCase() {
  const horizon = 10;
  const lag = 27;
  const days = [madeUpSession(7, 800, [0.05], 0), madeUpSession(8, 700, [0.05], 0)];
  const sums = days.map((d) => sumDifferences(d.second, d.response, lag));
  const { difference, standardError, statistic, pValue } = dieboldMariano(sums, horizon);
  const { y: d, day } = lists(days, 1);
  const found = { test: [difference, standardError, statistic, pValue] };
  return { given: { d, day, horizon, lag }, found };
}

/** P-values of many tests. */
export function adjustmentCase() {
  const random = new Prng(9);
  const p = Array.from({ length: 42 }, () => random.float() ** 3);
  return { given: { p }, found: { scipy: adjustPValues(p), statsmodels: adjustPValues(p) } };
}

/** Both distributions from their middles to far tails. */
export function distributionCase() {
  const x = Array.from({ length: 321 }, (_, i) => -36 + i * 0.2);
  const p = Array.from({ length: 99 }, (_, i) => (i + 1) / 100).concat(1e-9, 1e-30, 1e-200);
  const t = Array.from({ length: 60 }, (_, i) => (i / 8) ** 1.5);
  const levels = [0.55, 0.8, 0.975, 0.9999];
  const freedom = [1, 2, 3, 4.5, 9, 79, 80, 81, 1000, 54_000, 1e6];
  const found = {
    cdf: x.map(normalCdf),
    ppf: p.map(normalQuantile),
    sf: freedom.flatMap((n) => t.map((v) => studentTwoSided(v, n))),
    q: freedom.flatMap((n) => levels.map((v) => studentQuantile(v, n))),
  };
  return { given: { x, p, t, levels, freedom }, found };
}

/** Scores of a fitted model: log-loss, Brier (from its sums by bin), area under the curve. */
export function scoresCase() {
  const data = sample(10, 2500, 4, 3);
  const { weights } = fitLogistic({ ...data, l2: 0.01 });
  const p = new Float64Array(data.rows * 3);
  logisticProbabilities(weights, data.features, data.rows, p);
  // Rounded, so that there are ties.
  const score = Float64Array.from({ length: data.rows }, (_, i) =>
    Math.round(50 * (p[3 * i + 2] - p[3 * i])),
  );
  const up = Float64Array.from(data.outcomes, (k) => (k === 2 ? 1 : 0));
  const brier = [0, 1, 2].map((k) => {
    const probability = Float64Array.from(data.outcomes, (_, i) => p[3 * i + k]);
    const happened = Float64Array.from(data.outcomes, (o) => (o === k ? 1 : 0));
    return decomposeBrier(sumBins(probability, happened, equalMassEdges(probability, 10)));
  });
  const [count, sum] = countAndSum(logLosses(p, data.outcomes));
  const scores = [sum / count, addBrierParts(brier).brier, areaUnderCurve(score, up)];
  return { given: { outcomes: data.outcomes, p, score, up }, found: { scores } };
}
