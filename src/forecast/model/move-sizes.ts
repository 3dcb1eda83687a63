/**
 * How far the mid moves when it moves, and the bands that follow: a forecast says how likely down,
 * flat and up are, the sizes seen in training say how far.
 */

import { SIZE_LEVELS } from './model-constants.ts';
import { storedNumber } from './stored-number.ts';

/** Levels of the bounds of a band row: 80 % low, 50 % low, 50 % high, 80 % high. */
export const BAND_LEVELS = [0.1, 0.25, 0.75, 0.9] as const;

/** Quantiles of sizes; empty when there was no move. */
export interface MoveSizes {
  down: readonly number[];
  up: readonly number[];
}

/** The quantile of ascending values at a level in [0, 1], linear between order statistics. */
function quantileOf(sorted: ArrayLike<number>, level: number): number {
  const at = level * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (at - low) * (sorted[high]! - sorted[low]!);
}

function levelsOf(sizes: readonly number[]): number[] {
  if (sizes.length === 0) return [];
  const sorted = Float64Array.from(sizes).sort();
  return Array.from({ length: SIZE_LEVELS }, (_, k) =>
    storedNumber(quantileOf(sorted, k / (SIZE_LEVELS - 1))),
  );
}

/** Quantiles of the sizes of moves that are not zero, ticks, down and up apart. */
export function moveSizes(moves: Iterable<number>): { down: number[]; up: number[] } {
  const down: number[] = [];
  const up: number[] = [];
  for (const move of moves) {
    if (move < 0) down.push(-move);
    else if (move > 0) up.push(move);
  }
  return { down: levelsOf(down), up: levelsOf(up) };
}

/**
 * The move below which it stays with probability `level`, ticks: the quantile of a mixture of
 * `sizes.down`, no move and `sizes.up`. NaN when it lies among moves that were never seen.
 * @param probabilities down, flat, up.
 */
export function moveQuantile(
  probabilities: ArrayLike<number>,
  sizes: MoveSizes,
  level: number,
): number {
  const pDown = probabilities[0]!;
  const pFlat = probabilities[1]!;
  const pUp = probabilities[2]!;
  if (level < pDown) {
    if (sizes.down.length === 0) return Number.NaN;
    return -quantileOf(sizes.down, 1 - level / pDown);
  }
  if (level <= pDown + pFlat) return 0;
  if (sizes.up.length === 0) return Number.NaN;
  return quantileOf(sizes.up, Math.min(1, (level - pDown - pFlat) / pUp));
}
