import { CANVAS_FONT, valueAt } from '../surface/index.ts';
import type { PageController } from './page-controller.ts';
import { saveBlob } from './save-blob.ts';

/** Height of the stamp below the picture, CSS pixels. */
const STAMP_PX = 46;

/** What the picture shows and where it comes from, in one line each. */
export function provenance(c: PageController): string[] {
  const { state, model, plan, field } = c;
  const config = state.config.value;
  const { low, high } = state.range.value;
  const unit = field.unit ? ` ${field.unit}` : '';
  const first = [
    config ? `${config.symbol} ${config.dt} ${config.mode.toUpperCase()}` : 'no data',
    `${state.clock.value.time} ${state.clock.value.zone}`,
    `${field.label} ${low.toPrecision(3)} to ${high.toPrecision(3)}${unit}, ${state.contrast.value}`,
  ];
  const second = [
    `Spymaster ${plan.name}`,
    `server ${config?.server_version ?? '–'}`,
    `config ${config?.config_version ?? '–'}`,
    `session ${config?.session ?? '–'}`,
    `frame ${model.header?.seq ?? '–'}`,
    ...c.provenance(),
  ];
  return [first.join('  ·  '), second.join('  ·  ')];
}

function drawStamp(
  ctx: CanvasRenderingContext2D,
  c: PageController,
  top: number,
  width: number,
): void {
  const { palette, lut } = c.view!.settings;
  ctx.fillStyle = palette.background;
  ctx.fillRect(0, top, width, STAMP_PX);
  const legend = 180;
  for (let i = 0; i < legend; i++) {
    const at = Math.floor((i / legend) * 256) * 4;
    ctx.fillStyle = `rgb(${lut[at]} ${lut[at + 1]} ${lut[at + 2]})`;
    ctx.fillRect(width - legend - 12 + i, top + 8, 1, 10);
  }
  ctx.font = CANVAS_FONT;
  ctx.textBaseline = 'middle';
  ctx.fillStyle = palette.text;
  const range = c.state.range.value;
  for (const [t, align] of [
    [0, 'left'],
    [0.5, 'center'],
    [1, 'right'],
  ] as const) {
    ctx.textAlign = align;
    ctx.fillText(valueAt(t, range).toPrecision(3), width - 12 - legend * (1 - t), top + 30);
  }
  ctx.textAlign = 'left';
  provenance(c).forEach((line, i) => {
    ctx.fillText(line, 10, top + 14 + i * 18);
  });
}

/** Saves the surface as PNG with legend and provenance stamp. */
export function saveScreenshot(c: PageController): void {
  const { view } = c;
  if (!view) return;
  const picture = view.picture();
  const ratio = picture.width / view.host.clientWidth;
  const out = document.createElement('canvas');
  out.width = picture.width;
  out.height = picture.height + STAMP_PX * ratio;
  const ctx = out.getContext('2d')!;
  ctx.drawImage(picture, 0, 0);
  ctx.scale(ratio, ratio);
  drawStamp(ctx, c, picture.height / ratio, out.width / ratio);
  out.toBlob((blob) => {
    if (!blob) return c.notify('The browser could not make the picture.', 'warn');
    saveBlob(c, blob, 'png');
  }, 'image/png');
}
