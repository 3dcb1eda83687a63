import { describe, expect, test } from 'vitest';
import { formatMoment, parseMoment } from '../../src/cli/record-times.ts';

const MIDNIGHT = 1_767_571_200_000_000_000n;

describe('moments', () => {
  test.each([
    ['2026-01-05', MIDNIGHT],
    ['2026-01-05T14:30', MIDNIGHT + 52_200_000_000_000n],
    ['2026-01-05 14:30:01Z', MIDNIGHT + 52_201_000_000_000n],
    ['2026-01-05T00:00:00.000000001Z', MIDNIGHT + 1n],
    ['2026-01-05T00:00:00.5+00:00', MIDNIGHT + 500_000_000n],
    ['1767571200000000007', MIDNIGHT + 7n],
  ])('%s', (text, ns) => {
    expect(parseMoment(text)).toBe(ns);
  });

  test.each(['2026-01-32', '2026-01-05T24:00', '14:30', 'yesterday', '', '12345'])(
    '"%s" is no moment',
    (text) => expect(() => parseMoment(text)).toThrow(/moment|YYYY-MM-DD/),
  );

  test('is shown in UTC with nine decimals; undefined ones not at all', () => {
    expect(formatMoment(MIDNIGHT + 7n)).toBe('2026-01-05T00:00:00.000000007Z');
    expect(formatMoment(0n)).toBeNull();
    expect(formatMoment(18446744073709551615n)).toBeNull();
  });
});
