import type { ForecastProof } from '../forecast/index.ts';
import { percent, plainName, UNKNOWN, withInterval } from './forecast-report/text.ts';

const HEAD = ['horizon', 'skill', 'best baseline', 'right directions among moves', 'windows'];

/** A proof for a terminal: the sentence, what speaks against it, skill by horizon. */
export function proofTable({ sentence, status, reasons, horizons }: ForecastProof): string {
  const rows = horizons.map((h) => [
    `${h.horizon_s} s`,
    withInterval(h.skill, (value) => percent(value)),
    h.best_baseline === null ? UNKNOWN : plainName(h.best_baseline),
    withInterval(h.ours.hit_rate, (value) => percent(value)),
    String(h.compared),
  ]);
  const all = [HEAD, ...rows];
  const widths = HEAD.map((_, c) => Math.max(...all.map((row) => row[c].length)));
  const lines = all.map((row) =>
    row
      .map((cell, c) => cell.padEnd(widths[c]))
      .join('  ')
      .trimEnd(),
  );
  const against = reasons.map((reason) => `- ${reason}`);
  return [sentence, `status: ${status}`, ...against, '', ...lines].join('\n');
}
