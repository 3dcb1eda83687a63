import type { Comparison, HorizonEvaluation } from '../../forecast/index.ts';
import { axes, type Frame, legend, line, linearScale, marker, roundTicks, svg } from './chart.ts';
import { percent, plainName } from './text.ts';

const FRAME: Frame = { width: 900, height: 360, left: 64, right: 12, top: 30, bottom: 44 };
/** Share of a horizon's room that its markers take. */
const SPREAD = 0.76;
/** Skill at which the axis is cut at the latest: below, a baseline is simply much better. */
const SKILL_MIN = -0.5;
/** Room above and below the values, a share of their span. */
const AIR = 0.06;

/** A horizon's comparisons but for the weakest baseline's, which would shrink the others. */
function withoutWeakest({ comparisons }: HorizonEvaluation): Comparison[] {
  const known = comparisons.filter(({ skill }) => skill.value !== null);
  const ordered = known.sort((a, b) => (a.skill.value ?? 0) - (b.skill.value ?? 0));
  return ordered.slice(0, Math.max(1, ordered.length - 1));
}

/** From the least to the greatest value that is drawn in full, 0 included. */
function rangeOf(comparisons: readonly Comparison[]): [number, number] {
  let [least, greatest] = [0, 0];
  for (const { skill } of comparisons) {
    for (const value of [skill.value, skill.low, skill.high]) {
      if (value === null) continue;
      least = Math.min(least, Math.max(SKILL_MIN, value));
      greatest = Math.max(greatest, value);
    }
  }
  const air = Math.max(0.002, AIR * (greatest - least));
  return [least - air, greatest + air];
}

/** Skill at each horizon against every baseline, with its interval. */
export function skillChart(horizons: readonly HorizonEvaluation[]): string {
  const names = [...new Set(horizons.flatMap((h) => h.comparisons.map((c) => c.baseline)))];
  if (names.length === 0) return '<p>Nothing could be compared.</p>';
  const [from, to] = rangeOf(horizons.flatMap(withoutWeakest));
  const y = linearScale(from, to, FRAME.height - FRAME.bottom, FRAME.top);
  const x = linearScale(-0.5, horizons.length - 0.5, FRAME.left, FRAME.width - FRAME.right);
  const parts = [
    axes(
      FRAME,
      {
        scale: x,
        ticks: horizons.map((_, i) => i),
        text: (i) => `${horizons[i].horizon_s} s`,
        title: 'horizon',
      },
      {
        scale: y,
        ticks: roundTicks(from, to, 7),
        text: (v) => percent(v),
        title: 'skill: log-loss saved against the baseline; above the broken line it is beaten',
      },
    ),
    line(FRAME.left, y.at(0), FRAME.width - FRAME.right, y.at(0), 'zero'),
  ];
  horizons.forEach((horizon, h) => {
    for (const { baseline, skill } of horizon.comparisons) {
      if (skill.value === null) continue;
      const series = names.indexOf(baseline);
      const at = x.at(h + SPREAD * ((series + 0.5) / names.length - 0.5));
      if (skill.low !== null && skill.high !== null) {
        parts.push(
          `<g class="s${series}">${line(at, y.at(skill.low), at, y.at(skill.high), 'bar')}</g>`,
        );
      }
      parts.push(marker(series, at, y.at(skill.value)));
    }
  });
  const title = 'Skill by horizon against every baseline, with 95 % intervals';
  const note = '<p class="soft">What lies beyond the axis is drawn at its edge.</p>';
  return legend(names.map(plainName)) + svg(FRAME, title, parts) + note;
}
