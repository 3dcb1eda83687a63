import { type ColourRange, type FrameHistory, lastFrameIn, normalise } from '../surface/index.ts';
import type { ShownQuantity } from './fields.ts';
import { RIGHTS, type StrikeHistory } from './strike-history.ts';

/** Largest and smallest thickness of a bar, CSS pixels: a call above its strike, a put below. */
export const BAR_PX = { max: 7, min: 2 };
/** Part of the way to the next strike that a bar may take. */
const BAR_SHARE = 0.2;

/** Thickness of bars whose strikes are `gapPx` apart, CSS pixels. */
export function barThickness(gapPx: number): number {
  return Math.round(Math.max(BAR_PX.min, Math.min(BAR_PX.max, gapPx * BAR_SHARE)));
}

/** Place of a strike on the vertical axis: the middle of its tick. */
export function placeOfStrike(strike: number, bucketTicks: number): number {
  return (strike + 0.5) / bucketTicks - 0.5;
}

/** Slots of history under groups of `stride` time columns from `first`; -1 where nothing is. */
export function slotsOfGroups(
  history: FrameHistory,
  first: number,
  stride: number,
  groups: number,
): Int32Array {
  const slots = new Int32Array(groups);
  for (let g = 0; g < groups; g++) {
    const frame = lastFrameIn(history, first + g * stride, stride);
    slots[g] = frame < 0 ? -1 : history.slotOf(frame);
  }
  return slots;
}

/**
 * Colours of bars as RGBA pixels, one row a strike and right (calls before puts), one column a
 * slot; transparent where nothing is known.
 */
export function barPixels(
  strikes: StrikeHistory,
  shown: readonly number[],
  slots: Int32Array,
  quantity: ShownQuantity,
  range: ColourRange,
  lut: Uint8Array,
): Uint8ClampedArray<ArrayBuffer> {
  const out = new Uint8ClampedArray(shown.length * RIGHTS.length * slots.length * 4);
  let at = 0;
  for (const strike of shown) {
    for (const right of RIGHTS) {
      for (const value of strikes.series(strike, right, quantity, slots)) {
        if (!Number.isNaN(value)) {
          const colour = Math.round(normalise(value, range) * 255) * 4;
          out[at] = lut[colour]!;
          out[at + 1] = lut[colour + 1]!;
          out[at + 2] = lut[colour + 2]!;
          out[at + 3] = 255;
        }
        at += 4;
      }
    }
  }
  return out;
}
