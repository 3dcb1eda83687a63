import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Prng } from '../../src/core/index.ts';
import {
  BOOTSTRAP_DAYS_MIN,
  dayBootstrap,
  expandedTail,
  ratioOf,
} from '../../src/forecast/numerics/day-bootstrap.ts';
import {
  adjustPValues,
  dieboldMariano,
  dieboldMarianoLag,
  sumDifferences,
} from '../../src/forecast/numerics/diebold-mariano.ts';
import { studentTwoSided } from '../../src/forecast/numerics/student-distribution.ts';

interface Session {
  second: number[];
  values: Float64Array;
}

function session(seed: number, count: number, mean: number): Session {
  const random = new Prng(seed);
  const second: number[] = [];
  const values = new Float64Array(count);
  let last = 0;
  for (let i = 0; i < count; i++) {
    second.push((second.at(-1) ?? 0) + 1 + (random.float() < 0.1 ? random.int(3) : 0));
    last = 0.5 * last + random.normal();
    values[i] = random.float() < 0.05 ? Number.NaN : mean + last;
  }
  return { second, values };
}

/** The statistic by its definition: every pair of known windows of a session. */
function slowStatistic(sessions: readonly Session[], horizon: number, lag: number): number {
  const known = sessions.flatMap(({ second, values }, s) =>
    [...values.keys()]
      .filter((i) => !Number.isNaN(values[i]))
      .map((i) => ({ s, second: second[i], value: values[i] })),
  );
  const n = known.length;
  const mean = known.reduce((sum, k) => sum + k.value, 0) / n;
  let variance = 0;
  for (const a of known) {
    for (const b of known) {
      const apart = Math.abs(a.second - b.second);
      if (a.s !== b.s || apart > lag) continue;
      variance += (1 - apart / (lag + 1)) * (a.value - mean) * (b.value - mean);
    }
  }
  const correction = (n + 1 - 2 * horizon + (horizon * (horizon - 1)) / n) / n;
  return (mean / (Math.sqrt(variance) / n)) * Math.sqrt(correction);
}

const summed = (sessions: readonly Session[], lag: number) =>
  sessions.map(({ second, values }) => sumDifferences(second, values, lag));

describe('Diebold and Mariano', () => {
  it('is the textbook t test without lags', () => {
    const found = dieboldMariano([sumDifferences([1, 2, 3, 4], Float64Array.of(1, 2, 3, 6), 0)], 1);
    // Mean 3, squares about it 4 + 1 + 0 + 9; sqrt(14) / 4; corrected by sqrt(3 / 4).
    expect(found.difference).toBe(3);
    expect(found.standardError).toBeCloseTo(Math.sqrt(14) / 4, 14);
    expect(found.statistic).toBeCloseTo((12 / Math.sqrt(14)) * Math.sqrt(3 / 4), 14);
    expect(found.pValue).toBeCloseTo(studentTwoSided(found.statistic, 3), 14);
    expect([found.count, found.lag]).toEqual([4, 0]);
  });

  it.each([
    [1, 0],
    [5, 12],
    [30, 87],
  ])('is its definition over days with holes: horizon %i, lag %i', (horizon, lag) => {
    const sessions = [session(1, 300, 0.1), session(2, 200, 0.2), session(3, 5, 0)];
    const found = dieboldMariano(summed(sessions, lag), horizon);
    expect(found.statistic).toBeCloseTo(slowStatistic(sessions, horizon, lag), 9);
    expect(found.count).toBeLessThan(500);
  });

  it('rejects what is true about as often as it says', () => {
    let rejected = 0;
    for (let i = 0; i < 400; i++) {
      const days = [session(1000 + i, 400, 0), session(5000 + i, 400, 0)];
      const { pValue } = dieboldMariano(summed(days, dieboldMarianoLag(5, 800)), 5);
      if (pValue < 0.05) rejected++;
    }
    expect(rejected).toBeGreaterThan(8);
    expect(rejected).toBeLessThan(45);
  });

  it('takes in at least the lags of overlapping moves', () => {
    expect(dieboldMarianoLag(1, 100)).toBe(4);
    expect(dieboldMarianoLag(30, 54_000)).toBe(87);
  });

  it('knows nothing where losses are the same, or where there are none', () => {
    const same = dieboldMariano(summed([{ second: [1, 2, 3], values: new Float64Array(3) }], 2), 1);
    expect(same).toMatchObject({ difference: 0, count: 3 });
    const level = new Float64Array(9).fill(0.1);
    const constant = dieboldMariano(summed([{ second: [...level.keys()], values: level }], 2), 1);
    const none = dieboldMariano(summed([{ second: [1], values: Float64Array.of(NaN) }], 0), 1);
    expect(dieboldMariano([], 1).count).toBe(0);
    for (const unknown of [same, constant, none]) {
      expect([unknown.standardError, unknown.statistic, unknown.pValue]).toEqual([NaN, NaN, NaN]);
    }
    expect(none.difference).toBeNaN();
    const short = summed([{ second: [1, 2, 3], values: Float64Array.of(1, 2, 4) }], 0);
    expect(dieboldMariano(short, 3).statistic).toBeNaN();
  });
});

describe('p-values of many tests', () => {
  it('are adjusted by their rank', () => {
    const adjusted = adjustPValues([0.01, 0.04, 0.03, Number.NaN, 0.005]);
    expect(adjusted[3]).toBeNaN();
    [0.02, 0.04, 0.04, 0, 0.02].forEach((p, i) => {
      if (i !== 3) expect(adjusted[i]).toBeCloseTo(p, 14);
    });
    expect(adjustPValues([])).toEqual([]);
  });

  it('say which tests the step-up procedure rejects', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const property = fc.property(fc.array(share, { maxLength: 20 }), share, (p, rate) => {
      const sorted = [...p].sort((a, b) => a - b);
      let cut = -1;
      sorted.forEach((value, i) => {
        if (value * p.length <= rate * (i + 1)) cut = value;
      });
      adjustPValues(p).forEach((adjusted, i) => {
        if (Math.abs(adjusted - rate) > 1e-12) expect(adjusted <= rate).toBe(p[i] <= cut);
      });
    });
    fc.assert(property, { seed: 3, numRuns: 300 });
  });
});

describe('the bootstrap of days', () => {
  const days = [2, 3, 5, 8, 13, 4, 6].map((sum) => [sum, 2]);
  const mean = ratioOf(0, 1);

  it('has an interval about the mean, the same for the same seed', () => {
    const interval = dayBootstrap(days, mean, { seed: 1 });
    expect(interval?.low).toBeLessThan(41 / 14);
    expect(interval?.high).toBeGreaterThan(41 / 14);
    expect(dayBootstrap(days, mean, { seed: 1 })).toEqual(interval);
    const ninety = dayBootstrap(days, mean, { seed: 1, level: 0.9 });
    expect(ninety?.low).toBeGreaterThan(interval?.low as number);
  });

  it('is unknown with fewer than three days', () => {
    expect(BOOTSTRAP_DAYS_MIN).toBe(3);
    expect(dayBootstrap([], mean, { seed: 1 })).toBeNull();
    expect(dayBootstrap(days.slice(0, 2), mean, { seed: 1 })).toBeNull();
  });

  it("is no narrower than Student's of the means with a day left out, of three days", () => {
    const three = days.slice(0, 3);
    // Left out one by one: 8/4, 7/4, 5/4, with 5/3 of all; the 97.5 % point of t with 2 degrees.
    const half = 4.302652729749462 * Math.sqrt((2 / 3) * (1 / 9 + 1 / 144 + 25 / 144));
    const interval = dayBootstrap(three, mean, { seed: 1 });
    expect(interval?.low).toBeCloseTo(5 / 3 - half, 12);
    expect(interval?.high).toBeCloseTo(5 / 3 + half, 12);
    const share = dayBootstrap(three, mean, { seed: 1, within: [1, 2.75] });
    expect(share).toEqual({ low: 1, high: 2.75 });
    const lonely = [
      [1, 1],
      [0, 0],
      [0, 0],
    ];
    expect(dayBootstrap(lonely, mean, { seed: 1 })).toBeNull();
  });

  it('is unknown when too many draws do not tell', () => {
    const sparse = [[3, 2], [1, 1], ...days.map(() => [0, 0])];
    expect(dayBootstrap(sparse, mean, { seed: 1 })).toBeNull();
    const one = [[0, 0], ...days, ...days];
    expect(dayBootstrap(one, mean, { seed: 1 })).not.toBeNull();
  });

  it('cuts off less than the level says, by the t distribution', () => {
    expect(expandedTail(5, 0.95)).toBeCloseTo(0.000954, 5);
    expect(expandedTail(10_000, 0.95)).toBeCloseTo(0.025, 4);
  });

  it.each([3, 5, 12])('holds the truth about as often as it says with %i days', (count) => {
    let held = 0;
    const random = new Prng(6);
    for (let i = 0; i < 250; i++) {
      const drawn = Array.from({ length: count }, () => [1 + random.normal(), 1]);
      const interval = dayBootstrap(drawn, mean, { seed: i, resamples: 2000 });
      if (interval && interval.low <= 1 && interval.high >= 1) held++;
    }
    expect(held / 250).toBeGreaterThan(0.91);
    expect(held / 250).toBeLessThan(0.985);
  });
});
