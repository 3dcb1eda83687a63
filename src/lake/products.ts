/**
 * The product table: `config/products.yaml`, read once and validated as a whole.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { DataError, type PriceNano } from '../core/index.ts';
import { shippedConfigFolder } from './config-folder.ts';
import { parseDecimalNano } from './decimal.ts';

/** Trading hours in the exchange's zone; `open` later than `close` means the evening before. */
export interface TradingSession {
  name: string;
  /** IANA zone. */
  timeZone: string;
  /** `HH:MM`, local. */
  open: string;
  close: string;
  /** Hours in which most volume trades, `HH:MM`, local. */
  regularOpen: string;
  regularClose: string;
}

/** Facts of one product root or ticker. Prices are integers of 1e-9 currency. */
export interface Product {
  root: string;
  kind: 'future' | 'equity';
  name: string;
  /** Exact decimal text, as configured. */
  tickSize: string;
  /** One tick, 1e-9 currency. */
  tickSizeInt: PriceNano;
  /** Currency per whole price unit of one contract or share. */
  multiplier: number;
  /** Digits shown after the point. */
  decimals: number;
  /** Ticks stored on each side of spot in the lake's tables. */
  gridMaxTicks: number;
  /** Ticks in a row of the vacuum-pressure grid. */
  bucketTicks: number;
  /** Distance of listed strikes, 1e-9 currency. */
  strikeStepInt: PriceNano;
  /** Finest price step of the options on it, 1e-9 currency. */
  optionTickInt: PriceNano;
  session: TradingSession;
  /** Vendor dataset, e.g. `GLBX.MDP3`. */
  dataset: string;
  publisherId: number;
  qtyUnit: 'contracts' | 'shares';
}

/** Products by root. */
export type Products = ReadonlyMap<string, Product>;

const localTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected "HH:MM"');
const decimalText = z.string().regex(/^\d{1,9}(\.\d{1,9})?$/, 'expected a decimal in quotes');

const sessionRow = z.strictObject({
  time_zone: z.string().refine(isTimeZone, 'not an IANA time zone'),
  open: localTime,
  close: localTime,
  regular_open: localTime,
  regular_close: localTime,
});

const productRow = z.strictObject({
  kind: z.enum(['future', 'equity']),
  name: z.string().min(1),
  tick_size: decimalText,
  multiplier: z.number().positive(),
  decimals: z.int().min(0).max(9),
  grid_max_ticks: z.int().min(50).max(100_000),
  bucket_ticks: z.int().min(1).max(10_000),
  strike_step: decimalText,
  option_tick: decimalText.optional(),
  session: z.string(),
  dataset: z.string().regex(/^[A-Z0-9]+\.[A-Z0-9]+$/, 'expected a dataset such as GLBX.MDP3'),
  publisher: z.int().min(1).max(65_535),
});

const productFile = z.strictObject({
  sessions: z.record(z.string(), sessionRow),
  products: z.record(z.string().regex(/^[A-Z0-9]{1,6}$/, 'expected a root'), productRow),
});

type ProductRow = z.infer<typeof productRow>;
type SessionRow = z.infer<typeof sessionRow>;

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

function toSession(name: string, row: SessionRow): TradingSession {
  return {
    name,
    timeZone: row.time_zone,
    open: row.open,
    close: row.close,
    regularOpen: row.regular_open,
    regularClose: row.regular_close,
  };
}

function toProduct(root: string, row: ProductRow, session: TradingSession): Product {
  return {
    root,
    kind: row.kind,
    name: row.name,
    tickSize: row.tick_size,
    tickSizeInt: parseDecimalNano(row.tick_size),
    multiplier: row.multiplier,
    decimals: row.decimals,
    gridMaxTicks: row.grid_max_ticks,
    bucketTicks: row.bucket_ticks,
    strikeStepInt: parseDecimalNano(row.strike_step),
    optionTickInt: parseDecimalNano(row.option_tick ?? row.tick_size),
    session,
    dataset: row.dataset,
    publisherId: row.publisher,
    qtyUnit: row.kind === 'future' ? 'contracts' : 'shares',
  };
}

function invalid(file: string, key: string, message: string): DataError {
  return new DataError('CONFIG', `${file}: ${key || 'the file'}: ${message}`);
}

function readYaml(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw invalid(file, '', `cannot be read (${(cause as Error).message})`);
  }
  try {
    return parse(text);
  } catch (cause) {
    throw invalid(file, '', `is not YAML (${(cause as Error).message.split('\n')[0]})`);
  }
}

/**
 * Reads `products.yaml` of a configuration folder (default: the one shipped with the package).
 * @throws DataError CONFIG naming the file and the key that is wrong.
 */
export function loadProducts(configFolder: string = shippedConfigFolder()): Products {
  const file = join(configFolder, 'products.yaml');
  const parsed = productFile.safeParse(readYaml(file));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw invalid(file, issue?.path.join('.') ?? '', issue?.message ?? 'not valid');
  }
  const products = new Map<string, Product>();
  for (const [root, row] of Object.entries(parsed.data.products)) {
    const session = parsed.data.sessions[row.session];
    if (!session) throw invalid(file, `products.${root}.session`, `no session "${row.session}"`);
    for (const key of ['tick_size', 'option_tick'] as const) {
      if (parseDecimalNano(row[key] ?? row.tick_size) > 0) continue;
      throw invalid(file, `products.${root}.${key}`, 'must not be 0');
    }
    products.set(root, toProduct(root, row, toSession(row.session, session)));
  }
  return products;
}

const CONTRACT_SUFFIX = /^[FGHJKMNQUVXZ]\d{1,2}$/;

function matches(product: Product, symbol: string): boolean {
  if (symbol === product.root) return true;
  if (product.kind === 'equity' || !symbol.startsWith(product.root)) return false;
  return CONTRACT_SUFFIX.test(symbol.slice(product.root.length));
}

/**
 * The product of a root (`ES`), a contract (`ESH6`, `ESH26`) or a ticker (`QQQ`); null when there
 * is none. Of several roots that fit, the longest wins (`MNQH6` is MNQ, not M or MN).
 */
export function findProduct(products: Products, symbol: string): Product | null {
  let best: Product | null = null;
  for (const product of products.values()) {
    if (!matches(product, symbol)) continue;
    if (best === null || product.root.length > best.root.length) best = product;
  }
  return best;
}

/**
 * Like `findProduct`, for a symbol that must be known.
 * @throws DataError PRODUCT_UNKNOWN naming the roots there are.
 */
export function productOf(products: Products, symbol: string): Product {
  const product = findProduct(products, symbol);
  if (product) return product;
  throw new DataError('PRODUCT_UNKNOWN', `no product for "${symbol.slice(0, 40)}"`, {
    found: 'neither a root, a contract (root, month F G H J K M N Q U V X Z, year) nor a ticker',
    expected: `one of ${[...products.keys()].join(' ')}; add a row to config/products.yaml`,
  });
}
