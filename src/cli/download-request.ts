/**
 * What the flags of the `download` commands ask for.
 */
import { DataError } from '../core/index.ts';
import { ApiKey } from '../databento/index.ts';
import { type DownloadPlan, planEquities, planFutures } from '../intake/index.ts';
import { loadProducts, type Product, productOf } from '../lake/index.ts';
import type { CommandContext } from './command.ts';
import { sessionDates } from './session-dates.ts';

/** What is downloaded. */
export type DownloadKind = 'futures' | 'equities';

/** Flags that choose what is wanted. */
export interface PlanOptions {
  start: string;
  end: string;
  /** Comma lists. */
  symbols: string;
  includeFutures?: boolean;
  futuresSchemas?: string;
  equitySchemas?: string;
  optionsSchemas: string;
  tracker: string;
}

function list(text: string): string[] {
  const parts = text.split(',').map((part) => part.trim());
  return parts.filter((part) => part !== '' && part !== 'none');
}

function productsOf(context: CommandContext, text: string): Product[] {
  const products = loadProducts(context.loaded.configFolder);
  const names = [...new Set(list(text.toUpperCase()))];
  if (names.length === 0) throw new DataError('USAGE', '--symbols names nothing');
  return names.map((name) => {
    const product = productOf(products, name);
    if (product.root === name) return product;
    throw new DataError('USAGE', `${name} is a contract`, {
      expected: `--symbols ${product.root}`,
    });
  });
}

/** The plan that flags mean. @throws DataError USAGE naming what is not understood. */
export function downloadPlan(
  kind: DownloadKind,
  context: CommandContext,
  options: PlanOptions,
): DownloadPlan {
  const products = productsOf(context, options.symbols);
  const dates = sessionDates({ startDate: options.start, endDate: options.end }) ?? [];
  const optionsSchemas = list(options.optionsSchemas);
  if (kind === 'equities') {
    const equitySchemas = list(options.equitySchemas ?? '');
    return planEquities({ products, dates, equitySchemas, optionsSchemas });
  }
  const futuresSchemas = list(options.futuresSchemas ?? '');
  const includeFutures = options.includeFutures ?? false;
  return planFutures({ products, dates, includeFutures, futuresSchemas, optionsSchemas });
}

/** The key of the settings. @throws DataError VENDOR_KEY when there is none, or it is none. */
export function vendorKey(context: CommandContext): ApiKey {
  return new ApiKey(context.settings.databento_api_key);
}
