import {
  CANVAS_FONT,
  type ColourRange,
  type ContrastMode,
  colourRange,
  columnAt,
  columnsPerPixel,
  rowsPerPixel,
  type Scene,
  type SceneLayer,
  type SurfaceField,
  strideFor,
  UNKNOWN_RANGE,
  xOfColumn,
  yOfRow,
} from '../surface/index.ts';
import { BAR_PX, barPixels, barThickness, placeOfStrike, slotsOfGroups } from './bar-pixels.ts';
import type { ShownQuantity } from './fields.ts';
import { RIGHTS, type StrikeHistory } from './strike-history.ts';

/** Least distance of strikes at which their bars are lettered, CSS pixels. */
const LETTER_PX = 26;
/** Most time groups in a picture, and those that the colour range looks at. */
const MAX_GROUPS = 2048;
const SAMPLED_GROUPS = 120;
/** Least time between two looks at what is visible, for the colour range, ms. */
const RANGE_EVERY_MS = 250;
/** Dots that mark a put, CSS pixels. */
const PUT_DASH = [2, 5];

/** How the bars look. */
export interface BarLook {
  quantity: ShownQuantity;
  field: SurfaceField;
  lut: Uint8Array;
  contrast: ContrastMode;
  locked: boolean;
  opacity: number;
}

/** Distance of the two nearest strikes, ticks; infinite for fewer than two. */
function leastGap(strikes: readonly number[]): number {
  return strikes.reduce((least, strike, i) => {
    return i === 0 ? least : Math.min(least, strike - strikes[i - 1]!);
  }, Number.POSITIVE_INFINITY);
}

/** The options' layer: a bar at each listed strike and right, coloured over time. */
export class OptionsBars {
  /** What the colours span; NaN while there is nothing. */
  range: ColourRange = { ...UNKNOWN_RANGE, low: Number.NaN, high: Number.NaN };
  private readonly scratch = document.createElement('canvas');
  private rangeAt = Number.NEGATIVE_INFINITY;
  private rangeFor = '';

  /** The layer that draws these strikes like this. */
  layer(strikes: StrikeHistory, look: BarLook): SceneLayer {
    return (ctx, scene) => this.draw(ctx, scene, strikes, look);
  }

  private draw(
    ctx: CanvasRenderingContext2D,
    scene: Scene,
    strikes: StrikeHistory,
    look: BarLook,
  ): void {
    const { camera, viewport: v, history, price } = scene;
    const shown = strikes.listed.filter((strike) => {
      const y = yOfRow(camera, v, placeOfStrike(strike, price.bucketTicks));
      return y > -BAR_PX.max && y < v.height + BAR_PX.max;
    });
    if (shown.length === 0 || history.empty || look.opacity === 0) return;
    const stride = strideFor(columnsPerPixel(camera, v));
    const left = Math.max(columnAt(camera, v, 0), history.oldestColumn);
    const right = Math.min(columnAt(camera, v, v.width), history.newestColumn);
    const first = Math.floor(left / stride) * stride;
    const groups = Math.min(MAX_GROUPS, Math.floor((right - first) / stride) + 1);
    if (groups <= 0) return;
    const slots = slotsOfGroups(history, first, stride, groups);
    this.updateRange(strikes, shown, slots, look);
    const pixels = barPixels(strikes, shown, slots, look.quantity, this.range, look.lut);
    this.paintBars(ctx, scene, shown, pixels, { first, stride, groups }, look.opacity);
  }

  private paintBars(
    ctx: CanvasRenderingContext2D,
    { camera, viewport: v, price, palette }: Scene,
    shown: readonly number[],
    pixels: Uint8ClampedArray<ArrayBuffer>,
    time: { first: number; stride: number; groups: number },
    opacity: number,
  ): void {
    const { scratch } = this;
    scratch.width = time.groups;
    scratch.height = shown.length * RIGHTS.length;
    const picture = new ImageData(pixels, scratch.width, scratch.height);
    scratch.getContext('2d')!.putImageData(picture, 0, 0);
    const gap = leastGap(shown) / price.bucketTicks / rowsPerPixel(camera, v);
    const bar = barThickness(gap);
    const x0 = xOfColumn(camera, v, time.first);
    const x1 = xOfColumn(camera, v, time.first + time.groups * time.stride);
    ctx.save();
    ctx.imageSmoothingEnabled = false;
    ctx.globalAlpha = opacity;
    ctx.strokeStyle = palette.background;
    ctx.lineWidth = bar > 4 ? 2 : 1;
    ctx.setLineDash(PUT_DASH);
    shown.forEach((strike, i) => {
      const y = Math.round(yOfRow(camera, v, placeOfStrike(strike, price.bucketTicks)));
      const source = i * RIGHTS.length;
      ctx.drawImage(scratch, 0, source, time.groups, 1, x0, y - bar - 1, x1 - x0, bar);
      ctx.drawImage(scratch, 0, source + 1, time.groups, 1, x0, y + 1, x1 - x0, bar);
      ctx.beginPath();
      ctx.moveTo(x0, y + 1 + bar / 2);
      ctx.lineTo(x1, y + 1 + bar / 2);
      ctx.stroke();
    });
    ctx.setLineDash([]);
    ctx.globalAlpha = 1;
    const scene = { camera, viewport: v, price, palette };
    if (gap >= LETTER_PX) this.paintLetters(ctx, scene, shown, Math.max(0, x0));
    ctx.restore();
  }

  private paintLetters(
    ctx: CanvasRenderingContext2D,
    {
      camera,
      viewport: v,
      price,
      palette,
    }: Pick<Scene, 'camera' | 'viewport' | 'price' | 'palette'>,
    shown: readonly number[],
    x: number,
  ): void {
    ctx.font = CANVAS_FONT;
    ctx.textAlign = 'left';
    ctx.textBaseline = 'middle';
    for (const strike of shown) {
      const y = Math.round(yOfRow(camera, v, placeOfStrike(strike, price.bucketTicks)));
      ctx.fillStyle = palette.plate;
      ctx.fillRect(x + 2, y - 12, 12, 24);
      ctx.fillStyle = palette.text;
      ctx.fillText('C', x + 5, y - 5);
      ctx.fillText('P', x + 5, y + 6);
    }
  }

  private updateRange(
    strikes: StrikeHistory,
    shown: readonly number[],
    slots: Int32Array,
    look: BarLook,
  ): void {
    const key = `${look.quantity} ${look.contrast}`;
    const now = performance.now();
    if (key === this.rangeFor && (look.locked || now - this.rangeAt < RANGE_EVERY_MS)) return;
    const step = Math.max(1, Math.floor(slots.length / SAMPLED_GROUPS));
    const sampled = slots.filter((_, g) => g % step === 0);
    const values = shown.flatMap((strike) =>
      RIGHTS.flatMap((right) => [...strikes.series(strike, right, look.quantity, sampled)]),
    );
    const known = Float32Array.from(values.filter((value) => !Number.isNaN(value)));
    if (known.length === 0) return;
    const { signed, bound, knee } = look.field;
    this.range = colourRange(known, look.contrast, signed, bound, knee);
    this.rangeFor = key;
    this.rangeAt = now;
  }
}
