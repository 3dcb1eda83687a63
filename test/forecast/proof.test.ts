import { describe, expect, it } from 'vitest';
import {
  type DayForecast,
  type FittedForecast,
  type ForecastDay,
  type Forecaster,
  type ForecastProof,
  fitForecast,
  predictDay,
  proveForecast,
} from '../../src/forecast/index.ts';
import { type PlantedMarket, plantedDays } from './planted-market.ts';

const WINDOWS = 700;
const SPLIT = { train: 5, calibrate: 2, holdout: 4 };

interface Days {
  train: ForecastDay[];
  calibrate: ForecastDay[];
  holdout: ForecastDay[];
}

function market(wanted: Partial<PlantedMarket>, split = SPLIT): Days {
  const { train, calibrate, holdout } = split;
  const days = plantedDays(train + calibrate + holdout, { windows: WINDOWS, seed: 21, ...wanted });
  return {
    train: days.slice(0, train),
    calibrate: days.slice(train, train + calibrate),
    holdout: days.slice(train + calibrate),
  };
}

function forecasterOf(fitted: FittedForecast): Forecaster {
  return { name: 'forecast', predict: (day) => predictDay(fitted, day) };
}

function fitOurs({ train, calibrate }: Days): Forecaster {
  return forecasterOf(fitForecast(train, calibrate));
}

function prove(days: Days, ours: Forecaster): ForecastProof {
  return proveForecast({ ...days, ours, refit: null });
}

/** A forecaster with its probabilities changed row by row. */
function changed(ours: Forecaster, change: (p: Float64Array, h: number) => void): Forecaster {
  const predict = (day: ForecastDay): DayForecast => {
    const said = ours.predict(day);
    const probabilities = said.probabilities.map((all, h) => {
      const copy = all.slice();
      for (let i = 0; i < day.windows; i++) change(copy.subarray(3 * i, 3 * i + 3), h);
      return copy;
    });
    return { ...said, probabilities };
  };
  return { name: 'forecast', predict };
}

/** Every number anywhere in a value. */
function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(numbersIn);
}

const planted = market({ signal: 1 });
const ours = fitOurs(planted);
const proof = prove(planted, ours);

describe('a market with a planted signal', () => {
  it('is proven, with skill over the best baseline beyond its interval', () => {
    expect(proof.reasons).toEqual([]);
    expect(proof.status).toBe('proven');
    expect(proof.sentence).toMatch(/^Skill is shown: on 4 days held out/);
    const near = proof.horizons.slice(0, 4);
    for (const { skill, best_baseline, ours: score } of near) {
      expect(skill.low).toBeGreaterThan(0);
      expect(['queue_imbalance', 'micro_price']).toContain(best_baseline);
      expect(score.hit_rate.low).toBeGreaterThan(0.6);
    }
  });

  it('takes the baseline with the least log-loss for the best', () => {
    for (const h of proof.horizons) {
      const least = Math.min(...h.baselines.map((b) => b.log_loss ?? Infinity));
      const best = h.baselines.find((b) => b.name === h.best_baseline);
      expect(best?.log_loss).toBe(least);
      expect(h.skill.value).toBeCloseTo(1 - (h.ours.log_loss ?? NaN) / least, 8);
    }
  });

  it('has parts of the Brier score that add up, and bands that hold what they promise', () => {
    for (const h of proof.horizons) {
      for (const { brier } of [h.ours, ...h.baselines]) {
        const { score, reliability, resolution, uncertainty, within } = brier;
        const sum = (reliability ?? 0) - (resolution ?? 0) + (uncertainty ?? 0) + (within ?? 0);
        expect(sum).toBeCloseTo(score ?? Number.NaN, 8);
      }
      // Moves are of half a tick and a band's bounds count as inside, so that it may hold more.
      expect(h.band_coverage.band50).toBeGreaterThan(0.42);
      expect(h.band_coverage.band80).toBeGreaterThan(0.72);
    }
  });

  it('counts a window only where all have something to say', () => {
    for (const h of proof.horizons) {
      const covered = (h.ours.coverage ?? 0) * h.labelled;
      expect(h.compared).toBe(Math.round(covered));
      expect(h.compared).toBeLessThan(h.labelled);
      const perDay = proof.per_day.filter((row) => row.horizon_s === h.horizon_s);
      expect(perDay.map((row) => row.dt)).toEqual(proof.days.holdout);
      expect(perDay.reduce((sum, row) => sum + row.windows, 0)).toBe(h.compared);
    }
  });

  it('keeps hits apart from standing still: no change has no direction', () => {
    const [first] = proof.horizons;
    const still = first.baselines.find((b) => b.name === 'no_change');
    expect(still?.hit_rate.value).toBeNull();
    expect(still?.direction_share).toBe(0);
    expect(first.moves).toBeLessThan(first.compared / 2);
  });

  it('is the same, to the bit, when it is proven again', () => {
    expect(JSON.stringify(prove(planted, fitOurs(planted)))).toBe(JSON.stringify(proof));
  });

  it('shows no skill in any control, and no forecast depends on what comes later', () => {
    expect(proof.controls).toHaveLength(18);
    expect(proof.controls.filter((c) => c.flagged)).toEqual([]);
    expect(proof.controls.every((c) => (c.skill.value ?? 1) < 0)).toBe(true);
    expect(proof.causality.changed).toBe(0);
    expect(proof.causality.cuts).toBe(12);
    expect(proof.clock.flagged).toBe(false);
  });
});

describe('the placebo', () => {
  it('has no skill and says so', () => {
    const days = market({ signal: 0 });
    const placebo = prove(days, fitOurs(days));
    expect(placebo.status).toBe('unproven');
    expect(placebo.sentence).toBe(
      'No skill: on 4 days held out the forecast did not beat the best baseline at any horizon.',
    );
    for (const { skill } of placebo.horizons) expect(skill.low).toBeLessThanOrEqual(0);
    expect(placebo.controls.filter((c) => c.flagged)).toEqual([]);
  });
});

describe('a leak is caught', () => {
  /** Leans towards where the mid stands a second later. */
  const foreseeing: Forecaster = {
    name: 'forecast',
    predict: (day) => {
      const said = ours.predict(day);
      const probabilities = said.probabilities.map((all) => {
        const p = all.slice();
        for (let i = 0; i + 1 < day.windows; i++) {
          const ahead = day.mid[i + 1] - day.mid[i];
          if (ahead !== 0) p.set(ahead > 0 ? [0.1, 0.2, 0.7] : [0.7, 0.2, 0.1], 3 * i);
        }
        return p;
      });
      return { ...said, probabilities };
    },
  };

  it('when a feature looks at the mid of the next second', () => {
    const leaking = prove(planted, foreseeing);
    expect(leaking.status).toBe('unproven');
    const flagged = leaking.controls.filter((c) => c.flagged).map((c) => c.control);
    expect(flagged).toContain('shuffled_labels');
    expect(new Set(flagged)).toEqual(new Set(['shuffled_labels']));
    expect(leaking.causality.changed).toBeGreaterThan(0);
    expect(leaking.reasons.join('\n')).toMatch(/a leak: the control "shuffled labels" shows skill/);
    expect(leaking.reasons.join('\n')).toMatch(/changes when what came later is taken away/);
    expect(leaking.sentence).toMatch(/^Unproven: .* but a leak/);
  });

  it('when tables hold what happened a second after they say', () => {
    const early = (day: ForecastDay): ForecastDay => ({
      ...day,
      orderFlowImbalance: day.orderFlowImbalance.map((_, i, all) => all[i + 1] ?? 0),
    });
    const days: Days = {
      train: planted.train.map(early),
      calibrate: planted.calibrate.map(early),
      holdout: planted.holdout.map(early),
    };
    const leaking = prove(days, fitOurs(days));
    expect(leaking.clock.flagged).toBe(true);
    expect(leaking.status).toBe('unproven');
    expect(leaking.reasons.join('\n')).toMatch(/explains the next second better than its own/);
  });

  it('when directions are told better than they can be', () => {
    const knowing: Forecaster = {
      name: 'forecast',
      predict: (day) => {
        const known = planted.holdout.find((d) => d.dt === day.dt) ?? day;
        const said = ours.predict(day);
        const moves = said.moves.map((m, h) =>
          m.map((_, i) => (h === 0 ? (known.mid[i + 1] ?? known.mid[i]) - known.mid[i] : m[i])),
        );
        return { ...said, moves };
      },
    };
    expect(prove(planted, knowing).reasons.join('\n')).toMatch(/too good to be true: .* 1 s ahead/);
  });
});

describe('the gate', () => {
  it('refuses a forecast that is surest where it is most often wrong', () => {
    // Each lean keeps its side; the surest become the least sure and the other way round.
    const broken = changed(ours, (p) => {
      const [both, lean] = [p[2] + p[0], p[2] - p[0]];
      const other = Math.sign(lean) * (both - Math.abs(lean));
      p[2] = (both + other) / 2;
      p[0] = (both - other) / 2;
    });
    const refused = prove(planted, broken);
    expect(refused.status).toBe('unproven');
    expect(refused.reasons.join('\n')).toMatch(/hit rate falls from .* as confidence rises/);
  });

  it('refuses a confidence that rises with the horizon', () => {
    const boasting = changed(ours, (p, h) => {
      if (h < 5) return;
      const both = p[2] + p[0];
      const up = p[2] > p[0] ? 0.95 : 0.05;
      p[2] = both * up;
      p[0] = both * (1 - up);
    });
    expect(prove(planted, boasting).reasons.join('\n')).toMatch(
      /mean confidence in the direction rises with the horizon, from .* at 20 s to 90.0 % at 30 s/,
    );
  });
});

describe('small and odd data', () => {
  it('cannot clear skill by a control that cannot be made', () => {
    // No second of a day is a second of another one.
    const holdout = planted.holdout.map((day, d) => ({
      ...day,
      endSecond: day.endSecond.map((second) => second + 5000 * d),
    }));
    const apart = prove({ ...planted, holdout }, ours);
    expect(apart.status).toBe('unproven');
    expect(apart.reasons[0]).toBe('the control "other day features" could not be made at 1 s');
  });

  it('has no interval with two days held out, and is unproven for that', () => {
    const days = market({ signal: 1 }, { train: 3, calibrate: 1, holdout: 2 });
    const small = prove(days, fitOurs(days));
    expect(small.status).toBe('unproven');
    expect(small.reasons[0]).toBe('only 2 days were held out, and an interval needs 3');
    expect(small.sentence).toMatch(/^Unproven: only 2 days/);
    const [first] = small.horizons;
    expect(first.skill.value).not.toBeNull();
    expect([first.skill.low, first.skill.high]).toEqual([null, null]);
    expect(small.controls.every((c) => c.p_value === null && !c.flagged)).toBe(true);
  });

  it('has nothing to compare with one day without a valid book', () => {
    const days = market({ signal: 1 });
    const blind = planted.holdout.map((d) => ({ ...d, valid: d.valid.map(() => 0) }));
    const nothing = prove({ ...days, holdout: blind }, ours);
    expect(nothing.status).toBe('unproven');
    expect(nothing.reasons[0]).toMatch(/no window of the days held out is covered/);
    expect(numbersIn(nothing).every(Number.isFinite)).toBe(true);
    expect(nothing.horizons[0].skill).toEqual({ value: null, low: null, high: null });
  });

  it('shows no skill when the price never moves, and no number that is none', () => {
    const flat = market({ signal: 1, moveShare: 0 });
    const still = prove(flat, ours);
    expect(still.status).toBe('unproven');
    expect(still.reasons[0]).toBe('the mid never moves on the days held out');
    expect(numbersIn(still).every(Number.isFinite)).toBe(true);
    expect(still.horizons[0].ours.hit_rate.value).toBeNull();
    expect(still.horizons[0].confidence).toEqual([]);
  });

  it('survives holes and invalid books', () => {
    const days = market({ signal: 1, holeShare: 0.02, invalidShare: 0.02 });
    const holed = prove(days, fitOurs(days));
    expect(holed.horizons[0].ours.coverage).toBeLessThan(0.9);
    expect(numbersIn(holed).every(Number.isFinite)).toBe(true);
    expect(holed.status).toBe('proven');
  });
});

describe('the walk forward', () => {
  it('refits on the days before and reports skill fold by fold', () => {
    const refit = (days: { train: readonly ForecastDay[]; calibrate: readonly ForecastDay[] }) =>
      forecasterOf(fitForecast(days.train, days.calibrate));
    const small = market({ signal: 1, windows: 300 }, { train: 4, calibrate: 1, holdout: 2 });
    const { walk_forward: folds } = proveForecast({ ...small, ours, refit });
    expect(folds).toHaveLength(4);
    for (const fold of folds) {
      expect(fold.failed).toBeNull();
      expect(fold.horizons.map((h) => h.horizon_s)).toEqual([1, 2, 5, 10, 20, 30]);
    }
    expect(folds.every((f) => (f.horizons[1].hit_rate ?? 0) > 0.6)).toBe(true);
  });
});
