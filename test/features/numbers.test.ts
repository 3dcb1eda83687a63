import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  absentValueOf,
  denseSurface,
  EMA_SECONDS,
  emaWeight,
  expNegative,
  gaussianKernel,
  lnOnePlus,
  makeSurfaceRows,
  priceKernels,
  STORED_STEP,
  SURFACE_FIELDS,
  storeCells,
  storedValue,
  strikeKernels,
  VelocityMemory,
} from '../../src/features/index.ts';

describe('exponential and logarithm', () => {
  it('equal those of the machine to a few parts in 1e15', () => {
    for (let i = 0; i <= 800; i++) {
      const x = i / 100;
      expect(Math.abs(expNegative(x) / Math.exp(-x) - 1)).toBeLessThan(4e-15);
    }
    for (let n = 0; n < 200_000; n = n < 20_000 ? n + 1 : n + 997) {
      expect(Math.abs(lnOnePlus(n) - Math.log(1 + n))).toBeLessThan(4e-15);
    }
    for (const n of [1e6, 4_294_967_295, 1e12, 2 ** 50, 2 ** 53 - 2]) {
      expect(lnOnePlus(n)).toBeCloseTo(Math.log(1 + n), 13);
    }
    expect(lnOnePlus(0)).toBe(0);
  });
});

describe('weights of the means', () => {
  it('are those of the published constants', () => {
    const published = [0.393469, 0.117503, 0.0307668, 0.00778206];
    EMA_SECONDS.forEach((n, i) => {
      expect(emaWeight(n)).toBeCloseTo(published[i]!, 6);
    });
  });
});

describe('kernels', () => {
  it('are Gaussians of the stated widths', () => {
    const { near, far } = priceKernels();
    expect([near.sigma, near.halfWidth, far.sigma, far.halfWidth]).toEqual([6, 16, 24, 64]);
    expect(near.weights[6]).toBeCloseTo(Math.exp(-0.5), 14);
    expect(near.total).toBeCloseTo(2 * near.weights.reduce((a, b) => a + b) - 1, 12);
  });

  it.each([
    [20, [1, 1], [1.2, 3]],
    [100, [1, 1], [1, 1]],
    [2, [3, 8], [12, 32]],
    [1, [6, 16], [24, 64]],
  ])('scale with strikes %i ticks apart', (step, near, far) => {
    const kernels = strikeKernels(step);
    expect([kernels.near.sigma, kernels.near.halfWidth]).toEqual(near);
    expect([kernels.far.sigma, kernels.far.halfWidth]).toEqual(far);
  });

  it('refuse to reach further than their exponential', () => {
    expect(() => gaussianKernel(1, 5)).toThrow(/four sigma/);
  });
});

describe('stored values', () => {
  it('are within 9.54e-7 of the value, or of its size above 1, and survive a float32', () => {
    const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    const property = fc.property(value, fc.integer({ min: 0, max: 12 }), (v, shrink) => {
      const x = v / 10 ** shrink;
      const stored = storedValue(x);
      expect(Math.abs(stored - x)).toBeLessThanOrEqual(2 ** -20 * Math.max(1, Math.abs(x)));
      expect(Math.fround(stored)).toBe(stored);
      expect(storedValue(stored)).toBe(stored);
      expect(storedValue(-x) + stored).toBe(0);
    });
    fc.assert(property, { seed: 3, numRuns: 2000 });
  });

  it('are 0, never -0, under 1e-9, and multiples of the step up to 1', () => {
    for (const v of [-9e-10, 9e-10, -0, 0, -1e-12]) expect(Object.is(storedValue(v), 0)).toBe(true);
    expect(storedValue(0.3) / STORED_STEP).toBe(Math.round(0.3 / STORED_STEP));
    expect(storedValue(1)).toBe(1);
  });

  it('keep what is not finite, for the contract to refuse', () => {
    expect(storedValue(Number.NaN)).toBeNaN();
    expect(Number.isFinite(storedValue(Number.POSITIVE_INFINITY))).toBe(false);
  });

  it('mark the cells that differ from the absent value', () => {
    const out = new Float32Array(4);
    const seen = new Uint8Array(4);
    storeCells(Float64Array.of(9, 1, 1 + 1e-10, 2, 0), 1, 4, 1, out, 0, seen);
    expect([...out]).toEqual([1, 1, 2, 0]);
    expect([...seen]).toEqual([0, 0, 1, 1]);
  });
});

describe('a dense surface', () => {
  const rows = {
    places: Int32Array.of(-10, -5, 0, 3, 20, -5),
    values: Float32Array.of(1, 2, 3, 4, 5, 9),
    from: 0,
    to: 5,
  };

  it('holds the rows at their places and the absent value elsewhere', () => {
    const grid = { first: -5, step: 5, count: 4 };
    expect([...denseSurface(rows, 'u_near', grid)]).toEqual([2, 3, 0, 0]);
    expect([...denseSurface(rows, 'kappa', grid)]).toEqual([2, 3, 1, 1]);
    expect([...denseSurface(rows, 'nu_opt', grid)]).toEqual([2, 3, 1, 1]);
  });

  it('fills the array it is given', () => {
    const out = Float32Array.of(7, 7, 7);
    const grid = { first: 1, step: 1, count: 3 };
    expect(denseSurface(rows, 'rho', grid, out)).toBe(out);
    expect([...out]).toEqual([0, 0, 4]);
  });

  it('knows two fields that are 1 where nothing is', () => {
    expect(SURFACE_FIELDS.filter((f) => absentValueOf(f) === 1)).toEqual(['nu', 'kappa']);
    expect(absentValueOf('kappa_opt')).toBe(1);
    expect(absentValueOf('Omega_opt')).toBe(0);
  });
});

describe('the memory of velocities', () => {
  it('gives pages back when all in them has faded, however far spot jumps', () => {
    const memory = new VelocityMemory(1);
    const rows = makeSurfaceRows(10);
    rows.liquidity_velocity[3] = 1;
    for (let t = 0; t < 20; t++) memory.step(rows, 1e6 * t, 1e6 * t + 9, 10);
    expect(memory.livePages).toBe(20);
    rows.liquidity_velocity[3] = 0;
    // A mean over 128 s falls from 0.0078 below 1e-12 in 128 ln(7.8e9) = 2,915 steps.
    for (let t = 0; t < 2890; t++) memory.step(rows, 0, 9, 10);
    expect(memory.livePages).toBe(20);
    for (let t = 0; t < 30; t++) memory.step(rows, 0, 9, 10);
    expect(memory.livePages).toBe(0);
  });
});
