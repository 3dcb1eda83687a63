import { type Camera, columnAt, rowAt, type Viewport } from './camera.ts';
import type { FrameHistory } from './frame-history.ts';

/**
 * Time columns sampled for the colour range: enough for stable percentiles, cheap enough for every
 * repaint.
 */
const SAMPLED_COLUMNS = 160;

/**
 * Values of a stored column that are on screen now, sampled evenly over time. Owned by the caller.
 */
export function visibleValues(
  history: FrameHistory,
  camera: Camera,
  viewport: Viewport,
  column: string,
): Float32Array {
  const from = Math.max(Math.floor(columnAt(camera, viewport, 0)), history.oldestColumn);
  const to = Math.min(Math.floor(columnAt(camera, viewport, viewport.width)), history.newestColumn);
  const low = Math.round(rowAt(camera, viewport, viewport.height));
  const high = Math.round(rowAt(camera, viewport, 0));
  if (to < from) return new Float32Array(0);
  const { rows } = history.layout;
  const step = Math.max(1, Math.floor((to - from + 1) / SAMPLED_COLUMNS));
  const out = new Float32Array((Math.floor((to - from) / step) + 1) * rows);
  let n = 0;
  for (let c = from; c <= to; c += step) {
    const frame = history.frameAt(c);
    if (frame < 0) continue;
    const base = history.baseRowOf(frame);
    const first = Math.max(low, base);
    const last = Math.min(high, base + rows - 1);
    for (let row = first; row <= last; row++) out[n++] = history.value(column, frame, row);
  }
  return out.slice(0, n);
}
