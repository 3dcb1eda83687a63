import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { FittedForecast } from '../../src/forecast/index.ts';
import { fitForecast, proveFitted, splitDays } from '../../src/forecast/index.ts';
import { loadProducts, productOf } from '../../src/lake/index.ts';
import { fitAndProve, readForecastDay, readForecastDays } from '../../src/pipeline/index.ts';
import { plantedDays } from '../forecast/planted-market.ts';
import { temporaryLake } from './bronze-fixture.ts';
import { DT, ES, publishMarket, someSecond } from './forecast-lake.ts';

/** A read starts four threads, which share the processors with other tests, ms. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const lake = temporaryLake();
const running = new AbortController().signal;
const request = {
  product: productOf(loadProducts(), 'ES'),
  productType: ES.productType,
  symbol: ES.symbol,
  dt: DT,
};

beforeAll(async () => {
  const seconds = Array.from({ length: 40 }, (_, i) =>
    someSecond(100 + i, i, 20_000 + (i % 3), 20_002 + (i % 2)),
  );
  await publishMarket(lake, ES, seconds);
});

describe('reading days in threads', () => {
  it('gives what one read gives, in the order of the requests', async () => {
    const parts = [
      { fromSecond: 100, toSecond: 120 },
      { fromSecond: 110, toSecond: 140 },
      { fromSecond: 130, toSecond: 131 },
    ].map((range) => ({ ...request, ...range }));
    const seen: number[] = [];
    const days = await readForecastDays(lake, parts, {
      workers: 2,
      signal: running,
      onDay: ({ day }) => seen.push(day.windows),
    });
    expect(days.map(({ day }) => day.windows)).toEqual([20, 30, 1]);
    expect(seen.sort((a, b) => a - b)).toEqual([1, 20, 30]);
    expect(days[1]).toEqual(await readForecastDay(lake, parts[1]!));
  });

  it('tells the failure of a day as it was', async () => {
    const requests = [request, { ...request, dt: '2026-01-06' }, request];
    await expect(
      readForecastDays(lake, requests, { workers: 2, signal: running }),
    ).rejects.toMatchObject({ code: 'PARTITION_MISSING', name: 'DataError' });
  });

  it('begins no day once it is told to stop', async () => {
    const stop = new AbortController();
    const seen: string[] = [];
    const reading = readForecastDays(lake, [request, request, request], {
      workers: 1,
      signal: stop.signal,
      onDay: ({ day }) => {
        seen.push(day.dt);
        stop.abort(new Error('enough'));
      },
    });
    await expect(reading).rejects.toThrow('enough');
    expect(seen).toHaveLength(1);
  });
});

describe('fitting and proving in a thread', () => {
  const planted = () => plantedDays(6, { windows: 150 });
  const split = splitDays(planted().map(({ dt }) => dt));

  it('finds what the functions find, and takes the arrays', async () => {
    const days = planted();
    const begun: string[] = [];
    const found = await fitAndProve({ days, split, fitted: null, walk: false }, running, (what) =>
      begun.push(what),
    );
    expect(begun).toEqual(['fit', 'proof']);
    expect(days[0]!.mid).toHaveLength(0);
    const parts = splitDays(planted());
    const fitted = fitForecast(parts.train, parts.calibrate);
    expect(found).toEqual({ fitted, proof: proveFitted(fitted, parts, false) });
  });

  it('only proves what was fitted before', async () => {
    const parts = splitDays(planted());
    const fitted: FittedForecast = fitForecast(parts.train, parts.calibrate);
    const begun: string[] = [];
    const task = { days: planted(), split, fitted, walk: false };
    const found = await fitAndProve(task, running, (what) => begun.push(what));
    expect(begun).toEqual(['proof']);
    expect(found.fitted).toEqual(fitted);
  });

  it('tells why days cannot be fitted, and ends at once when told to', async () => {
    const blind = planted().map((day) => ({ ...day, valid: new Uint8Array(day.windows) }));
    await expect(
      fitAndProve({ days: blind, split, fitted: null, walk: false }, running),
    ).rejects.toMatchObject({ code: 'FORECAST_FIT' });
    const stop = new AbortController();
    const task = { days: planted(), split, fitted: null, walk: true };
    const fitting = fitAndProve(task, stop.signal, () => stop.abort(new Error('enough')));
    await expect(fitting).rejects.toThrow('enough');
  });
});
