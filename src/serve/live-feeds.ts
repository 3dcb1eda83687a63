/**
 * The live connections of a server: at most one a dataset, made when the first viewer asks.
 */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { Counter, Gauge } from 'prom-client';
import { DataError, isKnownError, NS_PER_SECOND, type UnixNs } from '../core/index.ts';
import { ApiKey, type LiveItem, type LiveOptions, openLive } from '../databento/index.ts';
import type { Product } from '../lake/index.ts';
import { LiveFeed, type LiveSession, type LiveSymbol } from './live-feed.ts';
import { LiveSource } from './live-source.ts';
import type { ServeMetrics } from './metrics.ts';
import { RequestError } from './request-error.ts';
import type { OnPreparing } from './stream-session.ts';
import type { WallClock } from './wall-clock.ts';

/** How a server reaches the vendor's live gateway. */
export interface LiveSettings {
  /** The vendor's key; empty when there is none. */
  key: string;
  /** Default: the dataset's own. */
  gateway?: { host: string; port: number };
  /** Default: the live client. */
  open?: (options: LiveOptions) => LiveSession;
  /** Unix ns now; default: the machine's. */
  unixNs?: () => UnixNs;
}

/** What feeds are made with. */
export interface LiveFeedsDeps {
  settings: LiveSettings;
  /** Folder of the spools; those of a server that died are removed from it. */
  folder: string;
  clock: WallClock;
  metrics: ServeMetrics;
  log: Logger;
}

/** Front contracts of a root, as continuous symbols: by volume, by expiry. */
const FRONTS = ['.v.0', '.c.0'] as const;

/** Time between two messages to a viewer who waits for a first record, ms. */
const TELL_MS = 250;

/** Makes, shares and ends feeds. */
export class LiveFeeds {
  private readonly deps: LiveFeedsDeps;
  private readonly feeds = new Map<string, LiveFeed>();
  private readonly running = new Set<LiveFeed>();
  private readonly counters: ReturnType<typeof makeCounters>;

  constructor(deps: LiveFeedsDeps) {
    this.deps = deps;
    this.counters = makeCounters(deps.metrics, () => [...this.running]);
    removeStaleSpools(deps.folder);
  }

  /**
   * A symbol of a product as a live source; a future's root is its most traded contract, or the
   * nearest where the vendor does not know that.
   * @throws RequestError SOURCE_UNAVAILABLE, DataError VENDOR_KEY or SYMBOL_NOT_FOUND, and whatever
   *   the vendor says.
   */
  async open(product: Product, symbol: string, onPreparing: OnPreparing): Promise<LiveSource> {
    const key = this.keyOrRefuse();
    const isRoot = product.kind === 'future' && symbol === product.root;
    if (!isRoot) return this.find(product, key, { stypeIn: 'raw_symbol', symbol }, onPreparing);
    const [byVolume, byExpiry] = FRONTS.map((rank): LiveSymbol => {
      return { stypeIn: 'continuous', symbol: `${symbol}${rank}` };
    }) as [LiveSymbol, LiveSymbol];
    try {
      return await this.find(product, key, byVolume, onPreparing);
    } catch (error) {
      // The vendor ranks by the volume of the day before, and may have none.
      if (!(error instanceof DataError) || error.code !== 'SYMBOL_NOT_FOUND') throw error;
      return this.find(product, key, byExpiry, onPreparing);
    }
  }

  /** What is wrong with connections, in words. */
  reasons(): string[] {
    return [...this.feeds.values()]
      .filter((feed) => feed.trouble !== null)
      .map((feed) => `live ${feed.dataset}: no connection: ${feed.trouble}`);
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    await Promise.all([...this.running].map((feed) => feed.close()));
  }

  private async find(
    { dataset }: Product,
    key: ApiKey,
    asked: LiveSymbol,
    onPreparing: OnPreparing,
  ): Promise<LiveSource> {
    const feed = this.feeds.get(dataset) ?? this.begin(dataset, key, asked);
    const told = this.tell(feed, asked.symbol, onPreparing);
    try {
      return new LiveSource(feed, await feed.find(asked));
    } finally {
      told.stop();
    }
  }

  private keyOrRefuse(): ApiKey {
    const { key } = this.deps.settings;
    if (key !== '') return new ApiKey(key);
    const message = "source=live: this server has no key of the vendor's";
    const hint = 'start it with DATABENTO_API_KEY set, or use source=file or source=synthetic';
    throw new RequestError('SOURCE_UNAVAILABLE', message, hint);
  }

  private begin(dataset: string, key: ApiKey, first: LiveSymbol): LiveFeed {
    const { settings, clock, folder, log } = this.deps;
    const open = settings.open ?? openLive;
    const feed = new LiveFeed(dataset, first, {
      clock,
      folder,
      unixNs: settings.unixNs ?? (() => BigInt(Date.now()) * 1_000_000n),
      connect: (subscription, signal) =>
        open({
          key,
          dataset,
          ...(settings.gateway && { gateway: settings.gateway }),
          subscriptions: [subscription],
          signal,
        }),
      onItem: (item, its) => this.hear(item, its),
      onEnd: (its, error) => this.forget(its, error),
    });
    this.feeds.set(dataset, feed);
    this.running.add(feed);
    log.info({ dataset, key: key.bucket }, 'live feed begins');
    return feed;
  }

  private hear(item: LiveItem, { dataset }: LiveFeed): void {
    const { log } = this.deps;
    if (item.type === 'records') this.counters.records.inc({ dataset }, item.count);
    else if (item.type === 'connected') {
      this.counters.connections.inc({ dataset });
      log.info({ dataset, session_id: item.sessionId }, 'live feed connected');
    } else if (item.type === 'gap') {
      this.counters.gaps.inc({ dataset, cause: item.cause });
      const { cause, recovery, text } = item;
      log.warn({ dataset, cause, recovery }, text);
    } else if (item.type === 'notice') log.info({ dataset, what: item.what }, item.text);
  }

  private forget(feed: LiveFeed, error: unknown): void {
    const { dataset } = feed;
    this.running.delete(feed);
    if (this.feeds.get(dataset) === feed) this.feeds.delete(dataset);
    const { log } = this.deps;
    if (error === null) log.info({ dataset }, 'live feed ends');
    else log.error({ dataset, err: isKnownError(error) ? error.message : error }, 'live feed ends');
  }

  private tell(feed: LiveFeed, symbol: string, onPreparing: OnPreparing) {
    const { clock } = this.deps;
    let over = false;
    const say = () => {
      if (over) return;
      const waits = `waiting for the first records of ${symbol}`;
      onPreparing(feed.trouble === null ? waits : `connecting to the live gateway`, null);
      clock.after(TELL_MS, say);
    };
    say();
    return {
      stop: () => {
        over = true;
      },
    };
  }
}

function removeStaleSpools(folder: string): void {
  let names: string[] = [];
  try {
    names = readdirSync(folder);
  } catch {
    return;
  }
  for (const name of names) if (name.endsWith('.dbn')) rmSync(join(folder, name), { force: true });
}

function makeCounters({ registry }: ServeMetrics, feeds: () => readonly LiveFeed[]) {
  const registers = [registry];
  const name = (what: string) => `spymaster_live_${what}`;
  new Gauge({
    name: name('feed_lag_seconds'),
    help: 'Wall time less the capture time of the newest order record, by dataset.',
    labelNames: ['dataset'],
    registers,
    collect() {
      this.reset();
      for (const feed of feeds()) {
        const { originNs, lastNs } = feed.spool;
        if (originNs === 0n) continue;
        const lagNs = Number(feed.unixNs() - originNs) - lastNs;
        this.set({ dataset: feed.dataset }, lagNs / NS_PER_SECOND);
      }
    },
  });
  const labelNames = ['dataset'] as const;
  return {
    records: new Counter({
      name: name('records_total'),
      help: 'Records received of live gateways.',
      labelNames,
      registers,
    }),
    connections: new Counter({
      name: name('connections_total'),
      help: 'Connections to live gateways that stood.',
      labelNames,
      registers,
    }),
    gaps: new Counter({
      name: name('gaps_total'),
      help: 'Stretches of live data in which records may be missing, by cause.',
      labelNames: ['dataset', 'cause'] as const,
      registers,
    }),
  };
}
