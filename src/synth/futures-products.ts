import { DataError, Prng } from '../core/index.ts';
import { civilDate, FIRST_TRADING_DAY, nthWeekday, parseDate } from './calendar.ts';
import type { BookShape } from './market-shape.ts';
import { newYorkNs } from './trading-session.ts';

/** How a market keeps up with a price that it follows closely, in many small moves. */
export interface Pursuit {
  /** The mid may be this far off without a move, ticks. */
  slackTicks: number;
  /** Factor on the rate of moves per tick beyond that. */
  hastePerTick: number;
  /** Log-odds of the right direction per tick. */
  pullPerTick: number;
  /** Excitement that a move leaves, in events. */
  excitement: number;
  /** Measured means. */
  recordsPerMove: number;
  recordsPerEvent: number;
}

/** What a synthetic contract or share is and how its book looks. */
export interface FuturesSpec {
  /** By whose rules records are written and at what hours it trades; `glbx` when absent. */
  venue?: 'glbx' | 'itch';
  /** Records per second relative to the asked for rate; 1 when absent. */
  rateShare?: number;
  /** Last moment of trading, Unix day number and ns of that UTC day; none when absent. */
  lastNs?: { day: number; ns: number };
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
  /** How it follows an anchor; loosely when absent. */
  pursuit?: Pursuit;
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
/** How it keeps up with the front contract. */
const BACK_PURSUIT: Pursuit = {
  slackTicks: 0.6,
  hastePerTick: 4,
  pullPerTick: 4,
  excitement: 2,
  recordsPerMove: 18,
  recordsPerEvent: 1.2,
};
/** Records per second of the contract behind and of the calendar spread, relative to the front. */
const BACK_RATE = 0.04;
const SPREAD_RATE = 0.02;
/**
 * The next contract becomes the front one this many days before the old one expires: on the Monday
 * of that week.
 */
const ROLL_LEAD_DAYS = 4;
/** Rate of the contract that is not the front one, by calendar days to the Monday of the roll. */
const ROLL_RATE: Readonly<Record<number, number>> = {
  4: 0.15,
  3: 0.4,
  0: 0.45,
  [-1]: 0.3,
  [-2]: 0.2,
  [-3]: 0.12,
  [-4]: 0.05,
};
/** Futures stop trading at 09:30 New York on the day they expire. */
export const EXPIRY_HOUR_NEW_YORK = 9.5;
/** A listed quarter: 0 is March 2020, 1 June 2020, and so on. */
const quarterOf = (year: number, quarter: number) => (year - 2020) * 4 + quarter;

/** Contracts are quoted above the index by `carry` a quarter from this one on: March 2026. */
const CARRY_FROM_QUARTER = quarterOf(2026, 0);

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
  RTY: {
    root: 'RTY',
    description: 'E-mini Russell 2000 like (synthetic)',
    tickSize: 0.1 * NANO,
    spreadTickSize: 0.05 * NANO,
    multiplier: 50,
    startPrice: 2480 * NANO,
    carry: 20 * NANO,
    firstInstrumentId: 42_200_000,
    channelId: 2,
    shape: { peakOrders: 10, touchShare: 0.4, riseTicks: 5, fallTicks: 50, roundTicks: 50 },
    orderSizes: { logMean: 0.0, logSd: 0.8 },
    tradeSizes: { logMean: 0.0, logSd: 1.0 },
    movesPerSecond: 1.8,
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

/** Contracts of a root on a date. */
export interface ListedContracts {
  /** The one that trades most. */
  front: Contract;
  /** The one behind it; in the week of the roll, until it expires, the old front one. */
  other: Contract;
  /** Legs of the calendar spread, by expiry. */
  near: Contract;
  far: Contract;
}

/**
 * The contracts that trade on a date. The front one changes on the Monday of the week in which it
 * expires.
 */
export function listedContracts(root: string, dt: string): ListedContracts {
  const product = futuresProduct(root);
  const day = parseDate(dt);
  const { year, month } = civilDate(day);
  const quarter = quarterOf(year, Math.floor((month - 1) / 3));
  const { expiryDay } = contractAt(product, quarter);
  const [near, far, later] = [0, 1, 2].map((n) => contractAt(product, quarter + n)) as [
    Contract,
    Contract,
    Contract,
  ];
  if (day > expiryDay) return { front: far, other: later, near: far, far: later };
  const rolled = expiryDay - day <= ROLL_LEAD_DAYS;
  return rolled ? { front: far, other: near, near, far } : { front: near, other: far, near, far };
}

/** Records per second of the contract that is not the front one, relative to it. */
function rateBehind({ near }: ListedContracts, day: number): number {
  return ROLL_RATE[near.expiryDay - ROLL_LEAD_DAYS - day] ?? BACK_RATE;
}

/** The raw symbol of the front contract on a date, e.g. ESH6. */
export function frontSymbol(root: string, dt: string): string {
  return listedContracts(root, dt).front.symbol;
}

/** Instrument id of the calendar spread whose near leg is `near`. */
export function spreadInstrumentId(near: Contract): number {
  return near.instrumentId + 50_000;
}

/** Raw symbol of the calendar spread of two contracts, e.g. ESH6-ESM6. */
export function spreadSymbol(near: Contract, far: Contract): string {
  return `${near.symbol}-${far.symbol}`;
}

/**
 * Level of the index under a product at the start of a date, 1e-9 currency, on the tick: a walk of
 * its own from day to day.
 */
export function openingLevel(product: FuturesProduct, dt: string): number {
  const prng = new Prng(product.firstInstrumentId);
  let log = 0;
  for (let day = parseDate(FIRST_TRADING_DAY); day < parseDate(dt); day++) {
    log += DAILY_RETURN_SD * prng.normal();
  }
  const ticks = Math.round((product.startPrice * Math.exp(log)) / product.tickSize);
  return ticks * product.tickSize;
}

/** What a contract is quoted above the index, 1e-9 currency: the same on every day. */
export function carryOf(product: FuturesProduct, contract: Contract): number {
  const quarter = quarterOf(contract.year, contract.month / 3 - 1);
  return (quarter - CARRY_FROM_QUARTER) * product.carry;
}

/**
 * The contracts of a root that a synthetic day file holds: the front one, the other one, and the
 * calendar spread between them.
 */
export function futuresSpecs(root: string, dt: string): FuturesSpec[] {
  const product = futuresProduct(root);
  const listed = listedContracts(root, dt);
  const { front, other, near, far } = listed;
  const day = parseDate(dt);
  const level = openingLevel(product, dt);
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
    lastNs: { day: contract.expiryDay, ns: newYorkNs(contract.expiryDay, EXPIRY_HOUR_NEW_YORK) },
  });
  const spread: FuturesSpec = {
    ...outright(near, product.carry),
    symbol: spreadSymbol(near, far),
    instrumentId: spreadInstrumentId(near),
    tickSize: product.spreadTickSize,
    shape: thin,
    rateShare: SPREAD_RATE,
  };
  return [
    outright(front, level + carryOf(product, front)),
    {
      ...outright(other, level + carryOf(product, other)),
      shape: thin,
      pursuit: BACK_PURSUIT,
      rateShare: rateBehind(listed, day),
    },
    spread,
  ];
}
