import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addOrderFlow,
  depthNormalisedFlow,
  IntegratedFlow,
  queueImbalance,
  tradeImbalanceShare,
  upProbability,
  weightedMidEdge,
} from '../../src/features/index.ts';

const RANKS = 3;
const NO_LEVEL = -2147483648;

/** Levels of a side, best first: price and lots. */
type Levels = [price: number, lots: number][];

interface Book {
  bids: Levels;
  asks: Levels;
}

function columns(levels: Levels, flip: 1 | -1) {
  const keys = new Int32Array(RANKS).fill(NO_LEVEL);
  const lots = new Float64Array(RANKS);
  levels.slice(0, RANKS).forEach(([price, qty], m) => {
    keys[m] = flip * price;
    lots[m] = qty;
  });
  return { keys, lots };
}

function flowOf(books: readonly Book[]): number[] {
  const sums = new Float64Array(RANKS);
  for (let i = 1; i < books.length; i++) {
    for (const [side, sign] of [
      ['bids', 1],
      ['asks', -1],
    ] as const) {
      const old = columns(books[i - 1]![side], sign);
      const now = columns(books[i]![side], sign);
      addOrderFlow(sums, sign, old.keys, old.lots, now.keys, now.lots, 0);
    }
  }
  return [...sums];
}

/** The same as it is printed, in prices: an empty rank is infinitely far away. */
function slowFlowOf(books: readonly Book[]): number[] {
  const at = (levels: Levels, m: number, none: number) => levels[m] ?? ([none, 0] as const);
  return Array.from({ length: RANKS }, (_, m) => {
    let sum = 0;
    for (let i = 1; i < books.length; i++) {
      const [pb0, qb0] = at(books[i - 1]!.bids, m, -Infinity);
      const [pb, qb] = at(books[i]!.bids, m, -Infinity);
      const [pa0, qa0] = at(books[i - 1]!.asks, m, Infinity);
      const [pa, qa] = at(books[i]!.asks, m, Infinity);
      sum += (pb >= pb0 ? qb : 0) - (pb <= pb0 ? qb0 : 0);
      sum -= (pa <= pa0 ? qa : 0) - (pa >= pa0 ? qa0 : 0);
    }
    return sum;
  });
}

const levels = (from: number, step: 1 | -1): fc.Arbitrary<Levels> =>
  fc
    .uniqueArray(fc.integer({ min: 0, max: 5 }), { maxLength: 4 })
    .chain((places) =>
      fc.tuple(
        fc.constant(places.sort((a, b) => a - b)),
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 4, maxLength: 4 }),
      ),
    )
    .map(([places, lots]) =>
      places.map((place, i): [number, number] => [from + step * place, lots[i]!]),
    );

const books = fc.array(fc.record({ bids: levels(100, -1), asks: levels(102, 1) }), {
  minLength: 2,
  maxLength: 12,
});

describe('order-flow imbalance', () => {
  it('is what the paper prints, at every rank', () => {
    const property = fc.property(books, (list) => {
      expect(flowOf(list)).toEqual(slowFlowOf(list));
    });
    fc.assert(property, { seed: 21, numRuns: 300 });
  });

  it('of the mirrored market is the opposite', () => {
    const flip = (side: Levels): Levels => side.map(([price, lots]) => [1000 - price, lots]);
    const property = fc.property(books, (list) => {
      const back = list.map(({ bids, asks }) => ({ bids: flip(asks), asks: flip(bids) }));
      expect(flowOf(back)).toEqual(flowOf(list).map((v) => (v === 0 ? 0 : -v)));
    });
    fc.assert(property, { seed: 22, numRuns: 300 });
  });

  const book = (bid: number, bids: number, ask: number, asks: number): Book => ({
    bids: [[bid, bids]],
    asks: [[ask, asks]],
  });

  it.each([
    ['bids grow by 5', book(10, 25, 11, 30), 5],
    ['bids shrink by 5', book(10, 15, 11, 30), -5],
    ['the bid rises: all of the new queue', book(11, 7, 12, 30), 7 + 30],
    ['the bid falls: all of the old queue', book(9, 8, 11, 30), -20],
    ['asks grow by 5', book(10, 20, 11, 35), -5],
    ['asks shrink by 5', book(10, 20, 11, 25), 5],
    ['the ask rises: all of the old queue', book(10, 20, 12, 4), 30],
    ['the ask falls: all of the new queue', book(9, 20, 10, 4), -20 - 4],
    ['the bids are gone', { bids: [], asks: [[11, 30]] } as Book, -20],
  ])('by hand: %s', (_name, after, want) => {
    expect(flowOf([book(10, 20, 11, 30), after])[0]).toBe(want);
  });

  it('in units of depth, and unknown without any', () => {
    const out = new Float64Array(2);
    depthNormalisedFlow(Float64Array.of(30, -12), 6, out);
    expect([...out]).toEqual([5, -2]);
    depthNormalisedFlow(Float64Array.of(0, 0), 0, out);
    expect([...out]).toEqual([Number.NaN, Number.NaN]);
  });
});

describe('queues and trades', () => {
  const lots = fc.integer({ min: 1, max: 100_000 });

  it('are mirror images of each other', () => {
    const property = fc.property(lots, lots, fc.integer({ min: 1, max: 9 }), (b, a, spread) => {
      expect(queueImbalance(b, a)).toBe(0 - queueImbalance(a, b));
      expect(upProbability(b, a) + upProbability(a, b)).toBeCloseTo(1, 14);
      expect(weightedMidEdge(b, a, spread)).toBe(0 - weightedMidEdge(a, b, spread));
      expect(tradeImbalanceShare(b, a)).toBe(0 - tradeImbalanceShare(a, b));
      const [bid, ask] = [100, 100 + spread];
      const weightedMid = (b * ask + a * bid) / (a + b);
      expect(weightedMidEdge(b, a, spread)).toBeCloseTo(weightedMid - (bid + ask) / 2, 9);
    });
    fc.assert(property, { seed: 23 });
  });

  it('by hand', () => {
    expect(queueImbalance(30, 10)).toBe(0.5);
    expect(upProbability(10, 10)).toBeCloseTo(0.5, 15);
    // tan(60 degrees) = sqrt(3).
    expect(upProbability(Math.sqrt(3), 1)).toBeCloseTo(2 / 3, 14);
    expect(weightedMidEdge(30, 10, 2)).toBe(0.5);
    expect(tradeImbalanceShare(1, 3)).toBe(-0.5);
  });

  it('are unknown where a queue is not there', () => {
    for (const [b, a] of [
      [0, 5],
      [5, 0],
      [Number.NaN, 5],
      [5, Number.NaN],
    ] as const) {
      expect(queueImbalance(b, a)).toBeNaN();
      expect(upProbability(b, a)).toBeNaN();
      expect(weightedMidEdge(b, a, 1)).toBeNaN();
    }
    expect(weightedMidEdge(5, 5, 0)).toBeNaN();
    expect(weightedMidEdge(5, 5, -1)).toBeNaN();
    expect(tradeImbalanceShare(0, 0)).toBeNaN();
  });
});

/** First principal component by repeated multiplication, weights of absolute sum 1. */
function slowWeights(rows: readonly (readonly number[])[]): number[] {
  const ranks = rows[0]!.length;
  const mean = (f: (row: readonly number[]) => number) =>
    rows.reduce((sum, row) => sum + f(row), 0) / rows.length;
  const means = Array.from({ length: ranks }, (_, i) => mean((row) => row[i]!));
  const covariance = means.map((mi, i) =>
    means.map((mj, j) => mean((row) => (row[i]! - mi) * (row[j]! - mj))),
  );
  let v = means.map((_, i) => 1 + i / 100);
  for (let k = 0; k < 20_000; k++) {
    const next = covariance.map((row) => row.reduce((sum, c, j) => sum + c * v[j]!, 0));
    const size = Math.hypot(...next);
    v = next.map((x) => x / size);
  }
  const total = v.reduce((a, b) => a + b, 0);
  const size = v.reduce((a, b) => a + Math.abs(b), 0);
  return v.map((x) => (Math.sign(total) * x) / size);
}

describe('integrated order-flow imbalance', () => {
  const flow = fc.double({ min: -5, max: 5, noNaN: true });
  const rows = fc.array(
    fc.tuple(flow, flow, flow, flow).map(([common, a, b, c]) => {
      return [common + a / 9, 2 * common + b / 9, common / 2 + c / 9];
    }),
    { minLength: 20, maxLength: 60 },
  );

  it('is weighted by the first principal component', () => {
    const property = fc.property(rows, (list) => {
      const integrated = new IntegratedFlow(3, 20);
      for (const row of list) integrated.learn(Float64Array.from(row));
      integrated.refit();
      const slow = slowWeights(list);
      integrated.weights.forEach((w, i) => {
        expect(w).toBeCloseTo(slow[i]!, 6);
      });
      expect(integrated.weights.reduce((sum, w) => sum + Math.abs(w), 0)).toBeCloseTo(1, 12);
      const value = integrated.value(Float64Array.of(1, 2, 3));
      expect(value).toBeCloseTo(slow[0]! + 2 * slow[1]! + 3 * slow[2]!, 5);
    });
    fc.assert(property, { seed: 24, numRuns: 40 });
  });

  it('learns of whole windows, tells after enough of them, and only what a refit has seen', () => {
    const integrated = new IntegratedFlow(2, 3);
    const learn = (a: number, b: number) => integrated.learn(Float64Array.of(a, b));
    learn(1, 2);
    learn(-1, -2);
    learn(Number.NaN, 1);
    integrated.refit();
    expect(integrated.count).toBe(2);
    expect(integrated.value(Float64Array.of(1, 1))).toBeNaN();
    learn(2, 4);
    expect(integrated.value(Float64Array.of(1, 1))).toBeNaN();
    integrated.refit();
    expect(integrated.weights[1]! / integrated.weights[0]!).toBeCloseTo(2, 12);
    for (let i = 0; i < 50; i++) learn(i % 2, 0);
    expect(integrated.weights[1]! / integrated.weights[0]!).toBeCloseTo(2, 12);
    integrated.refit();
    expect(integrated.weights[1]! / integrated.weights[0]!).toBeLessThan(1.9);
  });

  it('has no weights where nothing varies', () => {
    const integrated = new IntegratedFlow(2, 1);
    for (let i = 0; i < 5; i++) integrated.learn(Float64Array.of(0, 0));
    integrated.refit();
    expect(integrated.value(Float64Array.of(0, 0))).toBeNaN();
  });
});
