import { describe, expect, it } from 'vitest';
import { Prng } from '../../src/core/index.ts';
import { chooseL2 } from '../../src/forecast/model/choose-l2.ts';
import { FEATURES } from '../../src/forecast/model/features.ts';
import type { Samples } from '../../src/forecast/model/gather-samples.ts';
import { L2_GRID, L2_SEARCH_SAMPLES } from '../../src/forecast/model/model-constants.ts';

const STRONGEST = L2_GRID.at(-1)!;

/** Days of windows whose outcome leans on the first feature with a strength that is known. */
function samplesOf(days: number, rowsEach: number, strength: number, seed: number): Samples {
  const random = new Prng(seed);
  const rows = days * rowsEach;
  const features = Float64Array.from({ length: rows * FEATURES }, () => random.normal());
  const outcomes = Uint8Array.from({ length: rows }, (_, i) => {
    const up = 1 / (1 + Math.exp(-strength * features[i * FEATURES]!));
    if (random.float() < 0.3) return 1;
    return random.float() < up ? 2 : 0;
  });
  const dayStarts = Array.from({ length: days + 1 }, (_, d) => d * rowsEach);
  return { rows, features, outcomes, moves: new Float64Array(rows), dayStarts };
}

describe('the choice of a penalty', () => {
  it('is weak where much is known, strong where nothing is', () => {
    expect(chooseL2(samplesOf(4, 1500, 3, 1), 1)).toBeLessThan(STRONGEST);
    expect(chooseL2(samplesOf(4, 1500, 0, 1), 1)).toBe(STRONGEST);
  });

  it('is the strongest where one day cannot tell', () => {
    expect(chooseL2(samplesOf(1, 1500, 3, 1), 1)).toBe(STRONGEST);
    expect(chooseL2(samplesOf(2, 0, 3, 1), 1)).toBe(STRONGEST);
  });

  it('trusts overlapping labels less', () => {
    const samples = samplesOf(4, 1500, 3, 1);
    expect(chooseL2(samples, 1)).toBeLessThan(chooseL2(samples, 30));
  });

  it('looks at every k-th window of many', () => {
    const many = samplesOf(4, L2_SEARCH_SAMPLES / 2, 3, 3);
    const penalty = chooseL2(many, 1);
    expect(penalty).toBeLessThan(STRONGEST);
    const spoilt = { ...many, features: many.features.slice() };
    for (let i = 0; i < many.rows; i++) {
      if (i % 2 === 1) spoilt.features.fill(1e6, i * FEATURES, (i + 1) * FEATURES);
    }
    expect(chooseL2(spoilt, 1)).toBe(penalty);
  });
});
