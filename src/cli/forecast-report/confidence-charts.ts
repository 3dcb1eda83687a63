import type { HorizonEvaluation } from '../../forecast/index.ts';
import { axes, type Frame, line, linearScale, marker, polyline, svg } from './chart.ts';
import { percent } from './text.ts';

const FRAME: Frame = { width: 290, height: 230, left: 48, right: 24, top: 26, bottom: 40 };
const SHARES = [0, 0.25, 0.5, 0.75, 1];

function asPercent(v: number): string {
  return percent(v, 0);
}

/** Hit rates are drawn over the range that any of them reaches, 50 % always within. */
function hitRange(values: readonly (number | null)[]): [number, number] {
  const known = values.filter((v): v is number => v !== null);
  const least = Math.min(0.45, ...known);
  const greatest = Math.max(0.55, ...known);
  return [Math.floor(least * 20) / 20, Math.ceil(greatest * 20) / 20];
}

function rateTicks(from: number, to: number): number[] {
  const step = to - from > 0.35 ? 0.2 : to - from > 0.15 ? 0.1 : 0.05;
  const first = Math.ceil(from / step - 1e-9);
  const count = Math.floor(to / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => (first + i) * step);
}

function riskCoverage(horizon: HorizonEvaluation, range: [number, number]): string {
  const x = linearScale(0, 1, FRAME.left, FRAME.width - FRAME.right);
  const y = linearScale(range[0], range[1], FRAME.height - FRAME.bottom, FRAME.top);
  const points = horizon.risk_coverage.flatMap((row) =>
    row.hit_rate === null ? [] : [[x.at(row.coverage), y.at(row.hit_rate)] as const],
  );
  const parts = [
    axes(
      FRAME,
      { scale: x, ticks: SHARES, text: asPercent, title: 'most confident windows kept' },
      {
        scale: y,
        ticks: rateTicks(...range),
        text: asPercent,
        title: `${horizon.horizon_s} s: right directions among moves`,
      },
    ),
    line(FRAME.left, y.at(0.5), FRAME.width - FRAME.right, y.at(0.5), 'zero'),
    polyline(points, 'curve'),
    ...points.map(([px, py]) => marker(0, px, py, 2.5)),
  ];
  return svg(FRAME, `Risk and coverage at ${horizon.horizon_s} s`, parts);
}

/** For each horizon: hit rate of what is left when the least confident windows are dropped. */
export function riskCoverageCharts(horizons: readonly HorizonEvaluation[]): string {
  const range = hitRange(horizons.flatMap((h) => h.risk_coverage.map((row) => row.hit_rate)));
  return `<div class="row">${horizons.map((h) => riskCoverage(h, range)).join('')}</div>`;
}

function confidenceBands(horizon: HorizonEvaluation, range: [number, number]): string {
  const bands = horizon.confidence;
  const x = linearScale(
    -0.5,
    Math.max(1, bands.length) - 0.5,
    FRAME.left,
    FRAME.width - FRAME.right,
  );
  const y = linearScale(range[0], range[1], FRAME.height - FRAME.bottom, FRAME.top);
  const parts = [
    axes(
      FRAME,
      {
        scale: x,
        ticks: bands.map((_, i) => i),
        text: (i) => percent(bands[i].confidence_mean, 0),
        title: 'mean confidence of the band',
      },
      {
        scale: y,
        ticks: rateTicks(...range),
        text: asPercent,
        title: `${horizon.horizon_s} s: right directions among moves`,
      },
    ),
    line(FRAME.left, y.at(0.5), FRAME.width - FRAME.right, y.at(0.5), 'zero'),
  ];
  bands.forEach(({ hit_rate: { value, low, high } }, i) => {
    if (value === null) return;
    if (low !== null && high !== null) {
      parts.push(line(x.at(i), y.at(low), x.at(i), y.at(high), 'bar'));
    }
    parts.push(marker(0, x.at(i), y.at(value)));
  });
  return svg(FRAME, `Hit rate by confidence at ${horizon.horizon_s} s`, parts);
}

/** For each horizon: hit rate of each fifth of the moves by confidence, with its interval. */
export function confidenceCharts(horizons: readonly HorizonEvaluation[]): string {
  const rates = horizons.flatMap((h) => h.confidence.map((band) => band.hit_rate));
  const range = hitRange(rates.flatMap((r) => [r.value, r.low, r.high]));
  return `<div class="row">${horizons.map((h) => confidenceBands(h, range)).join('')}</div>`;
}
