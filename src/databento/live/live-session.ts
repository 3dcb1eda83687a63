import { DataError, isKnownError, OperatingError } from '../../core/index.ts';
import { type Schema, UNDEF_TIMESTAMP } from '../../dbn/index.ts';
import { SYSTEM_CLOCK } from '../system-clock.ts';
import type { VendorClock } from '../vendor-time.ts';
import { reconnectPauseMs } from './back-off.ts';
import { checkOptions, checkSubscription } from './check-options.ts';
import { Deliveries } from './deliveries.ts';
import { type ConnectionEnd, LiveConnection } from './live-connection.ts';
import type {
  LiveGap,
  LiveItem,
  LiveNotice,
  LiveOptions,
  LiveRecovery,
  LiveSubscription,
} from './live-types.ts';

/** Port of the vendor's gateways. */
const GATEWAY_PORT = 13000;

/** What `openLive` returns: items, to be iterated once, by one consumer. */
export interface LiveSession extends AsyncIterable<LiveItem> {
  /**
   * Adds a subscription, at once and to every later connection; resolves when it was sent, or is
   * kept for the next connection. The gateway's answer is an item.
   * @throws DataError USAGE when it cannot be asked for.
   */
  subscribe(subscription: LiveSubscription): Promise<void>;
  /** Ends the session: whole records that have arrived are delivered, then the items end. */
  close(): Promise<void>;
}

/**
 * A session with the live gateway of a dataset, over as many connections as it takes: any end that
 * nobody asked for is a disconnect, told as a gap and followed by a new connection with the same
 * subscriptions. Nothing is sent before the first item is asked for. Reading pauses while the
 * consumer lags by more than about a megabyte.
 *
 * Iterating throws OperatingError VENDOR_AUTH or VENDOR_REFUSED when the gateway says no for good,
 * VENDOR_UNAVAILABLE after `maxAttempts`, DataError VENDOR_PROTOCOL when what answers at first is
 * no gateway.
 * @throws DataError USAGE for options that cannot be asked for.
 */
export function openLive(options: LiveOptions): LiveSession {
  return new Session(options);
}

/** The end of a stream, and what is done about it. */
interface Loss extends ConnectionEnd {
  fromNs: bigint | null;
  recoveries: ReadonlyMap<LiveRecovery, Schema[]>;
}

class Session implements LiveSession {
  private readonly options: LiveOptions;
  private readonly clock: VendorClock;
  private readonly gateway: { host: string; port: number };
  private readonly closing = new AbortController();
  private readonly deliveries: Deliveries;
  private readonly all: AsyncGenerator<LiveItem>;

  private connection: LiveConnection | null = null;
  /** Streams that began so far. */
  private connections = 0;
  /** `start_session` was sent on the connection at hand. */
  private started = false;
  /** Attempts since the last record of data. */
  private attempts = 0;
  private dataSeen = 0;
  /** Why the last stream ended; null when its gap has been told. */
  private lost: Loss | null = null;

  constructor(options: LiveOptions) {
    checkOptions(options);
    this.options = options;
    this.clock = options.clock ?? SYSTEM_CLOCK;
    this.gateway = options.gateway ?? {
      host: `${options.dataset.toLowerCase().replaceAll('.', '-')}.lsg.databento.com`,
      port: GATEWAY_PORT,
    };
    this.deliveries = new Deliveries(options.key);
    for (const subscription of options.subscriptions) this.deliveries.ledger.add(subscription);
    this.all = this.items();
  }

  [Symbol.asyncIterator](): AsyncIterator<LiveItem> {
    return this.all;
  }

  async subscribe(subscription: LiveSubscription): Promise<void> {
    checkSubscription(subscription);
    const { ledger, marks } = this.deliveries;
    if (subscription.startNs !== undefined && (this.started || this.connections > 0)) {
      throw new DataError('USAGE', 'A subscription with a start comes too late', {
        found: 'a session that has started',
        expected: 'a start before that, or a session of its own',
      });
    }
    const index = ledger.add(subscription);
    const { connection } = this;
    if (!connection || !this.started) return;
    await connection.subscribe(ledger.lines(index));
    const since = marks.newest() ?? connection.stream.metadata?.start;
    if (since !== undefined && !connection.end) ledger.begun(since);
  }

  async close(): Promise<void> {
    this.closing.abort(new Error('the session was closed'));
    this.connection?.finish({ cause: 'disconnected', text: 'the session was closed' });
  }

  private async *items(): AsyncGenerator<LiveItem> {
    const { signal } = this.options;
    const close = () => void this.close();
    if (signal?.aborted) await this.close();
    signal?.addEventListener('abort', close);
    try {
      while (!this.closing.signal.aborted) yield* this.attempt();
      yield* this.gaps(this.clock.unixNs(), ' (the session ended before the gateway was back)');
    } finally {
      signal?.removeEventListener('abort', close);
      this.closing.abort(new Error('the session was closed'));
      this.connection?.dispose();
    }
  }

  /** One connection from the attempt to its end, and the pause behind it. */
  private async *attempt(): AsyncGenerator<LiveItem> {
    const { host, port } = this.gateway;
    this.attempts++;
    yield this.notice(`connecting to ${host}:${port}, attempt ${this.attempts}`);
    let why: string;
    try {
      this.connection = await this.connect();
      yield* this.stream(this.connection);
      why = this.connection.end?.text ?? '';
    } catch (error) {
      if (this.closing.signal.aborted) return;
      if (this.isFinal(error)) throw error;
      why = (error as Error).message;
    } finally {
      this.connection?.dispose();
      this.connection = null;
      this.started = false;
    }
    if (this.closing.signal.aborted) return;
    yield* this.beforeNextAttempt(why);
  }

  private async *beforeNextAttempt(why: string): AsyncGenerator<LiveItem> {
    const { maxAttempts } = this.options;
    if (maxAttempts !== undefined && this.attempts >= maxAttempts) {
      yield* this.gaps(this.clock.unixNs(), ' (given up)');
      const message = `The live gateway failed ${this.attempts} times in a row; the last: ${why}`;
      throw new OperatingError('VENDOR_UNAVAILABLE', message, { retryable: true });
    }
    const pauseMs = reconnectPauseMs(Math.max(0, this.attempts - 1), this.clock.chance());
    yield this.notice(`${why}; next attempt in ${(pauseMs / 1000).toFixed(1)} s`);
    await this.clock.wait(pauseMs, this.closing.signal).catch(() => {});
  }

  private isFinal(error: unknown): boolean {
    if (!isKnownError(error) || error === this.deliveries.fatal) return true;
    if (error.code === 'VENDOR_AUTH') return true;
    if (error.code === 'DBN_VERSION') return true;
    return error instanceof DataError && this.connections === 0;
  }

  /** Connects, logs in, subscribes to everything, and starts. */
  private async connect(): Promise<LiveConnection> {
    const { options, gateway, clock } = this;
    const { ledger } = this.deliveries;
    const { signal } = this.closing;
    const connection = await LiveConnection.open({ options, gateway, clock, signal });
    this.connection = connection;
    for (let i = 0; i < ledger.length; i++) await connection.subscribe(ledger.lines(i));
    connection.start();
    this.started = true;
    return connection;
  }

  private async *stream(connection: LiveConnection): AsyncGenerator<LiveItem> {
    const { deliveries } = this;
    const { stream, sessionId } = connection;
    while (!stream.metadata && !stream.damage && !connection.end) await connection.changed.rung();
    const { metadata } = stream;
    if (!metadata) {
      connection.take();
      if (stream.damage) throw stream.damage;
      return;
    }
    this.connections++;
    yield { type: 'connected', connection: this.connections, sessionId, metadata };
    const fromNs = this.lost?.fromNs ?? 0n;
    if (metadata.start > fromNs) yield* this.gaps(metadata.start, '');
    deliveries.begin(metadata);
    try {
      yield* this.batches(connection, fromNs);
      yield* deliveries.finish();
    } catch (error) {
      // Whatever ended it, what comes next must not look like what came before it.
      connection.finish({ cause: 'damaged', text: (error as Error).message });
      this.lose(connection);
      throw error;
    }
    if (deliveries.fatal) throw deliveries.fatal;
    if (!this.closing.signal.aborted) this.lose(connection);
  }

  private async *batches(connection: LiveConnection, fromNs: bigint): AsyncGenerator<LiveItem> {
    for (;;) {
      const batch = connection.take();
      if (batch) {
        // A replay's header says where the replay starts; its first record says how late it is.
        if (this.lost) yield* this.gaps(laterOf(fromNs, firstEventNs(batch.bytes)), '');
        yield* this.deliver(connection, batch);
      } else if (connection.end) return;
      else await connection.changed.rung();
    }
  }

  private *deliver(
    connection: LiveConnection,
    batch: { bytes: Uint8Array; count: number },
  ): Generator<LiveItem> {
    const { deliveries } = this;
    yield* deliveries.items(batch);
    if (deliveries.dataBatches > this.dataSeen) this.attempts = 0;
    this.dataSeen = deliveries.dataBatches;
    const text = deliveries.fatal?.message ?? deliveries.broken;
    if (text !== null) connection.finish({ cause: 'disconnected', text });
  }

  private lose({ end, stream }: LiveConnection): void {
    const { cause, text } = end!;
    const cut = stream.trailingBytes;
    const rest = cut > 0 ? `, ${cut} bytes into a record` : '';
    const { marks, ledger } = this.deliveries;
    const recoveries = ledger.recoveries();
    this.lost = { cause, text: `${text}${rest}`, fromNs: marks.newest(), recoveries };
  }

  /** The gaps that the last end of a stream left, up to `toNs`; told once. */
  private *gaps(toNs: bigint, remark: string): Generator<LiveGap> {
    const { lost } = this;
    this.lost = null;
    if (!lost) return;
    const { cause, fromNs } = lost;
    for (const [recovery, schemas] of lost.recoveries) {
      const text = `${lost.text}${remark}`;
      yield { type: 'gap', cause, fromNs, toNs, recovery, schemas, text };
    }
  }

  private notice(text: string): LiveNotice {
    return { type: 'notice', what: 'connecting', text };
  }
}

/** `ts_event` of the first record, Unix ns; 0 where it is undefined. */
function firstEventNs(records: Uint8Array): bigint {
  const ns = new DataView(records.buffer, records.byteOffset).getBigUint64(8, true);
  return ns === UNDEF_TIMESTAMP ? 0n : ns;
}

function laterOf(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
