import { combinationOf, isContractOf } from '../../feed/index.ts';
import type { StageTask } from '../stage.ts';
import type { InstrumentNames } from './instrument-names.ts';
import type { Placement } from './instrument-routes.ts';

/** Places futures: one partition an outright contract of the root. */
export function placeFuture(names: InstrumentNames, { product: { root } }: StageTask) {
  return (instrumentId: number): Placement => {
    const symbol = names.symbolOf(instrumentId);
    if (symbol === null) return { leftOut: 'unmapped_records' };
    const instrumentClass = names.definitions?.get(instrumentId)?.instrumentClass ?? '';
    const combination = combinationOf(symbol, instrumentClass);
    if (combination) return { leftOut: `${combination}_records` };
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
