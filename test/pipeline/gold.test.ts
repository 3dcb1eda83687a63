import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { absentValueOf, denseSurface, SURFACE_FIELDS } from '../../src/features/index.ts';
import { loadContract, loadProducts, type Product, productOf } from '../../src/lake/index.ts';
import { goldEquityMbo, goldFutureMbo } from '../../src/pipeline/gold/price-surface.ts';
import {
  goldEquityOptionCmbp1,
  goldFutureOptionMbo,
} from '../../src/pipeline/gold/strike-surface.ts';
import type { Stage } from '../../src/pipeline/index.ts';
import { type FlowRow, GoldLake, type GoldRow, type SilverSecond } from './gold-silver.ts';
import { differences, optionName, slowPriceGold, slowStrikeGold } from './gold-slow.ts';

const products = loadProducts();
/** Small grids, so that the slow reference has an end. */
const FUTURE = { ...productOf(products, 'ES'), gridMaxTicks: 12 };
const EQUITY = { ...productOf(products, 'QQQ'), gridMaxTicks: 62 };
const FUTURE_OPTION = productOf(products, 'ES');
const EQUITY_OPTION = productOf(products, 'QQQ');
const STAGES = [goldFutureMbo, goldEquityMbo, goldFutureOptionMbo, goldEquityOptionCmbp1];

async function run(stage: Stage, product: Product, lake: GoldLake): Promise<GoldLake> {
  const { productType } = stage;
  const task = { lake: '', symbol: 'X', dt: '2026-01-06', session: 'regular' as const };
  const report = await stage.run({ ...task, productType, product }, lake);
  expect(report.counters).toEqual(lake.counters);
  expect(Object.values(lake.counters).every((n) => n >= 0)).toBe(true);
  return lake;
}

const quantities = fc
  .record({
    add: fc.integer({ min: 0, max: 60 }),
    pull: fc.integer({ min: 0, max: 30 }),
    fill: fc.integer({ min: 0, max: 10 }),
    start: fc.integer({ min: 0, max: 400 }),
    rest: fc.integer({ min: 0, max: 400 }),
  })
  .map((q) => {
    const end = Math.max(0, q.start + q.add - q.pull - q.fill);
    return { ...q, end, rest: Math.min(q.rest, end) };
  });

/** Rows of a second in the table's order, one a key. */
function inOrder(rows: FlowRow[]): FlowRow[] {
  const rank = (r: FlowRow) => (2 * (r.right ?? 0) + r.side) * 1e15 + r.price;
  const unique = new Map(rows.map((row) => [rank(row), row]));
  return [...unique.values()].sort((a, b) => rank(a) - rank(b));
}

/** Days of a book whose spot walks and now and then jumps; it begins without one, and loses it. */
function bookDays(product: Product, count: number): fc.Arbitrary<SilverSecond[]> {
  const tick = product.tickSizeInt;
  const stored = product.gridMaxTicks + 64 * product.bucketTicks;
  const level = fc.record({
    side: fc.integer({ min: 0, max: 1 }),
    near: fc.boolean(),
    distance: fc.integer({ min: -stored, max: stored }),
    quantities,
  });
  const second = fc.record({
    wait: fc.constantFrom(1, 1, 1, 3600),
    move: fc.constantFrom(0, 0, 1, -1, 3, -4, 700, -700),
    levels: fc.array(level, { maxLength: 14 }),
    spread: fc.constantFrom(1, 2, null),
  });
  return fc.array(second, { minLength: 2, maxLength: count }).map((list) => {
    let spot = 27_602;
    let end = 50_000;
    return list.map(({ wait, move, levels, spread }, t) => {
      spot += move;
      end += wait;
      if (t % 6 === 0) return { end, spot: null, rows: [] };
      const rows = levels.map(({ side, near, distance, quantities: q }) => {
        const reach = near ? distance % 20 : distance;
        return { side, price: (spot + reach) * tick, ...q };
      });
      const best = spread === null ? null : (spot - 1) * tick;
      const bestAsk = spread === null ? null : (spot - 1 + spread) * tick;
      return { end, spot: spot * tick, bestBid: best, bestAsk, rows: inOrder(rows) };
    });
  });
}

/** Days of an option chain with strikes at uneven distances, one side of which has gaps. */
function chainDays(product: Product, count: number, window: number): fc.Arbitrary<SilverSecond[]> {
  const tick = product.tickSizeInt;
  const step = product.strikeStepInt;
  const centre = 27_600 * tick;
  const strikes = Array.from({ length: 30 }, (_, i) => centre + (i - 15) * step).filter(
    (_, i) => i % 7 !== 5,
  );
  const row = fc.record({
    side: fc.integer({ min: 0, max: 1 }),
    right: fc.integer({ min: 0, max: 1 }),
    place: fc.nat(),
    quantities,
  });
  const second = fc.record({
    move: fc.constantFrom(0, 1, -2, 30, -45),
    rows: fc.array(row, { maxLength: 20 }),
  });
  return fc.array(second, { minLength: 1, maxLength: count }).map((list) => {
    let spot = 27_600;
    return list.map(({ move, rows }, t) => {
      spot += move;
      const near = strikes.filter((strike) => Math.abs(strike / tick - spot) <= window);
      const listed = near.flatMap((strike) => [
        { right: 0, strike },
        ...(strike === strikes[4] ? [] : [{ right: 1, strike }]),
      ]);
      const flows = rows.map(({ side, right, place, quantities: q }) => {
        return { side, right, price: near[place % near.length]!, ...q };
      });
      return { end: 60_000 + t, spot: spot * tick, listed, rows: inOrder(flows) };
    });
  });
}

describe('gold equals the formulas to 1e-6', () => {
  const cases = [
    { stage: goldFutureMbo, product: FUTURE, days: bookDays(FUTURE, 10), slow: slowPriceGold },
    { stage: goldEquityMbo, product: EQUITY, days: bookDays(EQUITY, 10), slow: slowPriceGold },
    {
      stage: goldFutureOptionMbo,
      product: FUTURE_OPTION,
      days: chainDays(FUTURE_OPTION, 25, 200),
      slow: slowStrikeGold,
    },
    {
      stage: goldEquityOptionCmbp1,
      product: EQUITY_OPTION,
      days: chainDays(EQUITY_OPTION, 25, 1100),
      slow: slowStrikeGold,
    },
  ];
  it.each(cases)('$stage.name', async ({ stage, product, days, slow }) => {
    const property = fc.asyncProperty(days, async (seconds) => {
      const lake = await run(stage, product, new GoldLake(seconds));
      expect(differences(lake.published, slow(seconds, product))).toEqual([]);
    });
    await fc.assert(property, { seed: 11, numRuns: 12 });
  });
});

/** A day with a book on both sides: levels with flow up to `depth` ticks away, and spot moving. */
function steadyDay(product: Product, count: number, depth: number): SilverSecond[] {
  const tick = product.tickSizeInt;
  return Array.from({ length: count }, (_, t) => {
    const spot = 27_600 + ((t * t) % 5);
    const rows = Array.from({ length: depth }, (_, k) => k + 1).flatMap((k) => {
      const flow = { add: (k + t) % 4, pull: (k * t) % 3, fill: k === 1 ? 1 : 0, start: 20 + k };
      const end = flow.start + flow.add - flow.pull - flow.fill;
      const level = { ...flow, end, rest: Math.max(0, end - (k % 5)) };
      return [
        { ...level, side: 0, price: (spot + k) * tick },
        { ...level, side: 1, price: (spot - k) * tick },
      ];
    });
    const bests = { bestBid: (spot - 1) * tick, bestAsk: (spot + 1) * tick };
    return { end: 1000 + t, spot: spot * tick, ...bests, rows: inOrder(rows) };
  });
}

describe('A1: on a normal two-sided book', () => {
  it('the near-touch fields are there', async () => {
    const product = productOf(products, 'ES');
    const { published } = await run(
      goldFutureMbo,
      product,
      new GoldLake(steadyDay(product, 60, 90)),
    );
    const last = published.filter((row) => row['window_end_ts_ns'] === 1059e9);
    for (const side of [0, 1]) {
      for (let x = -14; x <= 14; x++) {
        const row = last.find((r) => r['side'] === side && r['rel_ticks'] === x);
        expect(row?.['u_near'], `u_near ${side} ${x}`).not.toBe(0);
        expect(row?.['nu'], `nu ${side} ${x}`).toBeGreaterThan(1);
        expect(row?.['kappa'], `kappa ${side} ${x}`).toBeLessThan(1);
      }
    }
  });
});

describe('C7: what reaches consumers', () => {
  it('is finite in every field, and kappa is within (0, 1]', async () => {
    const product = productOf(products, 'ES');
    const { published } = await run(
      goldFutureMbo,
      product,
      new GoldLake(steadyDay(product, 30, 200)),
    );
    expect(published.length).toBeGreaterThan(10_000);
    for (const row of published) {
      for (const value of Object.values(row)) if (!Number.isFinite(value)) expect(row).toBe(null);
      if (!(row['kappa']! > 0 && row['kappa']! <= 1)) expect(row).toBe(null);
    }
  });

  it.each(STAGES)('has the columns of the contract of $productType', (stage) => {
    const names = loadContract(stage.outputs[0]!).fields.map((field) => field.name);
    const options = stage.productType.includes('option');
    const fields = SURFACE_FIELDS.map((f) => (options ? optionName(f) : f));
    expect(names.slice(-SURFACE_FIELDS.length)).toEqual(fields);
  });
});

describe('D2: the table is made as a stream', () => {
  it('without rows of nothing, in the order of its key, in batches that end', async () => {
    const product = productOf(products, 'ES');
    const lake = await run(goldFutureMbo, product, new GoldLake(steadyDay(product, 120, 40)));
    expect(Math.max(...lake.batches)).toBeLessThan(18_000);
    expect(lake.batches.length).toBeGreaterThan(1);
    expect(lake.told.at(-1)).toBe(1);
    let before = '';
    for (const row of lake.published) {
      const place = (row['rel_ticks']! + 1000).toString().padStart(6, '0');
      const key = `${row['window_end_ts_ns']}:${row['side']}:${place}`;
      expect(key > before).toBe(true);
      before = key;
      const something = SURFACE_FIELDS.some((f) => row[f] !== absentValueOf(f));
      expect(something).toBe(true);
    }
  });

  it('with the same rows whatever the batches that are read', async () => {
    const seconds = steadyDay(FUTURE, 40, 30);
    const whole = await run(goldFutureMbo, FUTURE, new GoldLake(seconds, 1e6));
    for (const batchRows of [1, 7, 61]) {
      const parts = await run(goldFutureMbo, FUTURE, new GoldLake(seconds, batchRows));
      expect(parts.published).toEqual(whole.published);
    }
  });
});

describe('seconds', () => {
  const one = steadyDay(FUTURE, 1, 5)[0]!;

  it('of silence are steps too, and a pause between spans is none', async () => {
    const quiet = (end: number) => ({ ...one, end, rows: [] });
    const near = [one, quiet(1001), quiet(1002)];
    const far = [one, quiet(5000), quiet(5001)];
    const [a, b] = await Promise.all(
      [near, far].map((day) => run(goldFutureMbo, FUTURE, new GoldLake(day))),
    );
    const fields = (row: GoldRow) => SURFACE_FIELDS.map((f) => row[f]);
    expect(b!.published.map(fields)).toEqual(a!.published.map(fields));
    const at = (end: number) =>
      a!.published.find((r) => r['window_end_ts_ns'] === end * 1e9 && r['u_ema_8'] !== 0)!;
    const ratio = at(1002)['u_ema_8']! / at(1001)['u_ema_8']!;
    expect(ratio).toBeCloseTo(Math.exp(-1 / 8), 3);
  });

  it('that the snapshots do not have are refused', async () => {
    const flow = one.rows.map((row) => ({ ...row }));
    const strays = [
      [{ ...one, end: 999, listed: [] }, one],
      [one, { ...one, end: 1001, listed: [], rows: flow }],
    ];
    for (const seconds of strays) {
      const failure = run(goldFutureMbo, FUTURE, new GoldLake(seconds));
      await expect(failure).rejects.toMatchObject({ code: 'CONTRACT' });
    }
  });

  it('without a spot or a valid book are counted', async () => {
    const empty = { end: 999, spot: null, rows: [] };
    const lake = await run(goldFutureMbo, FUTURE, new GoldLake([empty, one]));
    expect(lake.counters).toMatchObject({
      seconds: 2,
      seconds_without_spot: 1,
      seconds_book_invalid: 1,
    });
  });
});

describe('equities', () => {
  it('sum the ticks of a bucket first, and take whole buckets only (B13)', async () => {
    const tick = EQUITY.tickSizeInt;
    const level = { add: 10, pull: 0, fill: 0, start: 9, end: 19, rest: 19 };
    const rows = [0, 1, 2, 3, 4].map((i) => ({ ...level, side: 1, price: (50_000 + i) * tick }));
    const cut = { ...level, side: 1, price: (50_004 - 62 - 320) * tick };
    const second = { end: 1, spot: 50_004 * tick, bestBid: 50_004 * tick, bestAsk: null };
    const lake = await run(
      goldEquityMbo,
      EQUITY,
      new GoldLake([{ ...second, rows: [cut, ...rows] }]),
    );
    const row = lake.published.find((r) => r['rel_ticks'] === 0 && r['side'] === 1)!;
    expect(row['add_intensity']).toBeCloseTo(50 / 46, 6);
    expect(row['rho']).toBeCloseTo(Math.log(1 + 95), 5);
    expect(row['price_int']).toBe(50_000 * tick);
    expect(lake.counters['cut_bucket_rows']).toBe(1);
    expect(lake.published.every((r) => r['rel_ticks']! % 5 === 0)).toBe(true);
  });
});

describe('options on equities', () => {
  it('see near and far by the buckets of their underlying: what stands out is not nothing', async () => {
    const tick = EQUITY_OPTION.tickSizeInt;
    const strikes = [-3, -2, -1, 0, 1, 2, 3].map((i) => (50_000 + 100 * i) * tick);
    const level = { add: 10, pull: 0, fill: 0, start: 9, end: 19, rest: 19 };
    const rows = [{ ...level, right: 0, side: 1, price: 50_000 * tick }];
    const listed = strikes.map((strike) => ({ right: 0, strike }));
    const lake = await run(
      goldEquityOptionCmbp1,
      EQUITY_OPTION,
      new GoldLake([{ end: 1, spot: 50_000 * tick, rows, listed }]),
    );
    const row = lake.published.find((r) => r['rel_ticks'] === 0)!;
    const weights = (sigma: number, half: number) =>
      Array.from({ length: half }, (_, k) => 2 * Math.exp(-((k + 1) ** 2) / (2 * sigma ** 2)));
    const share = (w: number[]) => 1 / w.reduce((a, b) => a + b, 1);
    const prom = share(weights(1, 1)) - share(weights(1.2, 3));
    expect(row['Omega_opt_prom']! / row['Omega_opt']!).toBeCloseTo(prom, 5);
    expect(prom).toBeGreaterThan(0.1);
  });
});

describe('a dense surface of the table', () => {
  it('has every place of the grid', async () => {
    const lake = await run(goldFutureMbo, FUTURE, new GoldLake(steadyDay(FUTURE, 3, 5)));
    const rows = lake.published.filter((r) => r['side'] === 0 && r['window_end_ts_ns'] === 1002e9);
    const sparse = {
      places: Int32Array.from(rows, (r) => r['rel_ticks']!),
      values: Float32Array.from(rows, (r) => r['rho']!),
      from: 0,
      to: rows.length,
    };
    const dense = denseSurface(sparse, 'rho', { first: -12, step: 1, count: 25 });
    expect(dense[12 + 1]).toBeCloseTo(rows.find((r) => r['rel_ticks'] === 1)!['rho']!, 9);
    expect(dense[0]).toBe(0);
    expect(dense.filter((v) => v > 0).length).toBe(rows.filter((r) => r['rho']! > 0).length);
  });
});
