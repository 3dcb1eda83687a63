/**
 * One live connection of a dataset, whoever watches: its records go to a spool, from which every
 * engine reads. It ends when nobody watches any more.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DataError, type UnixNs } from '../core/index.ts';
import type { LiveItem, LiveNotice, LiveSubscription } from '../databento/index.ts';
import { LiveSpool, type SpoolInstrument } from '../intake/index.ts';
import { LIVE_IDLE_MS, LIVE_SPOOL_BYTES, LIVE_WAIT_MS, SLICE_MS } from './limits.ts';
import { RequestError } from './request-error.ts';
import type { Timer, WallClock } from './wall-clock.ts';

/** A session with the vendor. */
export type LiveSession = AsyncIterable<LiveItem> & {
  subscribe(subscription: LiveSubscription): Promise<void>;
  close(): Promise<void>;
};

/** How a feed reaches the vendor, and what it tells. */
export interface LiveFeedDeps {
  clock: WallClock;
  unixNs: () => UnixNs;
  /** Folder of the spool. */
  folder: string;
  /** Begins a session; ended by the signal. */
  connect: (first: LiveSubscription, signal: AbortSignal) => LiveSession;
  onItem: (item: LiveItem, feed: LiveFeed) => void;
  /** Told once, when it is of no more use: what ended it, null when nobody watched. */
  onEnd: (feed: LiveFeed, error: unknown) => void;
}

/** A symbol as it is asked for. */
export type LiveSymbol = Pick<LiveSubscription, 'stypeIn'> & { symbol: string };

interface Waiter {
  symbol: string;
  found: (instrument: SpoolInstrument) => void;
  failed: (error: unknown) => void;
  timer: Timer;
}

function subscriptionOf({ stypeIn, symbol }: LiveSymbol): LiveSubscription {
  return { schema: 'mbo', stypeIn, symbols: [symbol], snapshot: true };
}

/** A running feed. */
export class LiveFeed {
  readonly dataset: string;
  /** Names this connection among all there ever were. */
  readonly id = randomUUID();
  readonly spool: LiveSpool;
  /** What is wrong with the connection now, in words; null when it stands. */
  trouble: string | null = 'it is being connected';
  private readonly deps: LiveFeedDeps;
  private readonly stop = new AbortController();
  private readonly session: LiveSession;
  private readonly asked = new Set<string>();
  /** Symbols that the vendor does not know: they are not asked for again. */
  private readonly refused = new Set<string>();
  private readonly waiters = new Set<Waiter>();
  private readers = 0;
  private idle: Timer | null = null;
  private ended = false;
  private readonly done: Promise<void>;

  /** Connects, and asks for a first symbol. */
  constructor(dataset: string, first: LiveSymbol, deps: LiveFeedDeps) {
    this.dataset = dataset;
    this.deps = deps;
    this.spool = new LiveSpool(join(deps.folder, `${dataset}.${this.id}.dbn`));
    this.asked.add(first.symbol);
    this.session = deps.connect(subscriptionOf(first), this.stop.signal);
    this.done = this.run();
  }

  unixNs(): UnixNs {
    return this.deps.unixNs();
  }

  /**
   * The instrument of a symbol, once its first record is there.
   * @throws RequestError SOURCE_UNAVAILABLE when there is none for long, DataError SYMBOL_NOT_FOUND
   *   when the vendor does not know it, and what ended the session.
   */
  async find(asked: LiveSymbol): Promise<SpoolInstrument> {
    const { symbol } = asked;
    const there = this.spool.find(symbol);
    if (there) return there;
    if (this.ended) throw this.endError();
    if (this.refused.has(symbol)) throw this.unknown(symbol);
    if (!this.asked.has(symbol)) {
      this.asked.add(symbol);
      await this.session.subscribe(subscriptionOf(asked));
    }
    return new Promise((found, failed) => {
      const timer = this.deps.clock.after(LIVE_WAIT_MS, () => {
        this.settle(waiter, () => failed(this.tooLate(symbol)));
      });
      const waiter: Waiter = { symbol, found, failed, timer };
      this.waiters.add(waiter);
    });
  }

  /** Opens a reader of the spool; while one is open, somebody watches. */
  watch<R>(open: (onClose: () => void) => R): R {
    this.idle?.cancel();
    this.idle = null;
    const reader = open(() => this.leave());
    this.readers++;
    return reader;
  }

  /** Ends the connection; open readers can still read what came. Resolves once all is put away. */
  async close(): Promise<void> {
    this.idle?.cancel();
    this.stop.abort();
    await this.session.close().catch(() => {});
    await this.done;
  }

  private leave(): void {
    this.readers--;
    this.restWhenIdle();
  }

  private restWhenIdle(): void {
    if (this.readers > 0 || this.ended || this.waiters.size > 0) return;
    this.idle?.cancel();
    this.idle = this.deps.clock.after(LIVE_IDLE_MS, () => void this.close());
  }

  private async run(): Promise<void> {
    let error: unknown = null;
    try {
      await this.takeAll();
    } catch (cause) {
      error = cause;
    }
    this.ended = true;
    this.idle?.cancel();
    this.stop.abort();
    this.spool.ended = error;
    for (const waiter of this.waiters) {
      this.settle(waiter, () => waiter.failed(this.endError()));
    }
    this.spool.close();
    this.deps.onEnd(this, error);
  }

  private async takeAll(): Promise<void> {
    const { clock } = this.deps;
    let since = clock.nowMs();
    for await (const item of this.session) {
      this.spool.take(item);
      this.note(item);
      this.deps.onItem(item, this);
      if (this.spool.bytes > LIVE_SPOOL_BYTES) return;
      if (clock.nowMs() - since < SLICE_MS) continue;
      // Engines and sockets have their turn, however fast records come.
      await new Promise<void>((done) => clock.soon(done));
      since = clock.nowMs();
    }
  }

  private note(item: LiveItem): void {
    if (item.type === 'notice') this.hear(item);
    else if (item.type === 'connected') this.trouble = null;
    else if (item.type === 'records') this.tellFound();
  }

  private hear({ what, text }: LiveNotice): void {
    if (what === 'connecting') this.trouble = 'it is being connected';
    if (what !== 'symbol-refused') return;
    for (const waiter of this.waiters) {
      if (!text.includes(waiter.symbol)) continue;
      this.refused.add(waiter.symbol);
      this.settle(waiter, () => waiter.failed(this.unknown(waiter.symbol)));
    }
  }

  private tellFound(): void {
    for (const waiter of this.waiters) {
      const found = this.spool.find(waiter.symbol);
      if (found) this.settle(waiter, () => waiter.found(found));
    }
  }

  private settle(waiter: Waiter, how: () => void): void {
    if (!this.waiters.delete(waiter)) return;
    waiter.timer.cancel();
    how();
    this.restWhenIdle();
  }

  private unknown(symbol: string): DataError {
    const message = `the vendor knows no ${symbol} in ${this.dataset} now`;
    return new DataError('SYMBOL_NOT_FOUND', message);
  }

  private tooLate(symbol: string): RequestError {
    const seconds = LIVE_WAIT_MS / 1000;
    const why = this.trouble === null ? 'no record of it came' : this.trouble;
    const message = `source=live: nothing of ${symbol} for ${seconds} s: ${why}`;
    return new RequestError('SOURCE_UNAVAILABLE', message, 'see `spymaster live check`');
  }

  private endError(): unknown {
    if (this.spool.ended) return this.spool.ended;
    const message = `source=live: the connection for ${this.dataset} has just ended`;
    return new RequestError('SOURCE_UNAVAILABLE', message, 'connect again');
  }
}
