/** Statistics of a few lines each, for tests that measure what real data say. */

/** A straight line. */
export interface Line {
  intercept: number;
  slope: number;
  at(x: number): number;
}

function lineOf(intercept: number, slope: number): Line {
  return { intercept, slope, at: (x) => intercept + slope * x };
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

/** Least squares of y on x. */
export function fitLine(x: readonly number[], y: readonly number[]): Line {
  const mx = mean(x);
  const my = mean(y);
  let sxy = 0;
  let sxx = 0;
  x.forEach((v, i) => {
    sxy += (v - mx) * (y[i]! - my);
    sxx += (v - mx) ** 2;
  });
  return lineOf(my - (sxy / sxx) * mx, sxy / sxx);
}

/** Share of the squares of y about the mean of `reference` (null: of y) that a line explains. */
export function rSquared(
  x: readonly number[],
  y: readonly number[],
  line: Line,
  reference: readonly number[] | null,
): number {
  const centre = mean(reference ?? y);
  let left = 0;
  let all = 0;
  x.forEach((v, i) => {
    left += (y[i]! - line.at(v)) ** 2;
    all += (y[i]! - centre) ** 2;
  });
  return 1 - left / all;
}

/** Logit of the probability of a 1 as a line in x, by Newton's method. */
export function fitLogistic(x: readonly number[], y: readonly number[]): Line {
  let a = 0;
  let b = 0;
  for (let step = 0; step < 30; step++) {
    const g = [0, 0];
    const h = [0, 0, 0];
    x.forEach((v, i) => {
      const p = 1 / (1 + Math.exp(-(a + b * v)));
      const w = p * (1 - p);
      g[0]! += y[i]! - p;
      g[1]! += (y[i]! - p) * v;
      h[0]! += w;
      h[1]! += w * v;
      h[2]! += w * v * v;
    });
    const det = h[0]! * h[2]! - h[1]! ** 2;
    a += (h[2]! * g[0]! - h[1]! * g[1]!) / det;
    b += (h[0]! * g[1]! - h[1]! * g[0]!) / det;
  }
  return lineOf(a, b);
}

/** Probability that a 1 has a higher score than a 0, ties counting half. */
export function aucOf(score: readonly number[], y: readonly number[]): number {
  const order = score.map((_, i) => i).sort((a, b) => score[a]! - score[b]!);
  let ranks = 0;
  for (let i = 0; i < order.length; ) {
    let end = i;
    while (end < order.length && score[order[end]!] === score[order[i]!]) end++;
    for (let j = i; j < end; j++) if (y[order[j]!] === 1) ranks += (i + end + 1) / 2;
    i = end;
  }
  const ones = y.filter((v) => v === 1).length;
  return (ranks - (ones * (ones + 1)) / 2) / (ones * (y.length - ones));
}

/** Mean squared error of probabilities. */
export function brierOf(p: readonly number[], y: readonly number[]): number {
  return mean(p.map((v, i) => (v - y[i]!) ** 2));
}

/** Mean negative log-likelihood of probabilities, nats. */
export function logLossOf(p: readonly number[], y: readonly number[]): number {
  return mean(p.map((v, i) => -Math.log(y[i] === 1 ? v : 1 - v)));
}
