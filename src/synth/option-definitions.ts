import { NS_PER_DAY } from '../core/index.ts';
import {
  DbnEncoder,
  type DbnRecord,
  type FrameCompressor,
  INSTRUMENT_CLASS,
  RTYPE,
} from '../dbn/index.ts';
import { civilDate, parseDate, weekday } from './calendar.ts';
import { dayMetadata } from './day-metadata.ts';
import { EQUITY_DATASET, equityProduct } from './equity-products.ts';
import { EXPIRY_HOUR_NEW_YORK } from './futures-products.ts';
import {
  listedFutureOptions,
  listedShareOptions,
  OPRA_DATASET,
  userDefinedInstrument,
} from './option-listings.ts';
import type { OptionContract, OptionSeries } from './option-series.ts';
import { newYorkNs } from './trading-session.ts';

const NANO = 1_000_000_000n;
const DAY_NS = BigInt(NS_PER_DAY);
const NS_PER_HOUR = 3_600_000_000_000n;
/** Options that expire in the week stop trading at 16:00 New York; quarterly ones at 09:30. */
export const OPTION_EXPIRY_HOUR = 16;
/** Price step of options on the index future, 1e-9 currency. */
export const FUTURE_OPTION_TICK = 50_000_000;
/** Definitions of options on shares come at this hour UTC, of shares at that one. */
const OPRA_HOUR = 10n;
const XNAS_HOUR = 8n;
const OPRA_PUBLISHER = 30;
const XNAS_PUBLISHER = 2;
/** An option is listed this many days before it expires. */
const LISTED_DAYS = 30n;

/** Definitions of the options of a root, and of a user-defined spread; none when it has none. */
export function futureOptionDefinitions(root: string, dt: string): DbnRecord[] {
  const listed = listedFutureOptions(root, dt);
  if (listed === null) return [];
  const day = parseDate(dt);
  const { today, tomorrow, quarterly } = listed;
  return [
    ...seriesRecords(today, OPTION_EXPIRY_HOUR, day),
    ...seriesRecords(tomorrow, OPTION_EXPIRY_HOUR, day),
    ...seriesRecords(quarterly, EXPIRY_HOUR_NEW_YORK, day),
    ...userDefinedSpread(today, day),
  ];
}

function seriesRecords(series: OptionSeries, expiryHour: number, day: number): DbnRecord[] {
  return series.contracts.map((contract) => ({
    ...common(series, expiryHour, day),
    instrument_id: contract.instrumentId,
    raw_instrument_id: contract.instrumentId,
    raw_symbol: contract.symbol,
    instrument_class: contract.right,
    cfi: contract.right === 'C' ? 'OCEFPS' : 'OPEFPS',
    strike_price: BigInt(contract.strike),
    strike_price_currency: 'USD',
    min_price_increment: BigInt(FUTURE_OPTION_TICK),
    underlying: series.underlying,
    underlying_id: series.underlyingId,
  }));
}

function common(series: OptionSeries, expiryHour: number, day: number): DbnRecord {
  const { year, month, day: dayOfMonth } = civilDate(series.expiryDay);
  const expiration =
    BigInt(series.expiryDay) * DAY_NS + BigInt(newYorkNs(series.expiryDay, expiryHour));
  const lastSunday = day - (weekday(day) || 7);
  return {
    rtype: RTYPE.DEFINITION,
    publisher_id: 1,
    instrument_id: 0,
    ts_event: BigInt(lastSunday) * DAY_NS + 17n * NS_PER_HOUR,
    ts_recv: BigInt(day) * DAY_NS,
    security_update_action: 'A',
    expiration,
    activation: expiration - LISTED_DAYS * DAY_NS,
    display_factor: 10_000_000n,
    market_depth_implied: 0,
    market_depth: 10,
    market_segment_id: 64,
    max_trade_vol: 1500,
    min_trade_vol: 1,
    maturity_year: year,
    maturity_month: month,
    maturity_day: dayOfMonth,
    channel_id: 0,
    currency: 'USD',
    group: 'EW',
    exchange: 'XCME',
    asset: series.asset,
    security_type: 'OOF',
    unit_of_measure: 'IPNT',
    unit_of_measure_qty: 50n * NANO,
    match_algorithm: 'Q',
    user_defined_instrument: 'N',
    underlying_product: 5,
    leg_side: 'N',
  };
}

/** A vertical that somebody defined: a record a leg. */
function userDefinedSpread(series: OptionSeries, day: number): DbnRecord[] {
  const { symbol, instrumentId, legs } = userDefinedInstrument(series);
  return legs.map((leg: OptionContract, index: number) => ({
    ...common(series, OPTION_EXPIRY_HOUR, day),
    instrument_id: instrumentId,
    raw_instrument_id: instrumentId,
    raw_symbol: symbol,
    instrument_class: INSTRUMENT_CLASS.OPTION_SPREAD,
    cfi: 'OMXXXS',
    secsubtype: 'VT',
    security_type: 'MLEG',
    min_price_increment: BigInt(FUTURE_OPTION_TICK),
    user_defined_instrument: 'Y',
    leg_count: legs.length,
    leg_index: index,
    leg_instrument_id: leg.instrumentId,
    leg_raw_symbol: leg.symbol,
    leg_instrument_class: leg.right,
    leg_side: index === 0 ? 'B' : 'A',
    leg_ratio_qty_numerator: 1,
    leg_ratio_qty_denominator: 1,
    leg_underlying_id: series.underlyingId,
  }));
}

/**
 * The definition file of the options on a share, in pieces, as OPRA sends it: what expires on the
 * date and on the next weekday; expirations are 00:00 UTC of their date.
 * @throws DataError PRODUCT_UNKNOWN, or USAGE for no date.
 */
export function synthesizeShareOptionDefinitions(
  ticker: string,
  dt: string,
  compress?: FrameCompressor,
): Uint8Array[] {
  const { today, tomorrow } = listedShareOptions(ticker, dt);
  const ns = BigInt(parseDate(dt)) * DAY_NS + OPRA_HOUR * NS_PER_HOUR;
  const records = [today, tomorrow].flatMap((series) =>
    series.contracts.map((contract) => shareOption(series, contract, ns)),
  );
  return definitionFile(OPRA_DATASET, dt, records, compress);
}

function shareOption(series: OptionSeries, contract: OptionContract, ns: bigint): DbnRecord {
  return {
    rtype: RTYPE.DEFINITION,
    publisher_id: OPRA_PUBLISHER,
    instrument_id: contract.instrumentId,
    ts_event: ns,
    ts_recv: ns + 210_000n,
    raw_instrument_id: contract.instrumentId,
    raw_symbol: contract.symbol,
    security_update_action: 'A',
    instrument_class: contract.right,
    expiration: BigInt(series.expiryDay) * DAY_NS,
    strike_price: BigInt(contract.strike),
    strike_price_currency: 'USD',
    underlying: series.underlying,
    underlying_id: OPRA_PUBLISHER,
    channel_id: 1,
    currency: 'USD',
    group: 'popra-1',
    exchange: 'OPRA',
    asset: series.asset,
    security_type: 'OPT',
    unit_of_measure: 'USD',
    user_defined_instrument: 'N',
    leg_side: 'N',
  };
}

/**
 * The definition file of a share, in pieces.
 * @throws DataError PRODUCT_UNKNOWN, or USAGE for no date.
 */
export function synthesizeShareDefinitions(
  ticker: string,
  dt: string,
  compress?: FrameCompressor,
): Uint8Array[] {
  const { instrumentId } = equityProduct(ticker);
  const ns = BigInt(parseDate(dt)) * DAY_NS + XNAS_HOUR * NS_PER_HOUR;
  const record: DbnRecord = {
    rtype: RTYPE.DEFINITION,
    publisher_id: XNAS_PUBLISHER,
    instrument_id: instrumentId,
    ts_event: ns,
    ts_recv: ns + 160_000n,
    raw_instrument_id: instrumentId,
    raw_symbol: ticker,
    security_update_action: 'A',
    instrument_class: INSTRUMENT_CLASS.STOCK,
    min_lot_size_round_lot: 100,
    currency: 'USD',
    exchange: 'XNAS',
    asset: ticker,
    user_defined_instrument: 'N',
    leg_side: 'N',
  };
  return definitionFile(EQUITY_DATASET, dt, [record], compress);
}

function definitionFile(
  dataset: string,
  dt: string,
  records: readonly DbnRecord[],
  compress?: FrameCompressor,
): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  const instruments = records.map((record) => ({
    symbol: record['raw_symbol'] as string,
    instrumentId: record.instrument_id,
  }));
  const metadata = dayMetadata(dataset, 'definition', dt, instruments);
  const encoder = new DbnEncoder((p) => pieces.push(p), metadata, compress ? { compress } : {});
  for (const record of records) encoder.writeRecord(record);
  encoder.end();
  return pieces;
}
