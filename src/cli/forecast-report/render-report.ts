import type { ForecastEvaluation } from '../../forecast/index.ts';
import { confidenceCharts, riskCoverageCharts } from './confidence-charts.ts';
import { reliabilityCharts } from './reliability-chart.ts';
import { skillChart } from './skill-chart.ts';
import { REPORT_STYLE } from './style.ts';
import {
  controlTable,
  dayTable,
  mirrorTable,
  originTables,
  scoreTable,
  summaryTable,
  walkTable,
} from './tables.ts';
import { escapeHtml, fixed, plainName } from './text.ts';

function verdict({ status, sentence, reasons }: ForecastEvaluation): string {
  const list = reasons.map((reason) => `<li>${escapeHtml(reason)}</li>`).join('');
  return (
    `<div class="${status}"><p class="sentence ${status}">${escapeHtml(sentence)}</p>` +
    `<p>Status: <span class="status">${status}</span></p>` +
    `${reasons.length > 0 ? `<p>Why it is unproven:</p><ul>${list}</ul>` : ''}</div>`
  );
}

function leftOut({ left_out }: ForecastEvaluation): string {
  return left_out
    .map(({ baseline, why }) => {
      const text = `Not compared: ${plainName(baseline)} (${why}).`;
      return `<p>${escapeHtml(text)}</p>`;
    })
    .join('');
}

function checks({ causality, clock }: ForecastEvaluation): string {
  const cut =
    `Future taken away: ${causality.cuts} times a session was cut short and forecast again; ` +
    `${causality.changed} of ${causality.windows} windows were forecast differently (must be 0).`;
  const seconds =
    `Clock: order flow explains ${fixed(clock.own_second_r2, 3)} of the variance of its own ` +
    `second's move and ${fixed(clock.next_second_r2, 3)} of the next one's` +
    `${clock.flagged ? ': LEAK' : ''}.`;
  const mirror =
    'Past mirror: a forecast that goes better with the move behind it than with the one ahead ' +
    'describes more than it foresees.';
  return [cut, seconds, mirror].map((text) => `<p>${escapeHtml(text)}</p>`).join('');
}

function section(title: string, text: string, content: string): string {
  const lead = text === '' ? '' : `<p class="soft">${escapeHtml(text)}</p>`;
  return `<section><h2>${escapeHtml(title)}</h2>${lead}${content}</section>`;
}

function sections(evaluation: ForecastEvaluation): string[] {
  const { horizons } = evaluation;
  return [
    section(
      'Skill by horizon',
      'Skill is the share of a baseline’s log-loss that the forecast saves on days that no fit has ' +
        'seen. Every forecaster is judged on the same windows.',
      skillChart(horizons) + summaryTable(horizons) + leftOut(evaluation),
    ),
    section(
      'Reliability',
      'Of all windows with a forecast of p, a share of p should come true: on the broken line. ' +
        'Vertical bars hold 95 % of what a reliable forecast would show.',
      reliabilityCharts(horizons),
    ),
    section(
      'Risk and coverage',
      'What is left when only the most confident windows are kept: the curve should rise to the left.',
      riskCoverageCharts(horizons),
    ),
    section(
      'Confidence',
      'Moves in fifths of confidence, each with its interval: the hit rate must not fall.',
      confidenceCharts(horizons),
    ),
    section('Every day held out', '', dayTable(evaluation)),
    section(
      'Controls',
      'The same forecast where nothing it knows can help: labels in another order, features of the ' +
        'mirrored time of day, features of another day.',
      controlTable(evaluation) + checks(evaluation) + mirrorTable(horizons),
    ),
    section(
      'Walk forward',
      'Forecast and baselines fitted anew on growing stretches of days, each judged on the days ' +
        'after it.',
      walkTable(evaluation),
    ),
    section('Every score', '', horizons.map(scoreTable).join('\n')),
    section('What it was made of', '', originTables(evaluation)),
  ];
}

/** The report of an evaluation: one HTML page that needs nothing else, script or network. */
export function renderReport(evaluation: ForecastEvaluation): string {
  const { root, product_type, days } = evaluation;
  const all = [...days.train, ...days.calibrate, ...days.holdout];
  const title = `Forecast of ${root}: proof`;
  const span = `${product_type}, ${all[0] ?? ''} to ${all.at(-1) ?? ''}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<p class="soft">${escapeHtml(span)}</p>
${verdict(evaluation)}
${sections(evaluation).join('\n')}
</main>
</body>
</html>
`;
}
