/**
 * Where recordings lie in a lake: where downloads of the same records lie.
 */
import { join } from 'node:path';
import type { Schema } from '../../dbn/index.ts';
import { findProduct, type Products, rawSourceFolder } from '../../lake/index.ts';
import { rawFolderOf } from '../batch/job-folder.ts';

/** Whose records they are, where symbols do not tell (weekly options). */
export interface FiledUnder {
  root: string;
  /** Options on it, not itself. */
  options: boolean;
}

/** A future or ticker, or a spread or option of it, named by the leg or underlying first in it. */
function filedUnder(products: Products, symbol: string): FiledUnder | null {
  const product = findProduct(products, symbol.split(/[\s-]/)[0] ?? '');
  return product && { root: product.root, options: /\s/.test(symbol.trim()) };
}

/**
 * The folder for a schema and symbol of a dataset; what the lake has no table for, or what no
 * mapping named, lies in `unfiled`.
 * @param forced whose all records are.
 */
export function recordingFolders(
  lake: string,
  products: Products,
  dataset: string,
  forced: FiledUnder | null = null,
): (schema: Schema, symbol: string | null) => string {
  return (schema, symbol) => {
    const under = forced ?? (symbol === null ? null : filedUnder(products, symbol));
    const kind = under?.options ? 'futures_options' : 'futures';
    const isNamed = under !== null || schema === 'definition';
    const place = { dataset, schema, symbol: under?.root ?? '', kind };
    const folder = isNamed ? rawFolderOf(lake, place) : null;
    const unfiled = join(
      rawSourceFolder(lake),
      'unfiled',
      `dataset=${dataset}`,
      `schema=${schema}`,
    );
    return folder ?? unfiled;
  };
}
