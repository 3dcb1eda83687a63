/**
 * The flags by which `lake` commands choose partitions.
 */
import { DataError } from '../core/index.ts';
import {
  daysBetween,
  findProduct,
  LAYERS,
  type PartitionFilter,
  type Products,
  parseDate,
  parseProductType,
} from '../lake/index.ts';

/** Flags that choose partitions. */
export interface FilterOptions {
  layer?: string;
  productType?: string;
  symbol?: string;
  dt?: string;
  dates?: string;
}

function dateFilter(options: FilterOptions): ((dt: string) => boolean) | undefined {
  const { dt, dates } = options;
  if (dt !== undefined && dates !== undefined) {
    throw new DataError('USAGE', 'both --dt and --dates', { expected: 'one of them' });
  }
  const text = dt ?? dates;
  if (text === undefined) return undefined;
  const [from = '', to = from, ...rest] = text.split(':');
  const isRange = rest.length === 0 && daysBetween(parseDate(from), parseDate(to)) >= 0;
  if (!isRange || (dt !== undefined && from !== to)) {
    throw new DataError(
      'USAGE',
      `not ${dt === undefined ? 'a range of dates' : 'a date'}: "${text}"`,
      {
        expected: dt === undefined ? 'A:B with A not after B' : 'YYYY-MM-DD',
      },
    );
  }
  return (day) => day >= from && day <= to;
}

/** True for the symbol itself and, of a root, for its contracts. */
function symbolFilter(
  products: Products,
  wanted: string | undefined,
): ((symbol: string) => boolean) | undefined {
  if (wanted === undefined) return undefined;
  return (symbol) => symbol === wanted || findProduct(products, symbol)?.root === wanted;
}

/** What the flags mean. @throws DataError USAGE naming the flag that is not understood. */
export function partitionFilter(options: FilterOptions, products: Products): PartitionFilter {
  const layer = LAYERS.find((name) => name === options.layer);
  if (options.layer !== undefined && layer === undefined) {
    throw new DataError('USAGE', `no layer "${options.layer}"`, { expected: LAYERS.join(' ') });
  }
  const symbol = symbolFilter(products, options.symbol);
  const dt = dateFilter(options);
  return {
    ...(layer ? { layers: [layer] } : {}),
    ...(options.productType ? { productTypes: [parseProductType(options.productType)] } : {}),
    ...(symbol ? { symbol } : {}),
    ...(dt ? { dt } : {}),
  };
}
