import { describe, expect, it } from 'vitest';
import { fitPhysics } from '../../src/forecast/model/fit-physics.ts';
import { lawfulDays, poisonedFrom } from './model-days.ts';

const LAW = { beta: 0.8, gamma: 0.6, noise: 0.5 };

describe('the fit of force and friction', () => {
  it('finds what was planted within its 95 % intervals, 19 times of 20', () => {
    const misses = { beta: 0, gamma: 0 };
    const runs = 40;
    for (let seed = 1; seed <= runs; seed++) {
      const { beta, gamma } = fitPhysics(lawfulDays(3, 400, LAW, seed));
      if (Math.abs(beta.value - LAW.beta) > 1.96 * beta.standard_error!) misses.beta++;
      if (Math.abs(gamma.value - LAW.gamma) > 1.96 * gamma.standard_error!) misses.gamma++;
    }
    // Of 40 runs 2 are expected to miss; more than 6 has a chance below 1 %.
    expect(misses.beta).toBeLessThanOrEqual(6);
    expect(misses.gamma).toBeLessThanOrEqual(6);
  });

  it('sets a force that pulls backwards to 0 and fits the friction anew', () => {
    const days = lawfulDays(3, 400, { ...LAW, beta: -0.8 }, 1);
    const clipped = fitPhysics(days);
    expect(clipped.beta).toEqual({ value: 0, standard_error: null });
    expect(clipped.gamma.standard_error).toBeGreaterThan(0);
    for (const day of days) day.forceHere.fill(0);
    expect(clipped.gamma.value).toBeCloseTo(fitPhysics(days).gamma.value, 9);
  });

  it('does not let friction leave 0 to 1', () => {
    const bounce = fitPhysics(lawfulDays(3, 400, { ...LAW, gamma: 1.7 }, 2));
    expect(bounce.gamma).toEqual({ value: 1, standard_error: null });
    expect(bounce.beta.value).toBeCloseTo(LAW.beta, 1);
    const runaway = fitPhysics(lawfulDays(1, 60, { ...LAW, gamma: -0.05 }, 2));
    expect(runaway.gamma).toEqual({ value: 0, standard_error: null });
  });

  it('says no force and no momentum of a price that never moves', () => {
    const days = lawfulDays(2, 200, LAW, 3);
    for (const day of days) {
      day.mid.fill(20_000);
      day.forceHere.fill(0);
    }
    const { beta, gamma } = fitPhysics(days);
    expect(beta).toEqual({ value: 0, standard_error: null });
    expect(gamma).toEqual({ value: 1, standard_error: null });
  });

  it('does not look at the windows that end a day', () => {
    const days = lawfulDays(3, 200, LAW, 4);
    const poisoned = days.map((day) => poisonedFrom(day, 172));
    expect(fitPhysics(poisoned)).toEqual(fitPhysics(days));
    const deeper = days.map((day) => poisonedFrom(day, 170));
    expect(fitPhysics(deeper)).not.toEqual(fitPhysics(days));
  });

  it('leaves out windows whose neighbours are missing or not valid', () => {
    const [day] = lawfulDays(1, 200, LAW, 5);
    const all = fitPhysics([day!]).samples;
    day!.valid[50] = 0;
    expect(fitPhysics([day!]).samples).toBe(all - 3);
    for (let i = 101; i < 200; i++) day!.endSecond[i]!++;
    expect(fitPhysics([day!]).samples).toBe(all - 3 - 2);
  });
});
