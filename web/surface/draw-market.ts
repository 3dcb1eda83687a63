import { columnAt, columnsPerPixel, xOfColumn, yOfRow } from './camera.ts';
import type { FrameHistory } from './frame-history.ts';
import { formatDuration } from './gap-history.ts';
import type { Scene, SceneLayer } from './scene.ts';
import { strideFor } from './surface-renderer.ts';
import {
  BUYER,
  clusterTrades,
  SELLER,
  type TradeCluster,
  type TradeHistory,
} from './trade-history.ts';

/** Trades closer than this on screen are one dot, CSS pixels. */
const CLUSTER_PX = 9;
/** Area of a dot per lot, square CSS pixels. */
const DOT_AREA_PER_LOT = 2.5;
/** Smallest and largest radius of a dot, CSS pixels. */
const DOT_RADIUS = { min: 1.8, max: 18 };
/** Distance of the hatching lines of a gap, CSS pixels. */
const HATCH_PX = 8;

/** Draws one line of rows over time, broken where they are unknown. */
function drawRowLine(ctx: CanvasRenderingContext2D, scene: Scene, rows: Float64Array): void {
  const { history, camera, viewport: v } = scene;
  const stride = strideFor(columnsPerPixel(camera, v));
  const first = Math.max(columnAt(camera, v, 0), history.oldestColumn);
  const last = Math.min(columnAt(camera, v, v.width) + stride, history.newestColumn);
  let drawing = false;
  ctx.beginPath();
  for (let c = Math.floor(first / stride) * stride; c <= last; c += stride) {
    const frame = lastFrameIn(history, c, stride);
    const row = frame < 0 ? Number.NaN : rows[history.slotOf(frame)]!;
    if (Number.isNaN(row)) {
      drawing = false;
      continue;
    }
    const x = xOfColumn(camera, v, c);
    const y = yOfRow(camera, v, row);
    if (drawing) ctx.lineTo(x, y);
    else ctx.moveTo(x, y);
    ctx.lineTo(xOfColumn(camera, v, Math.min(c + stride, history.newestColumn + 1)), y);
    drawing = true;
  }
  ctx.stroke();
}

/** The last frame of `stride` time columns from `column`; -1 when there is none. */
export function lastFrameIn(history: FrameHistory, column: number, stride: number): number {
  for (let c = Math.min(column + stride - 1, history.newestColumn); c >= column; c--) {
    const frame = history.frameAt(c);
    if (frame >= 0) return frame;
  }
  return -1;
}

/** Bid, ask and middle over time. Told apart by dash and width as well as colour. */
export function drawPriceLines(ctx: CanvasRenderingContext2D, scene: Scene): void {
  const { history, palette } = scene;
  if (history.empty) return;
  ctx.lineJoin = 'round';
  ctx.lineWidth = 1;
  ctx.strokeStyle = palette.bid;
  drawRowLine(ctx, scene, history.bidRows);
  ctx.strokeStyle = palette.ask;
  ctx.setLineDash([4, 2]);
  drawRowLine(ctx, scene, history.askRows);
  ctx.setLineDash([]);
  ctx.lineWidth = 3;
  ctx.strokeStyle = palette.outline;
  drawRowLine(ctx, scene, history.midRows);
  ctx.lineWidth = 1.5;
  ctx.strokeStyle = palette.spot;
  drawRowLine(ctx, scene, history.midRows);
  ctx.lineWidth = 1;
}

/** Radius of a dot whose area stands for `size` lots, CSS pixels. */
export function dotRadius(size: number): number {
  const radius = Math.sqrt((size * DOT_AREA_PER_LOT) / Math.PI);
  return Math.min(DOT_RADIUS.max, Math.max(DOT_RADIUS.min, radius));
}

/**
 * A buyer's circle, a seller's diamond, a square when the aggressor is unknown; equal sizes have
 * equal areas.
 */
function traceDot(ctx: CanvasRenderingContext2D, dot: TradeCluster): void {
  const r = dotRadius(dot.size);
  ctx.beginPath();
  if (dot.side === BUYER) {
    ctx.arc(dot.x, dot.y, r, 0, 2 * Math.PI);
  } else if (dot.side === SELLER) {
    const d = r * Math.sqrt(Math.PI / 2);
    ctx.moveTo(dot.x, dot.y - d);
    ctx.lineTo(dot.x + d, dot.y);
    ctx.lineTo(dot.x, dot.y + d);
    ctx.lineTo(dot.x - d, dot.y);
    ctx.closePath();
  } else {
    const h = (r * Math.sqrt(Math.PI)) / 2;
    ctx.rect(dot.x - h, dot.y - h, 2 * h, 2 * h);
  }
}

/**
 * Trade dots of at least `minSize` lots: area by volume, colour and shape by aggressor, one a spot
 * of the screen.
 */
export function tradeDots(trades: TradeHistory, minSize: number): SceneLayer {
  return (ctx, scene) => drawTrades(ctx, scene, trades, minSize);
}

function drawTrades(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  trades: TradeHistory,
  minSize: number,
): void {
  const { camera, viewport: v, palette } = scene;
  const place = {
    x: (column: number) => xOfColumn(camera, v, column),
    y: (row: number) => yOfRow(camera, v, row),
  };
  const from = columnAt(camera, v, -DOT_RADIUS.max);
  const to = columnAt(camera, v, v.width + DOT_RADIUS.max);
  const dots = clusterTrades(trades, from, to, place, CLUSTER_PX, minSize);
  dots.sort((a, b) => b.size - a.size);
  ctx.lineWidth = 1;
  ctx.strokeStyle = palette.outline;
  for (const dot of dots) {
    ctx.fillStyle = [palette.buyer, palette.seller][dot.side] ?? palette.unknown;
    traceDot(ctx, dot);
    ctx.globalAlpha = 0.85;
    ctx.fill();
    ctx.globalAlpha = 1;
    ctx.stroke();
  }
}

function hatch(ctx: CanvasRenderingContext2D, x0: number, x1: number, height: number): void {
  ctx.save();
  ctx.beginPath();
  ctx.rect(x0, 0, x1 - x0, height);
  ctx.clip();
  ctx.beginPath();
  const start = Math.floor((x0 - height) / HATCH_PX) * HATCH_PX;
  for (let x = start; x < x1; x += HATCH_PX) {
    ctx.moveTo(x, height);
    ctx.lineTo(x + height, 0);
  }
  ctx.stroke();
  ctx.restore();
}

/** Gaps as hatched time, with cause and length where there is room. */
export function drawGaps(ctx: CanvasRenderingContext2D, scene: Scene): void {
  const { gaps, camera, viewport: v, palette, time, history } = scene;
  const oldest = history.newestColumn - history.layout.timeColumns;
  for (const gap of gaps.gaps) {
    const x0 = Math.max(0, xOfColumn(camera, v, gap.from));
    const x1 = Math.min(v.width, xOfColumn(camera, v, gap.to + 1));
    if (x1 < 0 || x0 > v.width || gap.to < oldest) continue;
    ctx.strokeStyle = palette.gap;
    ctx.lineWidth = 1;
    hatch(ctx, x0, Math.max(x1, x0 + 2), v.height);
    ctx.strokeRect(x0 + 0.5, -1, Math.max(1, x1 - x0 - 1), v.height + 2);
    const text = `${gap.cause}, ${formatDuration((gap.to - gap.from + 1) * time.columnMs)}`;
    drawPlate(ctx, scene, text, (x0 + x1) / 2, 28);
  }
}

/** Text on a plate that keeps it readable over the picture, kept inside the plot. */
function drawPlate(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  text: string,
  x: number,
  y: number,
): void {
  const half = ctx.measureText(text).width / 2 + 6;
  const at = Math.min(scene.viewport.width - half, Math.max(half, x));
  ctx.fillStyle = scene.palette.plate;
  ctx.fillRect(at - half, y - 10, 2 * half, 20);
  ctx.fillStyle = scene.palette.text;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  ctx.fillText(text, at, y);
}

/** The rectangle of a box zoom while it is drawn. */
export function drawBox(ctx: CanvasRenderingContext2D, scene: Scene): void {
  if (!scene.box) return;
  const { x0, y0, x1, y1 } = scene.box;
  ctx.strokeStyle = scene.palette.crosshair;
  ctx.setLineDash([5, 3]);
  ctx.strokeRect(x0, y0, x1 - x0, y1 - y0);
  ctx.setLineDash([]);
}
