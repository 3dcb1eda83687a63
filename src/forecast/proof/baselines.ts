/**
 * What a forecast has to beat, each fitted and calibrated on the same days as the forecast itself
 * (models: Stage F, proof; docs/forecast.md names the papers).
 */
import { upProbability } from '../../features/index.ts';
import { type DayForecast, type Forecaster, PROOF_HORIZONS_S } from '../day-forecast.ts';
import type { ForecastDay } from '../forecast-day.ts';
import { speedAt } from '../model/features.ts';
import { purgedFrom } from '../model/gather-samples.ts';
import { PROBABILITY_FLOOR } from '../model/model-constants.ts';
import { midMoves } from '../moves.ts';
import { type BaselineModel, baselineProbabilities, fitBaselineModels } from './baseline-model.ts';
import {
  type BaselineQuantity,
  LAST_MOVE,
  MICRO_PRICE,
  ORDER_FLOW,
  QUEUE_IMBALANCE,
  quantityOf,
} from './baseline-quantities.ts';
import { type Climate, climateOf } from './climate.ts';

/** Days that baselines are fitted and calibrated on. */
export interface FitDays {
  train: readonly ForecastDay[];
  calibrate: readonly ForecastDay[];
}

/** Baselines that could be fitted, and those that could not. */
export interface Baselines {
  forecasters: Forecaster[];
  leftOut: { baseline: string; why: string }[];
}

/** Expected move of one window, ticks, from its probabilities; `h` is the horizon's position. */
type ExpectedMove = (day: ForecastDay, i: number, h: number, p: Float64Array) => number;

/** Sizes of training days, weighted by how likely each way is. */
function bySizes(climates: readonly Climate[]): ExpectedMove {
  return (_day, i, h, p) => p[3 * i + 2] * climates[h].sizeUp - p[3 * i] * climates[h].sizeDown;
}

function withMoves(
  day: ForecastDay,
  probabilities: readonly Float64Array[],
  expected: ExpectedMove,
): DayForecast {
  const moves = probabilities.map((p, h) =>
    Float64Array.from({ length: day.windows }, (_, i) =>
      Number.isNaN(p[3 * i]) ? Number.NaN : expected(day, i, h, p),
    ),
  );
  return { probabilities, moves };
}

/** The same three probabilities at every window whose book is valid. */
function constantForecast(
  day: ForecastDay,
  rows: readonly (readonly [number, number, number])[],
  expected: ExpectedMove,
): DayForecast {
  const probabilities = rows.map((row) => {
    const p = new Float64Array(3 * day.windows).fill(Number.NaN);
    for (let i = 0; i < day.windows; i++) if (day.valid[i] === 1) p.set(row, 3 * i);
    return p;
  });
  return withMoves(day, probabilities, expected);
}

/** Nothing moves more than it used to, up and down alike; the mid is expected to stay. */
function noChange(climates: readonly Climate[]): Forecaster {
  const rows = climates.map(({ flat }) => [(1 - flat) / 2, flat, (1 - flat) / 2] as const);
  return { name: 'no_change', predict: (day) => constantForecast(day, rows, () => 0) };
}

/** Every outcome as often as on training days. */
function climatology(climates: readonly Climate[]): Forecaster {
  const rows = climates.map(({ down, flat, up }) => [down, flat, up] as const);
  const expected: ExpectedMove = (_day, _i, h) => climates[h].mean;
  return { name: 'climatology', predict: (day) => constantForecast(day, rows, expected) };
}

/**
 * Up with probability (2 / pi) atan(bid lots / ask lots) when the mid moves, nothing fitted (Cont
 * and de Larrard 2013); how often it moves as on training days.
 */
function queueArctangent(climates: readonly Climate[]): Forecaster {
  const predict = (day: ForecastDay) => {
    const probabilities = climates.map(({ flat }) => {
      const p = new Float64Array(3 * day.windows).fill(Number.NaN);
      for (let i = 0; i < day.windows; i++) {
        const told = upProbability(day.bidLots[i], day.askLots[i]);
        if (day.valid[i] !== 1 || Number.isNaN(told)) continue;
        const up = Math.min(1 - PROBABILITY_FLOOR, Math.max(PROBABILITY_FLOOR, told));
        p.set([(1 - flat) * (1 - up), flat, (1 - flat) * up], 3 * i);
      }
      return p;
    });
    return withMoves(day, probabilities, bySizes(climates));
  };
  return { name: 'queue_imbalance_atan', predict };
}

/** A fitted quantity as a forecaster. */
function fitted(
  quantity: BaselineQuantity,
  models: readonly BaselineModel[],
  expected: ExpectedMove,
): Forecaster {
  const predict = (day: ForecastDay) => {
    const values = quantityOf(quantity, day);
    return withMoves(
      day,
      models.map((model) => baselineProbabilities(model, values)),
      expected,
    );
  };
  return { name: quantity.name, predict };
}

/** Share of a second's move that the next second repeats, by least squares. */
function repeatShare(days: readonly ForecastDay[]): number {
  let [xy, xx] = [0, 0];
  for (const day of days) {
    const next = midMoves(day, 1);
    const end = purgedFrom(day);
    for (let i = 0; i < end; i++) {
      const last = day.valid[i] === 1 ? speedAt(day, i) : Number.NaN;
      if (Number.isNaN(last) || Number.isNaN(next[i])) continue;
      xy += last * next[i];
      xx += last * last;
    }
  }
  return xx > 0 ? xy / xx : 0;
}

/** The move that an autoregression of one-second moves expects over each horizon. */
function autoregressiveMove(share: number): ExpectedMove {
  const sums = PROOF_HORIZONS_S.map((seconds) => {
    let [sum, power] = [0, 1];
    for (let s = 0; s < seconds; s++) {
      power *= share;
      sum += power;
    }
    return sum;
  });
  return (day, i, h) => sums[h] * speedAt(day, i);
}

/** Fits every baseline at `PROOF_HORIZONS_S`. */
export function fitBaselines(days: FitDays): Baselines {
  const climates = PROOF_HORIZONS_S.map((seconds) => climateOf(days.train, seconds));
  const sized = bySizes(climates);
  const forecasters = [noChange(climates), climatology(climates), queueArctangent(climates)];
  const leftOut: Baselines['leftOut'] = [];
  const candidates: [BaselineQuantity, ExpectedMove][] = [
    [LAST_MOVE, autoregressiveMove(repeatShare(days.train))],
    [QUEUE_IMBALANCE, sized],
    [MICRO_PRICE, (day, i) => day.microPriceEdge[i]],
    [ORDER_FLOW, sized],
  ];
  for (const [quantity, expected] of candidates) {
    const models = fitBaselineModels(quantity, days);
    if (models) {
      forecasters.push(fitted(quantity, models, expected));
    } else {
      const why = 'too few windows with a known value and a known move, or no fit';
      leftOut.push({ baseline: quantity.name, why });
    }
  }
  return { forecasters, leftOut };
}
