import { formatTimeOfDay, priceTicks, timeTicks } from './axis-ticks.ts';
import { columnAt, rowAt, xOfColumn, yOfRow } from './camera.ts';
import { formatRowPrice, placeOfPrice, placeOfRow, rowNano } from './price-scale.ts';
import { msOfColumn, PRICE_AXIS_PX, type Scene, TIME_AXIS_PX } from './scene.ts';

/** Least distance between price labels, CSS pixels. */
const PRICE_LABEL_PX = 26;
/** Least distance between time labels, CSS pixels. */
const TIME_LABEL_PX = 92;
/** Font of all numbers on the canvas. */
export const CANVAS_FONT = '11px ui-monospace, "SF Mono", "DejaVu Sans Mono", Menlo, monospace';

function rowsAcross(scene: Scene, px: number): number {
  return rowAt(scene.camera, scene.viewport, 0) - rowAt(scene.camera, scene.viewport, px);
}

/** Labels as they stand on the axes: CSS pixels of the plot and text. */
export interface AxisLabels {
  price: { y: number; text: string }[];
  time: { x: number; text: string }[];
}

function drawPriceAxis(ctx: CanvasRenderingContext2D, scene: Scene): AxisLabels['price'] {
  const labels: AxisLabels['price'] = [];
  const { camera, viewport: v, palette, price } = scene;
  const low = rowAt(camera, v, v.height);
  const high = rowAt(camera, v, 0);
  const minRows = rowsAcross(scene, PRICE_LABEL_PX);
  ctx.textAlign = 'left';
  for (const tick of priceTicks(rowNano(price), price.decimals, low, high, minRows)) {
    const y = Math.round(yOfRow(camera, v, placeOfRow(price, tick.at))) + 0.5;
    if (y < 0 || y > v.height) continue;
    ctx.strokeStyle = palette.grid;
    ctx.beginPath();
    ctx.moveTo(0, y);
    ctx.lineTo(v.width, y);
    ctx.stroke();
    ctx.strokeStyle = palette.axis;
    ctx.beginPath();
    ctx.moveTo(v.width, y);
    ctx.lineTo(v.width + 4, y);
    ctx.stroke();
    ctx.fillStyle = palette.axisText;
    if (y < 6 || y > v.height - 6) continue;
    ctx.fillText(tick.label, v.width + 8, y);
    labels.push({ y, text: tick.label });
  }
  return labels;
}

function drawTimeAxis(ctx: CanvasRenderingContext2D, scene: Scene): AxisLabels['time'] {
  const labels: AxisLabels['time'] = [];
  const { camera, viewport: v, palette, time } = scene;
  const low = msOfColumn(time, columnAt(camera, v, 0));
  const high = msOfColumn(time, columnAt(camera, v, v.width));
  const minMs = ((high - low) / v.width) * TIME_LABEL_PX;
  ctx.textAlign = 'center';
  for (const tick of timeTicks(low, high, minMs, time.offsetMs(high))) {
    const column = (tick.at - time.originMs) / time.columnMs;
    const x = Math.round(xOfColumn(camera, v, column)) + 0.5;
    ctx.strokeStyle = palette.grid;
    ctx.beginPath();
    ctx.moveTo(x, 0);
    ctx.lineTo(x, v.height);
    ctx.stroke();
    ctx.strokeStyle = palette.axis;
    ctx.beginPath();
    ctx.moveTo(x, v.height);
    ctx.lineTo(x, v.height + 4);
    ctx.stroke();
    ctx.fillStyle = palette.axisText;
    if (x < 34 || x > v.width - 34) continue;
    ctx.fillText(tick.label, x, v.height + 13);
    labels.push({ x, text: tick.label });
  }
  return labels;
}

/** A label on the price axis: a filled tag at a place of the vertical axis. */
function priceTag(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  place: number,
  text: string,
  fill: string,
): void {
  const { viewport: v, palette } = scene;
  const y = Math.round(yOfRow(scene.camera, v, place));
  if (!(y >= 0 && y <= v.height)) return;
  ctx.fillStyle = fill;
  ctx.beginPath();
  ctx.moveTo(v.width, y);
  ctx.lineTo(v.width + 5, y - 8);
  ctx.lineTo(v.width + PRICE_AXIS_PX, y - 8);
  ctx.lineTo(v.width + PRICE_AXIS_PX, y + 8);
  ctx.lineTo(v.width + 5, y + 8);
  ctx.fill();
  ctx.fillStyle = palette.background;
  ctx.textAlign = 'left';
  ctx.fillText(text, v.width + 8, y + 0.5);
}

/**
 * Marks the last known middle price on the price axis. `midInt` in 1e-9 units; null draws nothing.
 */
export function drawSpotTag(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  midInt: string | null,
  text: string,
): void {
  if (midInt === null) return;
  priceTag(ctx, scene, placeOfPrice(scene.price, midInt), text, scene.palette.spot);
}

/** Grid, axes and their labels, which it returns. */
export function drawAxes(ctx: CanvasRenderingContext2D, scene: Scene): AxisLabels {
  const { viewport: v, palette } = scene;
  ctx.fillStyle = palette.background;
  ctx.fillRect(v.width, 0, PRICE_AXIS_PX, v.height + TIME_AXIS_PX);
  ctx.fillRect(0, v.height, v.width, TIME_AXIS_PX);
  ctx.font = CANVAS_FONT;
  ctx.textBaseline = 'middle';
  ctx.lineWidth = 1;
  const labels = { price: drawPriceAxis(ctx, scene), time: drawTimeAxis(ctx, scene) };
  ctx.strokeStyle = palette.axis;
  ctx.beginPath();
  ctx.moveTo(v.width + 0.5, 0);
  ctx.lineTo(v.width + 0.5, v.height + 0.5);
  ctx.lineTo(0, v.height + 0.5);
  ctx.stroke();
  return labels;
}

/** Crosshair lines with their price and time on the axes. */
export function drawCrosshair(ctx: CanvasRenderingContext2D, scene: Scene): void {
  const { crosshair, camera, viewport: v, palette, time, price } = scene;
  if (!crosshair) return;
  const x = Math.round(xOfColumn(camera, v, crosshair.column + 0.5)) + 0.5;
  const y = Math.round(yOfRow(camera, v, crosshair.row)) + 0.5;
  ctx.strokeStyle = palette.crosshair;
  ctx.setLineDash([3, 3]);
  ctx.beginPath();
  ctx.moveTo(x, 0);
  ctx.lineTo(x, v.height);
  ctx.moveTo(0, y);
  ctx.lineTo(v.width, y);
  ctx.stroke();
  ctx.setLineDash([]);
  priceTag(ctx, scene, crosshair.row, formatRowPrice(price, crosshair.row), palette.crosshair);
  const ms = msOfColumn(time, crosshair.column);
  const text = formatTimeOfDay(ms + time.offsetMs(ms), true);
  const half = ctx.measureText(text).width / 2 + 5;
  const at = Math.min(v.width - half, Math.max(half, x));
  ctx.fillStyle = palette.crosshair;
  ctx.fillRect(at - half, v.height + 3, 2 * half, 18);
  ctx.fillStyle = palette.background;
  ctx.textAlign = 'center';
  ctx.fillText(text, at, v.height + 12.5);
}
