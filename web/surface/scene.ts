import type { Camera, Viewport } from './camera.ts';
import type { Rgb } from './colour-maps.ts';
import type { FrameHistory } from './frame-history.ts';
import type { GapHistory } from './gap-history.ts';
import type { PriceScale } from './price-scale.ts';

/** Width of the price axis, CSS pixels. */
export const PRICE_AXIS_PX = 72;
/** Height of the time axis, CSS pixels. */
export const TIME_AXIS_PX = 24;

/** Colours of everything that is drawn over the surface. CSS colours unless said. */
export interface SurfacePalette {
  background: string;
  axis: string;
  axisText: string;
  grid: string;
  text: string;
  /** Behind text that stands on the picture. */
  plate: string;
  spot: string;
  bid: string;
  ask: string;
  buyer: string;
  seller: string;
  unknown: string;
  outline: string;
  crosshair: string;
  gap: string;
  /** Hexadecimal. */
  contour: string;
  forecast: string;
  /** Where there is no data, 0 to 255. */
  noData: Rgb;
}

/** The event-time grid of a session and the clock it is shown in. */
export interface TimeScale {
  /** Instant of column 0, ms since epoch. */
  originMs: number;
  /** Event time of a column, ms. */
  columnMs: number;
  /** Event time across the surface at zoom 1, s. */
  baseSeconds: number;
  /** Local time minus UTC at an instant, ms. */
  offsetMs(epochMs: number): number;
}

/** Something drawn over the cells: lines, dots, bars. It reads the scene and changes nothing. */
export type SceneLayer = (ctx: CanvasRenderingContext2D, scene: Scene) => void;

/** Everything that is drawn, in one place; drawing reads it and changes nothing. */
export interface Scene {
  history: FrameHistory;
  gaps: GapHistory;
  camera: Camera;
  viewport: Viewport;
  price: PriceScale;
  time: TimeScale;
  palette: SurfacePalette;
  /** Cell under the crosshair; null without one. */
  crosshair: { column: number; row: number } | null;
  /** Rectangle being drawn for box zoom, CSS pixels. */
  box: { x0: number; y0: number; x1: number; y1: number } | null;
}

/** Middle of a column as an instant, ms since epoch: the emission time of its frame. */
export function msOfColumn(time: TimeScale, column: number): number {
  return time.originMs + column * time.columnMs;
}
