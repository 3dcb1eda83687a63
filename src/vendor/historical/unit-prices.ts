/**
 * Prices of this stand-in: made up, and the same for every dataset, so that costs can be tried.
 */
import type { Schema } from '../../dbn/index.ts';

const BYTES_PER_GB = 1e9;
/** USD per GB of uncompressed DBN. */
const DEMO_PRICE: Partial<Record<Schema, number>> = {
  mbo: 1.8,
  'mbp-10': 0.5,
  'mbp-1': 1,
  trades: 24,
  definition: 3,
  statistics: 9,
  status: 3,
};
const OTHER_PRICE = 5;
const MODES = ['historical', 'historical-streaming', 'live'] as const;

/** USD per GB of a schema. */
export function unitPriceOf(schema: Schema): number {
  return DEMO_PRICE[schema] ?? OTHER_PRICE;
}

/** The answer of `metadata.list_unit_prices`. */
export function unitPrices(schemas: readonly Schema[]) {
  const prices = Object.fromEntries(schemas.map((schema) => [schema, unitPriceOf(schema)]));
  return MODES.map((mode) => ({ mode, unit_prices: prices }));
}

/** What so many bytes cost, USD. */
export function costOf(schema: Schema, bytes: number): number {
  return (bytes / BYTES_PER_GB) * unitPriceOf(schema);
}
