import { describe, expect, it } from 'vitest';
import {
  type FittedForecast,
  type ForecastDay,
  fitForecast,
  PROOF_HORIZONS_S,
  predictDay,
  splitDays,
} from '../../src/forecast/index.ts';
import { gatherSamples } from '../../src/forecast/model/gather-samples.ts';
import { prepareDay } from '../../src/forecast/model/prepare-day.ts';
import { midMoves, outcomeOf } from '../../src/forecast/moves.ts';
import { poisonedFrom } from './model-days.ts';
import { plantedDays } from './planted-market.ts';

const WINDOWS = 500;
const days = plantedDays(8, { windows: WINDOWS, invalidShare: 0.002 });
const { train, calibrate, holdout } = splitDays(days);
const fitted = fitForecast(train, calibrate);

/** What of a fit the calibration days may not touch. */
function learnt({ beta, gamma, horizons }: FittedForecast) {
  const own = horizons.map(({ calibration, samples, ...rest }) => ({
    ...rest,
    train: samples.train,
    known: calibration !== undefined,
  }));
  return { beta, gamma, own };
}

/** Mean log-loss on days, ours and that of the days' own frequencies. */
function losses(forecast: FittedForecast, on: readonly ForecastDay[], h: number) {
  const counts = [0, 0, 0];
  let loss = 0;
  let rows = 0;
  for (const day of on) {
    const moves = midMoves(day, PROOF_HORIZONS_S[h]!);
    const said = predictDay(forecast, day).probabilities[h]!;
    moves.forEach((move, i) => {
      const outcome = outcomeOf(move);
      const p = said[3 * i + outcome];
      if (outcome < 0 || p === undefined || Number.isNaN(p)) return;
      counts[outcome]!++;
      loss -= Math.log(p);
      rows++;
    });
  }
  const own = counts.reduce((sum, n) => sum - (n > 0 ? (n / rows) * Math.log(n / rows) : 0), 0);
  return { ours: loss / rows, frequencies: own };
}

describe('splitting days', () => {
  it('keeps 12 : 3 : 5 and time order, down to six', () => {
    const sizes = (n: number) => {
      const dates = Array.from({ length: n }, (_, i) => i);
      const split = splitDays(dates);
      expect([...split.train, ...split.calibrate, ...split.holdout]).toEqual(dates);
      return [split.train.length, split.calibrate.length, split.holdout.length];
    };
    expect(sizes(20)).toEqual([12, 3, 5]);
    expect(sizes(40)).toEqual([24, 6, 10]);
    expect(sizes(12)).toEqual([7, 2, 3]);
    expect(sizes(10)).toEqual([5, 2, 3]);
    expect(sizes(8)).toEqual([5, 1, 2]);
    expect(sizes(6)).toEqual([3, 1, 2]);
  });
});

describe('fitting a forecast', () => {
  it('finds a planted signal and says nothing where there is none', () => {
    const placebo = plantedDays(8, { windows: WINDOWS, signal: 0, seed: 3 });
    const none = splitDays(placebo);
    const idle = fitForecast(none.train, none.calibrate);
    for (const h of [0, 1, 2]) {
      const found = losses(fitted, holdout, h);
      expect(found.ours).toBeLessThan(0.96 * found.frequencies);
      const nothing = losses(idle, none.holdout, h);
      expect(nothing.ours).toBeLessThan(1.03 * nothing.frequencies);
      expect(nothing.ours).toBeGreaterThan(0.995 * nothing.frequencies);
    }
  });

  it('gives the same bits for the same days', () => {
    expect(JSON.stringify(fitForecast(train, calibrate))).toBe(JSON.stringify(fitted));
  });

  it('learns nothing from calibration days but their calibration', () => {
    const poisoned = calibrate.map((day) => poisonedFrom(day, 0));
    const other = fitForecast(train, poisoned);
    expect(learnt(other)).toEqual(learnt(fitted));
    expect(other.horizons[0]!.calibration).not.toEqual(fitted.horizons[0]!.calibration);
  });

  it('uses no label that looks past the end of a day, at any horizon', () => {
    // The last window that may be used ends 30 s before the day does.
    const firstPurged = WINDOWS - 30;
    const spoiltFrom = (first: number) => {
      const spoil = (day: ForecastDay) => poisonedFrom(day, first);
      return fitForecast(train.map(spoil), calibrate.map(spoil));
    };
    for (const h of [0, 3]) {
      const first = firstPurged + PROOF_HORIZONS_S[h]!;
      const other = spoiltFrom(first);
      expect(other.horizons[h]).toEqual(fitted.horizons[h]);
      expect(other.beta).toEqual(fitted.beta);
      expect(spoiltFrom(first - 1).horizons[h]).not.toEqual(fitted.horizons[h]);
    }
    const samples = gatherSamples([prepareDay(train[0]!, 1, 0.5)], 0, 1);
    expect(samples.rows).toBeLessThanOrEqual(firstPurged);
  });

  it('says what days lack that it cannot learn from', () => {
    const blind = train.map((day) => ({ ...day, netEdge: day.netEdge.map(() => Number.NaN) }));
    const unknown = /training days .* unknown feature \(ofi_5s in \d+, .*net_edge in 24\d\d\)/;
    expect(() => fitForecast(blind, calibrate)).toThrow(unknown);
    const oneSided = calibrate.map((day) => ({ ...day, valid: new Uint8Array(day.windows) }));
    expect(() => fitForecast(train, oneSided)).toThrow(/calibration days .* one-sided/);
  });

  it('stands a market that never moves', () => {
    const still = days.map((day) => ({ ...day, mid: day.mid.map(() => 20_000) }));
    const split = splitDays(still);
    const flat = fitForecast(split.train, split.calibrate);
    const said = predictDay(flat, split.holdout[0]!);
    said.probabilities.forEach((p, h) => {
      expect(p[3 * 100 + 1]).toBeGreaterThan(0.98);
      expect(p[3 * 100]! + p[3 * 100 + 1]! + p[3 * 100 + 2]!).toBeCloseTo(1, 12);
      expect([...said.bands![h]!.subarray(400, 404)]).toEqual([0, 0, 0, 0]);
    });
    expect(JSON.parse(JSON.stringify(flat))).toEqual(flat);
  });
});
