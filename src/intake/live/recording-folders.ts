/**
 * Where recordings lie in a lake: where downloads of the same records lie.
 */
import { join } from 'node:path';
import type { Schema } from '../../dbn/index.ts';
import {
  type DefinitionVenue,
  findProduct,
  type Products,
  type ProductType,
  type RawTable,
  rawDefinitionFolder,
  rawSourceFolder,
  rawTableFolder,
} from '../../lake/index.ts';

/** Raw tables by schema; what has none here is recorded as unfiled. */
const TABLES: Partial<Record<Schema, RawTable>> = {
  mbo: 'market_by_order_dbn',
  'cmbp-1': 'cmbp_1',
  statistics: 'statistics',
};

/** Venues of definitions by dataset. */
const VENUES: Readonly<Record<string, DefinitionVenue>> = {
  'GLBX.MDP3': 'glbx',
  'XNAS.ITCH': 'xnas',
  'OPRA.PILLAR': 'opra',
};

/** A root or ticker, and what is traded of it. */
export interface FiledUnder {
  productType: ProductType;
  root: string;
}

/** A future, or a spread or option of it, named by the leg or underlying that comes first. */
function filedUnder(products: Products, schema: Schema, symbol: string): FiledUnder | null {
  const first = symbol.split(/[\s-]/)[0] ?? '';
  const product = findProduct(products, first);
  if (!product) return null;
  const { root, kind } = product;
  const isOption = /\s/.test(symbol.trim());
  if (kind === 'future') {
    return { root, productType: isOption ? 'future_option_mbo' : 'future_mbo' };
  }
  const isQuotes = schema === 'cmbp-1' || isOption;
  return { root, productType: isQuotes ? 'equity_option_cmbp_1' : 'equity_mbo' };
}

/**
 * The folder for a schema and symbol of a dataset.
 * @param forced where everything goes, when symbols do not tell (weekly options).
 */
export function recordingFolders(
  lake: string,
  products: Products,
  dataset: string,
  forced: FiledUnder | null = null,
): (schema: Schema, symbol: string | null) => string {
  return (schema, symbol) => {
    const venue = VENUES[dataset];
    if (schema === 'definition' && venue) return rawDefinitionFolder(lake, venue);
    const table = TABLES[schema];
    const under = forced ?? (symbol === null ? null : filedUnder(products, schema, symbol));
    if (table && under) return rawTableFolder(lake, under.productType, under.root, table);
    return join(rawSourceFolder(lake), 'unfiled', `dataset=${dataset}`, `schema=${schema}`);
  };
}
