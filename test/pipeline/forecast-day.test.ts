import { cpSync, rmSync } from 'node:fs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { DataError } from '../../src/core/index.ts';
import { DISPLACEMENTS, type ForecastDay, makeForecastDay } from '../../src/forecast/index.ts';
import {
  loadProducts,
  type PartitionRef,
  partitionFolder,
  productOf,
  readManifest,
} from '../../src/lake/index.ts';
import {
  type ForecastDayRead,
  type ForecastDayRequest,
  readForecastDay,
} from '../../src/pipeline/index.ts';
import { computeWindow } from '../forecast/physics-rows.ts';
import { temporaryLake } from './bronze-fixture.ts';
import {
  DT,
  ES,
  forge,
  type Market,
  type MarketSecond,
  publish,
  publishMarket,
  QQQ,
  refsOf,
  rowsOf,
  someSecond,
} from './forecast-lake.ts';

/** A read starts four threads, which share the processors with other tests, ms. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const MID = 20_000;

/** Good seconds, a hole, and every way in which a second may be unknown. */
const SECONDS: MarketSecond[] = [
  someSecond(100, 1, MID - 1, MID),
  someSecond(101, 2, MID - 1, MID + 1),
  { ...someSecond(102, 3, MID, MID + 1), strikes: [] },
  someSecond(106, 4, MID, MID + 3),
  { ...someSecond(107, 5, MID, MID + 1), crossed: true },
  { ...someSecond(108, 6, MID, MID + 1), stale: true },
  { ...someSecond(109, 7, MID, MID + 1), invalid: true },
  { ...someSecond(110, 8, MID, MID + 1), ask: null, stale: true },
  { ...someSecond(111, 9, MID, MID + 1), micro: null },
  { ...someSecond(112, 10, MID, MID + 1), micro: { ofi: null, trade_imbalance: 4 } },
  { ...someSecond(113, 11, MID, MID + 1), spot: null, bid: null, ask: null, book: [], strikes: [] },
  { ...someSecond(114, 12, MID, MID + 1), book: [] },
];
const GOOD = [0, 1, 2, 3, 8, 9, 11];

const lake = temporaryLake();
let whole: ForecastDayRead;
beforeAll(async () => {
  await publishMarket(lake, ES, SECONDS);
  whole = await read();
});

function requestOf(market: Market, more: Partial<ForecastDayRequest> = {}): ForecastDayRequest {
  const { productType, symbol } = market;
  const root = market === ES ? 'ES' : 'QQQ';
  return { product: productOf(loadProducts(), root), productType, symbol, dt: DT, ...more };
}

const read = (from = lake, more: Partial<ForecastDayRequest> = {}) =>
  readForecastDay(from, requestOf(ES, more));

/** A lake of its own with the same tables. */
function copyOfLake(): string {
  const copy = temporaryLake();
  cpSync(lake, copy, { recursive: true });
  return copy;
}

function remove(from: string, ref: PartitionRef): void {
  rmSync(partitionFolder(from, ref), { recursive: true });
}

async function refusal(reading: Promise<unknown>): Promise<DataError> {
  const error = await reading.then(
    () => null,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(DataError);
  return error as DataError;
}

/** The day that the seconds give, each window by itself. */
function expectedDay(market: Market, seconds: readonly MarketSecond[]): ForecastDay {
  const day = makeForecastDay(
    { root: 'ES', dt: DT, symbol: market.symbol, productType: market.productType },
    seconds.length,
  );
  seconds.forEach((s, i) => {
    const isGood = !s.crossed && !s.stale && !s.invalid && s.bid !== null && s.ask !== null;
    if (!isGood) return;
    const { bucketTicks } = market;
    const at = { mid: (s.bid! + s.ask!) / 2, spotTick: s.spot!, bucketTicks };
    computeWindow(s.book, s.strikes, at).store(day, i);
  });
  return day;
}

const PHYSICS = [
  'force',
  'forceHere',
  'dampingHere',
  'wallUp',
  'wallDown',
  'vacuumUp',
  'vacuumDown',
  'reinforceUp',
  'reinforceDown',
  'hasOptions',
] as const;

/** Every array of a day, windows `from` to `to` (exclusive). */
function slice(day: ForecastDay, from: number, to: number): Record<string, number[]> {
  const arrays = Object.entries(day).filter(([, value]) => ArrayBuffer.isView(value));
  return Object.fromEntries(
    arrays.map(([name, value]) => {
      const width = name === 'force' ? DISPLACEMENTS : 1;
      return [name, Array.from(value as Float64Array).slice(from * width, to * width)];
    }),
  );
}

describe('a day from the lake', () => {
  it('has the physics of each window, and nothing where the book is not known', () => {
    const { day, inputs } = whole;
    const expected = expectedDay(ES, SECONDS);
    for (const name of PHYSICS) expect(day[name], name).toEqual(expected[name]);
    expect(Array.from(day.endSecond)).toEqual(SECONDS.map((s) => s.end));
    expect(Array.from(day.valid.keys()).filter((i) => day.valid[i] === 1)).toEqual(GOOD);
    expect(Array.from(day.hasOptions)).toEqual([1, 1, 0, 1, 0, 0, 0, 0, 1, 1, 0, 1]);
    const halves = [-0.5, 0, 0.5, 1.5, 0.5, 0.5, NaN, NaN, 0.5, 0.5, NaN, 0.5];
    expect(Array.from(day.mid)).toEqual(halves.map((x) => MID + x));
    expect(Array.from(day.spreadTicks)).toEqual([1, 2, 1, 3, 1, 1, NaN, NaN, 1, 1, NaN, 1]);
    expect(Array.from(day.bidLots)).toEqual([7, 7, 7, 7, 7, 7, NaN, 7, 7, 7, NaN, 7]);
    expect(Array.from(day.askLots)).toEqual([9, 9, 9, 9, 9, 9, NaN, NaN, 9, 9, NaN, 9]);
    const of = (name: string) => SECONDS.map((s) => s.micro?.[name] ?? NaN);
    expect(Array.from(day.queueImbalance)).toEqual(of('queue_imbalance'));
    expect(Array.from(day.microPriceEdge)).toEqual(of('micro_price_edge'));
    expect(Array.from(day.orderFlowImbalance)).toEqual(of('ofi'));
    expect(Array.from(day.tradeImbalance)).toEqual(of('trade_imbalance'));
    expect(Array.from(day.netEdge)).toEqual(of('net_edge'));
    const { surface, micro, snapshot, options } = refsOf(ES);
    const manifests = [surface, micro, snapshot, options].map((ref) => readManifest(lake, ref));
    expect(inputs).toEqual(
      manifests.map(({ dt, dataset, symbol, sha256 }) => ({ dt, dataset, symbol, sha256 })),
    );
  });

  it('a part of it is the same as in the whole', async () => {
    const { day } = whole;
    const { day: part } = await read(lake, { fromSecond: 101, toSecond: 108 });
    expect(Array.from(part.endSecond)).toEqual([101, 102, 106, 107]);
    expect(slice(part, 0, 4)).toEqual(slice(day, 1, 5));
  });

  it('nothing of a later second reaches an earlier one', async () => {
    const later = SECONDS.slice(2).map((s, i) => someSecond(s.end, 50 + i, MID + 9, MID + 10));
    const other = temporaryLake();
    await publishMarket(other, ES, [...SECONDS.slice(0, 2), ...later]);
    const [here, there] = [whole.day, (await read(other)).day];
    expect(slice(there, 0, 2)).toEqual(slice(here, 0, 2));
    expect(there.force.subarray(2 * DISPLACEMENTS)).not.toEqual(
      here.force.subarray(2 * DISPLACEMENTS),
    );
  });

  it('equities: buckets, with the mid anywhere within one', async () => {
    const seconds = [0, 1, 2, 3, 4].map((k) => ({
      ...someSecond(200 + k, 20 + k, MID + k - 1, MID + k),
      book: someSecond(0, 20 + k, -1, 1).book,
    }));
    const own = temporaryLake();
    await publishMarket(own, QQQ, seconds);
    const { day } = await readForecastDay(own, requestOf(QQQ));
    const expected = expectedDay(QQQ, seconds);
    for (const name of PHYSICS) expect(day[name], name).toEqual(expected[name]);
    expect(day.wallUp.every((ticks) => ticks % 5 === 0)).toBe(true);
  });
});

describe('a lake that is not as it should be', () => {
  it('no options: no error, unless they are required', async () => {
    const own = copyOfLake();
    remove(own, refsOf(ES).options);
    const { day, inputs } = await read(own);
    expect(day.hasOptions.every((has) => has === 0)).toBe(true);
    const bare = SECONDS.map((s) => ({ ...s, strikes: [] }));
    expect(day.force).toEqual(expectedDay(ES, bare).force);
    expect(inputs.map((i) => i.dataset)).not.toContain('gold.future_option_mbo.physics_surface_1s');
    const error = await refusal(read(own, { optionsRequired: true }));
    expect(error.code).toBe('PARTITION_MISSING');
    expect(error.message).toContain('--product-type future_option_mbo --symbol ESH6');
  });

  it.each(['surface', 'micro', 'snapshot'] as const)(
    'no %s: the command that makes it',
    async (name) => {
      const own = copyOfLake();
      const ref = refsOf(ES)[name];
      remove(own, ref);
      const error = await refusal(read(own));
      expect(error.code).toBe('PARTITION_MISSING');
      expect(error.message).toContain(`${ref.productType}.${ref.table} ESH6 ${DT} is not there`);
      expect(error.message).toContain(`\`spymaster pipeline run --layer ${ref.layer} `);
    },
  );

  it('gold of another snapshot: refused as stale', async () => {
    const own = copyOfLake();
    const { snapshot } = refsOf(ES);
    await publish(own, snapshot, rowsOf(ES, SECONDS.slice(1)).snapshot);
    const error = await refusal(read(own));
    expect(error.code).toBe('PARTITION_DAMAGED');
    expect(error.message).toContain('stale');
  });

  it.each([
    ['surface', "* REPLACE ('nan'::FLOAT AS Omega)", 'Omega'],
    ['options', "* REPLACE ('-inf'::FLOAT AS Omega_opt)", 'Omega_opt'],
  ] as const)('%s that somebody else wrote, %s: refused', async (name, columns, column) => {
    const own = copyOfLake();
    await forge(own, refsOf(ES)[name], columns);
    const error = await refusal(read(own));
    expect(error.code).toBe('CONTRACT');
    expect(error.message).toContain(column);
  });

  it('a surface with a second that the snapshots do not have', async () => {
    const own = copyOfLake();
    const { surface } = refsOf(ES);
    await publish(
      own,
      surface,
      rowsOf(ES, [...SECONDS.slice(0, 3), someSecond(104, 1, MID, MID + 1), SECONDS[3]!]).surface,
    );
    const error = await refusal(read(own));
    expect(error.code).toBe('CONTRACT');
    expect(error.message).toContain('book_snapshot_1s has not');
  });

  it('a spot that is not the mid of its valid book', async () => {
    const own = temporaryLake();
    await publishMarket(own, ES, [{ ...someSecond(100, 1, MID, MID + 1), spot: MID + 3 }]);
    expect((await refusal(read(own))).code).toBe('CONTRACT');
  });

  it('a day without a window', async () => {
    const own = temporaryLake();
    await publishMarket(own, ES, []);
    expect((await read(own)).day.windows).toBe(0);
  });

  it('options have no forecast', async () => {
    const error = await refusal(read(lake, { productType: 'future_option_mbo' }));
    expect(error.code).toBe('USAGE');
  });
});
