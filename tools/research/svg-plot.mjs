/**
 * Three plots as SVG text: lines, bars, a heat map. Scales and tick positions are d3's; the rest is
 * a string. The same data give the same bytes.
 */
import { scaleBand, scaleLinear, scaleTime } from 'd3-scale';
import { line } from 'd3-shape';

const WIDTH = 720;
const HEIGHT = 340;
const MARGIN = { top: 54, right: 16, bottom: 46, left: 64 };
/** Okabe and Ito's colours, told apart by all kinds of sight. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];
const INNER = {
  left: MARGIN.left,
  right: WIDTH - MARGIN.right,
  top: MARGIN.top,
  bottom: HEIGHT - MARGIN.bottom,
};

const markup = (text) =>
  String(text).replace(/[&<>]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c]);
const at = (v) => v.toFixed(1);

function text(x, y, content, { anchor = 'middle', turn = 0, weight = 'normal' } = {}) {
  const rotation = turn ? ` transform="rotate(${turn} ${at(x)} ${at(y)})"` : '';
  const place = `x="${at(x)}" y="${at(y)}" text-anchor="${anchor}" font-weight="${weight}"`;
  return `<text ${place}${rotation}>${markup(content)}</text>`;
}

function frame(title, xLabel, yLabel, body) {
  const mid = (INNER.left + INNER.right) / 2;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" ` +
      'font-family="system-ui, sans-serif" font-size="12" fill="#24292f">',
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    text(mid, 20, title, { weight: '600' }),
    text(mid, HEIGHT - 8, xLabel),
    text(16, (INNER.top + INNER.bottom) / 2, yLabel, { turn: -90 }),
    ...body,
    '</svg>',
    '',
  ].join('\n');
}

function yAxis(y) {
  return y
    .ticks(6)
    .flatMap((v) => [
      `<path d="M${INNER.left} ${at(y(v))}H${INNER.right}" stroke="#d8dee4"/>`,
      text(INNER.left - 6, y(v) + 4, y.tickFormat(6)(v), { anchor: 'end' }),
    ]);
}

function xAxis(x, count = 10) {
  const format = x.tickFormat(count);
  return x
    .ticks(count)
    .flatMap((v) => [
      `<path d="M${at(x(v))} ${INNER.bottom}v5" stroke="#57606a"/>`,
      text(x(v), INNER.bottom + 18, format(v)),
    ]);
}

function legend(names) {
  if (names.length < 2) return [];
  return names.flatMap((name, i) => {
    const x = INNER.left + i * 150;
    const mark = `<rect x="${x}" y="${INNER.top - 20}" width="12" height="12"`;
    return [
      `${mark} fill="${COLOURS[i]}"/>`,
      text(x + 18, INNER.top - 10, name, { anchor: 'start' }),
    ];
  });
}

const extent = (values) => [Math.min(...values), Math.max(...values)];
const withZero = ([low, high]) => [Math.min(0, low), Math.max(0, high)];

function seriesOf(rows, { x, y, by }) {
  const series = new Map();
  for (const row of rows) {
    const name = by ? String(row[by]) : '';
    if (!series.has(name)) series.set(name, []);
    series.get(name).push([Number(row[x]), Number(row[y])]);
  }
  return series;
}

/** One line a value of `by`. @param time x is ms since the epoch, shown as a UTC time of day. */
export function linePlot(rows, { title, x, y, by, xLabel, yLabel, time = false }) {
  const series = seriesOf(rows, { x, y, by });
  const points = [...series.values()].flat();
  const domain = extent(points.map(([px]) => px));
  const toX = time
    ? scaleTime(domain, [INNER.left, INNER.right])
    : scaleLinear(domain, [INNER.left, INNER.right]);
  const toY = scaleLinear(withZero(extent(points.map(([, py]) => py))), [
    INNER.bottom,
    INNER.top,
  ]).nice();
  const path = line(
    (p) => toX(p[0]),
    (p) => toY(p[1]),
  ).digits(1);
  const lines = [...series.values()].map(
    (p, i) => `<path d="${path(p)}" fill="none" stroke="${COLOURS[i]}" stroke-width="2"/>`,
  );
  const body = [...yAxis(toY), ...xAxis(toX), ...lines, ...legend([...series.keys()])];
  return frame(title, xLabel, yLabel, body);
}

/** Bars side by side, one a value of `by`, at each value of `x`. */
export function barPlot(rows, { title, x, y, by, xLabel, yLabel }) {
  const groups = [...new Set(rows.map((r) => String(r[x])))];
  const names = by ? [...new Set(rows.map((r) => String(r[by])))] : [''];
  const toX = scaleBand(groups, [INNER.left, INNER.right]).padding(0.2);
  const inner = scaleBand(names, [0, toX.bandwidth()]);
  const range = withZero(extent(rows.map((r) => Number(r[y]))));
  const toY = scaleLinear(range, [INNER.bottom, INNER.top]).nice();
  const bars = rows.map((r) => {
    const name = by ? String(r[by]) : '';
    const left = toX(String(r[x])) + inner(name);
    const [top, bottom] = [toY(Math.max(0, r[y])), toY(Math.min(0, r[y]))];
    const box = `x="${at(left)}" y="${at(top)}" width="${at(inner.bandwidth())}"`;
    return `<rect ${box} height="${at(bottom - top)}" fill="${COLOURS[names.indexOf(name)]}"/>`;
  });
  const every = Math.ceil(groups.length / 24);
  const labels = groups
    .filter((_, i) => i % every === 0)
    .map((g) => text(toX(g) + toX.bandwidth() / 2, INNER.bottom + 18, g));
  return frame(title, xLabel, yLabel, [...yAxis(toY), ...labels, ...bars, ...legend(names)]);
}

/** Steps of colour from white to full. */
const SHADES = 12;

/** Orange below zero, blue above, white at zero. @param step -SHADES to SHADES. */
function diverging(step) {
  const mix = (to) => Math.round(255 + ((to - 255) * Math.abs(step)) / SHADES);
  const [r, g, b] = step < 0 ? [213, 94, 0] : [0, 114, 178];
  return `rgb(${mix(r)},${mix(g)},${mix(b)})`;
}

/** The size that only one value in fifty exceeds: beyond it colours are full. */
function fullColourAt(values) {
  const sizes = values.map(Math.abs).sort((a, b) => a - b);
  return sizes[Math.floor(sizes.length * 0.98)] || 1;
}

/** One path a shade, over all cells that have it. */
function cellPaths(rows, { x, y, value }, toX, toY) {
  const limit = fullColourAt(rows.map((r) => Number(r[value])));
  // Edges on whole pixels: neighbours share them, and no seam is seen.
  const edges = (to, v) => [Math.round(to(v - 0.5)), Math.round(to(v + 0.5))];
  const shades = new Map();
  for (const r of rows) {
    const share = Math.max(-1, Math.min(1, Number(r[value]) / limit));
    const step = Math.round(share * SHADES);
    if (step === 0) continue;
    const [left, right] = edges(toX, Number(r[x]));
    const [bottom, top] = edges(toY, Number(r[y]));
    if (!shades.has(step)) shades.set(step, []);
    shades.get(step).push(`M${left} ${top}H${right}V${bottom}H${left}z`);
  }
  return [...shades]
    .sort(([a], [b]) => a - b)
    .map(([step, cells]) => `<path fill="${diverging(step)}" d="${cells.join('')}"/>`);
}

/** A coloured cell for each (x, y), and a line over them. Cells are one unit apart on both axes. */
export function heatPlot(rows, { title, x, y, value, over, xLabel, yLabel }) {
  const xs = extent(rows.map((r) => Number(r[x])));
  const ys = extent(rows.map((r) => Number(r[y])));
  const toX = scaleLinear([xs[0] - 0.5, xs[1] + 0.5], [INNER.left, INNER.right]);
  const toY = scaleLinear([ys[0] - 0.5, ys[1] + 0.5], [INNER.bottom, INNER.top]);
  const cells = cellPaths(rows, { x, y, value }, toX, toY);
  const path = [...new Map(rows.map((r) => [Number(r[x]), Number(r[over])]))].sort(
    (a, b) => a[0] - b[0],
  );
  const d = line(
    (p) => toX(p[0]),
    (p) => toY(p[1]),
  ).digits(1)(path);
  const track = `<path d="${d}" fill="none" stroke="#24292f" stroke-width="1.5"/>`;
  const drawn = [`<g shape-rendering="crispEdges">${cells.join('\n')}</g>`, track];
  return frame(title, xLabel, yLabel, [...drawn, ...yAxis(toY), ...xAxis(toX)]);
}
