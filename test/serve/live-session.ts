/**
 * A live session that a test drives, in place of the vendor's gateway.
 */
import type { LiveItem, LiveOptions, LiveSubscription } from '../../src/databento/index.ts';
import { MboColumns, writeMbo } from '../../src/dbn/index.ts';
import { loadProducts, productOf } from '../../src/lake/index.ts';
import { FuturesMarket, futuresSpecs } from '../../src/synth/index.ts';
import { ORIGIN_NS, records } from '../intake/live-items.ts';

/** A key of the right shape that opens nothing. */
export const TEST_KEY = 'db-unittestapikey1234567890FFFFF';

/** Gives out what it is given; one consumer. */
export class DrivenSession implements AsyncIterable<LiveItem> {
  readonly options: LiveOptions;
  readonly subscriptions: LiveSubscription[];
  closed = false;
  private readonly items: LiveItem[] = [];
  private failure: unknown = null;
  private wake: () => void = () => {};

  constructor(options: LiveOptions) {
    this.options = options;
    this.subscriptions = [...options.subscriptions];
    options.signal?.addEventListener('abort', () => void this.close());
  }

  /** Has the session give out items. */
  push(...items: readonly LiveItem[]): void {
    this.items.push(...items);
    this.wake();
  }

  /** Ends it with an error. */
  fail(error: unknown): void {
    this.failure = error;
    this.wake();
  }

  async subscribe(subscription: LiveSubscription): Promise<void> {
    this.subscriptions.push(subscription);
  }

  async close(): Promise<void> {
    this.closed = true;
    this.wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<LiveItem> {
    for (;;) {
      const item = this.items.shift();
      if (item) {
        yield item;
        continue;
      }
      if (this.failure !== null) throw this.failure;
      if (this.closed) return;
      await new Promise<void>((done) => {
        this.wake = done;
      });
    }
  }
}

/** The instrument of the market below. */
export const MARKET_ID = futuresSpecs('ES', '2026-01-05')[0]?.instrumentId as number;

/** Records of an item. */
const ITEM_ROWS = 100;

/** Seconds that the market below lasts. */
const MARKET_SECONDS = 40;

interface Moment {
  item: LiveItem;
  /** Of its first record, seconds from the start. */
  atSeconds: number;
}

/** A market of ES from 14:30 UTC on, made once. */
function makeMarket(): Moment[] {
  const spec = futuresSpecs(productOf(loadProducts(), 'ES').root, '2026-01-05')[0];
  if (!spec) throw new Error('no contract of ES');
  const startNs = 14.5 * 3600e9;
  const market = new FuturesMarket(spec, {
    seed: 5,
    dt: '2026-01-05',
    rate: 200,
    signal: 0.5,
    startNs,
    endNs: startNs + MARKET_SECONDS * 1e9,
  });
  const columns = new MboColumns(8192, ORIGIN_NS);
  const moments: Moment[] = [];
  while (market.fill(columns) > 0) {
    for (let from = 0; from < columns.length; from += ITEM_ROWS) {
      const to = Math.min(columns.length, from + ITEM_ROWS);
      const item = records([writeMbo(columns, from, to).slice()], to - from);
      moments.push({ item, atSeconds: ((columns.tsRecv[from] as number) - startNs) / 1e9 });
    }
  }
  return moments;
}

let market: Moment[] | null = null;

/** The first seconds of a market of ES, as records of a session, batch by batch. */
export function marketItems(seconds: number): LiveItem[] {
  market ??= makeMarket();
  return market.filter(({ atSeconds }) => atSeconds < seconds).map(({ item }) => item);
}
