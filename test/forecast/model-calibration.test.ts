import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Prng } from '../../src/core/index.ts';
import { fitCalibration } from '../../src/forecast/model/calibration.ts';
import { moveQuantile, moveSizes } from '../../src/forecast/model/move-sizes.ts';
import { applyIsotonic } from '../../src/forecast/numerics/isotonic.ts';

/** Windows whose outcome comes with probability `truth(forecast)`. */
function windowsOf(count: number, seed: number, truth: (p: number) => number) {
  const random = new Prng(seed);
  const forecast = Float64Array.from({ length: count }, () => random.float());
  const happened = Uint8Array.from(forecast, (p) => (random.float() < truth(p) ? 1 : 0));
  return { forecast, happened };
}

describe('calibration', () => {
  it('finds how often a forecast comes true when there is much to see', () => {
    const { forecast, happened } = windowsOf(100_000, 1, (p) => p * p);
    const map = fitCalibration(forecast, happened, 1);
    for (const p of [0.1, 0.3, 0.5, 0.7, 0.9]) {
      expect(applyIsotonic(map, p)).toBeCloseTo(p * p, 1);
    }
  });

  it('changes little when there is little to see, or labels overlap', () => {
    const { forecast, happened } = windowsOf(2000, 2, (p) => p * p);
    const far = (seconds: number) => {
      const map = fitCalibration(forecast, happened, seconds);
      return Math.abs(applyIsotonic(map, 0.5) - 0.5);
    };
    expect(far(1)).toBeGreaterThan(0.1);
    expect(far(30)).toBeLessThan(0.04);
    expect(far(30)).toBeGreaterThan(0);
  });

  it('is no map at all without windows', () => {
    const map = fitCalibration(new Float64Array(0), new Uint8Array(0), 5);
    for (const p of [0, 0.2, 1]) expect(applyIsotonic(map, p)).toBe(p);
  });

  it('never falls and stays a probability', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean()), {
          minLength: 1,
          maxLength: 300,
        }),
        fc.constantFrom(1, 5, 30),
        (rows, seconds) => {
          const forecast = Float64Array.from(rows, ([p]) => p);
          const happened = Uint8Array.from(rows, ([, is]) => (is ? 1 : 0));
          const map = fitCalibration(forecast, happened, seconds);
          let before = 0;
          for (let p = 0; p <= 1; p += 0.01) {
            const now = applyIsotonic(map, p);
            expect(now).toBeGreaterThanOrEqual(before - 1e-12);
            expect(now).toBeLessThanOrEqual(1);
            before = now;
          }
        },
      ),
      { seed: 3, numRuns: 100 },
    );
  });
});

describe('bands of a move', () => {
  it('are the quantiles of moves drawn that way', () => {
    const random = new Prng(4);
    const past = Array.from({ length: 4000 }, () => Math.round(4 * random.normal()) / 2);
    const sizes = moveSizes(past);
    const [down, flat, up] = [0.3, 0.2, 0.5];
    const size = (q: readonly number[]) => {
      const at = random.float() * (q.length - 1);
      const low = Math.floor(at);
      return q[low]! + (at - low) * (q[low + 1]! - q[low]!);
    };
    const drawn = Float64Array.from({ length: 200_000 }, () => {
      const u = random.float();
      if (u < down) return -size(sizes.down);
      return u < down + flat ? 0 : size(sizes.up);
    }).sort();
    for (const level of [0.05, 0.1, 0.25, 0.4, 0.75, 0.9]) {
      const slow = drawn[Math.floor(level * drawn.length)]!;
      const fast = moveQuantile([down, flat, up], sizes, level);
      expect(Math.abs(fast - slow), `level ${level}`).toBeLessThan(0.03);
    }
  });

  it('have sizes by hand', () => {
    const { down, up } = moveSizes([-1, -3, 0, 2, 2, 2]);
    expect([down[0], down[10], down[20]]).toEqual([1, 2, 3]);
    expect(new Set(up)).toEqual(new Set([2]));
    expect(moveQuantile([0.5, 0, 0.5], { down, up }, 0.25)).toBe(-2);
    expect(moveQuantile([0.2, 0.6, 0.2], { down, up }, 0.5)).toBe(0);
  });

  it('are unknown among moves that were never seen', () => {
    const sizes = moveSizes([1, 2, 0]);
    expect(sizes.down).toEqual([]);
    expect(moveQuantile([0.3, 0.3, 0.4], sizes, 0.1)).toBeNaN();
    expect(moveQuantile([0.3, 0.3, 0.4], sizes, 0.5)).toBe(0);
  });
});
