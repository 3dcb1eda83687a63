/**
 * Which symbols and days a lake has of a product type: raw files, and bronze that outlived them.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  findProduct,
  findRawDays,
  type Products,
  type ProductType,
  rawRoots,
} from '../lake/index.ts';

function valuesOf(folder: string, key: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.startsWith(`${key}=`))
    .map((name) => name.slice(key.length + 1));
}

function bronzeDates(lake: string, productType: ProductType, symbol: string): string[] {
  const folder = join(lake, 'bronze', `product_type=${productType}`, `symbol=${symbol}`);
  return valuesOf(folder, 'table').flatMap((t) => valuesOf(join(folder, `table=${t}`), 'dt'));
}

/** Roots and tickers of a product type, sorted, and those that products.yaml does not know. */
export function rootsOf(
  lake: string,
  products: Products,
  productType: ProductType,
): { roots: string[]; unknown: string[] } {
  const bronze = valuesOf(join(lake, 'bronze', `product_type=${productType}`), 'symbol');
  const raw = rawRoots(lake, productType);
  const roots = new Set<string>();
  const unknown = new Set<string>();
  for (const symbol of [...raw, ...bronze]) {
    const product = findProduct(products, symbol);
    if (product) roots.add(product.root);
    else unknown.add(symbol);
  }
  return { roots: [...roots].sort(), unknown: [...unknown].sort() };
}

/** Days of a root or ticker, ascending: of its raw files and of the bronze of its contracts. */
export function daysOf(
  lake: string,
  products: Products,
  productType: ProductType,
  root: string,
): string[] {
  const days = new Set<string>();
  if (rawRoots(lake, productType).includes(root)) {
    for (const day of findRawDays(lake, productType, root)) days.add(day.dt);
  }
  const bronze = valuesOf(join(lake, 'bronze', `product_type=${productType}`), 'symbol');
  for (const symbol of bronze) {
    if (findProduct(products, symbol)?.root !== root) continue;
    for (const dt of bronzeDates(lake, productType, symbol)) days.add(dt);
  }
  return [...days].sort();
}
