/**
 * The forecast's numerics against scikit-learn, statsmodels and scipy on the same seeded numbers.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  adjustmentCase,
  binaryCase,
  boundedCase,
  comparisonCase,
  distributionCase,
  holesCase,
  isotonicCase,
  regressionCase,
  scoresCase,
  softmaxCase,
} from '../forecast/numerics-cases.ts';
import { runPython } from './python.ts';

const folder = mkdtempSync(join(tmpdir(), 'spymaster-numerics-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What every peer program starts with: what is given as `data`. */
const PREAMBLE = `
import json, sys, warnings
import numpy as np
warnings.simplefilter("ignore")
data = json.load(open(sys.argv[1]))
np_ = lambda name: np.array(data[name], dtype=float)
`;

interface Case {
  given: object;
  found: Record<string, ArrayLike<number>>;
}

/**
 * Largest difference between what we found and what a Python program answers, over the names that
 * the case has; against 1 or the answer, whichever is larger, or the answer alone when `relative`.
 */
function worstOf(program: string, { given, found }: Case, relative = false): number {
  const path = join(folder, 'data.json');
  const plain = (_: string, value: unknown) =>
    ArrayBuffer.isView(value) ? Array.from(value as unknown as Iterable<number>) : value;
  writeFileSync(path, JSON.stringify(given, plain));
  const whole = `${PREAMBLE}${program}\nprint(json.dumps(answer))`;
  const answer = JSON.parse(runPython(whole, { args: [path] }).toString());
  let worst = 0;
  for (const [name, ours] of Object.entries(found)) {
    const theirs: number[] = answer[name];
    expect(ours.length, name).toBe(theirs.length);
    theirs.forEach((value, i) => {
      const scale = relative ? Math.abs(value) : Math.max(1, Math.abs(value));
      if (ours[i] !== value) worst = Math.max(worst, Math.abs(ours[i] - value) / scale);
    });
  }
  return worst;
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
    expect(worstOf(program, softmaxCase(l2))).toBeLessThan(1e-8);
  });

  it('is that of scikit-learn with two classes, at half the penalty of theirs', () => {
    expect(worstOf(program, binaryCase(0.05))).toBeLessThan(1e-8);
  });
});

describe('isotonic regression', () => {
  it('is that of scikit-learn, ties and weights included', () => {
    const program = `
from sklearn.isotonic import IsotonicRegression
answer = {}
for name, weight in (("plain", None), ("weighted", np_("w"))):
    model = IsotonicRegression(out_of_bounds="clip").fit(np_("x"), np_("y"), weight)
    answer[name] = model.predict(np_("grid")).tolist()
`;
    expect(worstOf(program, isotonicCase())).toBeLessThan(1e-12);
  });
});

describe('least squares', () => {
  const program = (kind: 'HAC' | 'hac-panel') => `
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
    expect(worstOf(program('HAC'), regressionCase(1))).toBeLessThan(1e-12);
  });

  it('has those of its panel of days, with nothing across their edges', () => {
    expect(worstOf(program('hac-panel'), regressionCase(2))).toBeLessThan(1e-12);
  });

  it('treats a missing second like a row of zeros', () => {
    expect(worstOf(program('HAC'), holesCase())).toBeLessThan(1e-12);
  });

  it('has the minimum of scipy within bounds', () => {
    const bounded = `
from scipy.optimize import lsq_linear
x = np_("x").reshape(-1, 3)
low, high = np_("bounds").T
fit = lsq_linear(x, np_("y"), (low, high), method="bvls", tol=1e-14)
answer = {"b": fit.x.tolist()}
`;
    const { given, found } = boundedCase();
    expect([...found.b.subarray(0, 2)]).toEqual([0.3, 0.45]);
    expect(worstOf(bounded, { given, found })).toBeLessThan(1e-10);
  });
});

describe('Diebold and Mariano', () => {
  it('is the t value of a constant with HAC errors, corrected', () => {
    const program = `
import statsmodels.api as sm
from scipy.stats import t as student
d, h = np_("d"), data["horizon"]
n = len(d)
options = {"maxlags": data["lag"], "use_correction": False, "groups": np_("day").astype(int)}
fit = sm.OLS(d, np.ones(n)).fit(cov_type="hac-panel", cov_kwds=options)
statistic = float(fit.tvalues[0]) * np.sqrt((n + 1 - 2 * h + h * (h - 1) / n) / n)
answer = {"test": [fit.params[0], fit.bse[0], statistic, 2 * student.sf(abs(statistic), n - 1)]}
`;
    expect(worstOf(program, comparisonCase())).toBeLessThan(1e-11);
  });

  it('is adjusted as scipy and statsmodels do', () => {
    const program = `
from scipy.stats import false_discovery_control
from statsmodels.stats.multitest import multipletests
answer = {"scipy": false_discovery_control(np_("p")).tolist(),
          "statsmodels": multipletests(np_("p"), method="fdr_bh")[1].tolist()}
`;
    expect(worstOf(program, adjustmentCase())).toBeLessThan(1e-14);
  });
});

describe('distributions', () => {
  it('are those of scipy, far tails included', () => {
    const program = `
from scipy.stats import norm, t as student
answer = {"cdf": norm.cdf(np_("x")).tolist(), "ppf": norm.ppf(np_("p")).tolist(),
          "sf": [2 * student.sf(v, n) for n in data["freedom"] for v in data["t"]],
          "q": [student.ppf(v, n) for n in data["freedom"] for v in data["levels"]]}
`;
    const { given, found } = distributionCase();
    const { ppf, ...tails } = found;
    expect(worstOf(program, { given, found: tails }, true)).toBeLessThan(1e-10);
    expect(worstOf(program, { given, found: { ppf } })).toBeLessThan(1e-12);
  });
});

describe('scores', () => {
  it('are those of scikit-learn', () => {
    const program = `
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score
y = np_("outcomes").astype(int)
p = np_("p").reshape(-1, 3)
answer = {"scores": [
    log_loss(y, p),
    brier_score_loss(y, p, scale_by_half=False),
    roc_auc_score(np_("up"), np_("score")),
]}
`;
    expect(worstOf(program, scoresCase())).toBeLessThan(1e-12);
  });
});
