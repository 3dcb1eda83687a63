import { FEATURES } from './features.ts';
import type { Samples } from './gather-samples.ts';
import { FEATURE_LIMIT_SCALES } from './model-constants.ts';
import { storedNumber } from './stored-number.ts';

/** Mean and scale of each feature; a feature that does not vary has scale 1. */
export interface Standard {
  means: ArrayLike<number>;
  scales: ArrayLike<number>;
}

/** Mean and standard deviation of each feature over rows `from` to `to`. */
export function standardOf({ features }: Samples, from: number, to: number): Standard {
  const means = new Float64Array(FEATURES);
  const scales = new Float64Array(FEATURES);
  for (let i = from; i < to; i++) {
    for (let f = 0; f < FEATURES; f++) means[f]! += features[i * FEATURES + f]!;
  }
  for (let f = 0; f < FEATURES; f++) means[f] = storedNumber(means[f]! / (to - from));
  for (let i = from; i < to; i++) {
    for (let f = 0; f < FEATURES; f++) scales[f]! += (features[i * FEATURES + f]! - means[f]!) ** 2;
  }
  for (let f = 0; f < FEATURES; f++) {
    const scale = storedNumber(Math.sqrt(scales[f]! / (to - from)));
    scales[f] = scale > 0 ? scale : 1;
  }
  return { means, scales };
}

/** Standardises one row of features in place, tails cut. [FEATURES from `at` on] */
export function standardise(features: Float64Array, at: number, standard: Standard): void {
  const { means, scales } = standard;
  for (let f = 0; f < FEATURES; f++) {
    const z = (features[at + f]! - means[f]!) / scales[f]!;
    features[at + f] = Math.max(-FEATURE_LIMIT_SCALES, Math.min(FEATURE_LIMIT_SCALES, z));
  }
}

/** Standardised features of rows `from` to `to`: a copy. */
export function standardised(
  { features }: Samples,
  standard: Standard,
  from: number,
  to: number,
): Float64Array {
  const copy = features.slice(from * FEATURES, to * FEATURES);
  for (let at = 0; at < copy.length; at += FEATURES) standardise(copy, at, standard);
  return copy;
}
