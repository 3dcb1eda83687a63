/**
 * Exponential and logarithm by IEEE additions, multiplications and divisions only: the same bits on
 * every machine, which `Math.exp` and `Math.log` do not promise.
 */

/** Halvings of the argument before the series, and squarings after it. */
const EXP_HALVINGS = 3;
/** Terms of the series: enough for 1e-17 where the halved argument is below 1. */
const EXP_TERMS = 20;
/** Counts whose logarithm is looked up. */
const LN_TABLE_SIZE = 16_384;

/** exp(-x) for 0 <= x <= 8, to a few parts in 1e15. */
export function expNegative(x: number): number {
  const r = -x / 2 ** EXP_HALVINGS;
  let sum = 1;
  for (let n = EXP_TERMS; n >= 1; n--) sum = 1 + (r / n) * sum;
  for (let i = 0; i < EXP_HALVINGS; i++) sum *= sum;
  return sum;
}

/** ln(x) for x >= 1: x = m 2^e with m in [0.75, 1.5), then the series of atanh((m - 1)/(m + 1)). */
function lnByReduction(x: number): number {
  let m = x;
  let e = 0;
  while (m >= 1.5) {
    m *= 0.5;
    e++;
  }
  const s = (m - 1) / (m + 1);
  const s2 = s * s;
  let sum = 0;
  for (let n = 23; n >= 1; n -= 2) sum = sum * s2 + 1 / n;
  return e * Math.LN2 + 2 * s * sum;
}

const LN_TABLE = Float64Array.from({ length: LN_TABLE_SIZE }, (_, n) => lnByReduction(1 + n));

/** ln(1 + lots) for a whole number of lots >= 0. */
export function lnOnePlus(lots: number): number {
  return lots < LN_TABLE_SIZE ? LN_TABLE[lots]! : lnByReduction(1 + lots);
}
