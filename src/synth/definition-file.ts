import { NS_PER_DAY } from '../core/index.ts';
import { DbnEncoder, type DbnRecord, type FrameCompressor, RTYPE } from '../dbn/index.ts';
import { parseDate, weekday } from './calendar.ts';
import { dayMetadata, type NamedInstrument } from './day-metadata.ts';
import {
  type Contract,
  carryOf,
  EXPIRY_HOUR_NEW_YORK,
  FUTURES_DATASET,
  type FuturesProduct,
  futuresProduct,
  listedContracts,
  openingLevel,
  spreadInstrumentId,
  spreadSymbol,
} from './futures-products.ts';
import { futureOptionDefinitions } from './option-definitions.ts';
import { newYorkNs } from './trading-session.ts';

const NS_PER_HOUR = 3_600_000_000_000n;
const DAY_NS = BigInt(NS_PER_DAY);
/** A contract is listed this many days before it expires. */
const LISTED_DAYS = 5 * 365;
/** Daily limit about the reference price, share of it. */
const PRICE_LIMIT = 0.07;

/** Front, other and spread of a root on a date, in the order of its day file. */
export function futuresInstruments(root: string, dt: string): NamedInstrument[] {
  const { front, other, near, far } = listedContracts(root, dt);
  return [
    front,
    other,
    { symbol: spreadSymbol(near, far), instrumentId: spreadInstrumentId(near) },
  ];
}

/**
 * The definition file of a root on a date, in pieces: front and other contract, a record for each
 * leg of the spread, and what options on the front contract there are.
 * @throws DataError PRODUCT_UNKNOWN, or USAGE for no date.
 */
export function synthesizeDefinitions(
  root: string,
  dt: string,
  compress?: FrameCompressor,
): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  const product = futuresProduct(root);
  const { front, other, near, far } = listedContracts(root, dt);
  const day = parseDate(dt);
  const level = openingLevel(product, dt);
  const price = (contract: Contract) => level + carryOf(product, contract);
  const options = futureOptionDefinitions(root, dt);
  const metadata = dayMetadata(FUTURES_DATASET, 'definition', dt, [
    ...futuresInstruments(root, dt),
    ...options.map((r) => ({
      symbol: r['raw_symbol'] as string,
      instrumentId: r.instrument_id,
    })),
  ]);
  const encoder = new DbnEncoder((p) => pieces.push(p), metadata, compress ? { compress } : {});
  encoder.writeRecord(outright(product, front, price(front), day));
  encoder.writeRecord(outright(product, other, price(other), day));
  encoder.writeRecord(spreadLeg(product, near, far, 0, day));
  encoder.writeRecord(spreadLeg(product, near, far, 1, day));
  for (const record of options) encoder.writeRecord(record);
  encoder.end();
  return pieces;
}

/** The moment a contract expires, Unix ns. */
function expirationNs(contract: Contract): bigint {
  const ns = newYorkNs(contract.expiryDay, EXPIRY_HOUR_NEW_YORK);
  return BigInt(contract.expiryDay) * DAY_NS + BigInt(ns);
}

/** What all instruments of a product share. */
function common(product: FuturesProduct, contract: Contract, day: number): DbnRecord {
  const lastSunday = day - (weekday(day) || 7);
  return {
    rtype: RTYPE.DEFINITION,
    publisher_id: 1,
    instrument_id: contract.instrumentId,
    ts_event: BigInt(lastSunday) * DAY_NS + 17n * NS_PER_HOUR,
    ts_recv: BigInt(day) * DAY_NS,
    security_update_action: 'A',
    expiration: expirationNs(contract),
    activation: expirationNs(contract) - BigInt(LISTED_DAYS) * DAY_NS,
    display_factor: 10_000_000n,
    market_depth_implied: 0,
    market_depth: 10,
    market_segment_id: 64,
    max_trade_vol: 3000,
    min_trade_vol: 1,
    maturity_year: contract.year,
    maturity_month: contract.month,
    channel_id: product.channelId,
    currency: 'USD',
    group: product.root,
    exchange: 'XCME',
    asset: product.root,
    security_type: 'FUT',
    unit_of_measure: 'IPNT',
    match_algorithm: 'F',
    user_defined_instrument: 'N',
    underlying_product: 5,
    leg_side: 'N',
  };
}

function outright(
  product: FuturesProduct,
  contract: Contract,
  price: number,
  day: number,
): DbnRecord {
  const limit = (factor: number) =>
    BigInt(Math.round((price * factor) / product.tickSize) * product.tickSize);
  return {
    ...common(product, contract, day),
    raw_symbol: contract.symbol,
    raw_instrument_id: contract.instrumentId,
    instrument_class: 'F',
    cfi: 'FFIXSX',
    min_price_increment: BigInt(product.tickSize),
    min_price_increment_amount: BigInt((product.tickSize * product.multiplier) / 100),
    unit_of_measure_qty: BigInt(product.multiplier) * 1_000_000_000n,
    high_limit_price: limit(1 + PRICE_LIMIT),
    low_limit_price: limit(1 - PRICE_LIMIT),
  };
}

function spreadLeg(
  product: FuturesProduct,
  near: Contract,
  far: Contract,
  index: 0 | 1,
  day: number,
): DbnRecord {
  const leg = index === 0 ? near : far;
  const id = spreadInstrumentId(near);
  return {
    ...common(product, near, day),
    instrument_id: id,
    raw_instrument_id: id,
    raw_symbol: spreadSymbol(near, far),
    instrument_class: 'S',
    cfi: 'FMIXSX',
    secsubtype: 'EQ',
    min_price_increment: BigInt(product.spreadTickSize),
    leg_count: 2,
    leg_index: index,
    leg_instrument_id: leg.instrumentId,
    leg_raw_symbol: leg.symbol,
    leg_instrument_class: 'F',
    // The venue buys the far leg of an equity calendar: its price is far minus near.
    leg_side: index === 0 ? 'A' : 'B',
    leg_ratio_qty_numerator: 1,
    leg_ratio_qty_denominator: 1,
  };
}
