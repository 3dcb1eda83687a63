/**
 * Names of the lake's tables and partitions, and where they lie:
 * `{layer}/product_type={T}/symbol={S}/table={TABLE}/dt=YYYY-MM-DD`.
 */
import { join } from 'node:path';
import { DataError } from '../core/index.ts';
import { checkSymbolSegment, type ProductType, parseProductType } from './raw-paths.ts';
import { parseDate } from './session-time.ts';

/** Layers that Spymaster writes, in the order they are made. */
export const LAYERS = ['bronze', 'silver', 'gold'] as const;
/** One of `LAYERS`. */
export type Layer = (typeof LAYERS)[number];

/** A table of the lake: `bronze.future_mbo.mbo`. */
export interface TableRef {
  layer: Layer;
  productType: ProductType;
  table: string;
}

/** One day of one symbol in a table; what is published, verified and replaced as a whole. */
export interface PartitionRef extends TableRef {
  /** A contract (`ESH6`) or a ticker. */
  symbol: string;
  /** Session date, YYYY-MM-DD. */
  dt: string;
}

/** The table's name in manifests, SQL and messages: `silver.future_mbo.book_snapshot_1s`. */
export function datasetName(ref: TableRef): string {
  return `${ref.layer}.${ref.productType}.${ref.table}`;
}

/**
 * Folder of a partition.
 * @throws DataError USAGE when symbol or date could lead out of the lake.
 */
export function partitionFolder(lake: string, ref: PartitionRef): string {
  return join(
    lake,
    ref.layer,
    `product_type=${ref.productType}`,
    `symbol=${checkSymbolSegment(ref.symbol)}`,
    `table=${ref.table}`,
    `dt=${parseDate(ref.dt)}`,
  );
}

/** The table of a name as `datasetName` makes it. @throws DataError USAGE when it is none. */
export function parseDataset(name: string): TableRef {
  const [layer, productType, table, ...rest] = name.split('.');
  const known = LAYERS.find((l) => l === layer);
  if (!known || !productType || !table || rest.length > 0) {
    throw new DataError('USAGE', `not a table: "${name.slice(0, 80)}"`, {
      expected: 'a name such as silver.future_mbo.book_snapshot_1s',
    });
  }
  return { layer: known, productType: parseProductType(productType), table };
}
