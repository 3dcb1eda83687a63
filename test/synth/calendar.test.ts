import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MboColumns } from '../../src/dbn/index.ts';
import {
  FuturesMarket,
  frontSymbol,
  futuresProduct,
  futuresSpecs,
  listedContracts,
  tradingDays,
} from '../../src/synth/index.ts';

describe('the calendar of the synthetic world', () => {
  it('lists weekdays from the first trading day', () => {
    expect(tradingDays(7)).toEqual([
      '2026-01-05',
      '2026-01-06',
      '2026-01-07',
      '2026-01-08',
      '2026-01-09',
      '2026-01-12',
      '2026-01-13',
    ]);
    expect(tradingDays(2, '2028-02-26')).toEqual(['2028-02-28', '2028-02-29']);
  });

  it('agrees with the platform about dates and weekdays', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40_000 }), (days) => {
        const from = new Date(days * 86_400_000).toISOString().slice(0, 10);
        const [first] = tradingDays(1, from);
        const day = new Date(`${first}T00:00:00Z`).getUTCDay();
        expect(day >= 1 && day <= 5).toBe(true);
        const gap = Date.parse(first!) / 86_400_000 - days;
        expect(gap).toBe([1, 0, 0, 0, 0, 0, 2][new Date(days * 86_400_000).getUTCDay()]);
      }),
      { seed: 4, numRuns: 500 },
    );
  });

  it('rolls on the Monday before the third Friday of the quarter', () => {
    expect(frontSymbol('ES', '2026-01-05')).toBe('ESH6');
    expect(frontSymbol('ES', '2026-03-13')).toBe('ESH6');
    expect(frontSymbol('ES', '2026-03-16')).toBe('ESM6');
    expect(frontSymbol('MNQ', '2026-12-18')).toBe('MNQH7');
    expect(frontSymbol('MNQ', '2026-12-31')).toBe('MNQH7');
    expect(listedContracts('ES', '2026-09-01').other.symbol).toBe('ESZ6');
    const { front, other, near, far } = listedContracts('ES', '2026-03-18');
    expect([front, other, near, far].map((c) => c.symbol)).toEqual([
      'ESM6',
      'ESH6',
      'ESH6',
      'ESM6',
    ]);
  });

  it('gives a symbol one instrument id, whatever the day, and no two the same', () => {
    const seen = new Map<string, number>();
    for (const dt of tradingDays(600)) {
      for (const root of ['ES', 'MNQ']) {
        const { front, other } = listedContracts(root, dt);
        for (const { symbol, instrumentId } of [front, other]) {
          expect(seen.get(symbol) ?? instrumentId).toBe(instrumentId);
          seen.set(symbol, instrumentId);
        }
      }
    }
    expect(new Set(seen.values()).size).toBe(seen.size);
  });

  it('hands the trading over from one contract to the next about the roll', () => {
    const shareOf = (symbol: string, dt: string) =>
      futuresSpecs('ES', dt).find((spec) => spec.symbol === symbol)?.rateShare ?? 1;
    const days = tradingDays(12, '2026-03-05');
    const lead = days.map((dt) => shareOf('ESM6', dt) / shareOf('ESH6', dt));
    for (const [i, dt] of days.entries()) {
      if (dt > '2026-03-20') break;
      if (i > 0) expect(lead[i]).toBeGreaterThanOrEqual(lead[i - 1]!);
      expect(lead[i]! > 1).toBe(dt >= '2026-03-16');
    }
    expect(futuresSpecs('ES', '2026-03-20').map((spec) => spec.symbol)).toEqual([
      'ESM6',
      'ESH6',
      'ESH6-ESM6',
    ]);
    expect(futuresSpecs('ES', '2026-03-23').map((spec) => spec.symbol)).toEqual([
      'ESM6',
      'ESU6',
      'ESM6-ESU6',
    ]);
  });

  it('keeps the distance of two contracts over the roll, and ends one when it expires', () => {
    const distance = (dt: string) => {
      const specs = futuresSpecs('ES', dt);
      const price = (symbol: string) => specs.find((s) => s.symbol === symbol)!.startPrice;
      return price('ESM6') - price('ESH6');
    };
    expect([distance('2026-03-13'), distance('2026-03-16')]).toEqual([55e9, 55e9]);
    const expiring = futuresSpecs('ES', '2026-03-20')[1]!;
    const options = { dt: '2026-03-20', seed: 1, rate: 5, signal: 0, startNs: 13.4 * 3600e9 };
    const market = new FuturesMarket(expiring, options);
    const columns = new MboColumns(4096);
    let last = 0;
    while (market.fill(columns) > 0) last = columns.tsEvent[columns.length - 1]!;
    expect(last).toBeGreaterThan(13.45 * 3600e9);
    expect(last).toBeLessThanOrEqual(13.5 * 3600e9);
  });

  it('names the products there are', () => {
    expect(() => futuresProduct('ZZ')).toThrow(/ES, MNQ/);
  });
});
