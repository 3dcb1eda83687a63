import { OUTCOMES } from '../day-forecast.ts';
import { fitLogistic, logisticProbabilities } from '../numerics/logistic.ts';
import { FEATURES } from './features.ts';
import type { Samples } from './gather-samples.ts';
import { L2_GRID, L2_SEARCH_SAMPLES } from './model-constants.ts';
import { standardised, standardOf } from './standardise.ts';

const CLASSES = OUTCOMES.length;
/** Parts of the training days that are forecast from the days before them. */
const FOLDS = 2;
/** A fold tests this part of the days. */
const FOLD_PART = 0.25;

/** Rows before `middle` are learnt from, those up to `to` tested on. */
interface Fold {
  middle: number;
  to: number;
}

/** Walks forward: each fold tests days that follow all it learns from. */
function foldsOf({ dayStarts }: Samples): Fold[] {
  const days = dayStarts.length - 1;
  const length = Math.max(1, Math.floor(days * FOLD_PART));
  const folds: Fold[] = [];
  for (let fold = FOLDS; fold > 0; fold--) {
    const first = days - fold * length;
    if (first < 1) continue;
    folds.push({ middle: dayStarts[first]!, to: dayStarts[first + length]! });
  }
  return folds.filter(({ middle, to }) => middle > 0 && to > middle);
}

/** Sum of the log-loss of every penalty on one fold, nats; infinite where it does not converge. */
function lossesOn(samples: Samples, { middle, to }: Fold): number[] {
  const standard = standardOf(samples, 0, middle);
  const features = standardised(samples, standard, 0, middle);
  const seen = standardised(samples, standard, middle, to);
  const outcomes = samples.outcomes.subarray(0, middle);
  const p = new Float64Array((to - middle) * CLASSES);
  return L2_GRID.map((l2) => {
    const problem = { rows: middle, featureCount: FEATURES, features, outcomes };
    const { weights, converged } = fitLogistic({ ...problem, classCount: CLASSES, l2 });
    if (!converged) return Number.POSITIVE_INFINITY;
    logisticProbabilities(weights, seen, to - middle, p);
    let loss = 0;
    for (let i = middle; i < to; i++) {
      loss -= Math.log(p[(i - middle) * CLASSES + samples.outcomes[i]!]!);
    }
    return loss;
  });
}

/** Every `stride`-th row: a penalty does not need them all. */
function thinned(samples: Samples, stride: number): Samples {
  if (stride <= 1) return samples;
  const rows = Math.floor((samples.rows - 1) / stride) + 1;
  const features = new Float64Array(rows * FEATURES);
  for (let i = 0; i < rows; i++) {
    const from = i * stride * FEATURES;
    features.set(samples.features.subarray(from, from + FEATURES), i * FEATURES);
  }
  const kept = (_: number, i: number) => i % stride === 0;
  return {
    rows,
    features,
    outcomes: samples.outcomes.filter(kept),
    moves: samples.moves.filter(kept),
    dayStarts: samples.dayStarts.map((start) => Math.ceil(start / stride)),
  };
}

/**
 * The penalty of `L2_GRID` that forecasts later training days best from earlier ones; of those that
 * are about as good, the strongest. Labels of a horizon of h seconds overlap, so h windows count
 * for one, and less than a nat between two penalties tells nothing.
 * @param seconds the horizon.
 */
export function chooseL2(train: Samples, seconds: number): number {
  const stride = Math.max(1, Math.ceil(train.rows / L2_SEARCH_SAMPLES));
  const samples = thinned(train, stride);
  const losses = L2_GRID.map(() => 0);
  for (const fold of foldsOf(samples)) {
    lossesOn(samples, fold).forEach((loss, k) => {
      losses[k]! += loss;
    });
  }
  const tolerance = Math.max(1, seconds / stride);
  const enough = Math.min(...losses) + tolerance;
  const strongest = losses.findLastIndex((loss) => loss <= enough);
  return L2_GRID[strongest] ?? L2_GRID[L2_GRID.length - 1]!;
}
