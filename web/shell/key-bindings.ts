import { CONTRAST_MODES, DIVERGING_MAPS, SEQUENTIAL_MAPS } from '../surface/index.ts';
import { exportCsv } from './export-csv.ts';
import type { KeyBinding } from './keyboard.ts';
import type { PageController } from './page-controller.ts';
import { saveScreenshot } from './screenshot.ts';
import { THEME_NAMES } from './themes.ts';
import { speedStep } from './transport.tsx';

/** Picture moved by an arrow key, CSS pixels; ten times less with Shift. */
const PAN_PX = 60;
const FINE_PAN_PX = 6;
/** Zoom of a key press. */
const ZOOM_STEP = 1.25;

/** The value after `value` in a list, around its end. */
export function nextOf<T>(list: readonly T[], value: T): T {
  return list[(list.indexOf(value) + 1) % list.length]!;
}

/** A key, as help shows it, and what it does. */
export function bind(shown: string, keys: string[], does: string, run: () => void): KeyBinding {
  return { shown, keys, does, run };
}

/** Takes the next colour map of the kind that the field uses. */
function cycleMap(c: PageController): void {
  const { state } = c;
  if (c.field.signed) {
    state.divergingMap.value = nextOf<string>(['', ...DIVERGING_MAPS], state.divergingMap.value);
  } else state.sequentialMap.value = nextOf<string>(SEQUENTIAL_MAPS, state.sequentialMap.value);
  c.configure();
}

/** Takes the next theme. */
export function nextTheme(c: PageController): void {
  c.state.theme.value = nextOf<string>(THEME_NAMES, c.state.theme.value);
  c.configure();
}

/** Moves the crosshair by cells; the first press puts it on the newest column at spot. */
function moveCrosshair(c: PageController, columns: number, rows: number): void {
  const { view, model } = c;
  if (!view || model.history.empty) return;
  const at = view.crosshair ?? { column: model.history.newestColumn, row: model.spotRow };
  const first = view.crosshair === null;
  view.setCrosshair({
    column: at.column + (first ? 0 : columns),
    row: at.row + (first ? 0 : rows),
  });
  view.extendBox();
}

/** Keys of both pages: one for everything that the mouse can do. `own`: the page's further ones. */
export function keyBindings(c: PageController, own: readonly KeyBinding[]): KeyBinding[] {
  const { state } = c;
  return [
    bind('Space', [' '], 'Pause or play', () => c.togglePause()),
    bind('R', ['r'], 'Restart from the start time', () => c.restart()),
    bind(']', [']'], 'Faster', () => c.setSpeed(speedStep(state.speed.value, 1))),
    bind('[', ['['], 'Slower', () => c.setSpeed(speedStep(state.speed.value, -1))),
    bind('.', ['.'], 'Seek 30 s forward', () => c.seekBy(30)),
    bind(',', [','], 'Seek 30 s back', () => c.seekBy(-30)),
    ...moveKeys(c),
    ...c.plan.fields.map((f, i) =>
      bind(String(i + 1), [String(i + 1)], `Show ${f.label}`, () => c.showField(f.id)),
    ),
    bind('C', ['c'], 'Next colour map', () => cycleMap(c)),
    bind('N', ['n'], 'Next contrast', () => {
      state.contrast.value = nextOf<string>(CONTRAST_MODES, state.contrast.value);
      c.configure();
    }),
    bind('L', ['l'], 'Lock the colour range', () => c.toggleLock()),
    ...own,
    bind('T', ['t'], 'Next theme', () => nextTheme(c)),
    bind('H', ['h'], 'Health panel', () => {
      state.healthOpen.value = !state.healthOpen.value;
    }),
    bind('S', ['s'], 'Save a picture (PNG)', () => saveScreenshot(c)),
    bind('X', ['x'], 'Save the visible window (CSV)', () => exportCsv(c)),
    bind('?', ['?'], 'This help', () => {
      state.helpOpen.value = true;
    }),
  ];
}

function moveKeys(c: PageController): KeyBinding[] {
  const view = () => c.view;
  return [
    bind('← (Shift: fine)', ['ArrowLeft'], 'Move to older time', () => view()?.pan(PAN_PX, 0)),
    bind('→', ['ArrowRight'], 'Move to newer time', () => view()?.pan(-PAN_PX, 0)),
    bind('↑', ['ArrowUp'], 'Move to higher prices', () => view()?.pan(0, PAN_PX)),
    bind('↓', ['ArrowDown'], 'Move to lower prices', () => view()?.pan(0, -PAN_PX)),
    ...finePan(c),
    bind('+', ['+', '='], 'Zoom price in', () => view()?.zoom('price', ZOOM_STEP)),
    bind('-', ['-'], 'Zoom price out', () => view()?.zoom('price', 1 / ZOOM_STEP)),
    bind('Alt +', ['Alt++', 'Alt+='], 'Zoom time in', () => view()?.zoom('time', ZOOM_STEP)),
    bind('Alt -', ['Alt+-'], 'Zoom time out', () => view()?.zoom('time', 1 / ZOOM_STEP)),
    bind('Alt arrows', ['Alt+ArrowLeft'], 'Move the crosshair', () => moveCrosshair(c, -1, 0)),
    ...crosshairKeys(c),
    bind('B', ['b'], 'Start a zoom box at the crosshair; again to zoom', () => view()?.boxKey()),
    bind('Enter', ['Enter'], 'Copy the numbers under the crosshair', () => c.copyReading()),
    bind('Esc', ['Escape'], 'Take box and crosshair away', () => c.cancel()),
    bind('U or Ctrl Z', ['u', 'Ctrl+z'], 'Undo a box zoom or reset', () => view()?.undo()),
    bind('0', ['0'], 'Reset zoom and follow', () => view()?.reset()),
    bind('Home', ['Home'], 'Back to now and spot', () => view()?.goLive()),
    bind('F', ['f'], 'Follow on or off', () => view()?.toggleFollow()),
  ];
}

function finePan(c: PageController): KeyBinding[] {
  const moves: [string, number, number][] = [
    ['ArrowLeft', FINE_PAN_PX, 0],
    ['ArrowRight', -FINE_PAN_PX, 0],
    ['ArrowUp', 0, FINE_PAN_PX],
    ['ArrowDown', 0, -FINE_PAN_PX],
  ];
  return moves.map(([key, dx, dy]) => bind('', [`Shift+${key}`], '', () => c.view?.pan(dx, dy)));
}

function crosshairKeys(c: PageController): KeyBinding[] {
  const moves: [string, number, number][] = [
    ['Alt+ArrowRight', 1, 0],
    ['Alt+ArrowUp', 0, 1],
    ['Alt+ArrowDown', 0, -1],
  ];
  return moves.map(([key, columns, rows]) =>
    bind('', [key], '', () => moveCrosshair(c, columns, rows)),
  );
}
