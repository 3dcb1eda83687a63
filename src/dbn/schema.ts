/**
 * Names of the codes that metadata carries. Source: databento/dbn `rust/dbn/src/enums.rs`;
 * symbology codes 13 to 15 from databento-cpp 0.65.
 */

/** A schema's published name. */
export type Schema = (typeof SCHEMAS)[number];
/** Schemas by code: `SCHEMAS[code]`. */
export const SCHEMAS = [
  'mbo',
  'mbp-1',
  'mbp-10',
  'tbbo',
  'trades',
  'ohlcv-1s',
  'ohlcv-1m',
  'ohlcv-1h',
  'ohlcv-1d',
  'definition',
  'statistics',
  'status',
  'imbalance',
  'ohlcv-eod',
  'cmbp-1',
  'cbbo-1s',
  'cbbo-1m',
  'tcbbo',
  'bbo-1s',
  'bbo-1m',
] as const;

/** The schema code that means mixed or none (live streams). */
export const NO_SCHEMA = 0xffff;

/** A symbology type's published name. */
export type SType = (typeof STYPES)[number];
/** Symbology types by code: `STYPES[code]`. */
export const STYPES = [
  'instrument_id',
  'raw_symbol',
  'smart',
  'continuous',
  'parent',
  'nasdaq_symbol',
  'cms_symbol',
  'isin',
  'us_code',
  'bbg_comp_id',
  'bbg_comp_ticker',
  'figi',
  'figi_ticker',
  'listing_id',
  'issuer_id',
  'security_id',
] as const;

/** The symbology code that means mixed or none. */
export const NO_STYPE = 0xff;

/** Record types: the second byte of every record. */
export const RTYPE = {
  TRADES: 0x00,
  MBP_1: 0x01,
  MBP_10: 0x0a,
  OHLCV_DEPRECATED: 0x11,
  STATUS: 0x12,
  DEFINITION: 0x13,
  IMBALANCE: 0x14,
  ERROR: 0x15,
  SYMBOL_MAPPING: 0x16,
  SYSTEM: 0x17,
  STATISTICS: 0x18,
  OHLCV_1S: 0x20,
  OHLCV_1M: 0x21,
  OHLCV_1H: 0x22,
  OHLCV_1D: 0x23,
  OHLCV_EOD: 0x24,
  MBO: 0xa0,
  CMBP_1: 0xb1,
  CBBO_1S: 0xc0,
  CBBO_1M: 0xc1,
  TCBBO: 0xc2,
  BBO_1S: 0xc3,
  BBO_1M: 0xc4,
} as const;

const RTYPE_OF: Record<Schema, number> = {
  mbo: RTYPE.MBO,
  'mbp-1': RTYPE.MBP_1,
  'mbp-10': RTYPE.MBP_10,
  tbbo: RTYPE.MBP_1,
  trades: RTYPE.TRADES,
  'ohlcv-1s': RTYPE.OHLCV_1S,
  'ohlcv-1m': RTYPE.OHLCV_1M,
  'ohlcv-1h': RTYPE.OHLCV_1H,
  'ohlcv-1d': RTYPE.OHLCV_1D,
  definition: RTYPE.DEFINITION,
  statistics: RTYPE.STATISTICS,
  status: RTYPE.STATUS,
  imbalance: RTYPE.IMBALANCE,
  'ohlcv-eod': RTYPE.OHLCV_EOD,
  'cmbp-1': RTYPE.CMBP_1,
  'cbbo-1s': RTYPE.CBBO_1S,
  'cbbo-1m': RTYPE.CBBO_1M,
  tcbbo: RTYPE.TCBBO,
  'bbo-1s': RTYPE.BBO_1S,
  'bbo-1m': RTYPE.BBO_1M,
};

/** The type of a schema's records. */
export function rtypeOf(schema: Schema): number {
  return RTYPE_OF[schema];
}
