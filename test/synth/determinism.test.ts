import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { MboColumns } from '../../src/dbn/index.ts';
import {
  equityDay,
  FutureOptionDay,
  FuturesDay,
  futuresSpecs,
  MIN_FILL_CAPACITY,
  type OrderDayOptions,
  ShareOptionDay,
  synthesizeFuturesDay,
  synthesizePath,
} from '../../src/synth/index.ts';
import { DT, frontMarket, hours } from './tape.ts';

const SHORT = hours(14.5, 14.52, { rate: 600, seed: 42 });

function hashOfRows(c: MboColumns, hash: ReturnType<typeof createHash>): void {
  const n = c.length;
  const columns = [
    c.tsRecv,
    c.tsEvent,
    c.orderIdLo,
    c.orderIdHi,
    c.price,
    c.size,
    c.flags,
    c.action,
    c.side,
    c.tsInDelta,
    c.sequence,
    c.instrumentId,
  ];
  const rows = new Float64Array(n * columns.length);
  columns.forEach((column, k) => {
    for (let i = 0; i < n; i++) rows[i * columns.length + k] = column[i]!;
  });
  hash.update(rows);
}

function hashOf(fill: (columns: MboColumns) => number, capacity: number): string {
  const columns = new MboColumns(capacity);
  const hash = createHash('sha256');
  while (fill(columns) > 0) hashOfRows(columns, hash);
  return hash.digest('hex');
}

function hashOfFile(options: OrderDayOptions, root = 'ES'): string {
  const hash = createHash('sha256');
  for (const piece of synthesizeFuturesDay(futuresSpecs(root, options.dt), options)) {
    hash.update(piece);
  }
  return hash.digest('hex');
}

describe('the same seed', () => {
  it.each([MIN_FILL_CAPACITY, 1000, 65_536])('gives the same rows in batches of %d', (capacity) => {
    const market = frontMarket('ES', SHORT);
    const reference = frontMarket('ES', SHORT);
    expect(hashOf((c) => market.fill(c), capacity)).toBe(hashOf((c) => reference.fill(c), 4096));
    expect(market.takeTruth()).toEqual(reference.takeTruth());
    expect(market.quote).toEqual(reference.quote);
  });

  it.each([MIN_FILL_CAPACITY, 777])('gives the same merged rows in batches of %d', (capacity) => {
    const day = () => new FuturesDay(futuresSpecs('ES', DT), SHORT);
    const small = day();
    const large = day();
    expect(hashOf((c) => small.fill(c), capacity)).toBe(hashOf((c) => large.fill(c), 16_384));
  });

  it('gives the same bytes, and another seed, date, signal or product others', () => {
    const options = hours(14.5, 14.505, { rate: 600, seed: 42 });
    const hash = hashOfFile(options);
    expect(hashOfFile(options)).toBe(hash);
    const others = [
      hashOfFile({ ...options, seed: 43 }),
      hashOfFile({ ...options, seed: 42 + 2 ** 32 }),
      hashOfFile({ ...options, dt: '2026-01-06' }),
      hashOfFile({ ...options, signal: 1 }),
      hashOfFile(options, 'MNQ'),
    ];
    expect(new Set([hash, ...others]).size).toBe(6);
  });
});

describe('the bytes of this version', () => {
  it('are what they were: a change of the market is a change of version, and of this hash', () => {
    const options = hours(21.95, 23.05, { rate: 300, seed: 42, signal: 1 });
    expect(hashOfFile(options)).toBe(
      '38e9a9e8ad64a237cb94ce17bc9eb69c09a48bf963e6e522b6f1196a412ea1e7',
    );
  });

  it('are what they were for every other product of the path', () => {
    const options = hours(20.9, 21.01, { rate: 100, seed: 42, signal: 1 });
    const path = synthesizePath('ES', options);
    const days = {
      'options on the future': new FutureOptionDay('ES', path, options),
      share: equityDay('QQQ', path, options),
      'options on the share': new ShareOptionDay('QQQ', path, options),
    };
    const hashes = Object.entries(days).map(([name, day]) => {
      const hash = createHash('sha256');
      for (const piece of day.pieces()) hash.update(piece);
      return [name, hash.digest('hex').slice(0, 16)];
    });
    expect(Object.fromEntries(hashes)).toEqual({
      'options on the future': 'ae1c0dcea02285ee',
      share: '449ecfffef3e5dbd',
      'options on the share': '939ff746e55cafc3',
    });
  });
});
