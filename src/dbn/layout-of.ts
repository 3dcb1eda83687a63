import type { RecordLayout } from './layout.ts';
import { DEFINITION, DEFINITION_V1, DEFINITION_V2 } from './layouts-definition.ts';
import { BBO, CBBO, CMBP_1, MBO, MBP_1, MBP_10, TRADE } from './layouts-market.ts';
import {
  ERROR,
  ERROR_V1,
  IMBALANCE,
  OHLCV,
  STATISTICS,
  STATISTICS_V2,
  STATUS,
  SYMBOL_MAPPING,
  SYMBOL_MAPPING_V1,
  SYSTEM,
  SYSTEM_V1,
} from './layouts-reference.ts';
import { RTYPE } from './schema.ts';
import type { DbnVersion } from './version.ts';

type Versions = readonly [v1: RecordLayout, v2: RecordLayout, v3: RecordLayout];
const same = (layout: RecordLayout): Versions => [layout, layout, layout];

const LAYOUTS = new Map<number, Versions>([
  [RTYPE.TRADES, same(TRADE)],
  [RTYPE.MBP_1, same(MBP_1)],
  [RTYPE.MBP_10, same(MBP_10)],
  [RTYPE.OHLCV_DEPRECATED, same(OHLCV)],
  [RTYPE.STATUS, same(STATUS)],
  [RTYPE.DEFINITION, [DEFINITION_V1, DEFINITION_V2, DEFINITION]],
  [RTYPE.IMBALANCE, same(IMBALANCE)],
  [RTYPE.ERROR, [ERROR_V1, ERROR, ERROR]],
  [RTYPE.SYMBOL_MAPPING, [SYMBOL_MAPPING_V1, SYMBOL_MAPPING, SYMBOL_MAPPING]],
  [RTYPE.SYSTEM, [SYSTEM_V1, SYSTEM, SYSTEM]],
  [RTYPE.STATISTICS, [STATISTICS_V2, STATISTICS_V2, STATISTICS]],
  [RTYPE.OHLCV_1S, same(OHLCV)],
  [RTYPE.OHLCV_1M, same(OHLCV)],
  [RTYPE.OHLCV_1H, same(OHLCV)],
  [RTYPE.OHLCV_1D, same(OHLCV)],
  [RTYPE.OHLCV_EOD, same(OHLCV)],
  [RTYPE.MBO, same(MBO)],
  [RTYPE.CMBP_1, same(CMBP_1)],
  [RTYPE.CBBO_1S, same(CBBO)],
  [RTYPE.CBBO_1M, same(CBBO)],
  [RTYPE.TCBBO, same(CMBP_1)],
  [RTYPE.BBO_1S, same(BBO)],
  [RTYPE.BBO_1M, same(BBO)],
]);

/** The layout of a record type in a version; null for a type that is not known. */
export function layoutOf(rtype: number, version: DbnVersion = 3): RecordLayout | null {
  return LAYOUTS.get(rtype)?.[version - 1] ?? null;
}
