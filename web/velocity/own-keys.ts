import { bind, type KeyBinding, nextOf } from '../shell/index.ts';
import { SIDES } from './fields.ts';
import { LAYERS } from './layers.ts';
import type { VelocityController } from './velocity-controller.ts';

/** Keys that only this page has. */
export function ownKeys(c: VelocityController): KeyBinding[] {
  return [
    bind('Shift Home', ['Shift+Home'], 'Restart the stream: connect anew, clear every layer', () =>
      c.restartStream(),
    ),
    bind('A', ['a'], 'Show book, asks or bids', () => c.showSide(nextOf(SIDES, c.side.value))),
    bind('Alt 1 to 5', [], 'Layer on or off, in the order of the list', () => {}),
    ...LAYERS.map(({ id }, i) =>
      bind('', [`Alt+${i + 1}`], '', () => {
        const { on } = c.layerState[id];
        on.value = !on.value;
        c.configure();
      }),
    ),
  ];
}
