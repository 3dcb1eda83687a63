import { describe, expect, it } from 'vitest';
import { OperatingError, Prng } from '../../src/core/index.ts';
import {
  DEFAULT_COEFFICIENTS,
  epochOf,
  parseCoefficients,
  RunningMedian,
  weightOf,
} from '../../src/vacuum-pressure/index.ts';

const EPOCH_NS = 120e9 * Math.LN2;

describe('weights', () => {
  it('are exp of the time since their epoch began, over a whole session and beyond', () => {
    const rng = new Prng(41);
    for (let n = 0; n < 20_000; n++) {
      const ts = Math.floor((rng.float() - 0.1) * (n % 2 ? 1e14 : 4e15));
      const epoch = epochOf(ts);
      const start = epoch * EPOCH_NS;
      // The start itself is known to a float64's precision only: allow for that, and nothing else.
      const tolerance = 1e-15 + (Math.abs(start) * 2 ** -52) / 30e9;
      const want = Math.exp((ts - start) / 30e9);
      expect(Math.abs(weightOf(ts, epoch) / want - 1)).toBeLessThan(tolerance);
    }
  });

  it('agree to 1e-14 within an epoch: ratios over equal times are equal', () => {
    const rng = new Prng(42);
    for (let n = 0; n < 2000; n++) {
      const a = Math.floor(rng.float() * 80e9) + 11 * 83_177_661_668;
      const step = Math.floor(rng.float() * 2e9);
      const epoch = epochOf(a);
      if (epochOf(a + step) !== epoch) continue;
      const ratio = weightOf(a + step, epoch) / weightOf(a, epoch);
      expect(Math.abs(ratio / Math.exp(step / 30e9) - 1)).toBeLessThan(1e-14);
    }
  });

  it('grow by 16 over an epoch, to the end of it', () => {
    for (const epoch of [0, 1, 7, 1038, -1]) {
      const first = Math.ceil(epoch * EPOCH_NS) + 1;
      const last = Math.floor((epoch + 1) * EPOCH_NS) - 1;
      expect([epochOf(first), epochOf(last)]).toEqual([epoch, epoch]);
      expect(weightOf(first, epoch)).toBeCloseTo(1, 9);
      expect(weightOf(last, epoch)).toBeCloseTo(16, 8);
    }
  });
});

describe('RunningMedian', () => {
  it('is within a bin of the true median at every length', () => {
    const rng = new Prng(43);
    const median = new RunningMedian();
    const values: number[] = [];
    for (let n = 0; n < 3000; n++) {
      const value = Math.exp(3 * rng.normal());
      median.add(value);
      values.push(value);
      if (n % 50 !== 0) continue;
      const sorted = [...values].sort((a, b) => a - b);
      const want = sorted[Math.ceil(sorted.length / 2) - 1];
      expect(Math.abs(median.median() / want - 1)).toBeLessThan(1 / 128 + 1e-12);
    }
  });

  it('takes any magnitude', () => {
    const median = new RunningMedian();
    expect(median.median()).toBe(0);
    for (const value of [0, 1e-300, 1e300]) median.add(value);
    expect(median.median()).toBe(0);
    for (const value of [1e300, Infinity]) median.add(value);
    expect(median.median()).toBeGreaterThan(1e13);
    expect(Number.isFinite(median.median())).toBe(true);
  });
});

describe('parseCoefficients', () => {
  it('has the published defaults', () => {
    expect(parseCoefficients({})).toEqual(DEFAULT_COEFFICIENTS);
    expect(parseCoefficients({ vacuum_fill: 2 })).toEqual({
      ...DEFAULT_COEFFICIENTS,
      vacuum_fill: 2,
    });
  });

  it.each([
    [{ vacuum_fil: 1 }, /vacuum_fil: unknown; there are pressure_add/],
    [{ toString: 1 }, /toString: unknown/],
    [{ pressure_add: -1 }, /pressure_add: found -1/],
    [{ pressure_add: Number.NaN }, /found NaN/],
    [{ pressure_add: Infinity }, /found Infinity/],
    [{ pressure_add: '1' }, /a number from 0 to 1000/],
    [{ pressure_add: null }, /found null/],
  ])('refuses %j', (given, why) => {
    expect(() => parseCoefficients(given)).toThrow(OperatingError);
    expect(() => parseCoefficients(given)).toThrow(why);
  });
});
