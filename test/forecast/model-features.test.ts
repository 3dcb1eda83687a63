import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DISPLACEMENTS, type ForecastDay } from '../../src/forecast/index.ts';
import { COVERAGE, FEATURES, SHARED_FEATURES } from '../../src/forecast/model/features.ts';
import { copyFeatures } from '../../src/forecast/model/gather-samples.ts';
import { prepareDay } from '../../src/forecast/model/prepare-day.ts';
import { poisonedFrom } from './model-days.ts';
import { plantedDay } from './planted-market.ts';

const dayOf = (windows: number, more = {}) => plantedDay({ windows, ...more }).day;

/** Features of a window, straight from what they are said to be; null where one is unknown. */
function slowFeatures(day: ForecastDay, i: number): number[] | null {
  const at = new Map(Array.from(day.endSecond, (second, k) => [second, k]));
  const valid = (second: number) => {
    const k = at.get(second);
    return k !== undefined && day.valid[k] === 1 ? k : null;
  };
  const now = day.endSecond[i]!;
  const before = valid(now - 1);
  if (valid(now) === null || before === null) return null;
  const sum = (seconds: number) => {
    let total = 0;
    for (let s = now - seconds + 1; s <= now; s++) {
      const k = valid(s);
      total += k === null ? NaN : day.orderFlowImbalance[k]!;
    }
    return total;
  };
  const rest = [
    day.forceHere[i]! / (1 + day.dampingHere[i]!),
    day.queueImbalance[i]!,
    day.microPriceEdge[i]!,
    sum(1),
    sum(5),
    sum(15),
    day.netEdge[i]!,
  ];
  return rest.every(Number.isFinite) ? rest : null;
}

describe('features of a window', () => {
  it('are what they are said to be, by the clock', () => {
    const day = dayOf(300, { holeShare: 0.03, invalidShare: 0.03 });
    day.netEdge[77] = NaN;
    const prepared = prepareDay(day, 0.5, 0.3);
    let covered = 0;
    for (let i = 0; i < day.windows; i++) {
      const slow = slowFeatures(day, i);
      expect(prepared.coverage[i] === COVERAGE.COVERED, `window ${i}`).toBe(slow !== null);
      if (!slow) continue;
      covered++;
      const own = prepared.shared.subarray(i * SHARED_FEATURES, (i + 1) * SHARED_FEATURES);
      for (let f = 0; f < own.length; f++) expect(own[f]).toBeCloseTo(slow[f]!, 9);
    }
    expect(covered).toBeGreaterThan(80);
  });

  it('say why there are none', () => {
    const day = dayOf(60);
    day.valid[30] = 0;
    for (let i = 50; i < 60; i++) day.endSecond[i]!++;
    const { coverage } = prepareDay(day, 0.5, 0.3);
    expect(coverage[0]).toBe(COVERAGE.NO_PREVIOUS);
    expect([...coverage.subarray(1, 14)]).toEqual(Array(13).fill(COVERAGE.UNKNOWN_FEATURE));
    expect(coverage[14]).toBe(COVERAGE.COVERED);
    expect(coverage[30]).toBe(COVERAGE.INVALID_BOOK);
    expect(coverage[31]).toBe(COVERAGE.NO_PREVIOUS);
    expect(coverage[44]).toBe(COVERAGE.UNKNOWN_FEATURE);
    expect(coverage[45]).toBe(COVERAGE.COVERED);
    expect(coverage[50]).toBe(COVERAGE.NO_PREVIOUS);
  });

  it('need a mid and a force that are known', () => {
    const day = dayOf(60);
    day.mid[20] = NaN;
    day.force.fill(NaN, 40 * DISPLACEMENTS, 41 * DISPLACEMENTS);
    const { coverage } = prepareDay(day, 0.5, 0.3);
    expect(coverage[20]).toBe(COVERAGE.INVALID_BOOK);
    expect(coverage[21]).toBe(COVERAGE.NO_PREVIOUS);
    expect(coverage[40]).toBe(COVERAGE.UNKNOWN_FEATURE);
  });

  it('begin with the path at their horizon', () => {
    const day = dayOf(60);
    const prepared = prepareDay(day, 0.5, 0.25);
    const out = new Float64Array(FEATURES);
    copyFeatures(prepared, 30, 1, out, 0);
    const force = day.force[30 * DISPLACEMENTS]!;
    const speed = day.mid[30]! - day.mid[29]!;
    const first = 0.75 * speed + 0.5 * force;
    expect(out[0]).toBeCloseTo(first + 0.75 * first + 0.5 * force, 9);
  });

  it('know nothing of what comes after their window', () => {
    const day = dayOf(120, { holeShare: 0.02 });
    const whole = prepareDay(day, 0.5, 0.3);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 119 }), (from) => {
        const changed = prepareDay(poisonedFrom(day, from), 0.5, 0.3);
        const until = from * SHARED_FEATURES;
        expect(changed.coverage.slice(0, from)).toEqual(whole.coverage.slice(0, from));
        expect(changed.shared.slice(0, until)).toEqual(whole.shared.slice(0, until));
        const past = (deltas: readonly Float64Array[]) => deltas.map((d) => d.slice(0, from));
        expect(past(changed.deltas)).toEqual(past(whole.deltas));
      }),
      { seed: 1, numRuns: 20 },
    );
  });
});
