/**
 * Which sessions of a lake a forecast is fitted on: the last days that have every table.
 */
import { DataError } from '../../core/index.ts';
import { MIN_DAYS } from '../../forecast/index.ts';
import {
  findProduct,
  isTradingDay,
  listPartitions,
  type PartitionFilter,
  type Product,
  type Products,
  type ProductType,
} from '../../lake/index.ts';
import { loadSelection, type SelectionMap, selectionPath } from '../contract-selection-file.ts';

/** Tables of the traded product itself that a session needs; options are taken where they are. */
const NEEDED_TABLES = [
  'gold.physics_surface_1s',
  'gold.microstructure_1s',
  'silver.book_snapshot_1s',
] as const;
/** Days that an error names. */
const NAMED_DAYS = 5;

/** A session of one contract. */
export interface ForecastSession {
  dt: string;
  symbol: string;
}

/** Sessions of a lake, ascending, and those that cannot be used, with the reason. */
export interface ForecastSessions {
  sessions: ForecastSession[];
  leftOut: { dt: string; why: string }[];
}

/** What is looked for. */
export interface SessionsWanted {
  lake: string;
  products: Products;
  product: Product;
  productType: ProductType;
  /** Session dates; null: all. */
  dates: readonly string[] | null;
  /** How many of the last. */
  count: number;
}

/** Tables that each contract has, by date. */
type Holdings = Map<string, Map<string, Set<string>>>;

function holdingsOf(wanted: SessionsWanted): Holdings {
  const { lake, products, product, productType, dates } = wanted;
  const asked = dates && new Set(dates);
  const filter: PartitionFilter = {
    layers: ['silver', 'gold'],
    productTypes: [productType],
    symbol: (symbol) => findProduct(products, symbol)?.root === product.root,
    dt: (dt) => asked?.has(dt) ?? true,
  };
  const holdings: Holdings = new Map();
  for (const { ref, state } of listPartitions(lake, filter)) {
    const symbols = holdings.get(ref.dt) ?? new Map<string, Set<string>>();
    holdings.set(ref.dt, symbols);
    const tables = symbols.get(ref.symbol) ?? new Set<string>();
    symbols.set(ref.symbol, tables);
    if (state === 'complete') tables.add(`${ref.layer}.${ref.table}`);
  }
  return holdings;
}

function missingOf(tables: ReadonlySet<string> | undefined): string[] {
  return NEEDED_TABLES.filter((name) => !tables?.has(name));
}

function sessionOn(
  dt: string,
  symbols: ReadonlyMap<string, Set<string>>,
  wanted: SessionsWanted,
  map: SelectionMap,
): ForecastSession | { why: string } {
  const { product } = wanted;
  if (!isTradingDay(product, dt)) return { why: 'no trading day' };
  const selected = map.get(product.root)?.get(dt)?.selectedSymbol;
  const whole = [...symbols.keys()].filter((s) => missingOf(symbols.get(s)).length === 0).sort();
  if (selected === undefined && whole.length > 1) {
    const why = `${whole.join(' and ')} are there and no selection map says which is meant`;
    return { why: `${why}: run \`spymaster contracts select --root ${product.root}\`` };
  }
  const symbol = selected ?? whole[0] ?? [...symbols.keys()].sort()[0] ?? product.root;
  const missing = missingOf(symbols.get(symbol));
  if (missing.length === 0) return { dt, symbol };
  return { why: `${symbol} has no complete ${missing.join(', ')}` };
}

function tooFew({ sessions, leftOut }: ForecastSessions, wanted: SessionsWanted): DataError {
  const { product, productType } = wanted;
  const named = leftOut.slice(-NAMED_DAYS).map(({ dt, why }) => `${dt}: ${why}`);
  const command = `spymaster pipeline run --product-type ${productType} --symbol ${product.root}`;
  const days = sessions.length === 1 ? 'day' : 'days';
  return new DataError(
    'PARTITION_MISSING',
    `a forecast of ${product.root} needs ${MIN_DAYS} complete days at least`,
    {
      found: [`${sessions.length} ${days}`, ...named].join('; '),
      expected: `gold, microstructure and silver of ${MIN_DAYS} trading days: run \`${command}\``,
    },
  );
}

/**
 * The last `count` trading days that have every table of the selected contract, ascending.
 * @throws DataError PARTITION_MISSING when they are fewer than `MIN_DAYS`; CONTRACT when the
 *   selection map cannot be read.
 */
export async function chooseForecastDays(wanted: SessionsWanted): Promise<ForecastSessions> {
  const map = await loadSelection(selectionPath(wanted.lake));
  const found: ForecastSessions = { sessions: [], leftOut: [] };
  const holdings = [...holdingsOf(wanted)].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [dt, symbols] of holdings) {
    const session = sessionOn(dt, symbols, wanted, map);
    if ('why' in session) found.leftOut.push({ dt, why: session.why });
    else found.sessions.push(session);
  }
  if (found.sessions.length < MIN_DAYS) throw tooFew(found, wanted);
  return { ...found, sessions: found.sessions.slice(-wanted.count) };
}
