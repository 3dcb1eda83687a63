import { isKnownError } from '../../core/index.ts';
import { type Forecaster, PROOF_HORIZONS_S } from '../day-forecast.ts';
import type { ForecastDay } from '../forecast-day.ts';
import { type Baselines, type FitDays, fitBaselines } from './baselines.ts';
import type { WalkForwardFold } from './evaluation.ts';
import { type JudgedWindows, judgeWindows } from './judged-windows.ts';
import { known } from './known.ts';
import { directionHits, logLosses, skillOf } from './scores.ts';

/** Most refits. */
const FOLDS_MAX = 4;
/** Share of the days that the first refit trains on, at least. */
const FIRST_TRAIN_SHARE = 0.4;
/** Days of training of any fold, at least. */
const TRAIN_DAYS_MIN = 2;
/** Share of the days that calibrate a fold. */
const CALIBRATE_SHARE = 3 / 20;

/** Fits a forecaster anew; errors of the registry mean that these days cannot be fitted. */
export type Refit = (days: FitDays) => Forecaster;

/** Days of one refit. */
interface FoldDays extends FitDays {
  test: readonly ForecastDay[];
}

/** Cuts days in time order into folds: all days before train and calibrate, the next are judged. */
export function foldsOf(days: readonly ForecastDay[]): FoldDays[] {
  const calibrate = Math.max(1, Math.round(days.length * CALIBRATE_SHARE));
  const first = Math.max(TRAIN_DAYS_MIN, Math.floor(days.length * FIRST_TRAIN_SHARE));
  const spare = days.length - first - calibrate;
  if (spare < 1) return [];
  const folds = Math.min(FOLDS_MAX, spare);
  const each = Math.floor(spare / folds);
  return Array.from({ length: folds }, (_, f) => {
    const from = days.length - (folds - f) * each;
    return {
      train: days.slice(0, from - calibrate),
      calibrate: days.slice(from - calibrate, from),
      test: days.slice(from, from + each),
    };
  });
}

function meanOf(values: Float64Array): number {
  const told = values.filter((value) => !Number.isNaN(value));
  return told.reduce((sum, value) => sum + value, 0) / told.length;
}

function scoreFold(judged: JudgedWindows): WalkForwardFold['horizons'][number] {
  const means = judged.forecasts.map((f) => meanOf(logLosses(f.probabilities, judged.outcome)));
  let best = -1;
  for (let f = 1; f < means.length; f++) if (best < 0 || means[f] < means[best]) best = f;
  const isCompared = best > 0 && judged.outcome.length > 0;
  return {
    horizon_s: judged.horizon,
    windows: judged.outcome.length,
    log_loss: known(means[0]),
    best_baseline: isCompared ? judged.forecasts[best].name : null,
    skill: isCompared ? known(skillOf(means[0], means[best])) : null,
    hit_rate: known(meanOf(directionHits(judged.forecasts[0].probabilities, judged.outcome))),
  };
}

function judgeFold(ours: Forecaster, { forecasters }: Baselines, test: readonly ForecastDay[]) {
  const said = [ours, ...forecasters].map((forecaster) => ({
    name: forecaster.name,
    days: test.map((day) => forecaster.predict(day)),
  }));
  return PROOF_HORIZONS_S.map((horizon, h) => scoreFold(judgeWindows(test, said, { h, horizon })));
}

/**
 * Refits forecast and baselines on growing stretches of days and judges each on the days after it:
 * whether the skill is that of one lucky split.
 */
export function walkForward(days: readonly ForecastDay[], refit: Refit): WalkForwardFold[] {
  const dates = (part: readonly ForecastDay[]) => part.map(({ dt }) => dt);
  return foldsOf(days).map((fold) => {
    const told = {
      train: dates(fold.train),
      calibrate: dates(fold.calibrate),
      test: dates(fold.test),
    };
    try {
      const horizons = judgeFold(refit(fold), fitBaselines(fold), fold.test);
      return { ...told, horizons, failed: null };
    } catch (error) {
      if (!isKnownError(error)) throw error;
      return { ...told, horizons: [], failed: error.message };
    }
  });
}
