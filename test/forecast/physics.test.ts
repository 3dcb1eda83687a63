import { describe, expect, it } from 'vitest';
import {
  DISPLACEMENTS,
  forecastPath,
  MAX_DISPLACEMENT_TICKS,
  makeForecastDay,
  placeOfMid,
} from '../../src/forecast/index.ts';
import { computeWindow, someBook, someStrikes } from './physics-rows.ts';
import { type SlowRow, SlowWindow } from './physics-slow.ts';

const EVERY_DISPLACEMENT = Array.from(
  { length: DISPLACEMENTS },
  (_, i) => i - MAX_DISPLACEMENT_TICKS,
);
const SPOT = 20_000;

/** What `store` writes of one window. */
function stored(...args: Parameters<typeof computeWindow>) {
  const day = makeForecastDay(
    { root: 'ES', dt: '2026-01-05', symbol: 'ESH6', productType: 'x' },
    3,
  );
  computeWindow(...args).store(day, 1);
  return day;
}

function expectClose(found: ArrayLike<number>, expected: number[], tolerance: number): void {
  expect(found.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    expect(Math.abs(found[i]! - expected[i]!), `place ${i}`).toBeLessThanOrEqual(
      tolerance * Math.max(1, Math.abs(expected[i]!)),
    );
  }
}

/** The same book seen in a mirror that leaves step `x` at `centre - x`. */
function mirrored(rows: readonly SlowRow[], centre: number): SlowRow[] {
  return rows.map((r) => ({
    ...r,
    step: centre - r.step,
    side: r.side === 'A' ? 'B' : 'A',
    g: -r.g,
  }));
}

const negatives = (force: Float32Array) => Array.from(force, (f) => -f).reverse();

describe('force, damping and walls against the formulas', () => {
  it.each([
    { name: 'whole mid', bucketTicks: 1, mid: SPOT, spotTick: SPOT },
    { name: 'half mid', bucketTicks: 1, mid: SPOT - 0.5, spotTick: SPOT },
    { name: 'buckets of 5, low in the bucket', bucketTicks: 5, mid: 19_999.5, spotTick: SPOT },
    { name: 'buckets of 5, high in it', bucketTicks: 5, mid: 20_004, spotTick: 20_004 },
  ])('$name', (at) => {
    const rows = someBook(1, -2, 1);
    const strikes = someStrikes(2);
    const slow = new SlowWindow(rows, strikes);
    const { forceAtStep, dampingAtStep } = slow.solve();
    const cell = Math.floor(at.spotTick / at.bucketTicks) * at.bucketTicks;
    const middle = cell + (at.bucketTicks - 1) / 2;
    const place = (d: number) => (at.mid + d - middle) / at.bucketTicks;
    const expected = EVERY_DISPLACEMENT.map(
      (d) =>
        SlowWindow.linear(forceAtStep, place(d)) / (1 + SlowWindow.linear(dampingAtStep, place(d))),
    );
    const physics = computeWindow(rows, strikes, at);
    expectClose(physics.profile.force, expected, 1e-7);
    const [force, damping] = [forceAtStep, dampingAtStep].map((f) =>
      SlowWindow.linear(f, place(0)),
    );
    expectClose([physics.profile.forceHere, physics.profile.dampingHere], [force!, damping!], 1e-9);

    const day = stored(rows, strikes, at);
    const up = slow.run(1);
    const down = slow.run(-1);
    expect(day.wallUp[1]).toBe(up.wall * at.bucketTicks);
    expect(day.wallDown[1]).toBe(down.wall * at.bucketTicks);
    const found = [day.vacuumUp, day.reinforceUp, day.vacuumDown, day.reinforceDown];
    const wanted = [up.vacuum, up.reinforce, down.vacuum, down.reinforce];
    expectClose(
      found.map((column) => column[1]!),
      wanted,
      1e-9,
    );
    expect(day.hasOptions[1]).toBe(1);
    expect(Array.from(day.force.subarray(0, DISPLACEMENTS)).every(Number.isNaN)).toBe(true);
    expect(Array.from(day.force.subarray(2 * DISPLACEMENTS)).every(Number.isNaN)).toBe(true);
  });

  it('by hand: one pressing level, no liquidity', () => {
    const level: SlowRow = { step: 10, side: 'A', g: 0.5, uNear: 0, uPSlow: 0, omega: 0 };
    const { profile } = computeWindow([level]);
    const weight = (k: number) => Math.exp(-(k * k) / 288);
    const total = Array.from({ length: 64 }, (_, i) => weight(i + 1)).reduce((a, b) => a + b, 0);
    // nu is 1 everywhere, so that N is 2 and kappa 1.
    expect(profile.dampingHere).toBeCloseTo(2, 12);
    expect(profile.forceHere).toBeCloseTo((0.5 * weight(10)) / total, 12);
    expect(profile.force[MAX_DISPLACEMENT_TICKS + 9]).toBeCloseTo((0.5 * weight(1)) / total / 3, 7);
    // A level does not push a price that stands on it.
    expect(profile.force[MAX_DISPLACEMENT_TICKS + 10]).toBe(0);
    expect(profile.force[MAX_DISPLACEMENT_TICKS + 80]).toBe(0);
  });

  it('an empty window: no force, damping of free space, no wall, nothing drained', () => {
    const day = stored([]);
    expect(day.forceHere[1]).toBe(0);
    expect(day.dampingHere[1]).toBeCloseTo(2, 12);
    expect([day.wallUp[1], day.wallDown[1]]).toEqual([64, 64]);
    expect([day.vacuumUp[1], day.reinforceDown[1], day.hasOptions[1]]).toEqual([0, 0, 0]);
  });

  it('nothing of a window is left in the next', () => {
    const physics = computeWindow(someBook(1), someStrikes(2));
    physics.begin();
    physics.finish(SPOT, SPOT);
    expect(physics.profile.force).toEqual(computeWindow([]).profile.force);
  });

  it('takes asks below the touch and bids above it for nothing, and rows off the lattice', () => {
    const rows = someBook(5);
    const wrongSide = mirrored(rows, 0).map((r) => ({ ...r, step: -r.step }));
    const kept = rows.filter((r) => r.step === 0 || r.step > 0 === (r.side === 'A'));
    const crossed = [...kept, ...wrongSide.filter((r) => r.step !== 0 && !kept.includes(r))].filter(
      (r) => kept.includes(r) || r.step > 0 === (r.side === 'B'),
    );
    const far = { ...rows[0]!, step: 201, side: 'A' as const };
    const expected = computeWindow(kept).profile.force;
    expect(computeWindow([...crossed, far]).profile.force).toEqual(expected);
  });
});

describe('the mirror', () => {
  it.each([1, 2, 3])(
    'mirrored fields give the negative force and path, bit for bit (%i)',
    (seed) => {
      const rows = someBook(seed, -1 - seed, seed);
      const strikes = someStrikes(seed, 0);
      const reflected = strikes.map((s) => ({ ...s, step: -s.step }));
      const here = computeWindow(rows, strikes);
      const there = computeWindow(mirrored(rows, 0), reflected);
      expect(Array.from(there.profile.force, (f) => f + 0)).toEqual(
        negatives(here.profile.force).map((f) => f + 0),
      );
      const path = forecastPath(here.profile.force, 0, 1.5, 20, 0.3);
      const back = forecastPath(there.profile.force, 0, -1.5, 20, 0.3);
      expect(Array.from(back)).toEqual(Array.from(path, (d) => -d));
      expect(path.some((d) => d !== 0)).toBe(true);
      const [a, b] = [stored(rows, strikes), stored(mirrored(rows, 0), reflected)];
      expect([b.wallUp[1], b.vacuumUp[1], b.reinforceDown[1]]).toEqual([
        a.wallDown[1],
        a.vacuumDown[1],
        a.reinforceUp[1],
      ]);
    },
  );

  it('a market with an odd spread, whose spot is always rounded up, mirrors all the same', () => {
    // The ask stands in spot's own cell, the bid one below, the mid between them.
    const rows = someBook(7, -1, 0, 150);
    const at = { mid: SPOT - 0.5, spotTick: SPOT };
    const here = computeWindow(rows, [], at).profile;
    const there = computeWindow(mirrored(rows, -1), [], at).profile;
    expect(there.forceHere).toBe(-here.forceHere);
    expect(there.dampingHere).toBe(here.dampingHere);
    // Farther out the edges of the lattice differ by a tick.
    const near = (force: number[]) => force.slice(20, -20);
    expect(near(Array.from(there.force))).toEqual(near(negatives(here.force)));
  });
});

describe('where the mid lies', () => {
  it.each([
    { mid: 100, spot: 100, bucket: 1, place: 0 },
    { mid: 99.5, spot: 100, bucket: 1, place: -0.5 },
    { mid: 102, spot: 102, bucket: 5, place: 0 },
    { mid: 99.5, spot: 100, bucket: 5, place: -0.5 },
    { mid: 104, spot: 104, bucket: 5, place: 0.4 },
    { mid: -3, spot: -3, bucket: 5, place: 0 },
  ])('mid $mid, spot $spot, buckets of $bucket', ({ mid, spot, bucket, place }) => {
    expect(placeOfMid(mid, spot, bucket)).toBeCloseTo(place, 12);
  });
});
