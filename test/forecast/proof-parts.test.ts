import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DayForecast, ForecastDay } from '../../src/forecast/index.ts';
import { midMoves } from '../../src/forecast/moves.ts';
import { studentQuantile } from '../../src/forecast/numerics/student-distribution.ts';
import { fitBaselines } from '../../src/forecast/proof/baselines.ts';
import { climateOf } from '../../src/forecast/proof/climate.ts';
import { mirroredWindows, shuffledDay } from '../../src/forecast/proof/control-days.ts';
import { cutDay } from '../../src/forecast/proof/cut-day.ts';
import { dayJackknife } from '../../src/forecast/proof/day-jackknife.ts';
import { judgeWindows } from '../../src/forecast/proof/judged-windows.ts';
import { foldsOf } from '../../src/forecast/proof/walk-forward.ts';
import { plantedDay, plantedDays } from './planted-market.ts';

/** A forecast of one horizon that says the same of every window but those named. */
function sayAll(day: ForecastDay, silent: readonly number[]): DayForecast {
  const p = new Float64Array(3 * day.windows).fill(1 / 3);
  for (const i of silent) p.fill(Number.NaN, 3 * i, 3 * i + 3);
  return { probabilities: [p], moves: [new Float64Array(day.windows)] };
}

describe('moves of the mid', () => {
  it('go by the clock, and are unknown where a second is missing or a book is not whole', () => {
    const { day } = plantedDay({ windows: 5 });
    day.endSecond.set([10, 11, 13, 14, 15]);
    day.mid.set([100, 101, 100.5, 103, 102]);
    day.valid.set([1, 1, 1, 0, 1]);
    expect([...midMoves(day, 1)]).toEqual([1, NaN, NaN, NaN, NaN]);
    expect([...midMoves(day, 2)]).toEqual([NaN, -0.5, 1.5, NaN, NaN]);
    expect([...midMoves(day, -2)]).toEqual([NaN, NaN, 0.5, NaN, -1.5]);
  });
});

describe('windows that are judged', () => {
  it('are those that all cover, and the others are counted', () => {
    const days = plantedDays(2, { windows: 6 });
    const said = [
      { name: 'ours', days: [sayAll(days[0], [2]), sayAll(days[1], [])] },
      { name: 'theirs', days: [sayAll(days[0], [2, 3]), sayAll(days[1], [0])] },
    ];
    const judged = judgeWindows(days, said, { h: 0, horizon: 1 });
    // Five windows of each day have a next second.
    expect(judged.labelled).toBe(10);
    expect(judged.covered).toEqual([9, 7]);
    expect([...judged.dayStarts]).toEqual([0, 3, 7]);
    const seconds = [0, 1, 4].map((i) => days[0].endSecond[i]);
    expect([...judged.second.subarray(0, 3)]).toEqual(seconds);
    expect([...judged.move.subarray(0, 3)]).toEqual(
      [0, 1, 4].map((i) => days[0].mid[i + 1] - days[0].mid[i]),
    );
  });
});

describe('baselines', () => {
  const train = plantedDays(4, { windows: 500, seed: 3 });
  const calibrate = plantedDays(1, { windows: 500, seed: 4 });
  const { day } = plantedDay({ windows: 300, seed: 5 });
  const fitted = fitBaselines({ train, calibrate });
  const named = (name: string, { forecasters } = fitted) => {
    const found = forecasters.find((f) => f.name === name);
    if (!found) throw new Error(`no ${name}`);
    return found.predict(day);
  };

  it('know the climate of the training days, counted one by one', () => {
    let [down, flat, up] = [0, 0, 0];
    for (const d of train) {
      // The last 30 s of a day are purged.
      for (let i = 0; i < d.windows - 30; i++) {
        const move = d.mid[i + 2] - d.mid[i];
        if (move < 0) down++;
        else if (move > 0) up++;
        else flat++;
      }
    }
    const climate = climateOf(train, 2);
    expect(climate.windows).toBe(down + flat + up);
    expect(climate.up).toBeCloseTo((up + 0.5) / (down + flat + up + 1.5), 12);
    const p = named('climatology').probabilities[1];
    expect([...p.subarray(0, 3)]).toEqual([climate.down, climate.flat, climate.up]);
    const still = named('no_change');
    expect(still.probabilities[1][0]).toBe(still.probabilities[1][2]);
    expect(still.moves[1].every((move) => move === 0)).toBe(true);
  });

  it('tell directions by the arctangent of the queues without a fit', () => {
    const p = named('queue_imbalance_atan').probabilities[0];
    for (let i = 0; i < day.windows; i++) {
      const up = p[3 * i + 2] / (p[3 * i] + p[3 * i + 2]);
      const told = (2 / Math.PI) * Math.atan(day.bidLots[i] / day.askLots[i]);
      expect(up).toBeCloseTo(Math.min(0.995, Math.max(0.005, told)), 9);
    }
  });

  it('lean with what they look at, sum to 1, and expect the micro-price to be reached', () => {
    const { probabilities, moves } = named('micro_price');
    probabilities.forEach((p, h) => {
      for (let i = 0; i < day.windows; i++) {
        expect(p[3 * i] + p[3 * i + 1] + p[3 * i + 2]).toBeCloseTo(1, 12);
        expect(moves[h][i]).toBe(day.microPriceEdge[i]);
      }
    });
    const order = [...day.microPriceEdge.keys()].sort(
      (a, b) => day.microPriceEdge[a] - day.microPriceEdge[b],
    );
    const lean = (i: number) => probabilities[0][3 * i + 2] - probabilities[0][3 * i];
    expect(lean(order[0])).toBeLessThan(0);
    expect(lean(order[order.length - 1])).toBeGreaterThan(0);
  });

  it('repeat the last move as far as training days did', () => {
    const momentum = plantedDays(3, { windows: 400, seed: 8 });
    for (const d of momentum) {
      for (let i = 2; i < d.windows; i++) {
        d.mid[i] = d.mid[i - 1] + 0.5 * (d.mid[i - 1] - d.mid[i - 2]) + (i % 7) - 3;
      }
    }
    const ahead = named('ar1', fitBaselines({ train: momentum, calibrate }));
    const last = day.mid[50] - day.mid[49];
    const share = ahead.moves[0][50] / last;
    const two = ahead.moves[1][50] / last;
    expect(two).toBeCloseTo(share + share ** 2, 10);
    expect(ahead.moves[0][0]).toBeNaN();
  });

  it('that look at something unknown are left out by name', () => {
    const blind = train.map((d) => ({ ...d, microPriceEdge: d.microPriceEdge.map(() => NaN) }));
    const { forecasters, leftOut } = fitBaselines({ train: blind, calibrate });
    expect(leftOut.map((l) => l.baseline)).toEqual(['micro_price']);
    expect(forecasters.map((f) => f.name)).not.toContain('micro_price');
    expect(forecasters).toHaveLength(6);
  });
});

describe('a jackknife over days', () => {
  it('is the t interval for a mean of days of equal length', () => {
    const values = [0.4, 0.1, 0.35, 0.2, 0.6];
    const mean = values.reduce((a, b) => a + b) / 5;
    const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 4;
    const half = studentQuantile(0.975, 4) * Math.sqrt(variance / 5);
    const test = dayJackknife(
      values.map((v) => [v, 1]),
      (sums) => sums[0] / sums[1],
    );
    expect(test.value).toBeCloseTo(mean, 12);
    expect(test.low).toBeCloseTo(mean - half, 12);
    expect(test.high).toBeCloseTo(mean + half, 12);
    expect(test.pValue).toBeLessThan(0.05);
  });

  it('gives no interval for two days', () => {
    const ratio = (sums: Float64Array) => sums[0] / sums[1];
    const test = dayJackknife(
      [
        [1, 2],
        [3, 4],
      ],
      ratio,
    );
    expect(test.value).toBeCloseTo(4 / 6, 12);
    expect([test.low, test.high, test.pValue]).toEqual([NaN, NaN, NaN]);
  });
});

describe('rearranged days', () => {
  it('keep every move of the mid and nothing else changes', () => {
    const { day } = plantedDay({ windows: 200, seed: 2 });
    const shuffled = shuffledDay(day, 5);
    const steps = (mid: Float64Array) =>
      [...mid.subarray(1)].map((m, i) => m - mid[i]).sort((a, b) => a - b);
    expect(steps(shuffled.mid)).toEqual(steps(day.mid));
    expect(shuffled.mid).not.toEqual(day.mid);
    expect({ ...shuffled, mid: null }).toEqual({ ...day, mid: null });
    expect(shuffledDay(day, 5).mid).toEqual(shuffled.mid);
  });

  it('mirror the time of the day and leave the middle out', () => {
    const { day } = plantedDay({ windows: 401 });
    const rows = mirroredWindows(day);
    expect(rows[0]).toBe(400);
    expect(rows[400]).toBe(0);
    expect(rows[200]).toBe(-1);
    expect(rows.filter((row) => row >= 0).length).toBe(401 - 119);
  });

  it('are cut without a copy', () => {
    const { day } = plantedDay({ windows: 50 });
    const cut = cutDay(day, 20);
    expect(cut.windows).toBe(20);
    expect(cut.force.length / 20).toBe(day.force.length / 50);
    expect(cut.mid.buffer).toBe(day.mid.buffer);
  });
});

describe('a walk forward', () => {
  it('judges every fold on days after those it was fitted on', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 40 }), (count) => {
        const days = plantedDays(1, { windows: 1 });
        const many = Array.from({ length: count }, (_, i) => ({ ...days[0], dt: String(100 + i) }));
        const folds = foldsOf(many);
        expect(folds.length).toBeLessThanOrEqual(4);
        if (count >= 6) expect(folds.length).toBeGreaterThan(1);
        let judgedTo = '';
        for (const { train, calibrate, test } of folds) {
          const dates = [...train, ...calibrate, ...test].map((d) => d.dt);
          expect(dates).toEqual(many.slice(0, dates.length).map((d) => d.dt));
          expect(train.length).toBeGreaterThanOrEqual(2);
          expect(calibrate.length).toBeGreaterThanOrEqual(1);
          expect(test[0].dt > judgedTo).toBe(true);
          judgedTo = test[test.length - 1].dt;
        }
        if (folds.length > 0) expect(judgedTo).toBe(many[count - 1].dt);
      }),
      { seed: 11, numRuns: 60 },
    );
  });
});
