import { escapeHtml } from './text.ts';

/** A linear scale from values to pixels. */
export interface Scale {
  from: number;
  to: number;
  at(value: number): number;
}

/** Room of a chart and its margins, px. */
export interface Frame {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** A scale that puts `from`..`to` on pixels `start`..`end`; what lies beyond is put at the edge. */
export function linearScale(from: number, to: number, start: number, end: number): Scale {
  const span = to > from ? to - from : 1;
  return {
    from,
    to,
    at: (value) => start + ((Math.min(to, Math.max(from, value)) - from) / span) * (end - start),
  };
}

/** Round values within a range, about `wanted` of them: steps of 1, 2 or 5 times a power of ten. */
export function roundTicks(from: number, to: number, wanted: number): number[] {
  if (!(to > from)) return [from];
  const rough = (to - from) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((m) => m * power >= rough * 0.999) ?? 10);
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}

/** A coordinate as short text. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** An SVG with a title for those who do not see it. */
export function svg(frame: Frame, title: string, parts: readonly string[]): string {
  const { width, height } = frame;
  return (
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(title)}">` +
    `<title>${escapeHtml(title)}</title>${parts.join('')}</svg>`
  );
}

/** Text at a place. */
export function label(
  x: number,
  y: number,
  text: string,
  anchor: 'start' | 'middle' | 'end' = 'middle',
): string {
  return `<text x="${px(x)}" y="${px(y)}" text-anchor="${anchor}">${escapeHtml(text)}</text>`;
}

/** A straight line with a class. */
export function line(x1: number, y1: number, x2: number, y2: number, kind: string): string {
  return `<line class="${kind}" x1="${px(x1)}" y1="${px(y1)}" x2="${px(x2)}" y2="${px(y2)}"/>`;
}

/** A line through points. */
export function polyline(points: readonly (readonly [number, number])[], kind: string): string {
  const path = points.map(([x, y]) => `${px(x)},${px(y)}`).join(' ');
  return `<polyline class="${kind}" points="${path}"/>`;
}

/** Ticks, grid lines and titles of both axes. */
export function axes(
  frame: Frame,
  x: { scale: Scale; ticks: readonly number[]; text: (v: number) => string; title: string },
  y: { scale: Scale; ticks: readonly number[]; text: (v: number) => string; title: string },
): string {
  const bottom = frame.height - frame.bottom;
  const right = frame.width - frame.right;
  const xs = x.ticks.map(
    (v) =>
      line(x.scale.at(v), bottom, x.scale.at(v), bottom + 4, 'axis') +
      label(x.scale.at(v), bottom + 16, x.text(v)),
  );
  const ys = y.ticks.map(
    (v) =>
      line(frame.left, y.scale.at(v), right, y.scale.at(v), 'grid') +
      label(frame.left - 6, y.scale.at(v) + 4, y.text(v), 'end'),
  );
  return [
    ...ys,
    line(frame.left, bottom, right, bottom, 'axis'),
    ...xs,
    label((frame.left + right) / 2, frame.height - 4, x.title),
    label(frame.left - 6, frame.top - 8, y.title, 'start'),
  ].join('');
}

/** Shapes that tell series apart without colour, in order. */
const SHAPES: readonly ((x: number, y: number, r: number) => string)[] = [
  (x, y, r) => `<circle cx="${px(x)}" cy="${px(y)}" r="${px(r)}"/>`,
  (x, y, r) =>
    `<rect x="${px(x - r)}" y="${px(y - r)}" width="${px(2 * r)}" height="${px(2 * r)}"/>`,
  (x, y, r) => path([0, -r, r, r, -r, r], x, y),
  (x, y, r) => path([0, -1.3 * r, 1.3 * r, 0, 0, 1.3 * r, -1.3 * r, 0], x, y),
  (x, y, r) => path([0, r, r, -r, -r, -r], x, y),
  (x, y, r) => path(plus(r), x, y),
  (x, y, r) => path(turned(plus(r)), x, y),
];

/** Corners of an upright cross, x and y in turn. */
function plus(r: number): number[] {
  const [l, w] = [1.3 * r, 0.45 * r];
  return [-w, -l, w, -l, w, -w, l, -w, l, w, w, w, w, l, -w, l, -w, w, -l, w, -l, -w, -w, -w];
}

/** The same corners, turned by an eighth. */
function turned(corners: readonly number[]): number[] {
  const c = Math.SQRT1_2;
  return corners.map((v, i) => (i % 2 === 0 ? c * (v - corners[i + 1]) : c * (corners[i - 1] + v)));
}

function path(offsets: readonly number[], x: number, y: number): string {
  const points: string[] = [];
  for (let i = 0; i < offsets.length; i += 2) {
    points.push(`${px(x + offsets[i])},${px(y + offsets[i + 1])}`);
  }
  return `<polygon points="${points.join(' ')}"/>`;
}

/** The marker of a series: its own shape and, where there is colour, its own colour. */
export function marker(series: number, x: number, y: number, r = 4): string {
  return `<g class="s${series % SHAPES.length}">${SHAPES[series % SHAPES.length](x, y, r)}</g>`;
}

/** The legend of several series, as a row of text with their markers. */
export function legend(names: readonly string[]): string {
  const entries = names.map(
    (name, i) =>
      `<span class="key"><svg viewBox="0 0 14 14" aria-hidden="true">${marker(i, 7, 7)}</svg>` +
      `${escapeHtml(name)}</span>`,
  );
  return `<p class="legend">${entries.join(' ')}</p>`;
}
