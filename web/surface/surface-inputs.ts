import type { ColourRange, ContrastMode } from './contrast.ts';
import type { FieldId } from './fields.ts';
import type { FrameHistory } from './frame-history.ts';
import type { GapHistory } from './gap-history.ts';
import type { PriceScale } from './price-scale.ts';
import type { Scene, SurfacePalette, TimeScale } from './scene.ts';
import type { TradeHistory } from './trade-history.ts';

/** What the view shows; the owner keeps it up to date. */
export interface SurfaceSource {
  history: FrameHistory;
  trades: TradeHistory;
  gaps: GapHistory;
  price: PriceScale;
  time: TimeScale;
  /** Row of spot in the newest frame; NaN when unknown. */
  spotRow: number;
  /** Newest middle price, 1e-9 units; null when unknown. */
  midInt: string | null;
}

/** How the view shows it. */
export interface SurfaceSettings {
  field: FieldId;
  lut: Uint8Array;
  contrast: ContrastMode;
  /** Keeps the colour range as it is. */
  locked: boolean;
  minTradeSize: number | null;
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
