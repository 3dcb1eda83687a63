import type { SurfaceView } from './surface-view.ts';

/** Zoom of one notch of a wheel (100 CSS pixels). */
const WHEEL_FACTOR = 1.18;
/** Movement that makes a press a drag, CSS pixels. */
const DRAG_PX = 4;
/** Zoom of a hundred pixels of axis drag. */
const AXIS_DRAG_FACTOR = 2;

type Gesture = 'pan' | 'box' | 'price-axis' | 'time-axis';

interface Press {
  gesture: Gesture;
  startX: number;
  startY: number;
  x: number;
  y: number;
  dragging: boolean;
}

function gestureAt(view: SurfaceView, x: number, y: number, shift: boolean): Gesture {
  const v = view.viewport;
  if (x > v.width) return 'price-axis';
  if (y > v.height) return 'time-axis';
  return shift ? 'box' : 'pan';
}

function wheelSteps(event: WheelEvent, delta: number): number {
  const px = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? delta * 33 : delta;
  return Math.max(-3, Math.min(3, px / 100));
}

function onWheel(view: SurfaceView, event: WheelEvent): void {
  event.preventDefault();
  const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
  const time = sideways || event.ctrlKey || event.metaKey || event.shiftKey;
  const steps = wheelSteps(event, sideways ? event.deltaX : event.deltaY);
  const factor = WHEEL_FACTOR ** -steps;
  view.zoom(time ? 'time' : 'price', factor, time ? event.offsetX : event.offsetY);
}

function onDrag(view: SurfaceView, press: Press, x: number, y: number): void {
  const dx = x - press.x;
  const dy = y - press.y;
  if (press.gesture === 'pan') view.pan(dx, dy);
  else if (press.gesture === 'price-axis') view.zoom('price', AXIS_DRAG_FACTOR ** (-dy / 100));
  else if (press.gesture === 'time-axis') view.zoom('time', AXIS_DRAG_FACTOR ** (dx / 100));
  else view.setBox({ x0: press.startX, y0: press.startY, x1: x, y1: y });
  press.x = x;
  press.y = y;
}

/**
 * Mouse and touch on the surface: scroll zooms price, with Ctrl, Cmd, Shift or sideways time, both
 * at the cursor; drag pans, on an axis zooms it, with Shift draws a box; double-click resets; a
 * click is `onClick` (copy the read-out).
 * @returns a function that takes the controls off again.
 */
export function attachPointer(view: SurfaceView, onClick: () => void): () => void {
  const target = view.overlay;
  let press: Press | null = null;
  const stop = new AbortController();
  const on = <K extends keyof HTMLElementEventMap>(
    type: K,
    run: (event: HTMLElementEventMap[K]) => void,
  ) => target.addEventListener(type, run, { signal: stop.signal, passive: false });

  on('wheel', (event) => onWheel(view, event));
  on('pointerdown', (event) => {
    if (event.button !== 0) return;
    target.setPointerCapture(event.pointerId);
    view.hold(true);
    const { offsetX: x, offsetY: y } = event;
    const gesture = gestureAt(view, x, y, event.shiftKey);
    press = { gesture, startX: x, startY: y, x, y, dragging: false };
  });
  on('pointermove', (event) => {
    const { offsetX: x, offsetY: y } = event;
    if (press) {
      press.dragging ||= Math.hypot(x - press.startX, y - press.startY) > DRAG_PX;
      if (press.dragging) onDrag(view, press, x, y);
    }
    const v = view.viewport;
    view.pointAt(x <= v.width && y <= v.height ? { x, y } : null);
  });
  const end = (commit: boolean) => {
    if (press?.gesture === 'box' && view.box) {
      const box = view.box;
      view.setBox(null);
      if (commit) view.zoomToBox(box);
    } else if (commit && press && !press.dragging && press.gesture === 'pan') onClick();
    press = null;
    view.hold(false);
  };
  on('pointerup', () => end(true));
  on('pointercancel', () => end(false));
  on('pointerleave', () => view.pointAt(null));
  on('dblclick', () => view.reset());
  return () => stop.abort();
}
