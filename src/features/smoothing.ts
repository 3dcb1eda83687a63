/**
 * Gaussian smoothing across a lattice of prices: absent cells are zeros, and at the edge of the
 * lattice, beyond which nothing is known, the weights that are left are scaled to sum 1.
 */
import { assert } from '../core/index.ts';
import { expNegative } from './natural-functions.ts';

/** A symmetric kernel that is cut off. */
export interface SmoothingKernel {
  /** Lattice steps. */
  sigma: number;
  /** Steps on each side that take part. */
  halfWidth: number;
  /** Weight by distance, 0 to `halfWidth`; not normalised. */
  weights: Float64Array;
  /** Sum over both sides. */
  total: number;
}

/** Widths in ticks: near sigma 6, 16 ticks on each side; far sigma 24, 64 on each side. */
const NEAR = { sigma: 6, halfWidth: 16 };
const FAR = { sigma: 24, halfWidth: 64 };

/** Lattice steps by which stored levels exceed what is emitted, so that no kernel is cut short. */
export const KERNEL_REACH = FAR.halfWidth;

/** exp(-k^2 / (2 sigma^2)) for k = 0 to `halfWidth`. */
export function gaussianKernel(sigma: number, halfWidth: number): SmoothingKernel {
  assert(sigma > 0 && halfWidth >= 0 && halfWidth <= 4 * sigma, 'a kernel within four sigma');
  const weights = Float64Array.from({ length: halfWidth + 1 }, (_, k) =>
    expNegative(k ** 2 / (2 * sigma ** 2)),
  );
  const total = weights.reduce((sum, w) => sum + 2 * w, -weights[0]!);
  return { sigma, halfWidth, weights, total };
}

/** Near and far kernels of futures and equities, in lattice steps (ticks or buckets). */
export function priceKernels(): { near: SmoothingKernel; far: SmoothingKernel } {
  return {
    near: gaussianKernel(NEAR.sigma, NEAR.halfWidth),
    far: gaussianKernel(FAR.sigma, FAR.halfWidth),
  };
}

/**
 * Near and far kernels in strikes: the widths in lattice steps divided by the distance of strikes,
 * but never less than sigma 1 and one strike on each side.
 * @param distance of neighbouring strikes, in lattice steps of the underlying (ticks or buckets).
 */
export function strikeKernels(distance: number): { near: SmoothingKernel; far: SmoothingKernel } {
  const scaled = ({ sigma, halfWidth }: { sigma: number; halfWidth: number }) =>
    gaussianKernel(Math.max(1, sigma / distance), Math.max(1, Math.round(halfWidth / distance)));
  return { near: scaled(NEAR), far: scaled(FAR) };
}

function atEdge(
  values: Float64Array,
  at: number,
  count: number,
  cell: number,
  kernel: SmoothingKernel,
): number {
  const { weights, halfWidth } = kernel;
  let sum = weights[0]! * values[at + cell]!;
  let total = weights[0]!;
  for (let k = 1; k <= halfWidth; k++) {
    const below = cell - k >= 0;
    const above = cell + k < count;
    const pair = (below ? values[at + cell - k]! : 0) + (above ? values[at + cell + k]! : 0);
    const weight = weights[k]!;
    sum += weight * pair;
    total += weight * ((below ? 1 : 0) + (above ? 1 : 0));
  }
  return sum / total;
}

/**
 * Smooths cells `from` to `to` (exclusive) of the lattice `values[at .. at + count)` into the same
 * places of `out`. Both neighbours at a distance are added first, so that a lattice and its mirror
 * image give mirrored bits.
 */
export function smoothCells(
  values: Float64Array,
  at: number,
  count: number,
  from: number,
  to: number,
  kernel: SmoothingKernel,
  out: Float64Array,
): void {
  const { weights, halfWidth, total } = kernel;
  let first = 0;
  let last = count - 1;
  while (first < count && values[at + first] === 0) first++;
  while (last > first && values[at + last] === 0) last--;
  for (let cell = from; cell < to; cell++) {
    const centre = at + cell;
    if (cell + halfWidth < first || cell - halfWidth > last) {
      out[centre] = 0;
    } else if (cell < halfWidth || cell + halfWidth >= count) {
      out[centre] = atEdge(values, at, count, cell, kernel);
    } else {
      let sum = weights[0]! * values[centre]!;
      for (let k = 1; k <= halfWidth; k++) {
        sum += weights[k]! * (values[centre - k]! + values[centre + k]!);
      }
      out[centre] = sum / total;
    }
  }
}
