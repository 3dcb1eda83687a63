import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  frontSymbol,
  futuresProduct,
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

  it('names the products there are', () => {
    expect(() => futuresProduct('ZZ')).toThrow(/ES, MNQ/);
  });
});
