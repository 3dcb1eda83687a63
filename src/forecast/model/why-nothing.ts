import { COVERAGE, FEATURE_NAMES, SHARED_FEATURES } from './features.ts';
import type { PreparedDay } from './prepare-day.ts';

const REASONS: readonly [code: number, words: string][] = [
  [COVERAGE.INVALID_BOOK, 'with a book that is not whole, one-sided, crossed or stale'],
  [COVERAGE.NO_PREVIOUS, 'without a valid second before them'],
  [COVERAGE.UNKNOWN_FEATURE, 'with an unknown feature'],
];

/** How many windows lack each feature, of those whose book and speed are known. */
function unknownFeatures(days: readonly PreparedDay[]): number[] {
  const unknown = FEATURE_NAMES.map(() => 0);
  for (const { day, coverage, shared, deltas } of days) {
    for (let i = 0; i < day.windows; i++) {
      if (coverage[i] !== COVERAGE.UNKNOWN_FEATURE) continue;
      if (Number.isNaN(deltas[0]![i]!)) unknown[0]!++;
      for (let f = 0; f < SHARED_FEATURES; f++) {
        if (!Number.isFinite(shared[i * SHARED_FEATURES + f]!)) unknown[f + 1]!++;
      }
    }
  }
  return unknown;
}

/** What keeps the windows of days from being learnt from, counted, in words. */
export function whyNothing(days: readonly PreparedDay[]): string {
  const count = (code: number) =>
    days.reduce((sum, { coverage }) => sum + coverage.filter((c) => c === code).length, 0);
  const windows = days.reduce((sum, { day }) => sum + day.windows, 0);
  const reasons = REASONS.map(([code, words]) => [count(code), words] as const);
  const told = reasons.filter(([n]) => n > 0).map(([n, words]) => `${n} ${words}`);
  const lacking = unknownFeatures(days)
    .map((n, f) => [n, FEATURE_NAMES[f]] as const)
    .filter(([n]) => n > 0);
  const names = lacking.map(([n, name]) => `${name} in ${n}`).join(', ');
  return [`${windows} windows`, ...told].join(', ') + (names ? ` (${names})` : '');
}
