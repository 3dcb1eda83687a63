/**
 * The constants of DBN that a reader of records meets. Source: databento/dbn
 * `rust/dbn/src/{flags,enums,lib}.rs`.
 */

/** Undefined price: INT64_MAX, in 1e-9 units. */
export const UNDEF_PRICE = 9223372036854775807n;
/** `UNDEF_PRICE` as it appears in a float64 column: 2^63, exactly. */
export const UNDEF_PRICE_F64 = 2 ** 63;
/** Undefined timestamp: UINT64_MAX ns. */
export const UNDEF_TIMESTAMP = 18446744073709551615n;
/** Undefined order size: UINT32_MAX. */
export const UNDEF_ORDER_SIZE = 4294967295;

/** Bits of a record's `flags` byte. */
export const FLAG = {
  /** Last record of the event for this instrument: the book is consistent after it. */
  LAST: 0x80,
  /** From a top-of-book feed, not an individual order. */
  TOB: 0x40,
  /** From a snapshot or replay server. */
  SNAPSHOT: 0x20,
  /** An aggregated price level, not an individual order. */
  MBP: 0x10,
  /** `ts_recv` is unreliable. */
  BAD_TS_RECV: 0x08,
  /** An unrecoverable gap was detected: the book may be wrong until the next snapshot. */
  MAYBE_BAD_BOOK: 0x04,
  /** Meaning depends on the publisher. */
  PUBLISHER_SPECIFIC: 0x02,
} as const;

/** ASCII codes of a record's `action`. */
export const ACTION = {
  ADD: 65,
  CANCEL: 67,
  FILL: 70,
  MODIFY: 77,
  NONE: 78,
  CLEAR: 82,
  TRADE: 84,
} as const;

/** ASCII codes of a record's `side`. On a trade: the aggressor; on a fill: the resting order. */
export const SIDE = { ASK: 65, BID: 66, NONE: 78 } as const;

/** Letters of a definition's `instrument_class`. */
export const INSTRUMENT_CLASS = {
  BOND: 'B',
  CALL: 'C',
  FUTURE: 'F',
  INDEX: 'I',
  STOCK: 'K',
  MIXED_SPREAD: 'M',
  PUT: 'P',
  FUTURE_SPREAD: 'S',
  OPTION_SPREAD: 'T',
  CURRENCY_SPOT: 'X',
  COMMODITY_SPOT: 'Y',
} as const;
