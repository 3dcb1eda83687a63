import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  PhysicsSurface,
  priceKernels,
  SURFACE_FIELDS,
  type SurfaceField,
  strikeKernels,
} from '../../src/features/index.ts';
import { type SlowCell, SlowSeries } from './slow-surface.ts';

/** A second of all series: the seen range, and cells by series and place. */
interface Second {
  low: number;
  high: number;
  cells: Map<number, SlowCell>[];
}

/** Sides of two series: asks, bids. */
const SIGNS = [-1, 1] as const;

const cellArbitrary: fc.Arbitrary<SlowCell> = fc
  .record({
    add: fc.integer({ min: 0, max: 40 }),
    pull: fc.integer({ min: 0, max: 40 }),
    fill: fc.integer({ min: 0, max: 40 }),
    start: fc.integer({ min: 0, max: 300 }),
    rest: fc.integer({ min: 0, max: 300 }),
  })
  .map((cell) => {
    const end = Math.max(0, cell.start + cell.add - cell.pull - cell.fill);
    return { ...cell, end, rest: Math.min(cell.rest, end) };
  });

/** Seconds whose grid of `width` cells wanders. */
function secondsArbitrary(width: number, count: number): fc.Arbitrary<Second[]> {
  const row = fc.array(fc.tuple(fc.integer({ min: 0, max: width - 1 }), cellArbitrary), {
    maxLength: width >> 1,
  });
  const second = fc.record({ drift: fc.integer({ min: -3, max: 3 }), rows: fc.tuple(row, row) });
  return fc.array(second, { minLength: 1, maxLength: count }).map((list) => {
    let low = -width;
    return list.map(({ drift, rows }) => {
      low += drift;
      const base = low;
      const cells = rows.map((r) => new Map(r.map(([place, cell]) => [base + place, cell])));
      return { low, high: low + width - 1, cells };
    });
  });
}

function feed(surface: PhysicsSurface, second: Second): void {
  surface.begin(second.low, second.high);
  second.cells.forEach((cells, series) => {
    for (const [cell, values] of cells) {
      const i = series * surface.stride + cell - second.low;
      surface.inputs.add[i] = values.add;
      surface.inputs.pull[i] = values.pull;
      surface.inputs.fill[i] = values.fill;
      surface.inputs.depthStart[i] = values.start;
      surface.inputs.depthEnd[i] = values.end;
      surface.inputs.depthRest[i] = values.rest;
    }
  });
}

const near = priceKernels().near;
const SMALL = { near: { ...near, sigma: 6, halfWidth: 16 }, far: priceKernels().far };

describe('the surface', () => {
  it.each([
    { name: 'prices, the grid wider than the kernels', width: 150, kernels: SMALL, seconds: 12 },
    { name: 'prices, the grid narrower', width: 40, kernels: SMALL, seconds: 40 },
    { name: 'strikes of 20 ticks', width: 21, kernels: strikeKernels(20), seconds: 60 },
    { name: 'strikes of 100 ticks', width: 7, kernels: strikeKernels(100), seconds: 60 },
    { name: 'a single strike', width: 1, kernels: strikeKernels(20), seconds: 20 },
  ])('equals the formulas: $name', ({ width, kernels, seconds }) => {
    const slowKernels = {
      near: [kernels.near.sigma, kernels.near.halfWidth] as [number, number],
      far: [kernels.far.sigma, kernels.far.halfWidth] as [number, number],
    };
    const property = fc.property(secondsArbitrary(width, seconds), (list) => {
      const surface = new PhysicsSurface({ sideSigns: SIGNS, maxCells: width, ...kernels });
      const slow = SIGNS.map((sign) => new SlowSeries(slowKernels, sign === 1));
      for (const second of list) {
        feed(surface, second);
        surface.step(second.low, second.high);
        slow.forEach((series, s) => {
          const { low, high } = second;
          const truth = series.step({ low, high, cells: second.cells[s]! }, low, high);
          for (const [cell, fields] of truth) {
            for (const field of SURFACE_FIELDS) {
              const value = surface.rows[field][s * surface.stride + cell - low]!;
              const wanted = fields[field]!;
              const error = Math.abs(value - wanted) / Math.max(1, Math.abs(wanted));
              if (!(error < 1e-11)) expect({ field, cell, value }).toEqual({ wanted });
            }
          }
        });
      }
    });
    fc.assert(property, { seed: 7, numRuns: width > 100 ? 6 : 25 });
  });
});

function book(width: number, mirrored = false): Second {
  const cells = [new Map<number, SlowCell>(), new Map<number, SlowCell>()];
  for (let k = 1; k <= width; k++) {
    const cell = { add: k % 7, pull: k % 3, fill: k === 1 ? 2 : 0, start: 10 + k, end: 0, rest: 5 };
    cell.end = cell.start + cell.add - cell.pull - cell.fill;
    cells[mirrored ? 1 : 0]!.set(mirrored ? -k : k, cell);
    cells[mirrored ? 0 : 1]!.set(mirrored ? k + 1 : -k - 1, { ...cell, add: k % 5 });
  }
  return { low: -width - 1, high: width + 1, cells };
}

function run(seconds: Second[]): PhysicsSurface {
  const surface = new PhysicsSurface({ sideSigns: SIGNS, maxCells: 400, ...priceKernels() });
  for (const second of seconds) {
    feed(surface, second);
    surface.step(second.low, second.high);
  }
  return surface;
}

function values(surface: PhysicsSurface, field: SurfaceField, series: number, count: number) {
  const at = series * surface.stride;
  return Array.from(surface.rows[field].subarray(at, at + count));
}

describe('A1: near-touch fields', () => {
  it('are there and finite on a normal two-sided book', () => {
    const surface = run([book(100), book(100), book(100)]);
    for (const field of SURFACE_FIELDS) {
      for (const series of [0, 1]) {
        expect(values(surface, field, series, 203).every(Number.isFinite), field).toBe(true);
      }
    }
    for (const series of [0, 1]) {
      const touch = values(surface, 'u_near', series, 203).slice(101 - 14, 101 + 15);
      const nu = values(surface, 'nu', series, 203).slice(101 - 64, 101 + 65);
      expect(touch.every((u) => u !== 0)).toBe(true);
      expect(nu.every((v) => v >= 1)).toBe(true);
      expect(nu.slice(64 - 14, 64 + 15).every((v) => v > 1)).toBe(true);
    }
  });
});

describe('B10: the edge of the grid', () => {
  it('makes no prominence on a uniform book', () => {
    const cells = new Map<number, SlowCell>();
    for (let c = 0; c < 21; c++) {
      cells.set(c, { add: 0, pull: 0, fill: 0, start: 50, end: 50, rest: 50 });
    }
    const kernels = strikeKernels(20);
    const surface = new PhysicsSurface({ sideSigns: [1], maxCells: 21, ...kernels });
    feed(surface, { low: 0, high: 20, cells: [cells] });
    surface.step(0, 20);
    const nu = values(surface, 'nu', 0, 21);
    for (const v of nu) expect(v).toBeCloseTo(nu[10]!, 12);
    for (const p of values(surface, 'Omega_prom', 0, 21)) expect(p).toBeCloseTo(0, 12);
  });
});

describe('B8: cells are absolute', () => {
  const flow = { add: 30, pull: 0, fill: 0, start: 10, end: 40, rest: 40 };
  const still = { ...flow, add: 0, start: 40 };
  const seconds = (drift: number) =>
    Array.from({ length: 12 }, (_, t) => ({
      low: t * drift,
      high: t * drift + 149,
      cells: [new Map([[75, t === 0 ? flow : still]]), new Map<number, SlowCell>()],
    }));

  it('and do not smear when spot moves', () => {
    const fixed = run(seconds(0));
    const moving = run(seconds(2));
    for (const field of ['u_ema_2', 'u_ema_8', 'u_ema_32', 'u_ema_128', 'du_dt'] as const) {
      expect(moving.rows[field][75 - 22]).toBe(fixed.rows[field][75]);
      expect(fixed.rows[field][75]).not.toBe(0);
      const others = values(moving, field, 0, 150).filter((_, i) => i !== 75 - 22);
      expect(others.every((v) => v === 0)).toBe(true);
    }
  });

  it('and fade while they are out of sight, a step each second', () => {
    const away = Array.from({ length: 30 }, () => ({ low: 5000, high: 5149, cells: [] }));
    const back = { low: 0, high: 149, cells: [] };
    const seen = run([seconds(0)[0]!, ...away.map(() => back), back]);
    const unseen = run([seconds(0)[0]!, ...away, back]);
    expect(unseen.rows.u_ema_32[75]).toBe(seen.rows.u_ema_32[75]);
    expect(unseen.rows.du_dt[75]).toBe(seen.rows.du_dt[75]);
    const a32 = 1 - Math.exp(-1 / 32);
    expect(unseen.rows.u_ema_32[75]).toBeCloseTo(a32 * (30 / 11) * (1 - a32) ** 31, 13);
  });
});

describe('symmetries', () => {
  it('a book and its mirror image give mirrored bits', () => {
    const surface = run([book(100), book(60), book(100)]);
    const mirror = run([book(100, true), book(60, true), book(100, true)]);
    const flip = (list: number[]) => [...list].reverse();
    for (const field of SURFACE_FIELDS) {
      const sign = field === 'du_dx' || field === 'pressure_grad' ? -1 : 1;
      for (const series of [0, 1]) {
        const image = flip(values(mirror, field, 1 - series, 203)).map((v) => sign * v + 0);
        expect(
          values(surface, field, series, 203).map((v) => v + 0),
          field,
        ).toEqual(image);
      }
    }
  });

  it('other prices or times give the same fields', () => {
    const shifted = [book(100), book(60)].map(({ low, high, cells }) => ({
      low: low + 27_600,
      high: high + 27_600,
      cells: cells.map((c) => new Map([...c].map(([place, cell]) => [place + 27_600, cell]))),
    }));
    const quiet = Array.from({ length: 50 }, () => ({ low: 0, high: 10, cells: [] }));
    const surface = run(shifted);
    const plain = run([...quiet, book(100), book(60)]);
    for (const field of SURFACE_FIELDS) {
      expect(values(surface, field, 0, 123)).toEqual(values(plain, field, 0, 123));
    }
  });

  it('flows as large again give velocities as large again', () => {
    const scaled = (by: number) => {
      const { low, high, cells } = book(80);
      const times = (c: SlowCell) => ({
        ...c,
        add: c.add * by,
        pull: c.pull * by,
        fill: c.fill * by,
      });
      const grown = cells.map((m) => new Map([...m].map(([p, c]) => [p, times(c)])));
      return { low, high, cells: grown };
    };
    const one = run([scaled(1), scaled(1)]);
    const four = run([scaled(4), scaled(4)]);
    for (const field of [
      'liquidity_velocity',
      'u_ema_8',
      'u_near',
      'u_far',
      'du_dx',
      'u_p',
    ] as const) {
      const times4 = values(one, field, 0, 163).map((v) => 4 * v);
      expect(values(four, field, 0, 163), field).toEqual(times4);
    }
  });
});
