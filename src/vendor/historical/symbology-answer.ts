/**
 * The answer of `symbology.resolve`, which is also a job's symbology.json. Source: Databento docs,
 * Historical API, symbology.resolve.
 */
import type { SType } from '../../dbn/index.ts';
import { isoDayOf } from '../data-folder-time.ts';
import { outSymbol, type Resolution } from './data-query.ts';
import { ALL_SYMBOLS } from './request-fields.ts';

/** Codes of `status`, and their texts. */
const MESSAGES = ['OK', 'Partially resolved', 'Not found'] as const;

/** What symbols stand for on days `[first, end)`. */
export function symbologyAnswer(
  resolution: Resolution,
  stypeIn: SType,
  stypeOut: SType,
  days: { first: number; end: number },
) {
  const { symbols, spans, partial, notFound } = resolution;
  const result: Record<string, { d0: string; d1: string; s: string }[]> = {};
  for (const [symbol, each] of spans) {
    result[symbol] = each.map((span) => ({
      d0: isoDayOf(span.from),
      d1: isoDayOf(span.to),
      s: outSymbol(span, stypeOut),
    }));
  }
  const status = notFound.length > 0 ? 2 : partial.length > 0 ? 1 : 0;
  return {
    result,
    symbols: symbols ?? [ALL_SYMBOLS],
    stype_in: stypeIn,
    stype_out: stypeOut,
    start_date: isoDayOf(days.first),
    end_date: isoDayOf(days.end),
    partial,
    not_found: notFound,
    message: MESSAGES[status],
    status,
  };
}
