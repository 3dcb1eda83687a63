import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addDays,
  dateToUnixNs,
  daysBetween,
  nsToSessionTime,
  parseDate,
  sessionTimeToNs,
  unixNsToDate,
} from '../../src/lake/index.ts';

const NEW_YORK = 'America/New_York';
const HOUR = 3600e9;

describe('session times', () => {
  test.each([
    ['2026-01-05', '09:30', 14.5],
    ['2026-07-06', '09:30', 13.5],
    ['2026-03-09', '09:30', 13.5],
    ['2026-11-02', '09:30', 14.5],
    ['2026-01-05', '18:00', 23],
    ['2026-07-06', '18:00', 22],
    ['2026-01-05', '20:00', 1],
    ['2026-01-05', '00:00', 5],
  ])('%s %s New York is hour %d of the UTC day', (dt, time, hour) => {
    expect(sessionTimeToNs(dt, time, NEW_YORK)).toBe(hour * HOUR);
  });

  test('zones east of Greenwich stay within the day too', () => {
    expect(sessionTimeToNs('2026-01-05', '09:00', 'Asia/Tokyo')).toBe(0);
    expect(sessionTimeToNs('2026-01-05', '08:59', 'Asia/Tokyo')).toBe(23 * HOUR + 59 * 60e9);
  });

  test('seconds and fractions are exact', () => {
    expect(sessionTimeToNs('2026-01-05', '09:30:01.000000001', NEW_YORK)).toBe(
      14.5 * HOUR + 1e9 + 1,
    );
  });

  test('the clock shown at the instant is the time asked for', () => {
    const time = fc.tuple(fc.nat(23), fc.nat(59), fc.nat(59));
    const day = fc.integer({ min: 0, max: 364 });
    const ordinary = fc.tuple(time, day).filter(([, d]) => d !== 66 && d !== 304);
    const two = (n: number) => String(n).padStart(2, '0');
    fc.assert(
      fc.property(ordinary, ([[h, m, s], d]) => {
        const dt = addDays('2026-01-01', d);
        const text = `${two(h)}:${two(m)}:${two(s)}`;
        const ns = sessionTimeToNs(dt, text, NEW_YORK);
        expect(ns).toBeGreaterThanOrEqual(0);
        expect(ns).toBeLessThan(24 * HOUR);
        expect(nsToSessionTime(dt, ns, NEW_YORK)).toBe(text);
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  test.each(['9:30', '24:00', '09:60', '09:30:61', 'noon', ''])('"%s" is no time', (time) => {
    expect(() => sessionTimeToNs('2026-01-05', time, NEW_YORK)).toThrow(/HH:MM/);
  });
});

describe('dates', () => {
  test('round trips', () => {
    expect(dateToUnixNs('2026-01-05')).toBe(1_767_571_200_000_000_000n);
    expect(unixNsToDate(1_767_571_200_000_000_000n + 86_399_999_999_999n)).toBe('2026-01-05');
    expect(addDays('2024-02-28', 1)).toBe('2024-02-29');
    expect(addDays('2026-01-01', -1)).toBe('2025-12-31');
    expect(daysBetween('2025-12-31', '2026-01-02')).toBe(2);
  });

  test.each(['2026-02-29', '2026-13-01', '2026-1-5', '20260105', '2026-01-05T00:00', ''])(
    '"%s" is no date',
    (dt) => expect(() => parseDate(dt)).toThrow(/YYYY-MM-DD/),
  );
});
