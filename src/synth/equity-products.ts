import { DataError, NS_PER_SECOND, type Prng } from '../core/index.ts';
import { parseDate } from './calendar.ts';

import {
  carryOf,
  type FuturesSpec,
  futuresProduct,
  listedContracts,
  openingLevel,
} from './futures-products.ts';
import { PathCursor, type PricePath } from './price-path.ts';
import { seededPrng } from './seeded-prng.ts';

/** A share of the synthetic world, whose price follows a future's. */
export interface EquityProduct {
  ticker: string;
  /** Full text. */
  description: string;
  /** Root of the future whose path drives it. */
  driver: string;
  /** Price on the first trading day, 1e-9 currency. */
  startPrice: number;
  /** Return per return of the driver. */
  beta: number;
  instrumentId: number;
}

/** Dataset that the synthetic shares pose as. */
export const EQUITY_DATASET = 'XNAS.ITCH';

const NANO = 1e9;
const XNAS_PUBLISHER = 2;
/** The share's own noise about the driver: standard deviation of its log, and its decay, s. */
const OWN_NOISE = { sd: 1.5e-4, decayS: 600 };
/** Salt of the noise's random numbers: no instrument has this id. */
const NOISE_STREAM = 7;

/** The synthetic shares by ticker. */
const EQUITY_PRODUCTS: Readonly<Record<string, EquityProduct>> = {
  QQQ: {
    ticker: 'QQQ',
    description: 'Nasdaq-100 fund like (synthetic)',
    driver: 'ES',
    startPrice: 620 * NANO,
    beta: 1.15,
    instrumentId: 13_340,
  },
};

/**
 * The share of a ticker.
 * @throws DataError PRODUCT_UNKNOWN naming the tickers there are.
 */
export function equityProduct(ticker: string): EquityProduct {
  const product = EQUITY_PRODUCTS[ticker];
  if (product) return product;
  throw new DataError('PRODUCT_UNKNOWN', 'the synthetic market has no such share', {
    found: ticker,
    expected: `one of ${Object.keys(EQUITY_PRODUCTS).join(', ')}`,
  });
}

/** Price of a share when its driver's index stands at `level`, both 1e-9 currency. */
function priceAtLevel(product: EquityProduct, level: number): number {
  const { startPrice } = futuresProduct(product.driver);
  return product.startPrice * (1 + product.beta * (level / startPrice - 1));
}

/** Price of a share at the start of a date, 1e-9 currency, to the cent. */
export function equityOpeningPrice(product: EquityProduct, dt: string): number {
  const level = openingLevel(futuresProduct(product.driver), dt);
  return Math.round(priceAtLevel(product, level) / 1e7) * 1e7;
}

/**
 * What a share is worth over a day, read forward in time: the driver's front contract without its
 * carry, times beta, and a little noise of its own.
 */
export class EquityValue {
  private readonly product: EquityProduct;
  private readonly driver: PathCursor;
  private readonly carry: number;
  private readonly prng: Prng;
  private second = 0;
  private noise: number;

  /** @param path of the driver's front contract on that date. */
  constructor(product: EquityProduct, path: PricePath, options: { dt: string; seed: number }) {
    const { front } = listedContracts(product.driver, options.dt);
    this.product = product;
    this.driver = new PathCursor(path);
    this.carry = carryOf(futuresProduct(product.driver), front);
    this.prng = seededPrng(
      options.seed,
      parseDate(options.dt),
      product.instrumentId ^ NOISE_STREAM,
    );
    this.noise = this.prng.normal() * OWN_NOISE.sd;
  }

  /** The value at `ns` (ns of day, never falling), 1e-9 currency. */
  at(ns: number): number {
    const keep = 1 - 1 / OWN_NOISE.decayS;
    const kick = OWN_NOISE.sd * Math.sqrt(1 - keep * keep);
    for (const now = Math.floor(ns / NS_PER_SECOND); this.second < now; this.second++) {
      this.noise = this.noise * keep + kick * this.prng.normal();
    }
    return priceAtLevel(this.product, this.driver.priceAt(ns) - this.carry) * (1 + this.noise);
  }
}

/** A share as an instrument of a day file, opening about `startPrice` (1e-9 currency). */
export function equitySpec(product: EquityProduct, startPrice: number): FuturesSpec {
  const tickSize = 0.01 * NANO;
  return {
    venue: 'itch',
    symbol: product.ticker,
    root: product.ticker,
    tickSize,
    instrumentId: product.instrumentId,
    publisherId: XNAS_PUBLISHER,
    channelId: 0,
    startPrice: Math.round(startPrice / tickSize) * tickSize,
    shape: {
      peakOrders: 8,
      touchShare: 0.4,
      riseTicks: 8,
      fallTicks: 9,
      roundTicks: 100,
      leastOrders: 0.05,
    },
    orderSizes: { logMean: 4.5, logSd: 0.7 },
    tradeSizes: { logMean: 4.2, logSd: 1.1 },
    movesPerSecond: 4,
    pursuit: {
      slackTicks: 0.6,
      hastePerTick: 4,
      pullPerTick: 4,
      excitement: 2,
      recordsPerMove: 18,
      recordsPerEvent: 1.35,
    },
  };
}
