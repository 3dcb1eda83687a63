/** Natural logarithm of a count, by IEEE operations only: the same bits on every machine. */

const TABLE_SIZE = 4096;

/** ln(x) for x >= 1: x = m 2^e with m in [0.75, 1.5), then the series of atanh((m - 1)/(m + 1)). */
function lnByReduction(x: number): number {
  let m = x;
  let e = 0;
  while (m >= 4294967296) {
    m *= 2 ** -32;
    e += 32;
  }
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

const TABLE = Float64Array.from({ length: TABLE_SIZE }, (_, n) => lnByReduction(1 + n));

/** ln(1 + lots) for a whole number of lots >= 0. */
export function lnOnePlus(lots: number): number {
  return lots < TABLE_SIZE ? TABLE[lots] : lnByReduction(1 + lots);
}
