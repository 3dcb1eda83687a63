import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Prng } from '../../src/core/index.ts';
import { applyIsotonic, fitIsotonic } from '../../src/forecast/numerics/isotonic.ts';
import { sortedOrder } from '../../src/forecast/numerics/sorted-order.ts';

const finite = fc.double({ min: -5, max: 5, noNaN: true });

describe('sorted order', () => {
  it('is that of a stable sort', () => {
    const property = fc.property(fc.array(fc.integer({ min: -9, max: 9 })), (values) => {
      const wanted = [...values.keys()].sort((a, b) => values[a] - values[b] || a - b);
      expect([...sortedOrder(values)]).toEqual(wanted);
    });
    fc.assert(property, { seed: 1, numRuns: 300 });
  });
});

/** The minimax formula: max over starts of min over ends of the mean between them. */
function slowIsotonic(x: number[], y: number[], w: number[]): Map<number, number> {
  const places = [...new Set(x)].sort((a, b) => a - b);
  const mean = (from: number, to: number) => {
    const rows = [...x.keys()].filter((i) => x[i] >= from && x[i] <= to);
    const weight = rows.reduce((sum, i) => sum + w[i], 0);
    return rows.reduce((sum, i) => sum + w[i] * y[i], 0) / weight;
  };
  return new Map(
    places.map((place) => {
      const below = places.filter((p) => p <= place);
      const above = places.filter((p) => p >= place);
      const best = below.map((from) => Math.min(...above.map((to) => mean(from, to))));
      return [place, Math.max(...best)];
    }),
  );
}

describe('isotonic regression', () => {
  it('pools what falls', () => {
    expect(fitIsotonic([1, 2, 3, 4, 5], [1, 3, 2, 2, 5])).toEqual({
      from: [1, 2, 4, 5],
      to: [1, 7 / 3, 7 / 3, 5],
    });
    const weighted = fitIsotonic([2, 1], [0, 1], [3, 1]);
    expect(weighted).toEqual({ from: [1, 2], to: [0.25, 0.25] });
  });

  it('merges equal places first, leaves unknown rows out, and may be empty', () => {
    expect(fitIsotonic([1, 1, 2], [0, 1, 0.2])).toEqual({ from: [1, 2], to: [0.4, 0.4] });
    expect(fitIsotonic([1, 1], [0, 1])).toEqual({ from: [1], to: [0.5] });
    const unknown = fitIsotonic([1, Number.NaN, 2], [0.5, 9, Number.NaN]);
    expect(unknown).toEqual({ from: [1], to: [0.5] });
    expect(fitIsotonic([], [])).toEqual({ from: [], to: [] });
    expect(applyIsotonic({ from: [], to: [] }, 0.3)).toBeNaN();
  });

  it('is the minimax of means', () => {
    const row = fc.tuple(fc.integer({ min: 0, max: 6 }), finite, fc.integer({ min: 1, max: 4 }));
    const property = fc.property(fc.array(row, { minLength: 1, maxLength: 14 }), (rows) => {
      const [x, y, w] = [0, 1, 2].map((c) => rows.map((r) => r[c]));
      const map = fitIsotonic(x, y, w);
      for (const [place, value] of slowIsotonic(x, y, w)) {
        expect(applyIsotonic(map, place)).toBeCloseTo(value, 10);
      }
      map.to.slice(1).forEach((to, i) => {
        expect(to).toBeGreaterThanOrEqual(map.to[i]);
        expect(map.from[i + 1]).toBeGreaterThan(map.from[i]);
      });
    });
    fc.assert(property, { seed: 2, numRuns: 300 });
  });

  it('is linear between nodes and level beyond them', () => {
    const map = { from: [0, 1, 3], to: [0, 0.5, 0.6] };
    const at = [-1, 0, 0.5, 1, 2, 3, 9].map((x) => applyIsotonic(map, x));
    [0, 0, 0.25, 0.5, 0.55, 0.6, 0.6].forEach((wanted, i) => {
      expect(at[i]).toBeCloseTo(wanted, 14);
    });
    expect(applyIsotonic(map, Number.NaN)).toBeNaN();
  });

  it('straightens probabilities that are too bold', () => {
    const random = new Prng(3);
    const truth = Float64Array.from({ length: 40_000 }, () => 0.3 + 0.4 * random.float());
    const bold = truth.map((p) => 0.5 + 2 * (p - 0.5));
    const happened = truth.map((p) => (random.float() < p ? 1 : 0));
    const map = fitIsotonic(bold, happened);
    for (const p of [0.35, 0.45, 0.55, 0.65]) {
      expect(Math.abs(applyIsotonic(map, 0.5 + 2 * (p - 0.5)) - p)).toBeLessThan(0.06);
    }
  });
});
