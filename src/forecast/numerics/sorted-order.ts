/**
 * Indices that put `values` in ascending order; equal values keep their order. NaN is the caller's
 * mistake. A merge of runs on typed arrays: the built-in sort calls back for every comparison.
 * @returns [values.length], a permutation.
 */
export function sortedOrder(values: ArrayLike<number>): Uint32Array {
  const count = values.length;
  let from = Uint32Array.from({ length: count }, (_, i) => i);
  let to = new Uint32Array(count);
  for (let run = 1; run < count; run *= 2) {
    for (let start = 0; start < count; start += 2 * run) {
      mergeRuns(values, from, to, [start, Math.min(start + run, count), start + 2 * run]);
    }
    [from, to] = [to, from];
  }
  return from;
}

function mergeRuns(
  values: ArrayLike<number>,
  from: Uint32Array,
  to: Uint32Array,
  [start, middle, beyond]: readonly [number, number, number],
): void {
  const end = Math.min(beyond, from.length);
  let left = start;
  let right = middle;
  for (let at = start; at < end; at++) {
    const takeLeft = left < middle && (right >= end || !(values[from[right]] < values[from[left]]));
    to[at] = takeLeft ? from[left++] : from[right++];
  }
}
