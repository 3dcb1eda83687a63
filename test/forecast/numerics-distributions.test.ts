import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalCdf, normalQuantile } from '../../src/forecast/numerics/normal-distribution.ts';
import {
  studentQuantile,
  studentTwoSided,
} from '../../src/forecast/numerics/student-distribution.ts';

/** Largest error against the value itself that a table entry may show. */
const RELATIVE_MAX = 1e-11;

function near(found: number, wanted: number): void {
  expect(Math.abs(found - wanted)).toBeLessThanOrEqual(RELATIVE_MAX * Math.abs(wanted) + 1e-300);
}

describe('the normal distribution', () => {
  it('has the values of the tables, far tails included', () => {
    const table = [
      [-37, 5.7255712225239266e-300],
      [-10, 7.61985302416047e-24],
      [-2.5, 0.006209665325776132],
      [-2.4999, 0.006211418374944587],
      [-1, 0.15865525393145707],
      [0, 0.5],
      [0.3, 0.6179114221889526],
      [1.96, 0.9750021048517795],
      [2.6, 0.9953388119762813],
      [8, 0.9999999999999993],
    ] as const;
    for (const [x, p] of table) near(normalCdf(x), p);
    const quantiles = [
      [1e-300, -37.0470962993612],
      [1e-4, -3.7190164854556804],
      [0.3, -0.5244005127080409],
      [0.975, 1.959963984540054],
    ] as const;
    for (const [p, x] of quantiles) near(normalQuantile(p), x);
    expect(Math.abs(normalQuantile(0.5))).toBeLessThan(1e-15);
  });

  it('is undone by its quantile', () => {
    const p = fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true });
    const back = fc.property(p, (q) => {
      expect(normalCdf(normalQuantile(q))).toBeCloseTo(q, 13);
    });
    fc.assert(back, { seed: 1 });
  });
});

describe("Student's distribution", () => {
  it('has the values of the tables for one to many degrees of freedom', () => {
    const table = [
      [0, 4, 1],
      [0.001, 1, 0.9993633804398159],
      [0.001, 140_000, 0.9992021169969711],
      [0.5, 2, 2 / 3],
      [1.7, 7.5, 0.13006609835733704],
      [1.7, 10_799, 0.08915972190496786],
      [2, 4, 0.11611652351681556],
      [3.3, 149, 0.0012097309041563251],
      [12, 30, 5.580185415199261e-13],
      [12, 140_000, 3.68878736808919e-33],
      [60, 1, 0.010609347265246543],
    ] as const;
    for (const [t, freedom, p] of table) {
      near(studentTwoSided(t, freedom), p);
      expect(studentTwoSided(-t, freedom)).toBe(studentTwoSided(t, freedom));
    }
    expect(studentTwoSided(Number.POSITIVE_INFINITY, 3)).toBe(0);
    expect(studentTwoSided(Number.NaN, 3)).toBeNaN();
  });

  it('has the quantiles of the tables', () => {
    const table = [
      [0.975, 1, 12.706204736174694],
      [0.975, 4, 2.7764451051977934],
      [0.995, 3, 5.840909309733355],
      [0.975, 100_000, 1.9599877075346095],
      [0.6, 1, 0.32491969623290634],
    ] as const;
    for (const [p, freedom, t] of table) near(studentQuantile(p, freedom), t);
  });

  it('falls as t grows', () => {
    const pair = [fc.double({ min: 0, max: 50, noNaN: true }), fc.integer({ min: 1, max: 5000 })];
    const falls = fc.property(...(pair as [fc.Arbitrary<number>, fc.Arbitrary<number>]), (t, n) => {
      expect(studentTwoSided(t + 0.01, n)).toBeLessThanOrEqual(studentTwoSided(t, n));
    });
    fc.assert(falls, { seed: 2 });
  });
});
