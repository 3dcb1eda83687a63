import type { FrameHead } from '../stream/index.ts';
import { type AxisLabels, type Camera, type ColourRange, UNKNOWN_RANGE } from '../surface/index.ts';
import type { PageController } from './page-controller.ts';
import type { CellReading } from './read-cell.ts';

/**
 * Read-only state of the page for browser tests and curious users, at `window.__spymaster`. No
 * promise of stability.
 */
export interface TestHook {
  /** Pictures painted since the page was opened. */
  readonly paints: number;
  /** Bytes uploaded to textures. */
  readonly uploadedBytes: number;
  readonly camera: Camera | null;
  /** Plot area in CSS pixels, relative to the page. */
  readonly plot: { x: number; y: number; width: number; height: number } | null;
  readonly header: FrameHead | null;
  /** Oldest and newest time column held. */
  readonly columns: { oldest: number; newest: number };
  /** Axis labels of the last picture, in pixels of the plot. */
  readonly labels: AxisLabels;
  readonly gaps: { from: number; to: number; cause: string }[];
  readonly follow: string;
  readonly connection: string;
  readonly range: ColourRange;
  readonly crosshair: CellReading | null;
  /** Exact numbers of the cell under a pixel of the plot. */
  cellAt(x: number, y: number): CellReading | null;
  /** Exact numbers of a cell. */
  cell(column: number, row: number): CellReading;
  /** Time columns between two that have no frame. */
  holes(from: number, to: number): number[];
}

/** Puts the hook on the window, with what only this page has. */
export function installTestHook(controller: PageController, own: object = {}): void {
  const { model, state, health } = controller;
  const hook: TestHook = {
    get paints() {
      return health.paints;
    },
    get uploadedBytes() {
      return controller.view?.uploadedBytes ?? 0;
    },
    get camera() {
      return controller.view ? { ...controller.view.camera } : null;
    },
    get plot() {
      const { view } = controller;
      if (!view) return null;
      const box = view.host.getBoundingClientRect();
      return { x: box.x, y: box.y, width: view.viewport.width, height: view.viewport.height };
    },
    get header() {
      return model.header;
    },
    get columns() {
      return { oldest: model.history.oldestColumn, newest: model.history.newestColumn };
    },
    get labels() {
      return controller.view?.labels ?? { price: [], time: [] };
    },
    get gaps() {
      return model.gaps.gaps.map((g) => ({ ...g }));
    },
    get follow() {
      return state.follow.value;
    },
    get connection() {
      return state.status.value.state;
    },
    get range() {
      return controller.view?.range ?? UNKNOWN_RANGE;
    },
    get crosshair() {
      return state.reading.value;
    },
    cellAt: (x, y) => {
      const cell = controller.view?.cellAt(x, y);
      return cell ? controller.reading(cell.column, cell.row) : null;
    },
    cell: (column, row) => controller.reading(column, row),
    holes: (from, to) => {
      const out: number[] = [];
      for (let c = from; c <= to; c++) if (model.history.frameAt(c) < 0) out.push(c);
      return out;
    },
  };
  const value = Object.defineProperties(hook, Object.getOwnPropertyDescriptors(own));
  Object.defineProperty(window, '__spymaster', { value: Object.freeze(value) });
}
