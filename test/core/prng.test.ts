import { describe, expect, it } from 'vitest';
import { Prng } from '../../src/core/index.ts';

describe('Prng', () => {
  it('gives the same sequence for the same seed, and another for another', () => {
    const take = (seed: number) => {
      const p = new Prng(seed);
      return Array.from({ length: 5 }, () => p.u32());
    };
    expect(take(7)).toEqual(take(7));
    expect(take(7)).not.toEqual(take(8));
    expect(take(7)).not.toEqual(take(7 + 2 ** 32));
  });

  it('is uniform in [0, 1) and standard normal to sampling error', () => {
    const p = new Prng(1);
    const n = 200_000;
    let mean = 0;
    let m1 = 0;
    let m2 = 0;
    let inside = true;
    for (let i = 0; i < n; i++) {
      const u = p.float();
      inside &&= u >= 0 && u < 1;
      mean += u / n;
      const z = p.normal();
      m1 += z / n;
      m2 += (z * z) / n;
    }
    expect(inside).toBe(true);
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.003);
    expect(Math.abs(m1)).toBeLessThan(0.01);
    expect(Math.abs(m2 - 1)).toBeLessThan(0.02);
  });
});
