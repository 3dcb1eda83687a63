import type { ForecastEvaluation, HorizonEvaluation, Interval } from '../../forecast/index.ts';
import { fixed, percent, plainName, probability, table, UNKNOWN, withInterval } from './text.ts';

function shares(interval: Interval): string {
  return withInterval(interval, (value) => percent(value));
}

/** The one table that says where there is skill. */
export function summaryTable(horizons: readonly HorizonEvaluation[]): string {
  return table(
    'Each horizon on the days held out, intervals 95 % over whole days',
    [
      'horizon',
      'windows compared',
      'of those with a move',
      'best baseline',
      'skill against it',
      'right directions among moves',
      'mean confidence',
      '… given a move',
      'in the 50 % band',
      'in the 80 % band',
      'error saved against no change',
    ],
    horizons.map((h) => [
      `${h.horizon_s} s`,
      String(h.compared),
      String(h.moves),
      h.best_baseline === null ? UNKNOWN : plainName(h.best_baseline),
      shares(h.skill),
      shares(h.ours.hit_rate),
      percent(h.mean_confidence),
      percent(h.mean_direction_confidence),
      percent(h.band_coverage.band50),
      percent(h.band_coverage.band80),
      shares(h.mae_skill),
    ]),
  );
}

/** Every forecaster's scores at one horizon, ours first. */
export function scoreTable(h: HorizonEvaluation): string {
  const rows = [h.ours, ...h.baselines].map((score) => {
    const comparison = h.comparisons.find((c) => c.baseline === score.name);
    return [
      plainName(score.name),
      percent(score.coverage),
      fixed(score.log_loss, 4),
      fixed(score.brier.score, 4),
      fixed(score.brier.reliability, 4),
      fixed(score.brier.resolution, 4),
      fixed(score.brier.uncertainty, 4),
      shares(score.hit_rate),
      fixed(score.auc, 3),
      fixed(score.mae_ticks, 3),
      comparison ? shares(comparison.skill) : UNKNOWN,
      comparison ? fixed(comparison.diebold_mariano, 2) : UNKNOWN,
      comparison ? probability(comparison.p_adjusted) : UNKNOWN,
    ];
  });
  return table(
    `${h.horizon_s} s ahead: ${h.compared} of ${h.labelled} windows with a known move are ` +
      'covered by all',
    [
      'forecaster',
      'covers',
      'log-loss',
      'Brier',
      'reliability',
      'resolution',
      'uncertainty',
      'right directions',
      'AUC',
      'error, ticks',
      'our skill against it',
      'Diebold-Mariano',
      'p, adjusted',
    ],
    rows,
  );
}

/** Each held-out day at each horizon: skill and, behind it, the hit rate. */
export function dayTable({ per_day, days, horizons }: ForecastEvaluation): string {
  const rows = days.holdout.map((dt) => [
    dt,
    ...horizons.map(({ horizon_s }) => {
      const score = per_day.find((row) => row.dt === dt && row.horizon_s === horizon_s);
      if (!score || score.windows === 0) return UNKNOWN;
      return `${percent(score.skill)} · ${percent(score.hit_rate)}`;
    }),
  ]);
  const head = ['day', ...horizons.map((h) => `${h.horizon_s} s`)];
  return table('Skill against the best baseline · right directions among moves', head, rows);
}

/** The controls, which must show no skill. */
export function controlTable({ controls }: ForecastEvaluation): string {
  const names = [...new Set(controls.map((c) => c.control))];
  const seconds = [...new Set(controls.map((c) => c.horizon_s))];
  const rows = seconds.map((second) => [
    `${second} s`,
    ...names.map((name) => {
      const score = controls.find((c) => c.control === name && c.horizon_s === second);
      if (!score) return UNKNOWN;
      return `${shares(score.skill)}${score.flagged ? ' LEAK' : ''}`;
    }),
  ]);
  const head = ['horizon', ...names.map(plainName)];
  return table('Skill in directions where nothing can be known (must not be above 0)', head, rows);
}

/** The refits on growing stretches of days. */
export function walkTable({ walk_forward, horizons }: ForecastEvaluation): string {
  if (walk_forward.length === 0) {
    return '<p>No walk forward was made: there are too few days, or it was left out.</p>';
  }
  const rows = walk_forward.map((fold) => [
    fold.test.length > 1 ? `${fold.test[0]} to ${fold.test.at(-1)}` : (fold.test[0] ?? UNKNOWN),
    String(fold.train.length),
    ...horizons.map(({ horizon_s }) => {
      const score = fold.horizons.find((row) => row.horizon_s === horizon_s);
      return score ? `${percent(score.skill)} · ${percent(score.hit_rate)}` : UNKNOWN;
    }),
    fold.failed ?? '',
  ]);
  const head = [
    'judged on',
    'trained on, days',
    ...horizons.map((h) => `${h.horizon_s} s`),
    'note',
  ];
  const caption = 'Skill against the best baseline of the fold · right directions among moves';
  return table(caption, head, rows);
}

/** How well the forecast goes with what was, and with what comes. */
export function mirrorTable(horizons: readonly HorizonEvaluation[]): string {
  return table(
    'Correlation of p(up) − p(down) with the move ahead and with the move behind',
    ['horizon', 'ahead', 'behind'],
    horizons.map((h) => [
      `${h.horizon_s} s`,
      fixed(h.past_mirror.ahead, 3),
      fixed(h.past_mirror.behind, 3),
    ]),
  );
}

/** What the forecast and its proof were made of. */
export function originTables(evaluation: ForecastEvaluation): string {
  const { beta, gamma, days, session } = evaluation;
  const fitted = ({ value, standard_error }: typeof beta) =>
    `${fixed(value, 5)} (standard error ${fixed(standard_error, 5)})`;
  const facts = table(
    'Fit',
    ['number', 'value'],
    [
      ['beta', fitted(beta)],
      ['gamma', fitted(gamma)],
      ['hours', `${session.from} to ${session.to} ${session.time_zone}`],
      ['days trained on', days.train.join(', ')],
      ['days calibrated on', days.calibrate.join(', ')],
      ['days held out', days.holdout.join(', ')],
      ['parameters, sha256', evaluation.parameters_hash],
      ['model constants, sha256', evaluation.constants_hash],
      ['inputs, sha256', evaluation.inputs_hash],
      ['format', evaluation.format],
      ['version of the code', evaluation.code_version],
    ],
  );
  const inputs = table(
    'Partitions that it was made of',
    ['day', 'table', 'symbol', 'sha256'],
    evaluation.inputs.map((input) => [input.dt, input.dataset, input.symbol, input.sha256]),
  );
  return facts + inputs;
}
