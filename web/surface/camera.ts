/** Rows over the height of the surface at zoom 1: 101 and a margin. */
export const BASE_ROWS = 112;
/** Limits of the zoom of either axis. */
export const MIN_ZOOM = 0.25;
/** See `MIN_ZOOM`. */
export const MAX_ZOOM = 64;

/**
 * Where one looks. Columns are steps of the event-time grid, rows absolute price buckets; both may
 * be fractions.
 */
export interface Camera {
  /** Time column at the right edge. */
  right: number;
  /** Row at the middle of the height. */
  centre: number;
  zoomX: number;
  zoomY: number;
}

/** What the surface measures: its plot area in CSS pixels, and the time step of a column. */
export interface Viewport {
  width: number;
  height: number;
  /** Event time of a column, ms. */
  columnMs: number;
  /** Event time across the surface at zoom 1, s. */
  baseSeconds: number;
}

/** One of the two directions of zoom. */
export type Axis = 'time' | 'price';

/** Columns across one CSS pixel. */
export function columnsPerPixel(c: Camera, v: Viewport): number {
  return (v.baseSeconds * 1000) / v.columnMs / v.width / c.zoomX;
}

/** Rows across one CSS pixel. */
export function rowsPerPixel(c: Camera, v: Viewport): number {
  return BASE_ROWS / v.height / c.zoomY;
}

/** Column at a CSS x of the plot; its whole part names the time step. */
export function columnAt(c: Camera, v: Viewport, x: number): number {
  return c.right - (v.width - x) * columnsPerPixel(c, v);
}

/**
 * Row at a CSS y of the plot; `Math.round` of it names the row, whose middle is its whole number.
 */
export function rowAt(c: Camera, v: Viewport, y: number): number {
  return c.centre + (v.height / 2 - y) * rowsPerPixel(c, v);
}

/** CSS x of a column's left edge. */
export function xOfColumn(c: Camera, v: Viewport, column: number): number {
  return v.width - (c.right - column) / columnsPerPixel(c, v);
}

/** CSS y of a row's middle. */
export function yOfRow(c: Camera, v: Viewport, row: number): number {
  return v.height / 2 - (row - c.centre) / rowsPerPixel(c, v);
}

function clampZoom(zoom: number): number {
  return Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, zoom));
}

/**
 * Zooms one axis by `factor` so that what is under the pixel `at` (x for time, y for price) stays
 * there.
 */
export function zoomAt(c: Camera, v: Viewport, axis: Axis, factor: number, at: number): Camera {
  if (axis === 'time') {
    const column = columnAt(c, v, at);
    const next = { ...c, zoomX: clampZoom(c.zoomX * factor) };
    return { ...next, right: column + (v.width - at) * columnsPerPixel(next, v) };
  }
  const row = rowAt(c, v, at);
  const next = { ...c, zoomY: clampZoom(c.zoomY * factor) };
  return { ...next, centre: row - (v.height / 2 - at) * rowsPerPixel(next, v) };
}

/** Moves the picture by CSS pixels: positive dx shows older time, positive dy higher prices. */
export function pan(c: Camera, v: Viewport, dx: number, dy: number): Camera {
  return {
    ...c,
    right: c.right - dx * columnsPerPixel(c, v),
    centre: c.centre + dy * rowsPerPixel(c, v),
  };
}

/** A rectangle of the plot in CSS pixels. */
export interface PixelBox {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

/** Shows the box as large as the zoom limits allow, its middle in the middle. */
export function zoomToBox(c: Camera, v: Viewport, box: PixelBox): Camera {
  const w = Math.max(1, Math.abs(box.x1 - box.x0));
  const h = Math.max(1, Math.abs(box.y1 - box.y0));
  const column = columnAt(c, v, (box.x0 + box.x1) / 2);
  const row = rowAt(c, v, (box.y0 + box.y1) / 2);
  const next = {
    ...c,
    centre: row,
    zoomX: clampZoom((c.zoomX * v.width) / w),
    zoomY: clampZoom((c.zoomY * v.height) / h),
  };
  return { ...next, right: column + (v.width / 2) * columnsPerPixel(next, v) };
}
