import { OUTCOMES } from '../day-forecast.ts';
import { fitLogistic, logisticProbabilities } from '../numerics/logistic.ts';
import { FEATURES } from './features.ts';
import type { Samples } from './gather-samples.ts';
import { L2_GRID } from './model-constants.ts';
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

/**
 * The penalty of `L2_GRID` that forecasts later training days best from earlier ones; the strongest
 * where days cannot tell (one day, or equal losses).
 */
export function chooseL2(train: Samples): number {
  const losses = L2_GRID.map(() => 0);
  for (const fold of foldsOf(train)) {
    lossesOn(train, fold).forEach((loss, k) => {
      losses[k]! += loss;
    });
  }
  let best = L2_GRID.length - 1;
  for (let k = best - 1; k >= 0; k--) if (losses[k]! < losses[best]!) best = k;
  return L2_GRID[best]!;
}
