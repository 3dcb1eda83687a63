import { FRAME_K, FRAME_ROWS, type FrameArrays } from '../../src/wire/index.ts';
import {
  CANVAS_FONT,
  formatRowPrice,
  type Scene,
  type SurfacePalette,
  yOfRow,
} from '../surface/index.ts';

/** Least height of a line of the ladder, CSS pixels: smaller rows are summed into groups. */
const LINE_PX = 14;
/** Height of the ladder's head, CSS pixels. */
const HEAD_PX = 20;
/** Groups of rows that read well. */
const GROUPS = [1, 2, 4, 5, 10, 20, 50, 100];

/** Sums of a group of rows. Masses are leaky sums over 30 s. All in lots, orders in orders. */
export interface LadderLine {
  /** Lowest absolute row of the group. */
  row: number;
  bid: number;
  ask: number;
  bidOrders: number;
  askOrders: number;
  stacked: number;
  pulled: number;
  filled: number;
}

/** Rows in a line so that a line is at least LINE_PX high. */
export function rowsPerLine(rowPx: number): number {
  return GROUPS.find((g) => g * rowPx >= LINE_PX) ?? GROUPS.at(-1)!;
}

/**
 * Sums the frame's rows into lines of `group` rows, aligned to absolute price. Highest price first.
 */
export function ladderLines(a: FrameArrays, spotRow: number, group: number): LadderLine[] {
  const lines = new Map<number, LadderLine>();
  for (let i = FRAME_ROWS - 1; i >= 0; i--) {
    const row = Math.floor((spotRow - FRAME_K + i) / group) * group;
    let line = lines.get(row);
    if (!line) {
      line = { row, bid: 0, ask: 0, bidOrders: 0, askOrders: 0, stacked: 0, pulled: 0, filled: 0 };
      lines.set(row, line);
    }
    line.bid += a.bid_depth[i]!;
    line.ask += a.ask_depth[i]!;
    line.bidOrders += a.bid_orders[i]!;
    line.askOrders += a.ask_orders[i]!;
    line.stacked += a.add_mass[i]!;
    line.pulled += a.pull_mass[i]!;
    line.filled += a.fill_mass[i]!;
  }
  return [...lines.values()];
}

interface Column {
  head: string;
  width: number;
  text: (line: LadderLine) => string;
  colour: (p: SurfacePalette) => string;
  align: 'left' | 'right' | 'center';
  /** Drawn only when the ladder is wide. */
  wide?: boolean;
}

const lots = (n: number) => (n >= 0.5 ? n.toFixed(0) : '');

function columns(scene: Scene): Column[] {
  const price = (line: LadderLine) => formatRowPrice(scene.price, line.row);
  const right = 'right' as const;
  return [
    {
      head: 'stack',
      width: 42,
      text: (l) => lots(l.stacked),
      colour: (p) => p.axisText,
      align: right,
    },
    {
      head: 'pull',
      width: 36,
      text: (l) => lots(l.pulled),
      colour: (p) => p.axisText,
      align: right,
    },
    { head: 'fill', width: 34, text: (l) => lots(l.filled), colour: (p) => p.text, align: right },
    {
      head: '#',
      width: 24,
      text: (l) => lots(l.bidOrders),
      colour: (p) => p.axisText,
      align: right,
      wide: true,
    },
    { head: 'bid', width: 36, text: (l) => lots(l.bid), colour: (p) => p.bid, align: right },
    { head: 'price', width: 58, text: price, colour: (p) => p.text, align: 'center' },
    { head: 'ask', width: 36, text: (l) => lots(l.ask), colour: (p) => p.ask, align: 'left' },
    {
      head: '#',
      width: 24,
      text: (l) => lots(l.askOrders),
      colour: (p) => p.axisText,
      align: 'left',
      wide: true,
    },
  ];
}

function drawDepthBar(
  ctx: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
  share: number,
  fromRight: boolean,
): void {
  const w = Math.max(0, Math.min(1, share)) * width;
  ctx.fillRect(fromRight ? x + width - w : x, y, w, height);
}

/**
 * Draws the ladder beside the surface, at the same height for the same price. `width` in CSS
 * pixels.
 */
export function drawLadder(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  arrays: FrameArrays | null,
  spotRow: number,
  width: number,
): void {
  const { viewport: v, camera, palette } = scene;
  ctx.fillStyle = palette.background;
  ctx.fillRect(0, 0, width, v.height + 40);
  ctx.font = CANVAS_FONT;
  ctx.textBaseline = 'middle';
  const all = columns(scene);
  const full = all.reduce((sum, c) => sum + c.width, 0);
  const shown = all.filter((c) => !c.wide || width >= full);
  const scale = width / shown.reduce((sum, c) => sum + c.width, 0);
  if (arrays && Number.isFinite(spotRow)) {
    drawLines(ctx, scene, arrays, spotRow, shown, scale);
  }
  ctx.fillStyle = palette.background;
  ctx.fillRect(0, 0, width, HEAD_PX);
  ctx.fillRect(0, v.height, width, 40);
  ctx.fillStyle = palette.axisText;
  let x = 0;
  for (const c of shown) {
    const w = c.width * scale;
    ctx.textAlign = c.align;
    ctx.fillText(c.head, anchor(c, x, w), HEAD_PX / 2);
    x += w;
  }
  const group = rowsPerLine(Math.abs(yOfRow(camera, v, 0) - yOfRow(camera, v, 1)));
  const note = group === 1 ? 'lots; flows over 30 s' : `lots per ${group} rows; flows over 30 s`;
  ctx.textAlign = 'left';
  ctx.fillText(note, 6, v.height + 13);
}

function anchor(c: Column, x: number, width: number): number {
  if (c.align === 'left') return x + 5;
  return c.align === 'right' ? x + width - 5 : x + width / 2;
}

function drawLines(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  arrays: FrameArrays,
  spotRow: number,
  shown: Column[],
  scale: number,
): void {
  const { viewport: v, camera, palette } = scene;
  const rowPx = yOfRow(camera, v, 0) - yOfRow(camera, v, 1);
  const group = rowsPerLine(rowPx);
  const lines = ladderLines(arrays, spotRow, group);
  const most = Math.max(1, ...lines.map((l) => Math.max(l.bid, l.ask)));
  const height = group * rowPx;
  const total = shown.reduce((sum, c) => sum + c.width * scale, 0);
  for (const line of lines) {
    const top = yOfRow(camera, v, line.row + group - 0.5);
    const middle = top + height / 2;
    if (middle < HEAD_PX || middle > v.height) continue;
    const isSpot = spotRow >= line.row && spotRow < line.row + group;
    if (isSpot) {
      ctx.fillStyle = palette.grid;
      ctx.fillRect(0, top, total, height);
    }
    let x = 0;
    for (const c of shown) {
      const w = c.width * scale;
      if (c.head === 'bid' || c.head === 'ask') {
        ctx.fillStyle = c.colour(palette);
        ctx.globalAlpha = 0.2;
        const share = (c.head === 'bid' ? line.bid : line.ask) / most;
        drawDepthBar(ctx, x, top + 0.5, w, Math.max(1, height - 1), share, c.head === 'bid');
        ctx.globalAlpha = 1;
      }
      ctx.fillStyle = c.colour(palette);
      ctx.textAlign = c.align;
      ctx.fillText(c.text(line), anchor(c, x, w), middle + 0.5);
      x += w;
    }
  }
}
