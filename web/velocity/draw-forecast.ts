import { CANVAS_FONT, type Scene, type SceneLayer, xOfColumn, yOfRow } from '../surface/index.ts';
import type { ForecastReading, HorizonForecast } from './forecast-reading.ts';

/** Distance of the hatching lines of an unproven band, CSS pixels. */
const HATCH_PX = 6;
/** Opacity of the wide and the narrow band. */
const WIDE_ALPHA = 0.16;
const NARROW_ALPHA = 0.3;

/** A point of the path: horizon, s, and move, ticks. */
export type PathPoint = readonly [horizon: number, move: number];

/** The expected path, from no move now; horizons without a known move are left out. */
export function pathOf(horizons: readonly HorizonForecast[]): PathPoint[] {
  const known = horizons.filter((h) => Number.isFinite(h.move));
  return [[0, 0], ...known.map((h): PathPoint => [h.horizon, h.move])];
}

/** The outline of a band, from now along its upper bound and back along its lower one. */
export function outlineOf(
  horizons: readonly HorizonForecast[],
  band: 'band50' | 'band80',
): PathPoint[] {
  const known = horizons.filter((h) => h[band].every(Number.isFinite));
  if (known.length === 0) return [];
  const upper = known.map((h): PathPoint => [h.horizon, h[band][1]]);
  const lower = known.map((h): PathPoint => [h.horizon, h[band][0]]);
  return [[0, 0], ...upper, ...lower.reverse()];
}

/**
 * The forecast layer: path with its bands from the window's middle at `mid` (place on the vertical
 * axis), at the right of it. What is unproven is hatched and called so.
 */
export function forecastLayer(forecast: ForecastReading, mid: number, opacity: number): SceneLayer {
  return (ctx, scene) => drawForecast(ctx, scene, forecast, mid, opacity);
}

function drawForecast(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  { seq, horizons, status }: ForecastReading,
  mid: number,
  opacity: number,
): void {
  const { camera, viewport: v, price, palette } = scene;
  const place = ([horizon, move]: PathPoint): [number, number] => [
    xOfColumn(camera, v, seq + horizon),
    yOfRow(camera, v, mid + move / price.bucketTicks),
  ];
  const trace = (points: readonly PathPoint[]) => {
    ctx.beginPath();
    for (const point of points) ctx.lineTo(...place(point));
  };
  ctx.save();
  ctx.fillStyle = palette.forecast;
  ctx.strokeStyle = palette.forecast;
  const wide = outlineOf(horizons, 'band80');
  for (const [band, alpha] of [
    [wide, WIDE_ALPHA],
    [outlineOf(horizons, 'band50'), NARROW_ALPHA],
  ] as const) {
    trace(band);
    ctx.globalAlpha = alpha * opacity;
    ctx.fill();
    ctx.globalAlpha = 0.55 * opacity;
    ctx.lineWidth = 1;
    if (band.length > 0) ctx.stroke();
  }
  ctx.globalAlpha = opacity;
  if (status !== 'proven' && wide.length > 0) {
    trace(wide);
    hatch(ctx, v.height, place([0, 0])[0], place([horizons.at(-1)!.horizon, 0])[0]);
  }
  const path = pathOf(horizons);
  for (const [colour, width] of [
    [palette.outline, 4],
    [palette.forecast, 2],
  ] as const) {
    trace(path);
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    ctx.setLineDash(status === 'proven' ? [] : [6, 3]);
    ctx.stroke();
  }
  ctx.setLineDash([]);
  if (status !== 'proven') nameIt(ctx, scene, place([0, 0]));
  ctx.restore();
}

/** Fills the current path with slanted lines. */
function hatch(ctx: CanvasRenderingContext2D, height: number, x0: number, x1: number): void {
  ctx.save();
  ctx.clip();
  ctx.beginPath();
  ctx.lineWidth = 1;
  for (let x = Math.floor((x0 - height) / HATCH_PX) * HATCH_PX; x < x1; x += HATCH_PX) {
    ctx.moveTo(x, height);
    ctx.lineTo(x + height, 0);
  }
  ctx.stroke();
  ctx.restore();
}

function nameIt(ctx: CanvasRenderingContext2D, { viewport, palette }: Scene, at: [number, number]) {
  const text = 'UNPROVEN';
  ctx.font = `bold ${CANVAS_FONT}`;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  const width = ctx.measureText(text).width;
  const x = Math.min(viewport.width - width - 8, Math.max(4, at[0] + 10));
  const y = Math.max(14, at[1] - 46);
  ctx.fillStyle = palette.plate;
  ctx.fillRect(x - 4, y - 9, width + 8, 18);
  ctx.fillStyle = palette.text;
  ctx.fillText(text, x, y);
}
