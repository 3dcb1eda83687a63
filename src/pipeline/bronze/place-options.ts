/**
 * Where the records of options go: those that expire on the session date to the partition of their
 * underlying. What an option is, definitions say.
 */
import { UNDEF_PRICE } from '../../dbn/index.ts';
import type { InstrumentDefinition } from '../../feed/index.ts';
import type { Counters, StageTask } from '../stage.ts';
import { cmeExpiryDate, opraExpiryDate } from './expiry-date.ts';
import type { InstrumentNames } from './instrument-names.ts';
import type { Placement } from './instrument-routes.ts';
import { type OptionTerms, RIGHTS } from './option-terms.ts';
import { osiAgrees } from './osi-symbol.ts';
import { combinationOf, isContractOf } from './place-outrights.ts';

interface Rules {
  dt: string;
  isOurs(underlying: string): boolean;
  expiryDate(expiration: bigint): string | null;
  /** Is shown the terms of each option that is kept. */
  check(terms: OptionTerms): void;
}

function undefinedOption(names: InstrumentNames, instrumentId: number): Placement {
  const symbol = names.symbolOf(instrumentId);
  const combination = symbol === null ? null : combinationOf(symbol, '');
  return { leftOut: combination ?? 'unmapped_records' };
}

function underlyingOf(names: InstrumentNames, d: InstrumentDefinition): string {
  return d.underlying || names.symbolOf(d.underlyingId) || '';
}

function placeOption(names: InstrumentNames, instrumentId: number, rules: Rules): Placement {
  const d = names.definitions?.get(instrumentId);
  if (!d) return undefinedOption(names, instrumentId);
  const combination = combinationOf(d.symbol, d.instrumentClass);
  if (combination) return { leftOut: combination };
  const right = (RIGHTS as readonly string[]).indexOf(d.instrumentClass);
  const underlying = underlyingOf(names, d);
  if (right < 0 || !rules.isOurs(underlying)) return { leftOut: 'other_product_records' };
  if (rules.expiryDate(d.expiration) !== rules.dt) return { leftOut: 'not_0dte_records' };
  if (d.strike === UNDEF_PRICE) return { leftOut: 'unmapped_records' };
  const { symbol, strike, expiration } = d;
  const terms: OptionTerms = { symbol, underlying, right, strike, expiration };
  rules.check(terms);
  return { partition: underlying, symbol, terms };
}

/** Places options on futures of a root by the contract they are on. */
export function placeFutureOption(names: InstrumentNames, { dt, product }: StageTask) {
  const rules: Rules = {
    dt,
    isOurs: (underlying) => isContractOf(underlying, product.root),
    expiryDate: cmeExpiryDate,
    check: () => {},
  };
  return (instrumentId: number): Placement => placeOption(names, instrumentId, rules);
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
  const rules: Rules = {
    dt,
    isOurs: (underlying) => underlying === symbol,
    expiryDate: opraExpiryDate,
    check: (terms) => {
      if (!osiAgrees(terms)) notes['osi_mismatch_instruments']!++;
    },
  };
  return (instrumentId: number): Placement => placeOption(names, instrumentId, rules);
}
