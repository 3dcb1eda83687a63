import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fitForecast,
  LONGEST_HORIZON_S,
  PROOF_HORIZONS_S,
  predictDay,
  predictWindow,
  readyForecast,
  splitDays,
  windowDiagnostics,
} from '../../src/forecast/index.ts';
import { cutDay } from '../../src/forecast/proof/cut-day.ts';
import { poisonedFrom } from './model-days.ts';
import { plantedDays } from './planted-market.ts';

const days = plantedDays(6, { windows: 400, invalidShare: 0.005, holeShare: 0.002 });
const { train, calibrate, holdout } = splitDays(days);
const fitted = fitForecast(train, calibrate);
const ready = readyForecast(fitted);
const day = holdout[0]!;
const said = predictDay(fitted, day);
const covered = Array.from({ length: day.windows }, (_, i) => i).filter(
  (i) => !Number.isNaN(said.moves[0]![i]!),
);

describe('the forecast of a window', () => {
  it('is that of the day, row by row', () => {
    expect(covered.length).toBeGreaterThan(200);
    for (let i = 0; i < day.windows; i++) {
      const { rows, reason } = predictWindow(ready, day, i);
      expect(rows !== null, reason).toBe(covered.includes(i));
      if (!rows) continue;
      PROOF_HORIZONS_S.forEach((seconds, h) => {
        const row = seconds - 1;
        const p = said.probabilities[h]!.subarray(3 * i, 3 * i + 3);
        expect([rows.p_down[row], rows.p_flat[row], rows.p_up[row]]).toEqual([...p]);
        expect(rows.predicted_tick_delta[row]).toBe(said.moves[h]![i]);
        const bands = [rows.band80_low, rows.band50_low, rows.band50_high, rows.band80_high];
        expect(bands.map((b) => b[row])).toEqual([...said.bands![h]!.subarray(4 * i, 4 * i + 4)]);
      });
    }
  });

  it('is the same when the day ends with it, or goes on with nonsense', () => {
    fc.assert(
      fc.property(fc.constantFrom(...covered), (i) => {
        const own = predictWindow(ready, day, i);
        expect(predictWindow(ready, cutDay(day, i + 1), i)).toEqual(own);
        if (i + 1 < day.windows) {
          expect(predictWindow(ready, poisonedFrom(day, i + 1), i)).toEqual(own);
        }
      }),
      { seed: 2, numRuns: 25 },
    );
  });

  it('has thirty rows that agree with each other', () => {
    for (const i of covered.slice(0, 50)) {
      const rows = predictWindow(ready, day, i).rows!;
      expect([...rows.horizon_s]).toEqual(Array.from({ length: 30 }, (_, k) => k + 1));
      for (let r = 0; r < LONGEST_HORIZON_S; r++) {
        const isFitted = (PROOF_HORIZONS_S as readonly number[]).includes(r + 1);
        expect(Number.isNaN(rows.p_up[r]!)).toBe(!isFitted);
        if (isFitted) {
          expect(rows.p_down[r]! + rows.p_flat[r]! + rows.p_up[r]!).toBeCloseTo(1, 12);
          expect(rows.confidence[r]).toBe(Math.abs(rows.p_up[r]! - rows.p_down[r]!));
        }
        expect(rows.predicted_spot_tick[r]).toBe(day.mid[i]! + rows.predicted_tick_delta[r]!);
        expect(rows.band80_low[r]).toBeLessThanOrEqual(rows.band50_low[r]!);
        expect(rows.band50_low[r]).toBeLessThanOrEqual(rows.band50_high[r]!);
        expect(rows.band50_high[r]).toBeLessThanOrEqual(rows.band80_high[r]!);
      }
      const between = (rows.band80_high[1]! * 2 + rows.band80_high[4]!) / 3;
      expect(rows.band80_high[2]).toBeCloseTo(between, 12);
    }
  });

  it('says in words why there is none', () => {
    expect(predictWindow(ready, day, 0)).toEqual({
      rows: null,
      reason: 'the second before is missing or its book is not valid',
    });
    const invalid = day.valid.indexOf(0);
    expect(predictWindow(ready, day, invalid).reason).toMatch(/one-sided, crossed or stale/);
    expect(predictWindow(ready, day, 5).reason).toMatch(/a second of the last 15/);
  });
});

describe('diagnostics of a window', () => {
  it('are known without parameters, but for what needs a direction', () => {
    const i = covered[10]!;
    const without = windowDiagnostics(null, day, i);
    const found = windowDiagnostics(ready, day, i);
    expect(without.force).toBe(day.forceHere[i]);
    expect(without.run_score_up).toBe(day.vacuumUp[i]! - day.reinforceUp[i]!);
    expect(without.physics_confidence).toBeNull();
    expect({ ...found, physics_confidence: null }).toEqual(without);
    expect(found.physics_confidence).toBeGreaterThanOrEqual(0);
  });

  it('are null where nothing is known', () => {
    const unknown = { ...day, forceHere: day.forceHere.map(() => Number.NaN) };
    unknown.vacuumUp = unknown.forceHere;
    const found = windowDiagnostics(ready, unknown, covered[10]!);
    expect(found).toMatchObject({ force: null, wall_up_ticks: null, run_score_up: null });
    expect(found.physics_confidence).toBeNull();
  });
});
