import { describe, expect, it } from 'vitest';
import type { DayForecast, ForecastDay, Forecaster } from '../../src/forecast/index.ts';
import { PROOF_HORIZONS_S, proveForecast } from '../../src/forecast/index.ts';
import { plantedDays } from './planted-market.ts';

/** A forecaster with bands that says nothing of every seventh window. */
const OURS: Forecaster = {
  name: 'forecast',
  predict: (day) => {
    const said: Required<DayForecast> = {
      probabilities: PROOF_HORIZONS_S.map(() => new Float64Array(3 * day.windows)),
      moves: PROOF_HORIZONS_S.map(() => new Float64Array(day.windows)),
      bands: PROOF_HORIZONS_S.map(() => new Float64Array(4 * day.windows)),
    };
    PROOF_HORIZONS_S.forEach((_, h) => {
      for (let i = 0; i < day.windows; i++) {
        const up = 0.3 + 0.2 * Math.tanh(day.netEdge[i]);
        said.probabilities[h].set(i % 7 === 6 ? [NaN, NaN, NaN] : [0.6 - up, 0.4, up], 3 * i);
        said.moves[h][i] = up - 0.3;
        said.bands[h].set([-2, -0.5, 0.5, 2], 4 * i);
      }
    });
    return said;
  },
};

/** A window that is judged, found by looking through everything. */
interface Case {
  dt: string;
  second: number;
  p: number[];
  expected: number;
  move: number;
}

/** The window that ends at a second of a day; null when there is none with a whole book. */
function windowAt(day: ForecastDay, second: number): number | null {
  const i = day.endSecond.indexOf(second);
  return i >= 0 && day.valid[i] === 1 ? i : null;
}

/** Whether the slowest baseline, order flow of 15 s, knows enough at a window. */
function knowsFlow(day: ForecastDay, second: number): boolean {
  for (let back = 0; back < 15; back++) if (windowAt(day, second - back) === null) return false;
  return true;
}

function casesOf(days: readonly ForecastDay[], h: number): Case[] {
  return days.flatMap((day) => {
    const said = OURS.predict(day);
    const found: Case[] = [];
    for (let i = 0; i < day.windows; i++) {
      const second = day.endSecond[i];
      const later = windowAt(day, second + PROOF_HORIZONS_S[h]);
      if (windowAt(day, second) === null || later === null || i % 7 === 6) continue;
      if (!knowsFlow(day, second)) continue;
      const p = [...said.probabilities[h].subarray(3 * i, 3 * i + 3)];
      const move = day.mid[later] - day.mid[i];
      found.push({ dt: day.dt, second, p, expected: said.moves[h][i], move });
    }
    return found;
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const outcome = (move: number) => 1 + Math.sign(move);

/** How often each outcome came on training days, the last 30 s of a day purged. */
function climate(days: readonly ForecastDay[], h: number): number[] {
  const counts = [0.5, 0.5, 0.5];
  for (const day of days) {
    const last = day.endSecond[day.windows - 1];
    for (let i = 0; i < day.windows; i++) {
      const now = windowAt(day, day.endSecond[i]);
      const later = windowAt(day, day.endSecond[i] + PROOF_HORIZONS_S[h]);
      if (now === null || later === null || day.endSecond[i] > last - 30) continue;
      counts[outcome(day.mid[later] - day.mid[now])]++;
    }
  }
  const all = counts[0] + counts[1] + counts[2];
  return counts.map((count) => count / all);
}

const days = plantedDays(7, { windows: 260, seed: 61, holeShare: 0.01, invalidShare: 0.01 });
const [train, calibrate, holdout] = [days.slice(0, 3), days.slice(3, 4), days.slice(4)];
const proof = proveForecast({ ours: OURS, train, calibrate, holdout, refit: null });

describe('a proof against a slow reading of its definition', () => {
  it.each([0, 2, 4])('agrees at horizon number %i', (h) => {
    const cases = casesOf(holdout, h);
    const told = proof.horizons[h];
    expect(told.compared).toBe(cases.length);
    const logLoss = mean(cases.map(({ p, move }) => -Math.log(p[outcome(move)])));
    expect(told.ours.log_loss).toBeCloseTo(logLoss, 9);
    const usual = climate(train, h);
    const usualLoss = mean(cases.map(({ move }) => -Math.log(usual[outcome(move)])));
    const baseline = told.baselines.find((b) => b.name === 'climatology');
    expect(baseline?.log_loss).toBeCloseTo(usualLoss, 9);
    const comparison = told.comparisons.find((c) => c.baseline === 'climatology');
    expect(comparison?.skill.value).toBeCloseTo(1 - logLoss / usualLoss, 8);
    const moved = cases.filter(({ p, move }) => move !== 0 && p[0] !== p[2]);
    const hits = moved.map(({ p, move }) => (p[2] > p[0] === move > 0 ? 1 : 0));
    expect(told.ours.hit_rate.value).toBeCloseTo(mean(hits), 9);
    const errors = cases.map(({ expected, move }) => Math.abs(move - expected));
    expect(told.ours.mae_ticks).toBeCloseTo(mean(errors), 9);
    const still = mean(cases.map(({ move }) => Math.abs(move)));
    expect(told.mae_skill.value).toBeCloseTo(1 - mean(errors) / still, 8);
    const brier = cases.map(({ p, move }) =>
      p.reduce((sum, q, k) => sum + (q - (k === outcome(move) ? 1 : 0)) ** 2, 0),
    );
    expect(told.ours.brier.score).toBeCloseTo(mean(brier), 9);
    const within = (bound: number) =>
      mean(cases.map(({ move }) => (Math.abs(move) <= bound ? 1 : 0)));
    expect(told.band_coverage.band50).toBeCloseTo(within(0.5), 9);
    expect(told.band_coverage.band80).toBeCloseTo(within(2), 9);
    const sure = mean(cases.map(({ p }) => Math.abs(p[2] - p[0])));
    expect(told.mean_confidence).toBeCloseTo(sure, 9);
  });

  it('gives an interval around the skill, which lies between that of the worst and the best day', () => {
    for (const h of proof.horizons) {
      const { value, low, high } = h.skill;
      const ofDays = proof.per_day.filter((d) => d.horizon_s === h.horizon_s);
      expect(ofDays).toHaveLength(3);
      expect(low).toBeLessThanOrEqual(value as number);
      expect(high).toBeGreaterThanOrEqual(value as number);
      const spread = ofDays.map((d) => d.skill as number);
      expect(Math.min(...spread)).toBeLessThanOrEqual(value as number);
      expect(Math.max(...spread)).toBeGreaterThanOrEqual(value as number);
    }
  });
});
