import { FRAME_K, FRAME_ROWS, type FrameArrays } from '../../src/wire/index.ts';
import { CANVAS_FONT, type SurfacePalette } from '../surface/index.ts';

/** Sums of pressure and vacuum above and below spot, lots/s. */
export interface ForceSums {
  pressureAbove: number;
  vacuumAbove: number;
  pressureBelow: number;
  vacuumBelow: number;
}

/** Sums the frame's rows above and below spot; the row of spot itself belongs to neither. */
export function forceSums(a: FrameArrays): ForceSums {
  const sums = { pressureAbove: 0, vacuumAbove: 0, pressureBelow: 0, vacuumBelow: 0 };
  for (let i = 0; i < FRAME_ROWS; i++) {
    if (i < FRAME_K) {
      sums.pressureBelow += a.pressure_variant[i]!;
      sums.vacuumBelow += a.vacuum_variant[i]!;
    } else if (i > FRAME_K) {
      sums.pressureAbove += a.pressure_variant[i]!;
      sums.vacuumAbove += a.vacuum_variant[i]!;
    }
  }
  return sums;
}

/**
 * Draws pressure to the left and vacuum to the right of a middle line, a row of pixels for each row
 * of the frame.
 */
export function drawForceProfile(
  ctx: CanvasRenderingContext2D,
  width: number,
  height: number,
  a: FrameArrays,
  palette: SurfacePalette,
): void {
  ctx.clearRect(0, 0, width, height);
  let most = 1e-9;
  for (let i = 0; i < FRAME_ROWS; i++) {
    most = Math.max(most, a.pressure_variant[i]!, a.vacuum_variant[i]!);
  }
  const half = width / 2 - 2;
  const rowPx = height / FRAME_ROWS;
  for (let i = 0; i < FRAME_ROWS; i++) {
    const y = (FRAME_ROWS - 1 - i) * rowPx;
    const p = Math.sqrt(a.pressure_variant[i]! / most) * half;
    const v = Math.sqrt(a.vacuum_variant[i]! / most) * half;
    ctx.fillStyle = palette.bid;
    ctx.fillRect(width / 2 - 1 - p, y, p, Math.max(1, rowPx - 0.4));
    ctx.fillStyle = palette.ask;
    ctx.fillRect(width / 2 + 1, y, v, Math.max(1, rowPx - 0.4));
  }
  ctx.strokeStyle = palette.spot;
  ctx.setLineDash([3, 3]);
  ctx.beginPath();
  ctx.moveTo(0, height / 2);
  ctx.lineTo(width, height / 2);
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.font = CANVAS_FONT;
  ctx.fillStyle = palette.axisText;
  ctx.textBaseline = 'top';
  ctx.textAlign = 'left';
  ctx.fillText('pressure', 2, 2);
  ctx.textAlign = 'right';
  ctx.fillText('vacuum', width - 2, 2);
}
