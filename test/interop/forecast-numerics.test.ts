/**
 * The forecast's numerics against scikit-learn, statsmodels and scipy on the same seeded numbers.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Prng } from '../../src/core/index.ts';
import {
  adjustPValues,
  dieboldMariano,
  sumDifferences,
} from '../../src/forecast/numerics/diebold-mariano.ts';
import { applyIsotonic, fitIsotonic } from '../../src/forecast/numerics/isotonic.ts';
import { type Bounds, fitLeastSquares } from '../../src/forecast/numerics/least-squares.ts';
import { fitLogistic, logisticProbabilities } from '../../src/forecast/numerics/logistic.ts';
import { normalCdf, normalQuantile } from '../../src/forecast/numerics/normal-distribution.ts';
import { areaUnderCurve, spearman } from '../../src/forecast/numerics/ranks.ts';
import type { RegressionRows } from '../../src/forecast/numerics/regression-rows.ts';
import {
  studentQuantile,
  studentTwoSided,
} from '../../src/forecast/numerics/student-distribution.ts';
import { brierLosses, countAndSum, logLosses } from '../../src/forecast/proof/scores.ts';
import { pinballLoss } from '../../src/forecast/proof/scores-distribution.ts';
import { madeUpSession } from '../forecast/numerics-sessions.ts';
import { runPython } from './python.ts';

const folder = mkdtempSync(join(tmpdir(), 'spymaster-numerics-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What every peer program starts with: our numbers as `data`, arrays as lists. */
const PREAMBLE = `
import json, sys, warnings
import numpy as np
warnings.simplefilter("ignore")
data = json.load(open(sys.argv[1]))
np_ = lambda name: np.array(data[name], dtype=float)
`;

/** Hands `data` to a Python program that leaves `answer`; returns it. */
function peer(program: string, data: object): Record<string, number[]> {
  const path = join(folder, 'data.json');
  const plain = (_: string, value: unknown) =>
    ArrayBuffer.isView(value) ? Array.from(value as unknown as Iterable<number>) : value;
  writeFileSync(path, JSON.stringify(data, plain));
  const whole = `${PREAMBLE}${program}\nprint(json.dumps(answer))`;
  return JSON.parse(runPython(whole, { args: [path] }).toString());
}

/** Largest difference, against 1 or the wanted value, whichever is larger. */
function worst(found: ArrayLike<number>, wanted: readonly number[]): number {
  expect(found.length).toBe(wanted.length);
  return wanted.reduce(
    (most, w, i) => Math.max(most, Math.abs(found[i] - w) / Math.max(1, Math.abs(w))),
    0,
  );
}

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

describe('logistic regression', () => {
  const program = `
from sklearn.linear_model import LogisticRegression
x = np_("features").reshape(int(data["rows"]), -1)
y = np_("outcomes").astype(int)
model = LogisticRegression(C=data["c"], solver="newton-cholesky", tol=1e-12, max_iter=500)
model.fit(x, y)
coef, intercept = model.coef_, model.intercept_
answer = {"coef": coef.ravel().tolist(), "intercept": (intercept - intercept.mean()).tolist(),
          "raw": intercept.tolist(), "p": model.predict_proba(x).ravel().tolist()}
`;

  it.each([1e-5, 1e-2, 1])('is that of scikit-learn with three classes, penalty %f', (l2) => {
    const data = sample(1, 3000, 8, 3);
    const fit = fitLogistic({ ...data, l2 });
    const answer = peer(program, { ...data, c: 1 / (l2 * data.rows) });
    expect(
      worst(
        fit.weights.flatMap((row) => row.slice(1)),
        answer['coef'],
      ),
    ).toBeLessThan(1e-8);
    expect(
      worst(
        fit.weights.map((row) => row[0]),
        answer['intercept'],
      ),
    ).toBeLessThan(1e-8);
    const p = new Float64Array(data.rows * 3);
    logisticProbabilities(fit.weights, data.features, data.rows, p);
    expect(worst(p, answer['p'])).toBeLessThan(1e-8);
  });

  it('is that of scikit-learn with two classes, at half the penalty of theirs', () => {
    const l2 = 0.05;
    const data = sample(2, 2000, 3, 2);
    const { weights } = fitLogistic({ ...data, l2 });
    const answer = peer(program, { ...data, c: 2 / (l2 * data.rows) });
    const both = weights[1].map((w, a) => w - weights[0][a]);
    expect(worst(both.slice(1), answer['coef'])).toBeLessThan(1e-8);
    expect(worst(both.slice(0, 1), answer['raw'])).toBeLessThan(1e-8);
  });
});

describe('isotonic regression', () => {
  it('is that of scikit-learn, ties and weights included', () => {
    const random = new Prng(3);
    const x = Array.from({ length: 4000 }, () => Math.round(random.float() * 1500) / 1500);
    const y = x.map((v) => (random.float() < 0.2 + 0.6 * v * v ? 1 : 0));
    const w = x.map(() => 0.5 + random.float());
    const grid = Array.from({ length: 301 }, (_, i) => -0.1 + i / 250);
    const answer = peer(
      `
from sklearn.isotonic import IsotonicRegression
answer = {}
for name, weight in (("plain", None), ("weighted", np_("w"))):
    model = IsotonicRegression(out_of_bounds="clip").fit(np_("x"), np_("y"), weight)
    answer[name] = model.predict(np_("grid")).tolist()
`,
      { x, y, w, grid },
    );
    const ours = (map: ReturnType<typeof fitIsotonic>) => grid.map((v) => applyIsotonic(map, v));
    expect(worst(ours(fitIsotonic(x, y)), answer['plain'])).toBeLessThan(1e-12);
    expect(worst(ours(fitIsotonic(x, y, w)), answer['weighted'])).toBeLessThan(1e-12);
  });
});

describe('least squares', () => {
  const days = [madeUpSession(4, 900, [0.2, 0.5, -1], 0), madeUpSession(5, 600, [0.2, 0.5, -1], 0)];
  const lists = (sessions: readonly RegressionRows[]) => ({
    x: sessions.flatMap((s) => [...s.design]),
    y: sessions.flatMap((s) => [...s.response]),
    day: sessions.flatMap((s, d) => Array.from({ length: s.rows }, () => d)),
    columns: 3,
    lag: 11,
  });
  const program = (kind: string) => `
import statsmodels.api as sm
x = np_("x").reshape(-1, data["columns"])
options = {"maxlags": data["lag"], "use_correction": False}
if "${kind}" == "hac-panel":
    options["groups"] = np_("day").astype(int)
fit = sm.OLS(np_("y"), x).fit(cov_type="${kind}", cov_kwds=options)
answer = {"b": fit.params.tolist(), "se": fit.bse.tolist(),
          "cov": np.asarray(fit.cov_params()).ravel().tolist(), "r2": [fit.rsquared]}
`;

  it('has the HAC errors of statsmodels within a day', () => {
    const fit = fitLeastSquares([days[0]], { columns: 3, lag: 11 });
    const answer = peer(program('HAC'), lists([days[0]]));
    expect(worst(fit.coefficients, answer['b'])).toBeLessThan(1e-12);
    expect(worst(fit.standardErrors, answer['se'])).toBeLessThan(1e-12);
    expect(worst(fit.covariance, answer['cov'])).toBeLessThan(1e-12);
    expect(worst([fit.rSquared], answer['r2'])).toBeLessThan(1e-12);
  });

  it('has those of its panel of days, with nothing across their edges', () => {
    const fit = fitLeastSquares(days, { columns: 3, lag: 11 });
    const answer = peer(program('hac-panel'), lists(days));
    expect(worst(fit.coefficients, answer['b'])).toBeLessThan(1e-12);
    expect(worst(fit.standardErrors, answer['se'])).toBeLessThan(1e-12);
  });

  it('treats a missing second like a row of zeros', () => {
    const holed = madeUpSession(6, 500, [0.2, 0.5, -1], 0.2);
    const first = holed.second[0];
    const rows = (holed.second[holed.rows - 1] as number) - first + 1;
    const x = new Array<number>(rows * 3).fill(0);
    const y = new Array<number>(rows).fill(0);
    for (let i = 0; i < holed.rows; i++) {
      const at = holed.second[i] - first;
      y[at] = holed.response[i];
      for (let a = 0; a < 3; a++) x[3 * at + a] = holed.design[3 * i + a];
    }
    const fit = fitLeastSquares([holed], { columns: 3, lag: 11 });
    const answer = peer(program('HAC'), { x, y, columns: 3, lag: 11 });
    expect(worst(fit.standardErrors, answer['se'])).toBeLessThan(1e-12);
  });

  it('has the minimum of scipy within bounds', () => {
    const bounds: Bounds[] = [
      [0.3, 1],
      [0, 0.45],
      [-2, 2],
    ];
    const fit = fitLeastSquares(days, { columns: 3, bounds });
    const answer = peer(
      `
from scipy.optimize import lsq_linear
x = np_("x").reshape(-1, 3)
low, high = np_("bounds").T
fit = lsq_linear(x, np_("y"), (low, high), method="bvls", tol=1e-14)
answer = {"b": fit.x.tolist()}
`,
      { ...lists(days), bounds },
    );
    expect([...fit.clipped]).toEqual([1, 1, 0]);
    expect(worst(fit.coefficients, answer['b'])).toBeLessThan(1e-10);
  });
});

describe('Diebold and Mariano', () => {
  it('is the t value of a constant with HAC errors, corrected', () => {
    const [horizon, lag] = [10, 27];
    const days = [madeUpSession(7, 800, [0.05], 0), madeUpSession(8, 700, [0.05], 0)];
    const sums = days.map((d) => sumDifferences(d.second, d.response, lag));
    const ours = dieboldMariano(sums, horizon);
    const d = days.flatMap((s) => [...s.response]);
    const day = days.flatMap((s, i) => Array.from({ length: s.rows }, () => i));
    const answer = peer(
      `
import statsmodels.api as sm
from scipy.stats import t as student
d, h = np_("d"), data["horizon"]
n = len(d)
options = {"maxlags": data["lag"], "use_correction": False, "groups": np_("day").astype(int)}
fit = sm.OLS(d, np.ones(n)).fit(cov_type="hac-panel", cov_kwds=options)
statistic = float(fit.tvalues[0]) * np.sqrt((n + 1 - 2 * h + h * (h - 1) / n) / n)
answer = {"found": [fit.params[0], fit.bse[0], statistic, 2 * student.sf(abs(statistic), n - 1)]}
`,
      { d, day, horizon, lag },
    );
    const found = [ours.difference, ours.standardError, ours.statistic, ours.pValue];
    expect(worst(found, answer['found'])).toBeLessThan(1e-11);
  });

  it('is adjusted as scipy and statsmodels do', () => {
    const random = new Prng(9);
    const p = Array.from({ length: 42 }, () => random.float() ** 3);
    const answer = peer(
      `
from scipy.stats import false_discovery_control
from statsmodels.stats.multitest import multipletests
answer = {"scipy": false_discovery_control(np_("p")).tolist(),
          "statsmodels": multipletests(np_("p"), method="fdr_bh")[1].tolist()}
`,
      { p },
    );
    expect(worst(adjustPValues(p), answer['scipy'])).toBeLessThan(1e-14);
    expect(worst(adjustPValues(p), answer['statsmodels'])).toBeLessThan(1e-14);
  });
});

describe('distributions', () => {
  it('are those of scipy, in relative terms', () => {
    const x = Array.from({ length: 321 }, (_, i) => -36 + i * 0.2);
    const p = Array.from({ length: 99 }, (_, i) => (i + 1) / 100).concat(1e-9, 1e-30, 1e-200);
    const t = Array.from({ length: 60 }, (_, i) => (i / 8) ** 1.5);
    const freedom = [1, 2, 3, 4.5, 9, 79, 80, 81, 1000, 54_000, 1e6];
    const answer = peer(
      `
from scipy.stats import norm, t as student
answer = {"cdf": norm.cdf(np_("x")).tolist(), "ppf": norm.ppf(np_("p")).tolist(),
          "sf": [2 * student.sf(v, n) for n in data["freedom"] for v in data["t"]],
          "q": [student.ppf(v, n) for n in data["freedom"] for v in (0.55, 0.8, 0.975, 0.9999)]}
`,
      { x, p, t, freedom },
    );
    const relative = (found: number[], wanted: readonly number[]) =>
      worst(
        found.map((v, i) => (v === wanted[i] ? 1 : v / wanted[i])),
        wanted.map(() => 1),
      );
    expect(relative(x.map(normalCdf), answer['cdf'])).toBeLessThan(1e-11);
    expect(worst(p.map(normalQuantile), answer['ppf'])).toBeLessThan(1e-12);
    const tails = freedom.flatMap((n) => t.map((v) => studentTwoSided(v, n)));
    expect(relative(tails, answer['sf'])).toBeLessThan(1e-10);
    const quantiles = freedom.flatMap((n) =>
      [0.55, 0.8, 0.975, 0.9999].map((v) => studentQuantile(v, n)),
    );
    expect(relative(quantiles, answer['q'])).toBeLessThan(1e-10);
  });
});

describe('scores', () => {
  it('are those of scikit-learn and scipy', () => {
    const data = sample(10, 2500, 4, 3);
    const { weights } = fitLogistic({ ...data, l2: 0.01 });
    const p = new Float64Array(data.rows * 3);
    logisticProbabilities(weights, data.features, data.rows, p);
    // Rounded, so that there are ties.
    const score = Float64Array.from({ length: data.rows }, (_, i) =>
      Math.round(50 * (p[3 * i + 2] - p[3 * i])),
    );
    const up = Float64Array.from(data.outcomes, (k) => (k === 2 ? 1 : 0));
    const answer = peer(
      `
from scipy.stats import spearmanr
from sklearn.metrics import brier_score_loss, log_loss, mean_pinball_loss, roc_auc_score
y = np_("outcomes").astype(int)
p = np_("p").reshape(-1, 3)
answer = {"found": [
    log_loss(y, p),
    brier_score_loss(y, p, scale_by_half=False),
    roc_auc_score(np_("up"), np_("score")),
    spearmanr(np_("score"), y).statistic,
    mean_pinball_loss(np_("up"), np_("score") / 50, alpha=0.3),
]}
`,
      { outcomes: data.outcomes, p, score, up },
    );
    const mean = (values: Float64Array) => countAndSum(values)[1] / countAndSum(values)[0];
    const pinball = score.map((v, i) => pinballLoss(v / 50, 0.3, up[i]));
    const found = [
      mean(logLosses(p, data.outcomes)),
      mean(brierLosses(p, data.outcomes)),
      areaUnderCurve(score, up),
      spearman(score, data.outcomes),
      mean(pinball),
    ];
    expect(worst(found, answer['found'])).toBeLessThan(1e-12);
  });
});
