/** Stoikov's micro-price as it is written down: mirrored data, dense matrices, a plain series. */

/** The touch at two changes of it in a row. */
export interface Transition {
  /** Queue imbalance, spread in ticks. */
  from: { imbalance: number; spread: number };
  to: { imbalance: number; spread: number };
  /** Move of the mid, half ticks. */
  moved: number;
}

const mirrored = ({ from, to, moved }: Transition): Transition => ({
  from: { imbalance: -from.imbalance, spread: from.spread },
  to: { imbalance: -to.imbalance, spread: to.spread },
  moved: -moved,
});

/** Bin of an imbalance: the nearest 32nd, halves away from 0. */
const binOf = (imbalance: number) =>
  Math.floor(Math.abs(imbalance) * 32 + 0.5) * (imbalance < 0 ? -1 : 1) + 0;

/** Quantile of 11 that each bin's middle lies in, -5 to 5; the data are their own mirror image. */
function bucketsOf(all: readonly Transition[]): (imbalance: number) => number {
  const bins = all.map((t) => binOf(t.from.imbalance));
  const buckets = new Map<number, number>();
  for (let bin = 0; bin <= 32; bin++) {
    const below = bins.filter((b) => b < bin).length;
    const own = bins.filter((b) => b === bin).length;
    const place = Math.floor(((2 * below + own) * 11) / (2 * bins.length));
    const bucket = Math.min(10, place) - 5;
    buckets.set(-bin, 0 - bucket);
    buckets.set(bin, bucket);
  }
  return (imbalance) => buckets.get(binOf(imbalance))!;
}

/** Micro-price less mid, ticks, by imbalance and spread; null where no transition says anything. */
export function slowMicroPrice(
  seen: readonly Transition[],
  visits: number,
): (imbalance: number, spread: number) => number | null {
  const all = [...seen, ...seen.map(mirrored)];
  const bucket = bucketsOf(all);
  const names = new Map<string, number>();
  const stateOf = (s: { imbalance: number; spread: number }) => {
    const name = `${bucket(s.imbalance)} ${s.spread}`;
    if (!names.has(name)) names.set(name, names.size);
    return names.get(name)!;
  };
  const steps = all.map((t) => ({ x: stateOf(t.from), y: stateOf(t.to), moved: t.moved / 2 }));
  const n = names.size;
  const square = () => Array.from({ length: n }, () => new Array<number>(n).fill(0));
  const [q, r2] = [square(), square()];
  const r1k = new Array<number>(n).fill(0);
  const count = new Array<number>(n).fill(0);
  for (const { x } of steps) count[x]!++;
  for (const { x, y, moved } of steps) {
    (moved === 0 ? q : r2)[x]![y]! += 1 / count[x]!;
    r1k[x]! += moved / count[x]!;
  }
  const times = (m: number[][], v: number[]) =>
    m.map((row) => row.reduce((sum, w, j) => sum + w * v[j]!, 0));
  const plus = (a: number[], b: number[]) => a.map((v, i) => v + b[i]!);
  /** (1 - Q)^-1 v = v + Q v + Q^2 v + ... */
  const total = (v: number[]) => {
    let term = v;
    let sum = v;
    for (let k = 0; k < 100_000 && term.some((t) => Math.abs(t) > 1e-13); k++) {
      term = times(q, term);
      sum = plus(sum, term);
    }
    return sum;
  };
  let term = total(r1k);
  let price = term;
  for (let k = 1; k < 6; k++) {
    term = total(times(r2, term));
    price = plus(price, term);
  }
  return (imbalance, spread) => {
    const x = names.get(`${bucket(imbalance)} ${spread}`);
    return x === undefined || count[x]! < visits ? null : price[x]!;
  };
}
