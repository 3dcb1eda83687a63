/**
 * Which instruments a subscription stands for on a day.
 */
import type { SymbolDirectory } from '../data-folder-symbols.ts';
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

/** Resolves every symbol of the subscription; a symbol that is known on another day is no error. */
export function resolveSymbols(
  directory: SymbolDirectory,
  subscription: Subscription,
  day: number,
): ResolvedSymbols {
  const { all, stypeIn } = subscription;
  const asked = all ? directory.symbols : subscription.symbols;
  const stype = all ? 'raw_symbol' : stypeIn;
  const answers: SymbolAnswer[] = [];
  const unknown: string[] = [];
  for (const symbol of asked) {
    const spans = directory.resolve(symbol, stype, day, day + 1);
    for (const { instrumentId, symbol: own } of spans) {
      const known = own ?? directory.symbolOn(instrumentId, day) ?? String(instrumentId);
      answers.push({ instrumentId, asked: symbol, stypeIn: stype, symbol: known });
    }
    if (spans.length > 0 || all) continue;
    if (directory.resolve(symbol, stype, 0, LAST_DAY).length === 0) unknown.push(symbol);
  }
  return { answers, unknown };
}
