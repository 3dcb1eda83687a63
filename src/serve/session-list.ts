/**
 * What can be streamed: the answer of `GET /v1/sessions`, the same on every server of streams.
 */
import {
  findProduct,
  LAYERS,
  type Layer,
  listPublishedDays,
  listSessions,
  type Products,
  type ProductType,
} from '../lake/index.ts';
import { forecastBasis } from './velocity-parameters.ts';

/** Product types that are streamed: options come with what they are options on. */
const STREAMED: readonly ProductType[] = ['future_mbo', 'equity_mbo'];

/** The table of each layer that a day is known by. */
const TABLE_OF: Readonly<Record<Exclude<Layer, 'bronze'>, string>> = {
  silver: 'book_snapshot_1s',
  gold: 'physics_surface_1s',
};

/** A session date of a root. */
export interface StreamDay {
  dt: string;
  /** Contracts (or the ticker) that have tables of this day. */
  symbols: string[];
  /** `raw` = vacuum pressure can be streamed; `silver` and `gold` = velocity can. */
  layers: string[];
}

/** One root of `GET /v1/sessions`. */
export interface StreamListing {
  product_type: ProductType;
  symbol_root: string;
  mode: 'synthetic' | 'replay';
  dates: string[];
  /** Layers that some day has. */
  layers: string[];
  days: StreamDay[];
  forecast: { available: boolean; status: string; reason: string };
}

/** Days by root and date, while they are gathered. */
type Gathered = Map<string, Map<string, StreamDay>>;

function dayOf(gathered: Gathered, root: string, dt: string): StreamDay {
  const days = gathered.get(root) ?? new Map<string, StreamDay>();
  gathered.set(root, days);
  const day = days.get(dt) ?? { dt, symbols: [], layers: [] };
  days.set(dt, day);
  return day;
}

async function gather(
  lake: string,
  products: Products,
  productType: ProductType,
  raw: ReadonlyMap<string, readonly string[]>,
): Promise<Gathered> {
  const gathered: Gathered = new Map();
  for (const [root, dates] of raw) {
    for (const dt of dates) dayOf(gathered, root, dt).layers.push('raw');
  }
  for (const layer of LAYERS) {
    if (layer === 'bronze') continue;
    const table = { layer, productType, table: TABLE_OF[layer] };
    for (const { symbol, dt } of await listPublishedDays(lake, table)) {
      const root = findProduct(products, symbol)?.root;
      if (root === undefined) continue;
      const day = dayOf(gathered, root, dt);
      if (!day.symbols.includes(symbol)) day.symbols.push(symbol);
      if (!day.layers.includes(layer)) day.layers.push(layer);
    }
  }
  return gathered;
}

/**
 * Lists what a lake can stream, by product type and root.
 * @param allowUnproven whether forecasts without proof are shown.
 */
export async function listStreams(
  lake: string,
  products: Products,
  allowUnproven: boolean,
): Promise<{ sessions: StreamListing[] }> {
  const sessions: StreamListing[] = [];
  const holdings = listSessions(lake);
  for (const productType of STREAMED) {
    const own = holdings.filter((s) => s.productType === productType);
    const raw = new Map(own.map((s) => [s.root, s.dates]));
    const gathered = await gather(lake, products, productType, raw);
    for (const [root, byDate] of [...gathered].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const days = [...byDate.values()].sort((a, b) => (a.dt < b.dt ? -1 : 1));
      const synthetic = own.find((s) => s.root === root)?.synthetic ?? false;
      const dt = days.at(-1)?.dt ?? '';
      const { notice } = forecastBasis({ lake, root, productType, dt, allowUnproven });
      const { available, status, reason } = notice;
      sessions.push({
        product_type: productType,
        symbol_root: root,
        mode: synthetic ? 'synthetic' : 'replay',
        dates: days.map((d) => d.dt),
        layers: ['raw', ...LAYERS].filter((l) => days.some((d) => d.layers.includes(l))),
        days,
        forecast: { available, status, reason },
      });
    }
  }
  return { sessions };
}
