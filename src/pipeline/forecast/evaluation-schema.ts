/**
 * The shape of `physics_beta_gamma_eval.json`, checked when it is read.
 */
import { z } from 'zod';
import { EVALUATION_FORMAT, type ForecastEvaluation } from '../../forecast/index.ts';

const maybe = z.number().nullable();
const count = z.int().min(0);
const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'expected YYYY-MM-DD');
const hash = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hex digits');
const interval = z.strictObject({ value: maybe, low: maybe, high: maybe });
const estimate = z.strictObject({ value: z.number(), standard_error: maybe });

const brier = z.strictObject({
  score: maybe,
  reliability: maybe,
  resolution: maybe,
  uncertainty: maybe,
  within: maybe,
});

const forecaster = z.strictObject({
  name: z.string(),
  coverage: maybe,
  log_loss: maybe,
  brier,
  hit_rate: interval,
  direction_share: maybe,
  auc: maybe,
  mae_ticks: maybe,
});

const comparison = z.strictObject({
  baseline: z.string(),
  skill: interval,
  diebold_mariano: maybe,
  p_value: maybe,
  p_adjusted: maybe,
});

const reliability = z.strictObject({
  outcome: z.enum(['down', 'flat', 'up']),
  count,
  forecast: z.number(),
  frequency: z.number(),
  consistent_low: z.number(),
  consistent_high: z.number(),
});

const confidence = z.strictObject({
  confidence_low: z.number(),
  confidence_high: z.number(),
  confidence_mean: z.number(),
  moves: count,
  hit_rate: interval,
  step: interval.nullable(),
  step_p_value: maybe,
});

const horizon = z.strictObject({
  horizon_s: z.int().positive(),
  labelled: count,
  compared: count,
  moves: count,
  frequencies: z.strictObject({ down: maybe, flat: maybe, up: maybe }),
  ours: forecaster,
  baselines: z.array(forecaster),
  comparisons: z.array(comparison),
  best_baseline: z.string().nullable(),
  skill: interval,
  mae_skill: interval,
  r2: maybe,
  band_coverage: z.strictObject({ band50: maybe, band80: maybe }),
  reliability: z.array(reliability),
  risk_coverage: z.array(
    z.strictObject({ coverage: z.number(), hit_rate: maybe, log_loss: maybe }),
  ),
  confidence: z.array(confidence),
  mean_confidence: maybe,
  mean_direction_confidence: maybe,
  past_mirror: z.strictObject({ ahead: maybe, behind: maybe }),
});

const perDay = z.strictObject({
  dt: date,
  horizon_s: z.int().positive(),
  windows: count,
  log_loss: maybe,
  baseline_log_loss: maybe,
  skill: maybe,
  hit_rate: maybe,
});

const control = z.strictObject({
  control: z.enum(['shuffled_labels', 'mirrored_features', 'other_day_features']),
  horizon_s: z.int().positive(),
  moves: count,
  skill: interval,
  p_value: maybe,
  p_adjusted: maybe,
  flagged: z.boolean(),
});

const fold = z.strictObject({
  train: z.array(date),
  calibrate: z.array(date),
  test: z.array(date),
  horizons: z.array(
    z.strictObject({
      horizon_s: z.int().positive(),
      windows: count,
      log_loss: maybe,
      best_baseline: z.string().nullable(),
      skill: maybe,
      hit_rate: maybe,
    }),
  ),
  failed: z.string().nullable(),
});

/** Checks what a file says against what `ForecastEvaluation` promises. */
export const evaluationSchema: z.ZodType<ForecastEvaluation> = z.strictObject({
  format: z.literal(EVALUATION_FORMAT),
  root: z.string().min(1),
  product_type: z.string().min(1),
  status: z.enum(['proven', 'unproven']),
  reasons: z.array(z.string()),
  sentence: z.string(),
  days: z.strictObject({
    train: z.array(date),
    calibrate: z.array(date),
    holdout: z.array(date),
  }),
  horizons: z.array(horizon),
  per_day: z.array(perDay),
  controls: z.array(control),
  causality: z.strictObject({ cuts: count, windows: count, changed: count }),
  clock: z.strictObject({ own_second_r2: maybe, next_second_r2: maybe, flagged: z.boolean() }),
  walk_forward: z.array(fold),
  left_out: z.array(z.strictObject({ baseline: z.string(), why: z.string() })),
  session: z.strictObject({ time_zone: z.string(), from: z.string(), to: z.string() }),
  parameters_hash: hash,
  constants_hash: hash,
  inputs_hash: hash,
  inputs: z.array(
    z.strictObject({ dt: date, dataset: z.string(), symbol: z.string(), sha256: hash }),
  ),
  beta: estimate,
  gamma: estimate,
  code_version: z.string(),
});
