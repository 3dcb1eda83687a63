import { NS_PER_DAY } from '../core/index.ts';
import { MboColumns } from '../dbn/index.ts';
import { parseDate } from './calendar.ts';
import { dayFileName } from './day-file-name.ts';
import { FeedChannel } from './feed-channel.ts';
import { FuturesMarket } from './futures-market.ts';
import { FUTURES_DATASET, type FuturesSpec, futuresSpecs } from './futures-products.ts';
import { OrderDay, type OrderDayOptions } from './order-day.ts';
import type { PricePath } from './price-path.ts';
import { seededPrng } from './seeded-prng.ts';

/** Rows drawn at once where only the path is wanted. */
const BATCH_ROWS = 8192;

/** One day file of a root's futures, as GLBX.MDP3 sends it. */
export class FuturesDay extends OrderDay {
  /**
   * @param specs front contract first; see `futuresSpecs`.
   * @throws DataError USAGE for a date without trading.
   */
  constructor(specs: readonly FuturesSpec[], options: OrderDayOptions) {
    super(FUTURES_DATASET, specs, options);
  }
}

/** The bytes of a day file piece by piece; `FuturesDay` gives the truth as well. */
export function synthesizeFuturesDay(
  specs: readonly FuturesSpec[],
  options: OrderDayOptions,
): Iterable<Uint8Array> {
  return new FuturesDay(specs, options).pieces();
}

/**
 * The vendor's name for a day file, e.g. `glbx-mdp3-20260105.mbo.dbn.zst`; without `.zst` when
 * `raw`.
 */
export function futuresFileName(
  dt: string,
  schema: 'mbo' | 'definition' | 'statistics',
  raw = false,
): string {
  return dayFileName(FUTURES_DATASET, dt, schema, raw);
}

/**
 * The path of a root's front contract on a date: the one that the day file of the same options
 * shows, without writing the file.
 * @throws DataError PRODUCT_UNKNOWN, or USAGE for a date without trading.
 */
export function synthesizePath(root: string, options: OrderDayOptions): PricePath {
  const { dt, seed, startNs = 0, endNs = NS_PER_DAY } = options;
  const channel = new FeedChannel(seededPrng(seed, parseDate(dt), 0), startNs);
  const spec = futuresSpecs(root, dt)[0] as FuturesSpec;
  const market = new FuturesMarket(spec, { ...options, startNs, endNs, channel });
  const columns = new MboColumns(BATCH_ROWS);
  while (market.fill(columns) > 0) market.takeTruth();
  return market.path;
}
