import type { IsotonicMap } from '../forecast-parameters.ts';
import { sortedOrder } from './sorted-order.ts';

/** A stretch of x over which the fit is level. */
interface Block {
  value: number;
  weight: number;
  /** First and last x. */
  from: number;
  to: number;
}

/**
 * The non-decreasing function of x nearest to y in (weighted) squares: pool adjacent violators
 * (Barlow, Bartholomew, Bremner, Brunk 1972). Equal x are merged first. Where the fit is level, its
 * two ends are the nodes. Rows with a NaN are left out; no rows give no nodes.
 * @param weights of the rows, above 0; all 1 when absent.
 */
export function fitIsotonic(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  weights?: ArrayLike<number>,
): IsotonicMap {
  const known: number[] = [];
  for (let i = 0; i < x.length; i++) if (!Number.isNaN(x[i] + y[i])) known.push(i);
  const order = sortedOrder(Float64Array.from(known, (i) => x[i])).map((at) => known[at]);
  const blocks: Block[] = [];
  for (let at = 0; at < order.length; ) {
    const here = x[order[at]];
    let [sum, weight] = [0, 0];
    for (; at < order.length && x[order[at]] === here; at++) {
      const w = weights ? weights[order[at]] : 1;
      sum += w * y[order[at]];
      weight += w;
    }
    push(blocks, { value: sum / weight, weight, from: here, to: here });
  }
  const map: IsotonicMap = { from: [], to: [] };
  for (const { value, from, to } of blocks) {
    map.from.push(from);
    map.to.push(value);
    if (to === from) continue;
    map.from.push(to);
    map.to.push(value);
  }
  return map;
}

/** Adds a block, pooled with those before it as long as they are not below it. */
function push(blocks: Block[], block: Block): void {
  let last = block;
  for (let before = blocks.at(-1); before && before.value >= last.value; before = blocks.at(-1)) {
    blocks.pop();
    const weight = before.weight + last.weight;
    const value = before.value + ((last.value - before.value) * last.weight) / weight;
    last = { value, weight, from: before.from, to: last.to };
  }
  blocks.push(last);
}

/** The map at x: linear between nodes, constant beyond them; NaN for NaN or a map without nodes. */
export function applyIsotonic({ from, to }: IsotonicMap, x: number): number {
  const last = from.length - 1;
  if (last < 0 || Number.isNaN(x)) return Number.NaN;
  if (x <= from[0]) return to[0];
  if (x >= from[last]) return to[last];
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (from[middle] <= x) low = middle;
    else high = middle;
  }
  return to[low] + ((to[high] - to[low]) * (x - from[low])) / (from[high] - from[low]);
}
