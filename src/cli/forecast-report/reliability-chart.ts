import type { HorizonEvaluation } from '../../forecast/index.ts';
import { axes, type Frame, legend, line, linearScale, marker, svg } from './chart.ts';

const FRAME: Frame = { width: 290, height: 270, left: 40, right: 10, top: 26, bottom: 40 };
const OUTCOME_NAMES = ['down', 'flat', 'up'] as const;
const TICKS = [0, 0.25, 0.5, 0.75, 1];

function oneHorizon(horizon: HorizonEvaluation): string {
  const x = linearScale(0, 1, FRAME.left, FRAME.width - FRAME.right);
  const y = linearScale(0, 1, FRAME.height - FRAME.bottom, FRAME.top);
  const text = (v: number) => String(v);
  const parts = [
    axes(
      FRAME,
      { scale: x, ticks: TICKS, text, title: 'forecast probability' },
      { scale: y, ticks: TICKS, text, title: `${horizon.horizon_s} s: how often it came true` },
    ),
    line(x.at(0), y.at(0), x.at(1), y.at(1), 'zero'),
  ];
  for (const row of horizon.reliability) {
    const series = OUTCOME_NAMES.indexOf(row.outcome);
    const at = x.at(row.forecast);
    const bar = line(at, y.at(row.consistent_low), at, y.at(row.consistent_high), 'bar');
    parts.push(`<g class="s${series}">${bar}</g>`, marker(series, at, y.at(row.frequency), 3));
  }
  return svg(FRAME, `Reliability at ${horizon.horizon_s} s`, parts);
}

/** A reliability diagram for each horizon: down, flat and up on the diagonal when calibrated. */
export function reliabilityCharts(horizons: readonly HorizonEvaluation[]): string {
  const drawn = horizons.filter((h) => h.reliability.length > 0);
  if (drawn.length === 0) return '<p>There is nothing to draw.</p>';
  return `${legend(OUTCOME_NAMES)}<div class="row">${drawn.map(oneHorizon).join('')}</div>`;
}
