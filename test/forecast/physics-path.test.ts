import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DISPLACEMENTS,
  forecastPath,
  MAX_DISPLACEMENT_TICKS,
  physicsConfidence,
} from '../../src/forecast/index.ts';
import { computeWindow } from './physics-rows.ts';
import { SlowWindow, slowPath } from './physics-slow.ts';

/** A force profile from a function of the displacement. */
function profile(force: (d: number) => number): Float32Array {
  return Float32Array.from({ length: DISPLACEMENTS }, (_, i) => force(i - MAX_DISPLACEMENT_TICKS));
}

describe('the path', () => {
  it('is that of the formulas, whatever the force, and stays within its limits', () => {
    const forces = fc.array(fc.float({ min: -9, max: 9, noNaN: true }), {
      minLength: DISPLACEMENTS,
      maxLength: DISPLACEMENTS,
    });
    const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
    const inputs = fc.tuple(forces, number(-20, 20), number(0, 5), number(0, 1));
    fc.assert(
      fc.property(inputs, ([values, speed, beta, gamma]) => {
        const force = Float32Array.from(values);
        const at = (d: number) => force[d + MAX_DISPLACEMENT_TICKS]!;
        const expected = slowPath((d) => SlowWindow.linear(at, d), speed, beta, gamma);
        const path = forecastPath(force, 0, speed, beta, gamma);
        let before = 0;
        path.forEach((d, h) => {
          expect(Math.abs(d - expected[h]!)).toBeLessThan(1e-6);
          expect(Math.abs(d)).toBeLessThanOrEqual(80);
          expect(Math.abs(d - before)).toBeLessThanOrEqual(8 + 1e-12);
          before = d;
        });
      }),
      { seed: 5, numRuns: 300 },
    );
  });

  it('by hand: no force, half the speed lost every second', () => {
    const path = forecastPath(
      profile(() => 0),
      0,
      4,
      1,
      0.5,
    );
    expect(Array.from(path.subarray(0, 4))).toEqual([2, 3, 3.5, 3.75]);
  });

  it('by hand: a force that grows with the displacement, clipped speed and displacement', () => {
    const path = forecastPath(
      profile((d) => d + 2),
      0,
      100,
      0.5,
      0,
    );
    // Speed 8 stays 8; at d = 80 the path stops.
    expect(Array.from(path.subarray(0, 3))).toEqual([8, 16, 24]);
    expect(path[9]).toBe(80);
    expect(path[29]).toBe(80);
  });

  it('reads the row it is asked for, and writes where it is told', () => {
    const rows = Float32Array.from([...profile(() => 1), ...profile(() => -1)]);
    const out = new Float64Array(7).fill(9);
    forecastPath(rows, 1, 0, 1, 1, out, 2, 3);
    expect(Array.from(out)).toEqual([9, 9, -1, -2, -3, 9, 9]);
  });

  it.each([
    ['speed', Number.NaN, 0],
    ['force', 1, Number.NaN],
  ])('an unknown %s: an unknown path, from the first second on', (_, speed, force) => {
    const path = forecastPath(
      profile(() => force),
      0,
      speed,
      1,
      0.5,
    );
    expect(Array.from(path).every(Number.isNaN)).toBe(true);
  });

  it('an attractor draws harder the nearer it is', () => {
    // The predecessor read x - d: nearing the level lowered its force.
    const level = { step: 10, side: 'A', g: 0.5, uNear: 0, uPSlow: 0, omega: 0 } as const;
    const { force } = computeWindow([level]).profile;
    const at = (d: number) => force[d + MAX_DISPLACEMENT_TICKS]!;
    expect(at(5)).toBeGreaterThan(at(0));
    expect(at(0)).toBeGreaterThan(at(-5));
    // Passed, it draws back no more: a level on the other side pulls the same way.
    expect(at(15)).toBeGreaterThan(0);
  });

  it('a wall lets less through, and damps more the nearer the price is', () => {
    const pull = { step: 20, side: 'A', g: 1, uNear: 0, uPSlow: 0, omega: 0 } as const;
    const wall = [18, 19, 20, 21, 22].map((step) => ({ ...pull, step, g: 0, omega: 6 }));
    const walled = computeWindow([...wall, pull]).profile;
    const open = computeWindow([pull]).profile;
    expect(walled.forceHere).toBeLessThan(open.forceHere / 2);
    const share = (d: number) =>
      walled.force[d + MAX_DISPLACEMENT_TICKS]! / open.force[d + MAX_DISPLACEMENT_TICKS]!;
    expect(share(15)).toBeLessThan(share(0));
    expect(share(15)).toBeLessThan(share(-30));
  });
});

describe('physics confidence', () => {
  it('is 0 without a predicted move, or where the way is shut', () => {
    expect(physicsConfidence(2, 1, 0, 1, 1)).toBe(0);
    expect(physicsConfidence(2, 1, 3, -1, 1)).toBe(0);
    expect(physicsConfidence(2, 1, -3, 1, -1)).toBe(0);
  });

  it('by hand', () => {
    const expected = Math.tanh(0.5) * Math.tanh(0.25);
    expect(physicsConfidence(-1, 1, -3, 9, 0.25)).toBeCloseTo(expected, 12);
  });

  it('is unknown where anything it needs is', () => {
    expect(physicsConfidence(Number.NaN, 1, 1, 1, 1)).toBeNaN();
    expect(physicsConfidence(1, 1, Number.NaN, 1, 1)).toBeNaN();
    expect(physicsConfidence(1, 1, 1, Number.NaN, 1)).toBeNaN();
  });
});
