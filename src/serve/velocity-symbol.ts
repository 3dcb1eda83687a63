/**
 * Which contract a root means on a day, for streams: the lake's selection, else the only one that
 * has tables of the day. Runs on the reading thread.
 */
import { DataError } from '../core/index.ts';
import {
  findProduct,
  listPublishedDays,
  type Product,
  type Products,
  type ProductType,
} from '../lake/index.ts';
import { loadSelection, selectionPath } from '../pipeline/index.ts';

/** Dates named in an error. */
const MAX_DATES_NAMED = 20;

/** A root or contract on a day. */
export interface SymbolRequest {
  lake: string;
  productType: ProductType;
  symbol: string;
  dt: string;
  product: Product;
}

function noDay(request: SymbolRequest, dates: readonly string[]): DataError {
  const { symbol, productType, dt } = request;
  const flags = `--product-type ${productType} --symbol ${symbol} --dt ${dt}`;
  return new DataError('DATE_NOT_FOUND', `no velocity surface of ${symbol} for ${dt}`, {
    found: dates.slice(-MAX_DATES_NAMED).join(' ') || 'no day',
    expected: `one of these dates, or \`spymaster pipeline run ${flags}\` to make it`,
  });
}

/**
 * The contract or ticker to be shown.
 * @throws DataError DATE_NOT_FOUND naming the dates there are, SYMBOL_NOT_FOUND when several
 * contracts have tables of the day and none was selected.
 */
export async function resolveSymbol(request: SymbolRequest): Promise<string> {
  const { lake, productType, symbol, dt, product } = request;
  const table = { layer: 'gold', productType, table: 'physics_surface_1s' } as const;
  const products: Products = new Map([[product.root, product]]);
  const all = await listPublishedDays(lake, table);
  const own = all.filter((day) => findProduct(products, day.symbol) !== null);
  if (symbol !== product.root || product.kind === 'equity') {
    const dates = own.filter((day) => day.symbol === symbol).map((day) => day.dt);
    if (dates.includes(dt)) return symbol;
    throw noDay(request, dates);
  }
  const there = own.filter((day) => day.dt === dt).map((day) => day.symbol);
  if (there.length === 0) throw noDay(request, [...new Set(own.map((day) => day.dt))].sort());
  const selection = await loadSelection(selectionPath(lake));
  const selected = selection.get(product.root)?.get(dt)?.selectedSymbol;
  if (selected !== undefined && there.includes(selected)) return selected;
  if (there.length === 1) return there[0]!;
  throw new DataError('SYMBOL_NOT_FOUND', `${symbol} means no one contract on ${dt}`, {
    found: there.join(' '),
    expected: `a contract, or \`spymaster contracts select --root ${symbol} --dates ${dt}\``,
  });
}
