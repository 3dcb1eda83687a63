import { normalQuantile } from './normal-distribution.ts';

/** From here on the ratio of gamma functions comes from its series in 1/a. */
const SERIES_FROM = 40;
/** Most terms of the continued fraction; its need grows with the root of the freedom. */
const FRACTION_TERMS = 20_000;
/** Steps of Newton's method for a quantile: from the normal one it only ever rises. */
const QUANTILE_STEPS = 60;

/** gamma(a + 1/2) / gamma(a) for a > 0, without taking either. */
function gammaRatio(a: number): number {
  let factor = 1;
  let at = a;
  for (; at < SERIES_FROM; at++) factor *= at / (at + 0.5);
  const r = 1 / at;
  const series =
    1 + r * (-1 / 8 + r * (1 / 128 + r * (5 / 1024 + r * (-21 / 32768 + r * (-399 / 262144)))));
  return factor * Math.sqrt(at) * series;
}

/** Continued fraction of the incomplete beta function (Lentz's method). */
function betaFraction(a: number, b: number, x: number): number {
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m <= FRACTION_TERMS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    const step = d * c;
    result *= step;
    if (Math.abs(step - 1) < 1e-16) break;
  }
  return result;
}

/** Density of Student's t distribution. */
function density(t: number, freedom: number): number {
  const scale = gammaRatio(freedom / 2) / Math.sqrt(freedom * Math.PI);
  return scale * Math.exp((-(freedom + 1) / 2) * Math.log1p((t * t) / freedom));
}

/**
 * P(|T| >= |t|) of Student's t with `freedom` > 0 degrees: the two-sided p-value; NaN for NaN.
 */
export function studentTwoSided(t: number, freedom: number): number {
  if (Number.isNaN(t)) return Number.NaN;
  if (!Number.isFinite(t)) return 0;
  const a = freedom / 2;
  const ratio = (t * t) / freedom;
  const x = 1 / (1 + ratio);
  const rest = ratio / (1 + ratio);
  // x^a (1 - x)^(1/2) / B(a, 1/2), with B(a, 1/2) = gamma(a) sqrt(pi) / gamma(a + 1/2).
  const front =
    (Math.exp(-a * Math.log1p(ratio)) * Math.sqrt(rest) * gammaRatio(a)) / Math.sqrt(Math.PI);
  if (x < (a + 1) / (a + 2.5)) return (front * betaFraction(a, 0.5, x)) / a;
  return 1 - (front * betaFraction(0.5, a, rest)) / 0.5;
}

/** The t with P(T <= t) = p, for 0.5 <= p < 1 and `freedom` >= 1. */
export function studentQuantile(p: number, freedom: number): number {
  let t = normalQuantile(p);
  for (let i = 0; i < QUANTILE_STEPS; i++) {
    const step = (1 - studentTwoSided(t, freedom) / 2 - p) / density(t, freedom);
    t -= step;
    if (Math.abs(step) <= 1e-14 * t) break;
  }
  return t;
}
