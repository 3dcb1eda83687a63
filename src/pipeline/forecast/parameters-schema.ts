/**
 * The shape of `physics_beta_gamma.json`, checked when it is read: whatever passes can be applied.
 */
import { z } from 'zod';
import {
  FEATURE_NAMES,
  type ForecastParameters,
  MOVE_SIZE_LEVELS,
  PARAMETERS_FORMAT,
  PROOF_HORIZONS_S,
} from '../../forecast/index.ts';

const FEATURES = FEATURE_NAMES.length;
const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'expected YYYY-MM-DD');
const hash = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hex digits');
const count = z.int().min(0);

const estimate = z.strictObject({
  value: z.number(),
  standard_error: z.number().min(0).nullable(),
});

function ascends(values: readonly number[], strictly: boolean): boolean {
  return values.every((v, i) => i === 0 || (strictly ? v > values[i - 1]! : v >= values[i - 1]!));
}

const isotonic = z
  .strictObject({ from: z.array(z.number()).min(1), to: z.array(z.number().min(0).max(1)) })
  .refine((map) => map.from.length === map.to.length, 'from and to differ in length')
  .refine((map) => ascends(map.from, true) && ascends(map.to, false), 'nodes do not ascend');

const sizes = z
  .array(z.number().positive())
  .refine((values) => values.length === 0 || values.length === MOVE_SIZE_LEVELS, 'levels')
  .refine((values) => ascends(values, false), 'quantiles do not ascend');

const horizon = z.strictObject({
  horizon_s: z.int(),
  means: z.array(z.number()).length(FEATURES),
  scales: z.array(z.number().positive()).length(FEATURES),
  l2: z.number().positive(),
  weights: z.array(z.array(z.number()).length(FEATURES + 1)).length(3),
  calibration: z.strictObject({ down: isotonic, flat: isotonic, up: isotonic }),
  move_sizes: z.strictObject({ down: sizes, up: sizes }),
  samples: z.strictObject({ train: count, calibrate: count }),
});

const skill = z.strictObject({
  horizon_s: z.int(),
  skill: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  baseline: z.string(),
});

/** Checks what a file says against what `ForecastParameters` promises. */
export const parametersSchema: z.ZodType<ForecastParameters> = z.strictObject({
  format: z.literal(PARAMETERS_FORMAT),
  root: z.string().min(1),
  product_type: z.string().min(1),
  status: z.enum(['proven', 'unproven']),
  reasons: z.array(z.string()),
  beta: estimate.refine(({ value }) => value >= 0, 'beta below 0'),
  gamma: estimate.refine(({ value }) => value >= 0 && value <= 1, 'gamma outside 0..1'),
  train_samples: count,
  days: z.strictObject({
    train: z.array(date),
    calibrate: z.array(date),
    holdout: z.array(date),
  }),
  session: z.strictObject({ time_zone: z.string(), from: z.string(), to: z.string() }),
  constants: z.record(z.string(), z.number()),
  constants_hash: hash,
  features: z.strictObject({
    names: z
      .array(z.string())
      .refine((names) => names.join() === FEATURE_NAMES.join(), `not ${FEATURE_NAMES.join(' ')}`),
  }),
  horizons: z
    .array(horizon)
    .refine(
      (all) => all.map((h) => h.horizon_s).join() === PROOF_HORIZONS_S.join(),
      `not ${PROOF_HORIZONS_S.join(' ')} s`,
    ),
  skill: z.array(skill),
  inputs: z.array(
    z.strictObject({ dt: date, dataset: z.string(), symbol: z.string(), sha256: hash }),
  ),
  inputs_hash: hash,
  code_version: z.string(),
});
