/**
 * Where raw data lies: `raw/source=databento/product_type={T}/symbol={ROOT}/table={TABLE}/…`. Raw
 * files are only ever read, or added by a download or the synthetic market; nothing rewrites one.
 */
import { join } from 'node:path';
import { DataError } from '../core/index.ts';

/** Kinds of product that a lake holds. */
export const PRODUCT_TYPES = [
  'future_mbo',
  'future_option_mbo',
  'equity_mbo',
  'equity_option_cmbp_1',
] as const;
/** One of `PRODUCT_TYPES`. */
export type ProductType = (typeof PRODUCT_TYPES)[number];

/** Raw tables of a product type; `truth` is what the synthetic market knew. */
export type RawTable = 'market_by_order_dbn' | 'cmbp_1' | 'statistics' | 'truth';

/** Where definitions come from. */
export type DefinitionVenue = 'glbx' | 'xnas' | 'opra';

/**
 * File that says a raw folder was written by the synthetic market, so that nobody takes it for a
 * real one.
 */
export const SYNTHETIC_MARKER = '_SYNTHETIC.json';

const PATH_SEGMENT = /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/;

/**
 * Checks a product type given by a user.
 * @throws DataError USAGE naming those there are.
 */
export function parseProductType(text: string): ProductType {
  const found = PRODUCT_TYPES.find((t) => t === text);
  if (found) return found;
  throw new DataError('USAGE', `no product type "${text.slice(0, 40)}"`, {
    expected: `one of ${PRODUCT_TYPES.join(' ')}`,
  });
}

/**
 * Checks that a symbol given by a user can be a folder name: it never leads out of the lake.
 * @throws DataError USAGE otherwise.
 */
export function checkSymbolSegment(symbol: string): string {
  if (PATH_SEGMENT.test(symbol)) return symbol;
  throw new DataError('USAGE', `not a root or ticker: "${symbol.slice(0, 40)}"`, {
    expected: 'letters, digits, dot, dash and underscore, at most 32',
  });
}

/** The raw table that holds a product type's order or quote records. */
export function recordsTableOf(productType: ProductType): RawTable {
  return productType === 'equity_option_cmbp_1' ? 'cmbp_1' : 'market_by_order_dbn';
}

/** Folder of all raw data of the vendor. */
export function rawSourceFolder(lake: string): string {
  return join(lake, 'raw', 'source=databento');
}

/** Folder of a raw table: `…/product_type={T}/symbol={ROOT}/table={TABLE}`. */
export function rawTableFolder(
  lake: string,
  productType: ProductType,
  root: string,
  table: RawTable = recordsTableOf(productType),
): string {
  return join(
    rawSourceFolder(lake),
    `product_type=${productType}`,
    `symbol=${checkSymbolSegment(root)}`,
    `table=${table}`,
  );
}

/** Folder of instrument definitions of a venue: `…/dataset=definition/venue={V}`. */
export function rawDefinitionFolder(lake: string, venue: DefinitionVenue): string {
  return join(rawSourceFolder(lake), 'dataset=definition', `venue=${venue}`);
}
