import { DataError } from '../core/index.ts';
import { formatDate, parseDate, weekday } from './calendar.ts';
import { equityOpeningPrice, equityProduct } from './equity-products.ts';
import {
  type Contract,
  carryOf,
  futuresProduct,
  listedContracts,
  openingLevel,
} from './futures-products.ts';
import {
  futureOptionSymbol,
  indexOptionCode,
  listContracts,
  nextWeekday,
  type OptionContract,
  type OptionSeries,
  osiSymbol,
} from './option-series.ts';

/** Dataset that the synthetic options on shares pose as. */
export const OPRA_DATASET = 'OPRA.PILLAR';
/** The root that has options. */
export const OPTION_ROOT = 'ES';

const NANO = 1e9;
const MONDAY = 1;
const DAYS_TO_FRIDAY = 3;
/** Strikes: distance, and how many on each side of the day's opening price. */
const FUTURE_STRIKES = { step: 5 * NANO, each: 12 };
const SHARE_STRIKES = { step: 1 * NANO, each: 30 };
/** Strikes of what expires later, in the definitions and thinly quoted. */
const LATER_EACH = 3;
/** First instrument ids; quarterly options have their own. */
const FUTURE_OPTION_ID = 43_000_000;
const QUARTERLY_OPTION_ID = 343_000_000;
const USER_DEFINED_ID = 642_000_000;
const SHARE_OPTION_ID = 1_200_000_000;

/**
 * Options on a future: what expires on the date, on the next weekday, and with the
 * quarter.
 */
export interface ListedFutureOptions {
  today: OptionSeries;
  tomorrow: OptionSeries;
  quarterly: OptionSeries;
}

/**
 * The contract that the options of a date are about: the one that traded most on the weekday
 * before, as whoever chooses contracts by the volume he knows would choose.
 */
function underlyingOf(root: string, dt: string): Contract {
  const day = parseDate(dt);
  const before = day - (weekday(day) === MONDAY ? DAYS_TO_FRIDAY : 1);
  return listedContracts(root, formatDate(before)).front;
}

/** What the underlying of a date's options is quoted above that date's front contract. */
export function carryAboveFront(root: string, dt: string): number {
  const product = futuresProduct(root);
  const { front } = listedContracts(root, dt);
  return carryOf(product, underlyingOf(root, dt)) - carryOf(product, front);
}

/** The options on a root that are listed on a date; null when it has none. */
export function listedFutureOptions(root: string, dt: string): ListedFutureOptions | null {
  if (root !== OPTION_ROOT) return null;
  const day = parseDate(dt);
  const product = futuresProduct(root);
  const underlying = underlyingOf(root, dt);
  const about = openingLevel(product, dt) + carryOf(product, underlying);
  const series = (code: string, expiryDay: number, each: number, firstId: number) => ({
    asset: code,
    expiryDay,
    underlying: underlying.symbol,
    underlyingId: underlying.instrumentId,
    contracts: listContracts({ ...FUTURE_STRIKES, about, each }, expiryDay, firstId, (r, k) =>
      futureOptionSymbol(code, expiryDay, r, k),
    ),
  });
  const next = nextWeekday(day);
  return {
    today: series(indexOptionCode(day), day, FUTURE_STRIKES.each, FUTURE_OPTION_ID),
    tomorrow: series(indexOptionCode(next), next, LATER_EACH, FUTURE_OPTION_ID),
    quarterly: series(root, underlying.expiryDay, LATER_EACH, QUARTERLY_OPTION_ID),
  };
}

/** Refuses a root without options. */
export function noSuchOptions(root: string): never {
  throw new DataError('PRODUCT_UNKNOWN', `the synthetic market has no options on ${root}`, {
    expected: OPTION_ROOT,
  });
}

/** The options on a share that expire on a date, and those of the next weekday. */
export function listedShareOptions(
  ticker: string,
  dt: string,
): { today: OptionSeries; tomorrow: OptionSeries } {
  const day = parseDate(dt);
  const product = equityProduct(ticker);
  const about = equityOpeningPrice(product, dt);
  const series = (expiryDay: number, each: number): OptionSeries => ({
    asset: ticker,
    expiryDay,
    underlying: ticker,
    underlyingId: product.instrumentId,
    contracts: listContracts(
      { ...SHARE_STRIKES, about, each },
      expiryDay,
      SHARE_OPTION_ID,
      (right, strike) => osiSymbol(ticker, expiryDay, right, strike),
    ),
  });
  return {
    today: series(day, SHARE_STRIKES.each),
    tomorrow: series(nextWeekday(day), LATER_EACH),
  };
}

/** A spread of two options that a user defined. */
export interface UserDefinedInstrument {
  symbol: string;
  instrumentId: number;
  legs: readonly OptionContract[];
}

/** A vertical of calls in the middle of a series, named as GLBX names what users define. */
export function userDefinedInstrument(series: OptionSeries): UserDefinedInstrument {
  const calls = series.contracts.filter(({ right }) => right === 'C');
  const middle = Math.floor(calls.length / 2);
  const number = 2_500_000 + series.expiryDay;
  return {
    symbol: `UD:1V: VT ${number}`,
    instrumentId: USER_DEFINED_ID + series.expiryDay,
    legs: calls.slice(middle, middle + 2),
  };
}
