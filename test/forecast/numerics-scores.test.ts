import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Prng } from '../../src/core/index.ts';
import { equalMassEdges } from '../../src/forecast/numerics/equal-mass-bins.ts';
import { countAndSum, directionHits, logLosses, skillOf } from '../../src/forecast/proof/scores.ts';
import {
  addBrierParts,
  decomposeBrier,
  reliabilityTable,
  sumBins,
} from '../../src/forecast/proof/scores-brier.ts';
import { riskCoverage, sumConfidence } from '../../src/forecast/proof/scores-confidence.ts';

const NaN3 = [Number.NaN, Number.NaN, Number.NaN];

describe('losses', () => {
  const p = Float64Array.of(0.2, 0.5, 0.3, 0, 0.4, 0.6, 1, 0, 0, ...NaN3);
  const outcomes = [0, 0, 0, 1];

  it('are those of the definitions', () => {
    const log = logLosses(p, outcomes);
    expect(log[0]).toBeCloseTo(-Math.log(0.2), 14);
    expect(log[1]).toBeCloseTo(6 * Math.log(10), 12);
    expect(log[2]).toBeCloseTo(0, 14);
    expect(log[3]).toBeNaN();
    const [count, sum] = countAndSum(log);
    expect(count).toBe(3);
    expect(sum).toBeCloseTo(log[0] + log[1] + log[2], 14);
  });

  it('know nothing where the outcome is unknown', () => {
    expect([...logLosses(p, [-1, -1, -1, -1])]).toEqual([...NaN3, Number.NaN]);
  });

  it('count hits of direction among moves only', () => {
    const four = Float64Array.of(0.5, 0.2, 0.3, 0.1, 0.8, 0.1, 0.1, 0.1, 0.8, ...NaN3);
    expect([...directionHits(four, [0, 0, 0, 0])]).toEqual([1, Number.NaN, 0, Number.NaN]);
    expect([...directionHits(four, [2, 2, 2, 2])]).toEqual([0, Number.NaN, 1, Number.NaN]);
    expect([...directionHits(four, [1, 1, 1, -1])]).toEqual([...NaN3, Number.NaN]);
  });

  it('make skill', () => {
    expect(skillOf(0.9, 1)).toBeCloseTo(0.1, 14);
    expect(skillOf(0.5, 0)).toBeNaN();
    expect(skillOf(Number.NaN, 1)).toBeNaN();
  });
});

/** Probabilities of one outcome and whether it came, with a few unknown ones. */
const forecasts = fc.array(
  fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1, 1, Number.NaN)),
  { minLength: 2, maxLength: 60 },
);

describe("Brier's score", () => {
  it('is the sum of its parts, and sessions add up', () => {
    const property = fc.property(forecasts, fc.integer({ min: 1, max: 9 }), (rows, bins) => {
      const p = Float64Array.from(rows, (row) => row[0]);
      const y = Float64Array.from(rows, (row) => row[1]);
      const known = rows.filter((row) => !Number.isNaN(row[1]));
      if (known.length === 0) return;
      const edges = equalMassEdges(p, bins);
      const half = rows.length >> 1;
      const first = sumBins(p.subarray(0, half), y.subarray(0, half), edges);
      const second = sumBins(p.subarray(half), y.subarray(half), edges);
      const parts = decomposeBrier(first.map((sum, at) => sum + second[at]));
      const direct = known.reduce((sum, [q, z]) => sum + (q - z) ** 2, 0) / known.length;
      const { reliability, resolution, uncertainty, withinVariance, withinCovariance } = parts;
      expect(parts.brier).toBeCloseTo(direct, 12);
      const total = reliability - resolution + uncertainty + withinVariance - withinCovariance;
      expect(total).toBeCloseTo(direct, 12);
      expect(reliability).toBeGreaterThanOrEqual(0);
      expect(withinVariance).toBeGreaterThanOrEqual(-1e-15);
    });
    fc.assert(property, { seed: 1, numRuns: 300 });
  });

  it('has the parts of a small case', () => {
    const p = Float64Array.of(0.2, 0.2, 0.8, 0.8);
    const y = Float64Array.of(0, 1, 1, 1);
    const parts = decomposeBrier(sumBins(p, y, equalMassEdges(p, 2)));
    expect(parts.reliability).toBeCloseTo((0.3 ** 2 + 0.2 ** 2) / 2, 14);
    expect(parts.resolution).toBeCloseTo(0.25 ** 2, 14);
    expect(parts.uncertainty).toBeCloseTo(0.1875, 14);
    expect(parts.withinVariance).toBeCloseTo(0, 14);
    expect(parts.withinCovariance).toBeCloseTo(0, 14);
    const both = addBrierParts([parts, parts]);
    expect(both.brier).toBeCloseTo(2 * parts.brier, 14);
    expect(decomposeBrier(new Float64Array(10)).brier).toBeNaN();
  });
});

describe('the reliability table', () => {
  const random = new Prng(4);
  const p = Float64Array.from({ length: 20_000 }, () => random.float());
  const right = p.map((q) => (random.float() < q ? 1 : 0));
  const wrong = p.map((q) => (random.float() < q * q ? 1 : 0));
  const edges = equalMassEdges(p, 20);

  it('has bars that hold a reliable forecast and not an unreliable one', () => {
    const inside = (y: Float64Array) =>
      reliabilityTable(sumBins(p, y, edges), 1).filter(
        ({ observed, low, high }) => observed >= low && observed <= high,
      ).length;
    expect(inside(right)).toBeGreaterThanOrEqual(17);
    expect(inside(wrong)).toBeLessThanOrEqual(4);
  });

  it('widens its bars by the overlap of moves', () => {
    const rows = [1, 9].map((overlap) => reliabilityTable(sumBins(p, right, edges), overlap)[9]);
    expect(rows[1].high - rows[1].forecast).toBeCloseTo(3 * (rows[0].high - rows[0].forecast), 10);
    expect(rows[0].windows).toBe(1000);
    const certain = reliabilityTable(sumBins(Float64Array.of(1), Float64Array.of(1), edges), 1);
    expect(certain).toEqual([{ windows: 1, forecast: 1, observed: 1, low: 1, high: 1 }]);
  });
});

describe('confidence', () => {
  const confidence = Float64Array.of(0.9, 0.1, 0.5, 0.5, Number.NaN, 0.7);
  const hits = Float64Array.of(1, 0, 0, 1, 1, Number.NaN);
  const losses = Float64Array.of(1, 5, 2, 3, 9, 4);

  it('lets in the most confident windows first, ties together', () => {
    const curve = riskCoverage(confidence, hits, losses, 5);
    expect(curve).toEqual([
      { coverage: 0.2, windows: 1, confidence: 0.9, hitRate: 1, loss: 1 },
      { coverage: 0.4, windows: 2, confidence: 0.7, hitRate: 1, loss: 2.5 },
      { coverage: 0.8, windows: 4, confidence: 0.5, hitRate: 2 / 3, loss: 2.5 },
      { coverage: 1, windows: 5, confidence: 0.1, hitRate: 0.5, loss: 3 },
    ]);
    expect(riskCoverage(confidence, hits, new Float64Array(6).fill(Number.NaN), 5)).toEqual([]);
    const still = new Float64Array(6).fill(Number.NaN);
    expect(riskCoverage(confidence, still, losses, 1).map((point) => point.hitRate)).toEqual([
      Number.NaN,
    ]);
  });

  it('keeps to the steps asked for', () => {
    const random = new Prng(5);
    const many = Float64Array.from({ length: 1000 }, () => Math.floor(random.float() * 40) / 40);
    const curve = riskCoverage(many, many.map(Math.round), many, 10);
    expect(curve.length).toBeGreaterThanOrEqual(8);
    expect(curve.length).toBeLessThanOrEqual(10);
    expect(curve.at(-1)?.coverage).toBe(1);
  });

  it('is summed by bin', () => {
    const sums = sumConfidence(confidence, hits, Float64Array.of(0.5));
    [3, 1.1, 3, 1, 2, 1.6, 1, 1].forEach((wanted, at) => {
      expect(sums[at]).toBeCloseTo(wanted, 14);
    });
  });
});
