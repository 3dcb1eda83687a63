/**
 * Where the records of options go: those that expire on the session date to the partition of their
 * underlying. What an option is, definitions say.
 */
import {
  combinationOf,
  equityOptionRule,
  futureOptionRule,
  type InstrumentDefinition,
  type OptionRefusal,
  type OptionRule,
  refuseOption,
} from '../../feed/index.ts';
import type { Counters, StageTask } from '../stage.ts';
import type { InstrumentNames } from './instrument-names.ts';
import type { LeftOut, Placement } from './instrument-routes.ts';
import { type OptionTerms, RIGHTS } from './option-terms.ts';
import { osiAgrees } from './osi-symbol.ts';

/** Is shown the terms of each option that is kept. */
type Check = (terms: OptionTerms) => void;

const LEFT_OUT_AS: Record<OptionRefusal, LeftOut> = {
  user_defined: 'user_defined_records',
  spread: 'spread_records',
  other_product: 'other_product_records',
  not_0dte: 'not_0dte_records',
  no_strike: 'unmapped_records',
};

function undefinedOption(names: InstrumentNames, instrumentId: number): Placement {
  const symbol = names.symbolOf(instrumentId);
  const combination = symbol === null ? null : combinationOf(symbol, '');
  return { leftOut: combination ? LEFT_OUT_AS[combination] : 'unmapped_records' };
}

function underlyingOf(names: InstrumentNames, d: InstrumentDefinition): string {
  return d.underlying || names.symbolOf(d.underlyingId) || '';
}

function placeOption(
  names: InstrumentNames,
  instrumentId: number,
  rule: OptionRule,
  check: Check,
): Placement {
  const d = names.definitions?.get(instrumentId);
  if (!d) return undefinedOption(names, instrumentId);
  const underlying = underlyingOf(names, d);
  const refusal = refuseOption(d, underlying, rule);
  if (refusal) return { leftOut: LEFT_OUT_AS[refusal] };
  const right = (RIGHTS as readonly string[]).indexOf(d.instrumentClass);
  const { symbol, strike, expiration } = d;
  const terms: OptionTerms = { symbol, underlying, right, strike, expiration };
  check(terms);
  return { partition: underlying, symbol, terms };
}

/** Places options on futures of a root by the contract they are on. */
export function placeFutureOption(names: InstrumentNames, { dt, product }: StageTask) {
  const rule = futureOptionRule(product.root, dt);
  return (instrumentId: number): Placement => placeOption(names, instrumentId, rule, () => {});
}

/**
 * Places options on a ticker. `notes.osi_mismatch_instruments` counts those whose symbol says
 * something else than their definition, which holds.
 */
export function placeEquityOption(
  names: InstrumentNames,
  { dt, symbol }: StageTask,
  notes: Counters,
) {
  notes['osi_mismatch_instruments'] = 0;
  const rule = equityOptionRule(symbol, dt);
  const check: Check = (terms) => {
    if (!osiAgrees(terms)) notes['osi_mismatch_instruments']!++;
  };
  return (instrumentId: number): Placement => placeOption(names, instrumentId, rule, check);
}
