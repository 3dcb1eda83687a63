/**
 * The work of `spymaster forecast fit`.
 */
import { DataError } from '../core/index.ts';
import {
  loadProducts,
  type Product,
  type ProductType,
  parseProductType,
  productOf,
} from '../lake/index.ts';
import { chooseForecastDays } from '../pipeline/index.ts';
import type { CommandContext } from './command.ts';
import { note, printLine } from './output.ts';
import { sessionDates } from './session-dates.ts';

/** Flags of `forecast fit`. */
export interface ForecastFitOptions {
  root: string;
  productType?: string;
  days: number;
  dates?: string;
  from: string;
  to: string;
  workers?: number;
  json?: boolean;
}

/**
 * The product type whose book is forecast.
 * @throws DataError USAGE for options, which have no mid of their own, or another kind.
 */
export function forecastProductType(product: Product, asked: string | undefined): ProductType {
  const own: ProductType = product.kind === 'future' ? 'future_mbo' : 'equity_mbo';
  if (asked === undefined || parseProductType(asked) === own) return own;
  throw new DataError('USAGE', `${product.root} cannot be forecast as ${asked}`, {
    expected: `--product-type ${own}`,
  });
}

/** Fits, proves and writes the parameters. */
export async function runForecastFit(
  context: CommandContext,
  options: ForecastFitOptions,
): Promise<number | undefined> {
  const products = loadProducts(context.loaded.configFolder);
  const product = productOf(products, options.root);
  const chosen = await chooseForecastDays({
    lake: context.settings.lake,
    products,
    product,
    productType: forecastProductType(product, options.productType),
    dates: sessionDates(options),
    count: options.dates === undefined ? options.days : Number.POSITIVE_INFINITY,
  });
  for (const { dt, why } of chosen.leftOut) note(`left out: ${dt}: ${why}`);
  await printLine(chosen.sessions.map(({ dt, symbol }) => `${dt} ${symbol}`).join('\n'));
  return undefined;
}
