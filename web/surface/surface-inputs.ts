import type { ColourRange, ContrastMode } from './contrast.ts';
import type { SurfaceField } from './fields.ts';
import type { FrameHistory } from './frame-history.ts';
import type { GapHistory } from './gap-history.ts';
import type { PriceScale } from './price-scale.ts';
import type { Scene, SceneLayer, SurfacePalette, TimeScale } from './scene.ts';

/** What the view shows; the owner keeps it up to date. */
export interface SurfaceSource {
  history: FrameHistory;
  gaps: GapHistory;
  price: PriceScale;
  time: TimeScale;
  /** Row of spot in the newest frame; NaN when unknown. */
  spotRow: number;
  /** Newest middle price, 1e-9 units; null when unknown. */
  midInt: string | null;
  /** Columns kept free to the right of the newest one for what is drawn there. */
  leadColumns: number;
  /** What is drawn over the cells, in its order. */
  layers: readonly SceneLayer[];
}

/** Contours around what is strong in a column of values. */
export interface ContourSettings {
  column: string;
  /** Values from here on are inside. */
  level: number;
  opacity: number;
}

/** How the view shows it. */
export interface SurfaceSettings {
  field: SurfaceField;
  lut: Uint8Array;
  contrast: ContrastMode;
  /** Keeps the colour range as it is. */
  locked: boolean;
  /** How much of the cells shows, 0 (only the ground) to 1. */
  opacity: number;
  /** Null draws none. */
  contour: ContourSettings | null;
  palette: SurfacePalette;
  /** Jumps instead of easing. */
  reducedMotion: boolean;
}

/** What the view tells its owner. */
export interface SurfaceEvents {
  /** A picture is on its way to the screen. */
  painted(scene: Scene, range: ColourRange): void;
  /** The user moved the camera, or following changed. */
  moved(): void;
  crosshairMoved(cell: { column: number; row: number } | null): void;
}
