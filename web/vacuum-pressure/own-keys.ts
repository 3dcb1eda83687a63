import { bind, type KeyBinding } from '../shell/index.ts';
import type { PressureController } from './pressure-controller.ts';

/** Smallest trade sizes that the keys step through, lots; 0 = no dots. */
const MIN_SIZES = [0, 1, 2, 5, 10, 20, 50, 100, 250];

function stepMinSize(c: PressureController, direction: 1 | -1): void {
  const { minSize } = c;
  const larger = MIN_SIZES.find((s) => s > minSize.value) ?? minSize.value;
  const smaller = MIN_SIZES.findLast((s) => s < minSize.value) ?? minSize.value;
  minSize.value = direction > 0 ? larger : smaller;
  c.configure();
}

/** Keys that only this page has. */
export function ownKeys(c: PressureController): KeyBinding[] {
  return [
    bind('>', ['>'], 'Larger trades only', () => stepMinSize(c, 1)),
    bind('<', ['<'], 'Smaller trades too', () => stepMinSize(c, -1)),
  ];
}
