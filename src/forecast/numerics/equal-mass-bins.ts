/**
 * Edges that cut values into bins of nearly equal counts; equal values are never parted, so that
 * there may be fewer bins than asked for. NaN is left out.
 * @returns strictly ascending, bins - 1 of them at most; a value on an edge belongs below it.
 */
export function equalMassEdges(values: ArrayLike<number>, bins: number): Float64Array {
  const sorted = Float64Array.from(values)
    .filter((value) => !Number.isNaN(value))
    .sort();
  const edges: number[] = [];
  const last = sorted[sorted.length - 1];
  for (let b = 1; b < bins && sorted.length > 0; b++) {
    const edge = sorted[Math.ceil((b * sorted.length) / bins) - 1];
    if (edge < last && !(edge <= edges[edges.length - 1])) edges.push(edge);
  }
  return Float64Array.from(edges);
}

/** The bin of a value that is not NaN: 0 to edges.length. */
export function binOf(edges: Float64Array, value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= edges[middle]) high = middle;
    else low = middle + 1;
  }
  return low;
}
