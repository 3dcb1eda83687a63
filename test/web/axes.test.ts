import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExchangeClock, msOfNs } from '../../web/shell/exchange-clock.ts';
import {
  formatTimeOfDay,
  priceStep,
  priceTicks,
  timeStep,
  timeTicks,
} from '../../web/surface/axis-ticks.ts';
import { formatDuration } from '../../web/surface/gap-history.ts';
import {
  formatPrice,
  formatRowPrice,
  placeOfPrice,
  placeOfRow,
  rowOfPrice,
} from '../../web/surface/price-scale.ts';

const ES = 250_000_000;
const SIX_E = 50_000;
const SI = 5_000_000;

describe('price ticks', () => {
  it('have labels for every product, from one tick up', () => {
    expect(priceStep(ES, 1)).toBe(ES);
    expect(priceStep(ES, 300_000_000)).toBe(500_000_000);
    expect(priceStep(ES, 600_000_000)).toBe(1_000_000_000);
    expect(priceStep(SIX_E, 60_000)).toBe(100_000);
    expect(priceStep(SI, 6_000_000)).toBe(10_000_000);
  });

  it('stand on whole rows, never closer than asked, with as many digits as the product has', () => {
    const sizes = fc.constantFrom([ES, 2], [SIX_E, 5], [SI, 3], [10_000_000, 2]);
    fc.assert(
      fc.property(
        sizes,
        fc.integer({ min: 0, max: 200_000 }),
        fc.double({ min: 5, max: 500, noNaN: true }),
        (size, low, span) => {
          const [nano, decimals] = size as [number, number];
          const ticks = priceTicks(nano, decimals, low, low + span, span / 20);
          expect(ticks.length).toBeLessThanOrEqual(21);
          if (span > 60) expect(ticks.length).toBeGreaterThan(2);
          for (const [i, tick] of ticks.entries()) {
            expect(Number.isInteger(tick.at)).toBe(true);
            expect(Number(tick.label)).toBeCloseTo((tick.at * nano) / 1e9, 9);
            if (i > 0) expect(tick.at - ticks[i - 1]!.at).toBeGreaterThanOrEqual(span / 20);
          }
        },
      ),
      { seed: 31 },
    );
  });
});

describe('time ticks', () => {
  it('step pleasantly', () => {
    expect(timeStep(30)).toBe(50);
    expect(timeStep(900)).toBe(1000);
    expect(timeStep(7000)).toBe(10_000);
    expect(timeStep(61_000)).toBe(120_000);
  });

  it("are aligned to the zone's clock, half-hour zones included", () => {
    const offset = 5.5 * 3_600_000;
    const noon = Date.UTC(2026, 0, 5, 12, 0, 0);
    const ticks = timeTicks(noon, noon + 3 * 3_600_000, 3_500_000, offset);
    expect(ticks.map((t) => t.label)).toEqual(['18:00:00', '19:00:00', '20:00:00']);
  });

  it('show milliseconds only where they differ', () => {
    const t = Date.UTC(2026, 0, 5, 14, 30, 0);
    expect(timeTicks(t, t + 500, 180, 0)[1]?.label).toBe('14:30:00.200');
    expect(timeTicks(t, t + 5000, 900, 0)[1]?.label).toBe('14:30:01');
    expect(formatTimeOfDay(-1000, false)).toBe('23:59:59');
  });
});

describe('exchange clock', () => {
  const at = (clock: ExchangeClock, utc: number) => formatTimeOfDay(clock.localMs(utc), false);

  it('keeps daylight saving', () => {
    const clock = new ExchangeClock('America/New_York');
    expect(at(clock, Date.UTC(2026, 0, 5, 14, 30))).toBe('09:30:00');
    expect(clock.zoneName(Date.UTC(2026, 0, 5, 14, 30))).toBe('EST');
    expect(at(clock, Date.UTC(2026, 6, 6, 13, 30))).toBe('09:30:00');
    expect(clock.zoneName(Date.UTC(2026, 6, 6, 13, 30))).toBe('EDT');
    expect(at(clock, Date.UTC(2026, 2, 8, 6, 59, 59))).toBe('01:59:59');
    expect(at(clock, Date.UTC(2026, 2, 8, 7, 0, 0))).toBe('03:00:00');
  });

  it('reads nanoseconds without losing microseconds', () => {
    expect(msOfNs('1767623400015220855')).toBe(1_767_623_400_015.22);
    expect(msOfNs(null)).toBeNaN();
  });
});

describe('price scale', () => {
  const futures = { tickNano: ES, bucketTicks: 1, decimals: 2 };
  const equity = { tickNano: 10_000_000, bucketTicks: 5, decimals: 2 };

  it('puts a price on its row, and half ticks between rows', () => {
    expect(rowOfPrice(futures, '6947500000000')).toBe(27_790);
    expect(placeOfPrice(futures, '6947375000000')).toBe(27_789.5);
    expect(formatPrice(futures, '6947375000000')).toBe('6947.375');
    expect(formatPrice(futures, '6947500000000')).toBe('6947.50');
    expect(formatPrice(futures, null)).toBe('–');
    expect(formatRowPrice(futures, Number.NaN)).toBe('–');
    expect(rowOfPrice(futures, null)).toBeNaN();
    expect(rowOfPrice(futures, '-250000000')).toBe(-1);
  });

  it('spreads the ticks of a bucket over its row', () => {
    const places = [0, 1, 2, 3, 4].map((t) =>
      placeOfPrice(equity, String(50_000_000_000 + t * 1e7)),
    );
    expect(places[0]).toBeCloseTo(1000 - 0.4, 9);
    expect(places[2]).toBeCloseTo(1000, 9);
    expect(places[4]).toBeCloseTo(1000 + 0.4, 9);
    expect(placeOfRow(equity, 1000)).toBeCloseTo(places[0]!, 9);
    expect(rowOfPrice(equity, '50040000000')).toBe(1000);
  });
});

describe('durations', () => {
  it('are words', () => {
    expect(formatDuration(350)).toBe('350 ms');
    expect(formatDuration(2500)).toBe('2.5 s');
    expect(formatDuration(200_000)).toBe('3 min 20 s');
    expect(formatDuration(7_500_000)).toBe('2 h 5 min');
    expect(formatDuration(Number.NaN)).toBe('–');
  });
});
