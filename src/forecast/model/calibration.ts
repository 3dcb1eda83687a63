/**
 * Calibration of a probability on days that its model has not seen: isotonic on steps of enough
 * windows, and drawn towards no change where windows are few.
 */
import type { IsotonicMap } from '../forecast-parameters.ts';
import { fitIsotonic } from '../numerics/isotonic.ts';
import { sortedOrder } from '../numerics/sorted-order.ts';
import {
  CALIBRATION_PRIOR_SAMPLES,
  CALIBRATION_STEP_SAMPLES,
  CALIBRATION_STEPS_MIN,
} from './model-constants.ts';

/** Means of neighbouring windows. */
interface Steps {
  forecast: number[];
  frequency: number[];
  weight: number[];
}

/** Groups windows of similar forecast; equal forecasts stay together, the last step is whole. */
function stepsOf(forecast: Float64Array, happened: Uint8Array, least: number): Steps {
  const order = sortedOrder(forecast);
  const steps: Steps = { forecast: [], frequency: [], weight: [] };
  for (let at = 0; at < order.length; ) {
    const from = at;
    let sum = 0;
    let hits = 0;
    const isOpen = () =>
      at - from < least ||
      order.length - at < least ||
      forecast[order[at]!] === forecast[order[at - 1]!];
    while (at < order.length && isOpen()) {
      sum += forecast[order[at]!]!;
      hits += happened[order[at]!]!;
      at++;
    }
    steps.forecast.push(sum / (at - from));
    steps.frequency.push(hits / (at - from));
    steps.weight.push(at - from);
  }
  return steps;
}

/**
 * Fits the map from a forecast probability to how often it came true:
 * `share * isotonic(p) + (1 - share) * p`, share = n / (n + `CALIBRATION_PRIOR_SAMPLES`).
 *
 * Labels of a horizon of h seconds overlap: h windows count for one, both in n and in the size of a
 * step of the isotonic fit. Never decreasing.
 *
 * @param forecast probabilities of one outcome. [windows]
 * @param happened 1 where it came true. [windows]
 * @param seconds the horizon.
 */
export function fitCalibration(
  forecast: Float64Array,
  happened: Uint8Array,
  seconds: number,
): IsotonicMap {
  const { length } = forecast;
  const least = Math.min(CALIBRATION_STEP_SAMPLES * seconds, length / CALIBRATION_STEPS_MIN);
  const steps = stepsOf(forecast, happened, least);
  const isotonic = fitIsotonic(steps.forecast, steps.frequency, steps.weight);
  const independent = length / seconds;
  const share = independent / (independent + CALIBRATION_PRIOR_SAMPLES);
  const { from, to } = isotonic;
  const drawn = (at: number, value: number) => share * value + (1 - share) * at;
  const map: IsotonicMap = { from: [...from], to: from.map((at, k) => drawn(at, to[k]!)) };
  if (from.length === 0) return { from: [0, 1], to: [0, 1] };
  if (from[0]! > 0) {
    map.from.unshift(0);
    map.to.unshift(drawn(0, to[0]!));
  }
  if (from.at(-1)! < 1) {
    map.from.push(1);
    map.to.push(drawn(1, to.at(-1)!));
  }
  return map;
}
