/**
 * Which options a lake holds: those on a product that expire on the session date. What is bought of
 * the vendor and what bronze keeps is decided here, by the definitions, alike.
 */
import { INSTRUMENT_CLASS, UNDEF_PRICE } from '../dbn/index.ts';
import type { InstrumentDefinition } from './definitions.ts';
import { cmeExpiryDate, opraExpiryDate } from './expiry-date.ts';

const CONTRACT_SUFFIX = /^[FGHJKMNQUVXZ]\d{1,2}$/;
const SPREAD_CLASSES: readonly string[] = [
  INSTRUMENT_CLASS.FUTURE_SPREAD,
  INSTRUMENT_CLASS.OPTION_SPREAD,
  INSTRUMENT_CLASS.MIXED_SPREAD,
];
const OPTION_CLASSES: readonly string[] = [INSTRUMENT_CLASS.CALL, INSTRUMENT_CLASS.PUT];

/** True for a contract of a root: a month's letter and the year follow it. */
export function isContractOf(symbol: string, root: string): boolean {
  return symbol.startsWith(root) && CONTRACT_SUFFIX.test(symbol.slice(root.length));
}

/**
 * Why an instrument is neither an outright nor an option of its own; null when it may be. Its class
 * decides where it is defined, else its symbol: `UD:` is user-defined, a `-` joins legs.
 */
export function combinationOf(
  symbol: string,
  instrumentClass: string,
): 'user_defined' | 'spread' | null {
  if (symbol.startsWith('UD:')) return 'user_defined';
  return SPREAD_CLASSES.includes(instrumentClass) || symbol.includes('-') ? 'spread' : null;
}

/** Whose options are meant, and of which day. */
export interface OptionRule {
  /** Session date, YYYY-MM-DD. */
  dt: string;
  /** @param underlying symbol of what the option is on. */
  isOurs(underlying: string): boolean;
  /** The date by the exchange's clock on which an option expires; null when undefined. */
  expiryDate(expiration: bigint): string | null;
}

/** Options on the contracts of a root, by the clock of CME, daylight saving included. */
export function futureOptionRule(root: string, dt: string): OptionRule {
  return { dt, isOurs: (name) => isContractOf(name, root), expiryDate: cmeExpiryDate };
}

/** Options on a ticker; OPRA gives the midnight in UTC of the day that they expire. */
export function equityOptionRule(ticker: string, dt: string): OptionRule {
  return { dt, isOurs: (name) => name === ticker, expiryDate: opraExpiryDate };
}

/** Why an instrument is not among the options of a session. */
export type OptionRefusal = 'user_defined' | 'spread' | 'other_product' | 'not_0dte' | 'no_strike';

/**
 * Why an instrument is not among the options of a session; null when it is.
 * @param underlying symbol of what it is on: by its definition, or by the underlying's own.
 */
export function refuseOption(
  definition: InstrumentDefinition,
  underlying: string,
  rule: OptionRule,
): OptionRefusal | null {
  const { symbol, instrumentClass } = definition;
  const combination = combinationOf(symbol, instrumentClass);
  if (combination) return combination;
  if (!OPTION_CLASSES.includes(instrumentClass) || !rule.isOurs(underlying)) return 'other_product';
  if (rule.expiryDate(definition.expiration) !== rule.dt) return 'not_0dte';
  return definition.strike === UNDEF_PRICE ? 'no_strike' : null;
}
