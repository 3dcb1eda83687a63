import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CONTRAST_MODES,
  colourRange,
  normalise,
  quantileOfSorted,
  valueAt,
} from '../../web/surface/contrast.ts';

const values = (...v: number[]) => Float32Array.from(v);

describe('quantiles', () => {
  it('are exact on whole ranks and linear between', () => {
    expect(quantileOfSorted([1, 2, 3, 4, 5], 0.5)).toBe(3);
    expect(quantileOfSorted([0, 10], 0.25)).toBe(2.5);
    expect(quantileOfSorted([7], 0.99)).toBe(7);
    expect(quantileOfSorted([], 0.5)).toBeNaN();
  });
});

describe('colour range', () => {
  it('spans P1 to P99.5 in percentile mode: a single giant does not darken the rest', () => {
    const v = new Float32Array(1001);
    for (let i = 0; i < 1000; i++) v[i] = i;
    v[1000] = 1e6;
    const range = colourRange(v, 'percentile', false, null, 1);
    expect(range.low).toBeCloseTo(10, 3);
    expect(range.high).toBeCloseTo(995, 3);
  });

  it('spans zero to the largest value in linear mode, or the bound of the field', () => {
    expect(colourRange(values(3, 9, 1), 'linear', false, null, 1)).toMatchObject({
      low: 0,
      high: 9,
    });
    expect(colourRange(values(0.2, -0.4), 'linear', true, 1, 1)).toMatchObject({
      low: -1,
      high: 1,
    });
  });

  it('is symmetric for signed fields', () => {
    const range = colourRange(values(-8, 2, -8), 'log', true, null, 1);
    expect(range).toMatchObject({ low: -8, high: 8 });
  });

  it('is never empty', () => {
    for (const mode of CONTRAST_MODES) {
      for (const v of [values(), values(0, 0, 0)]) {
        const range = colourRange(v, mode, false, null, 1);
        expect(range.high).toBeGreaterThan(range.low);
      }
    }
  });
});

describe('normalise', () => {
  const ranges = fc
    .record({
      mode: fc.constantFrom(...CONTRAST_MODES),
      signed: fc.boolean(),
      high: fc.double({ min: 0.01, max: 1e5, noNaN: true }),
      knee: fc.constantFrom(0.02, 1, 7),
    })
    .map((range) => ({ ...range, low: range.signed ? -range.high : 0 }));

  it('is the inverse of valueAt inside the range', () => {
    fc.assert(
      fc.property(ranges, fc.double({ min: 0, max: 1, noNaN: true }), (range, t) => {
        expect(normalise(valueAt(t, range), range)).toBeCloseTo(t, 6);
      }),
      { seed: 21 },
    );
  });

  it('never falls as the value rises, and stays within the map', () => {
    const numbers = fc.double({ min: -2e5, max: 2e5, noNaN: true });
    fc.assert(
      fc.property(ranges, numbers, numbers, (range, a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        const t = [normalise(low, range), normalise(high, range)];
        expect(t[0]!).toBeLessThanOrEqual(t[1]!);
        expect(t[0]!).toBeGreaterThanOrEqual(0);
        expect(t[1]!).toBeLessThanOrEqual(1);
      }),
      { seed: 22 },
    );
  });

  it('lifts small values above a small knee by logarithm', () => {
    const range = { mode: 'log' as const, signed: false, low: 0, high: 31, knee: 1 };
    expect(normalise(3, range)).toBeCloseTo(0.4, 9);
    expect(normalise(3 / 8, { ...range, high: 31 / 8, knee: 1 / 8 })).toBeCloseTo(0.4, 9);
  });

  it('puts zero of a signed field in the middle', () => {
    for (const mode of CONTRAST_MODES) {
      expect(normalise(0, { mode, signed: true, low: -4, high: 4, knee: 1 })).toBe(0.5);
    }
  });
});
