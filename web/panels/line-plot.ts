/** Colours of a small line. */
export interface LineColours {
  line: string;
  zero: string;
}

/** Lowest and highest of the known values; null when there are none. */
export function extent(values: readonly number[]): { low: number; high: number } | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const v of values) {
    if (v < low) low = v;
    if (v > high) high = v;
  }
  return low <= high ? { low, high } : null;
}

/**
 * Draws one line over time: x ascending, y broken where it is NaN, zero as a thin line when it is
 * in the range. `span` is the width of the picture in units of x; the newest point stands at the
 * right edge.
 */
export function drawLinePlot(
  ctx: CanvasRenderingContext2D,
  width: number,
  height: number,
  x: readonly number[],
  y: readonly number[],
  span: number,
  colours: LineColours,
): void {
  ctx.clearRect(0, 0, width, height);
  const range = extent(y);
  const right = x.at(-1);
  if (!range || right === undefined) return;
  const pad = 3;
  const scale = range.high > range.low ? (height - 2 * pad) / (range.high - range.low) : 0;
  const place = (v: number) => (scale ? height - pad - (v - range.low) * scale : height / 2);
  ctx.lineWidth = 1;
  if (range.low <= 0 && range.high >= 0) {
    ctx.strokeStyle = colours.zero;
    ctx.globalAlpha = 0.5;
    ctx.beginPath();
    ctx.moveTo(0, Math.round(place(0)) + 0.5);
    ctx.lineTo(width, Math.round(place(0)) + 0.5);
    ctx.stroke();
    ctx.globalAlpha = 1;
  }
  ctx.strokeStyle = colours.line;
  ctx.lineWidth = 1.4;
  ctx.beginPath();
  let drawing = false;
  for (let i = 0; i < x.length; i++) {
    const at = width - ((right - x[i]!) / span) * width;
    if (Number.isNaN(y[i]!)) drawing = false;
    else if (drawing) ctx.lineTo(at, place(y[i]!));
    else {
      ctx.moveTo(at, place(y[i]!));
      drawing = true;
    }
  }
  ctx.stroke();
}
