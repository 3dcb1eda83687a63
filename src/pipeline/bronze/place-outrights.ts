import { INSTRUMENT_CLASS } from '../../dbn/index.ts';
import type { StageTask } from '../stage.ts';
import type { InstrumentNames } from './instrument-names.ts';
import type { LeftOut, Placement } from './instrument-routes.ts';

const CONTRACT_SUFFIX = /^[FGHJKMNQUVXZ]\d{1,2}$/;
const SPREAD_CLASSES: readonly string[] = [
  INSTRUMENT_CLASS.FUTURE_SPREAD,
  INSTRUMENT_CLASS.OPTION_SPREAD,
  INSTRUMENT_CLASS.MIXED_SPREAD,
];

/** True for a contract of a root: a month's letter and the year follow it. */
export function isContractOf(symbol: string, root: string): boolean {
  return symbol.startsWith(root) && CONTRACT_SUFFIX.test(symbol.slice(root.length));
}

/**
 * Why an instrument is neither an outright nor an option of its own; null when it may be. Its class
 * decides where it is defined, else its symbol: `UD:` is user-defined, a `-` joins legs.
 */
export function combinationOf(symbol: string, instrumentClass: string): LeftOut | null {
  if (symbol.startsWith('UD:')) return 'user_defined_records';
  if (SPREAD_CLASSES.includes(instrumentClass) || symbol.includes('-')) return 'spread_records';
  return null;
}

/** Places futures: one partition an outright contract of the root. */
export function placeFuture(names: InstrumentNames, { product: { root } }: StageTask) {
  return (instrumentId: number): Placement => {
    const symbol = names.symbolOf(instrumentId);
    if (symbol === null) return { leftOut: 'unmapped_records' };
    const instrumentClass = names.definitions?.get(instrumentId)?.instrumentClass ?? '';
    const combination = combinationOf(symbol, instrumentClass);
    if (combination) return { leftOut: combination };
    if (!isContractOf(symbol, root)) return { leftOut: 'other_product_records' };
    return { partition: symbol, symbol, terms: null };
  };
}

/** Places equities: the ticker's own records. */
export function placeEquity(names: InstrumentNames, { symbol: ticker }: StageTask) {
  return (instrumentId: number): Placement => {
    const symbol = names.symbolOf(instrumentId);
    if (symbol === null) return { leftOut: 'unmapped_records' };
    if (symbol !== ticker) return { leftOut: 'other_product_records' };
    return { partition: ticker, symbol, terms: null };
  };
}
