import { OUTCOMES } from '../day-forecast.ts';
import type { ForecastDay } from '../forecast-day.ts';
import type { IsotonicMap } from '../forecast-parameters.ts';
import { fitCalibration } from '../model/calibration.ts';
import { purgedFrom } from '../model/gather-samples.ts';
import { FEATURE_LIMIT_SCALES } from '../model/model-constants.ts';
import { calibrate } from '../model/probability-model.ts';
import { midMoves, outcomeOf } from '../moves.ts';
import { fitLogistic, logisticProbabilities } from '../numerics/logistic.ts';
import { type BaselineQuantity, quantityOf } from './baseline-quantities.ts';

const CLASSES = OUTCOMES.length;
/** Penalty of squared weights: with one to three numbers it only keeps separable data finite. */
const BASELINE_L2 = 1e-4;
/** Fewest windows that a baseline is fitted or calibrated on. */
const ROWS_MIN = 30;

/** Windows that a baseline is fitted on. */
interface BaselineRows {
  rows: number;
  /** [rows x width] */
  values: Float64Array;
  /** Positions in `OUTCOMES`. */
  outcomes: Uint8Array;
}

/** A fitted quantity at one horizon. */
export interface BaselineModel {
  means: Float64Array;
  scales: Float64Array;
  weights: number[][];
  maps: IsotonicMap[];
}

function gatherRows(
  quantity: BaselineQuantity,
  days: readonly ForecastDay[],
  seconds: number,
): BaselineRows {
  const values: number[] = [];
  const outcomes: number[] = [];
  for (const day of days) {
    const seen = quantityOf(quantity, day);
    const moves = midMoves(day, seconds);
    const end = purgedFrom(day);
    for (let i = 0; i < end; i++) {
      const row = seen.subarray(i * quantity.width, (i + 1) * quantity.width);
      if (outcomeOf(moves[i]) < 0 || !row.every(Number.isFinite)) continue;
      values.push(...row);
      outcomes.push(outcomeOf(moves[i]));
    }
  }
  return {
    rows: outcomes.length,
    values: Float64Array.from(values),
    outcomes: Uint8Array.from(outcomes),
  };
}

/** Mean and scale of each number; one that does not vary has scale 1. */
function standardOf(
  values: Float64Array,
  width: number,
): { means: Float64Array; scales: Float64Array } {
  const rows = values.length / width;
  const means = new Float64Array(width);
  const scales = new Float64Array(width);
  values.forEach((value, at) => {
    means[at % width] += value / rows;
  });
  values.forEach((value, at) => {
    scales[at % width] += (value - means[at % width]) ** 2 / rows;
  });
  return { means, scales: scales.map((variance) => (variance > 0 ? Math.sqrt(variance) : 1)) };
}

function standardised(
  values: Float64Array,
  { means, scales }: { means: Float64Array; scales: Float64Array },
): Float64Array {
  const width = means.length;
  return values.map((value, at) => {
    const z = (value - means[at % width]) / scales[at % width];
    return Math.max(-FEATURE_LIMIT_SCALES, Math.min(FEATURE_LIMIT_SCALES, z));
  });
}

function calibrations(raw: Float64Array, outcomes: Uint8Array, seconds: number): IsotonicMap[] {
  return OUTCOMES.map((_, c) => {
    const forecast = Float64Array.from(outcomes, (_o, i) => raw[i * CLASSES + c]);
    const happened = Uint8Array.from(outcomes, (o) => (o === c ? 1 : 0));
    return fitCalibration(forecast, happened, seconds);
  });
}

/**
 * Fits a multinomial logistic of a baseline's quantity at one horizon and calibrates it, on the same
 * days and in the same way as the forecast that it is compared with.
 * @returns null when there are too few windows, or the fit does not converge.
 */
export function fitBaselineModel(
  quantity: BaselineQuantity,
  days: { train: readonly ForecastDay[]; calibrate: readonly ForecastDay[] },
  seconds: number,
): BaselineModel | null {
  const train = gatherRows(quantity, days.train, seconds);
  const later = gatherRows(quantity, days.calibrate, seconds);
  if (train.rows < ROWS_MIN || later.rows < ROWS_MIN) return null;
  const standard = standardOf(train.values, quantity.width);
  const fit = fitLogistic({
    rows: train.rows,
    featureCount: quantity.width,
    features: standardised(train.values, standard),
    outcomes: train.outcomes,
    classCount: CLASSES,
    l2: BASELINE_L2,
  });
  if (!fit.converged) return null;
  const raw = new Float64Array(later.rows * CLASSES);
  logisticProbabilities(fit.weights, standardised(later.values, standard), later.rows, raw);
  return { ...standard, weights: fit.weights, maps: calibrations(raw, later.outcomes, seconds) };
}

/** p(down), p(flat), p(up) of every window; NaN where the quantity is unknown. [windows x 3] */
export function baselineProbabilities(model: BaselineModel, values: Float64Array): Float64Array {
  const rows = values.length / model.means.length;
  const out = new Float64Array(rows * CLASSES);
  logisticProbabilities(model.weights, standardised(values, model), rows, out);
  for (let i = 0; i < rows; i++) {
    if (Number.isNaN(out[i * CLASSES])) out.fill(Number.NaN, i * CLASSES, (i + 1) * CLASSES);
    else calibrate(model.maps, out.subarray(i * CLASSES, (i + 1) * CLASSES));
  }
  return out;
}
