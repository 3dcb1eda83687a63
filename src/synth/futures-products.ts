import { DataError, Prng } from '../core/index.ts';
import { civilDate, FIRST_TRADING_DAY, nthWeekday, parseDate } from './calendar.ts';
import type { BookShape } from './market-shape.ts';

/** What a synthetic futures contract is and how its book looks. */
export interface FuturesSpec {
  /** Raw symbol, e.g. ESH6. */
  symbol: string;
  /** Product root, e.g. ES. */
  root: string;
  /** 1e-9 currency. */
  tickSize: number;
  instrumentId: number;
  publisherId: number;
  channelId: number;
  /** Mid about which the day starts, 1e-9 currency; may be negative for spreads. */
  startPrice: number;
  shape: BookShape;
  /** Mean and standard deviation of the log of order and trade sizes. */
  orderSizes: { logMean: number; logSd: number };
  tradeSizes: { logMean: number; logSd: number };
  /** Mid moves per second in the busy session. */
  movesPerSecond: number;
}

/** A synthetic product: the facts that its contracts share. */
export interface FuturesProduct {
  root: string;
  /** Full text for definitions. */
  description: string;
  tickSize: number;
  /** Tick of the calendar spread. */
  spreadTickSize: number;
  /** Currency per point. */
  multiplier: number;
  /** Price of the front contract on the first trading day, and what the next one is above it. */
  startPrice: number;
  carry: number;
  /** Instrument id of the first contract; the others follow by rule. */
  firstInstrumentId: number;
  channelId: number;
  shape: BookShape;
  orderSizes: { logMean: number; logSd: number };
  tradeSizes: { logMean: number; logSd: number };
  movesPerSecond: number;
}

/** Dataset that the synthetic futures pose as. */
export const FUTURES_DATASET = 'GLBX.MDP3';

const NANO = 1e9;
const MONTH_CODES = ['H', 'M', 'U', 'Z'] as const;
const GLBX_PUBLISHER = 1;
/** Standard deviation of a calendar day's log return between the starts of two dates. */
const DAILY_RETURN_SD = 0.008;
/** Orders in the books behind the front contract's, relative to it. */
const BACK_DEPTH = 0.25;

/** The synthetic products by root. */
export const FUTURES_PRODUCTS: Readonly<Record<string, FuturesProduct>> = {
  ES: {
    root: 'ES',
    description: 'E-mini S&P 500 like (synthetic)',
    tickSize: 0.25 * NANO,
    spreadTickSize: 0.05 * NANO,
    multiplier: 50,
    startPrice: 6950 * NANO,
    carry: 55 * NANO,
    firstInstrumentId: 42_000_000,
    channelId: 0,
    shape: { peakOrders: 24, touchShare: 0.6, riseTicks: 4, fallTicks: 45, roundTicks: 40 },
    orderSizes: { logMean: 0.1, logSd: 1.0 },
    tradeSizes: { logMean: 0.2, logSd: 1.35 },
    movesPerSecond: 1.3,
  },
  MNQ: {
    root: 'MNQ',
    description: 'Micro E-mini Nasdaq-100 like (synthetic)',
    tickSize: 0.25 * NANO,
    spreadTickSize: 0.05 * NANO,
    multiplier: 2,
    startPrice: 25_600 * NANO,
    carry: 230 * NANO,
    firstInstrumentId: 42_100_000,
    channelId: 1,
    shape: { peakOrders: 12, touchShare: 0.35, riseTicks: 6, fallTicks: 60, roundTicks: 100 },
    orderSizes: { logMean: 0.0, logSd: 0.8 },
    tradeSizes: { logMean: 0.0, logSd: 1.0 },
    movesPerSecond: 2.6,
  },
};

/**
 * The product of a root.
 * @throws DataError PRODUCT_UNKNOWN naming the roots there are.
 */
export function futuresProduct(root: string): FuturesProduct {
  const product = FUTURES_PRODUCTS[root];
  if (product) return product;
  throw new DataError('PRODUCT_UNKNOWN', 'the synthetic market has no such product', {
    found: root,
    expected: `one of ${Object.keys(FUTURES_PRODUCTS).join(', ')}`,
  });
}

/** A listed quarter: 0 is March 2020, 1 June 2020, and so on. */
function quarterOf(year: number, quarter: number): number {
  return (year - 2020) * 4 + quarter;
}

/** A contract of the synthetic world. */
export interface Contract {
  symbol: string;
  /** Day number of the third Friday of the contract's month. */
  expiryDay: number;
  year: number;
  month: number;
  instrumentId: number;
}

function contractAt(product: FuturesProduct, quarterIndex: number): Contract {
  const year = 2020 + Math.floor(quarterIndex / 4);
  const quarter = quarterIndex % 4;
  const month = 3 * (quarter + 1);
  return {
    symbol: `${product.root}${MONTH_CODES[quarter]}${year % 10}`,
    expiryDay: nthWeekday(year, month, 5, 3),
    year,
    month,
    instrumentId: product.firstInstrumentId + quarterIndex,
  };
}

/** The front contract on a date (the first that expires after it) and the one behind. */
export function listedContracts(root: string, dt: string): { front: Contract; next: Contract } {
  const product = futuresProduct(root);
  const day = parseDate(dt);
  const { year, month } = civilDate(day);
  let index = quarterOf(year, Math.floor((month - 1) / 3));
  if (contractAt(product, index).expiryDay <= day) index++;
  return { front: contractAt(product, index), next: contractAt(product, index + 1) };
}

/** The raw symbol of the front contract on a date, e.g. ESH6. */
export function frontSymbol(root: string, dt: string): string {
  return listedContracts(root, dt).front.symbol;
}

/** Instrument id of the calendar spread whose near leg is `front`. */
export function spreadInstrumentId(front: Contract): number {
  return front.instrumentId + 50_000;
}

/** Raw symbol of the calendar spread of two contracts, e.g. ESH6-ESM6. */
export function spreadSymbol(front: Contract, next: Contract): string {
  return `${front.symbol}-${next.symbol}`;
}

/**
 * Price of the front contract at the start of a date, 1e-9 currency: a walk of its own from day to
 * day.
 */
export function openingPrice(product: FuturesProduct, dt: string): number {
  const prng = new Prng(product.firstInstrumentId);
  let log = 0;
  for (let day = parseDate(FIRST_TRADING_DAY); day < parseDate(dt); day++) {
    log += DAILY_RETURN_SD * prng.normal();
  }
  const ticks = Math.round((product.startPrice * Math.exp(log)) / product.tickSize);
  return ticks * product.tickSize;
}

/**
 * The contracts of a root that a synthetic day file holds: front, next, and the calendar spread
 * between them.
 */
export function futuresSpecs(root: string, dt: string): FuturesSpec[] {
  const product = futuresProduct(root);
  const { front, next } = listedContracts(root, dt);
  const startPrice = openingPrice(product, dt);
  const thin = { ...product.shape, peakOrders: product.shape.peakOrders * BACK_DEPTH };
  const outright = (contract: Contract, startPrice: number): FuturesSpec => ({
    symbol: contract.symbol,
    root,
    tickSize: product.tickSize,
    instrumentId: contract.instrumentId,
    publisherId: GLBX_PUBLISHER,
    channelId: product.channelId,
    startPrice,
    shape: product.shape,
    orderSizes: product.orderSizes,
    tradeSizes: product.tradeSizes,
    movesPerSecond: product.movesPerSecond,
  });
  const spread: FuturesSpec = {
    ...outright(front, product.carry),
    symbol: spreadSymbol(front, next),
    instrumentId: spreadInstrumentId(front),
    tickSize: product.spreadTickSize,
    shape: thin,
  };
  return [
    outright(front, startPrice),
    { ...outright(next, startPrice + product.carry), shape: thin },
    spread,
  ];
}
