import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binOf, equalMassEdges } from '../../src/forecast/numerics/equal-mass-bins.ts';
import { areaUnderCurve, ranksOf } from '../../src/forecast/numerics/ranks.ts';

const small = fc.integer({ min: -4, max: 4 });

describe('ranks', () => {
  it('share the mean of ties', () => {
    expect([...ranksOf([3, 1, 3, 2, 3])]).toEqual([4, 1, 4, 2, 4]);
    expect([...ranksOf([])]).toEqual([]);
  });

  it('give the area under the curve: pairs in the right order, ties half', () => {
    const row = fc.tuple(small, fc.constantFrom(0, 1, 7, Number.NaN));
    const property = fc.property(fc.array(row, { maxLength: 25 }), (rows) => {
      let [right, pairs] = [0, 0];
      for (const [a, one] of rows) {
        for (const [b, zero] of rows) {
          if (one !== 1 || zero !== 0) continue;
          pairs++;
          right += a > b ? 1 : a === b ? 0.5 : 0;
        }
      }
      const [scores, labels] = [rows.map((r) => r[0]), rows.map((r) => r[1])];
      const area = areaUnderCurve(scores, labels);
      if (pairs === 0) expect(area).toBeNaN();
      else expect(area).toBeCloseTo(right / pairs, 12);
    });
    fc.assert(property, { seed: 1, numRuns: 300 });
    expect(areaUnderCurve([1, Number.NaN, 2], [0, 0, 1])).toBe(1);
  });
});

describe('bins of equal counts', () => {
  it('part a hundred values into tens', () => {
    const values = Array.from({ length: 100 }, (_, i) => (i * 37) % 100);
    const edges = equalMassEdges(values, 10);
    expect([...edges]).toEqual([9, 19, 29, 39, 49, 59, 69, 79, 89]);
    expect([-5, 9, 10, 89, 90, 1000].map((v) => binOf(edges, v))).toEqual([0, 0, 1, 8, 9, 9]);
  });

  it('never part equal values, lose none and leave no bin empty', () => {
    const property = fc.property(
      fc.array(small, { maxLength: 40 }),
      fc.integer({ min: 1, max: 8 }),
      (values, bins) => {
        const edges = equalMassEdges([...values, Number.NaN], bins);
        expect(edges.length).toBeLessThan(bins);
        const counts = new Array(edges.length + 1).fill(0);
        for (const value of values) {
          const bin = binOf(edges, value);
          counts[bin]++;
          if (bin > 0) expect(value).toBeGreaterThan(edges[bin - 1]);
          if (bin < edges.length) expect(value).toBeLessThanOrEqual(edges[bin]);
        }
        if (values.length > 0) expect(Math.min(...counts)).toBeGreaterThan(0);
      },
    );
    fc.assert(property, { seed: 2, numRuns: 300 });
  });

  it('is one bin where all values are the same', () => {
    expect([...equalMassEdges([0.3, 0.3, 0.3], 5)]).toEqual([]);
    expect([...equalMassEdges([], 5)]).toEqual([]);
  });
});
