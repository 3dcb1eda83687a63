/** Beyond this the tail comes from its continued fraction, before it from the series. */
const SERIES_MAX = 2.5;
/** Terms of the continued fraction: enough for 1e-15 from `SERIES_MAX` on. */
const FRACTION_TERMS = 120;
/** Steps that polish a quantile; each triples the digits. */
const QUANTILE_STEPS = 3;
const ROOT_TWO_PI = Math.sqrt(2 * Math.PI);

/** Density of the standard normal distribution. */
export function normalDensity(x: number): number {
  return Math.exp(-0.5 * x * x) / ROOT_TWO_PI;
}

/** P(X > x) for x >= `SERIES_MAX` (Laplace's continued fraction). */
function tail(x: number): number {
  let denominator = x;
  for (let n = FRACTION_TERMS; n >= 1; n--) denominator = x + n / denominator;
  return normalDensity(x) / denominator;
}

/** P(X <= x) of a standard normal variable, to 1e-14 of itself on either side. */
export function normalCdf(x: number): number {
  if (x > SERIES_MAX) return 1 - tail(x);
  if (x < -SERIES_MAX) return tail(-x);
  let term = x;
  let sum = x;
  for (let n = 3; Math.abs(term) > 1e-18; n += 2) {
    term *= (x * x) / n;
    sum += term;
  }
  return 0.5 + normalDensity(x) * sum;
}

/**
 * The x with P(X <= x) = p, for 0 < p < 1: a first guess (Abramowitz and Stegun 26.2.23), then
 * Halley's steps.
 */
export function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p);
  const t = Math.sqrt(-2 * Math.log(p));
  const above = 2.515517 + t * (0.802853 + t * 0.010328);
  const below = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
  let x = above / below - t;
  for (let i = 0; i < QUANTILE_STEPS; i++) {
    const step = (normalCdf(x) - p) / normalDensity(x);
    x -= step / (1 + (x * step) / 2);
  }
  return x;
}
