/**
 * Which instruments a subscription stands for on a day.
 */
import type { SType } from '../../dbn/index.ts';
import type { SymbolDirectory, SymbolSpan } from '../data-folder-symbols.ts';
import type { SymbolAnswer } from './gateway-messages.ts';
import type { Subscription } from './subscription-line.ts';

/** Days since 1970-01-01 that lie behind every recording. */
const LAST_DAY = 3_000_000;

/** What a subscription's symbols are on a day. */
export interface ResolvedSymbols {
  answers: SymbolAnswer[];
  /** Symbols that stand for nothing, on no day. */
  unknown: string[];
}

/**
 * Resolves every symbol of the subscription: on the day, else on the last day before that knows it.
 * One that is known only later is no error; it is answered when its day comes.
 */
export function resolveSymbols(
  directory: SymbolDirectory,
  subscription: Subscription,
  day: number,
): ResolvedSymbols {
  const { all, stypeIn, symbols } = subscription;
  if (all) return { answers: allSymbols(directory, day), unknown: [] };
  const answers: SymbolAnswer[] = [];
  const unknown: string[] = [];
  for (const symbol of symbols) {
    const spans = spansUntil(directory, symbol, stypeIn, day);
    answers.push(...spans.map((span) => answerOf(directory, symbol, stypeIn, span)));
    if (spans.length > 0) continue;
    if (directory.resolve(symbol, stypeIn, day, LAST_DAY).length === 0) unknown.push(symbol);
  }
  return { answers, unknown };
}

/** Every symbol of the day; of the last day before that has any. */
function allSymbols(directory: SymbolDirectory, day: number): SymbolAnswer[] {
  let last = 0;
  let spans: [symbol: string, span: SymbolSpan][] = [];
  for (const symbol of directory.symbols) {
    for (const span of directory.resolve(symbol, 'raw_symbol', 0, day + 1)) {
      if (span.to > last) spans = [];
      last = Math.max(last, span.to);
      if (span.to === last) spans.push([symbol, span]);
    }
  }
  return spans.map(([symbol, span]) => answerOf(directory, symbol, 'raw_symbol', span));
}

function answerOf(
  directory: SymbolDirectory,
  asked: string,
  stypeIn: SType,
  { instrumentId, symbol, to }: SymbolSpan,
): SymbolAnswer {
  const known = symbol ?? directory.symbolOn(instrumentId, to - 1) ?? String(instrumentId);
  return { instrumentId, asked, stypeIn, symbol: known };
}

function spansUntil(
  directory: SymbolDirectory,
  symbol: string,
  stype: SType,
  day: number,
): SymbolSpan[] {
  const today = directory.resolve(symbol, stype, day, day + 1);
  if (today.length > 0) return today;
  const past = directory.resolve(symbol, stype, 0, day);
  const end = Math.max(...past.map((span) => span.to));
  return past.filter((span) => span.to === end);
}
