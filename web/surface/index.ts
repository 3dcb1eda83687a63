export { formatTimeOfDay } from './axis-ticks.ts';
export type { Camera, Viewport } from './camera.ts';
export { columnAt, columnsPerPixel, rowAt, rowsPerPixel, xOfColumn, yOfRow } from './camera.ts';
export type { ColourMapName, Rgb } from './colour-maps.ts';
export {
  contrastRatio,
  DIVERGING_MAPS,
  lookupTable,
  rgbOfHex,
  SEQUENTIAL_MAPS,
} from './colour-maps.ts';
export type { ColourRange, ContrastMode } from './contrast.ts';
export { CONTRAST_MODES, colourRange, normalise, UNKNOWN_RANGE, valueAt } from './contrast.ts';
export type { AxisLabels } from './draw-axes.ts';
export { CANVAS_FONT } from './draw-axes.ts';
export { drawPriceLines, lastFrameIn, tradeDots } from './draw-market.ts';
export type { SurfaceField } from './fields.ts';
export { fieldById } from './fields.ts';
export { followWord } from './follow.ts';
export type { FrameFacts } from './frame-history.ts';
export { COLUMN_HELD, COLUMN_INVALID, FrameHistory } from './frame-history.ts';
export { formatDuration, GapHistory } from './gap-history.ts';
export type { ColumnValues, HistoryLayout } from './history-layout.ts';
export { attachPointer } from './pointer-controls.ts';
export type { PriceScale } from './price-scale.ts';
export {
  formatPrice,
  formatRowPrice,
  placeOfPrice,
  placeOfRow,
  rowNano,
  rowOfPrice,
} from './price-scale.ts';
export type { Scene, SceneLayer, SurfacePalette, TimeScale } from './scene.ts';
export { msOfColumn, TIME_AXIS_PX } from './scene.ts';
export type { SurfaceSettings, SurfaceSource } from './surface-inputs.ts';
export { strideFor } from './surface-renderer.ts';
export { SurfaceView } from './surface-view.ts';
export { BUYER, SELLER, TradeHistory, UNKNOWN_AGGRESSOR } from './trade-history.ts';
