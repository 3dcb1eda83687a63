import { OUTCOMES, PROOF_HORIZONS_S } from '../day-forecast.ts';
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

/** A session and what a baseline sees of it. */
interface SeenDay {
  day: ForecastDay;
  /** [windows x width] */
  values: Float64Array;
}

function gatherRows(seen: readonly SeenDay[], width: number, seconds: number): BaselineRows {
  const most = seen.reduce((sum, { day }) => sum + day.windows, 0);
  const values = new Float64Array(most * width);
  const outcomes = new Uint8Array(most);
  let rows = 0;
  for (const { day, values: own } of seen) {
    const moves = midMoves(day, seconds);
    const end = purgedFrom(day);
    for (let i = 0; i < end; i++) {
      const outcome = outcomeOf(moves[i]);
      if (outcome < 0) continue;
      let sum = 0;
      for (let k = 0; k < width; k++) {
        values[rows * width + k] = own[i * width + k];
        sum += own[i * width + k];
      }
      if (Number.isFinite(sum)) outcomes[rows++] = outcome;
    }
  }
  return { rows, values: values.subarray(0, rows * width), outcomes: outcomes.subarray(0, rows) };
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

function fitModel(
  width: number,
  train: BaselineRows,
  later: BaselineRows,
  seconds: number,
): BaselineModel | null {
  if (train.rows < ROWS_MIN || later.rows < ROWS_MIN) return null;
  const standard = standardOf(train.values, width);
  const fit = fitLogistic({
    rows: train.rows,
    featureCount: width,
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

/**
 * Fits a multinomial logistic of a baseline's quantity at each of `PROOF_HORIZONS_S` and calibrates
 * it, on the same days and in the same way as the forecast that it is compared with.
 * @returns null when there are too few windows at one of them, or a fit does not converge.
 */
export function fitBaselineModels(
  quantity: BaselineQuantity,
  days: { train: readonly ForecastDay[]; calibrate: readonly ForecastDay[] },
): BaselineModel[] | null {
  const { width } = quantity;
  const see = (day: ForecastDay): SeenDay => ({ day, values: quantityOf(quantity, day) });
  const [train, later] = [days.train.map(see), days.calibrate.map(see)];
  const models: BaselineModel[] = [];
  for (const seconds of PROOF_HORIZONS_S) {
    const rows = gatherRows(train, width, seconds);
    const model = fitModel(width, rows, gatherRows(later, width, seconds), seconds);
    if (!model) return null;
    models.push(model);
  }
  return models;
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
