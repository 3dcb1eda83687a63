import type { Socket } from 'node:net';
import { setImmediate as afterReads } from 'node:timers/promises';
import { isKnownError, OperatingError } from '../../core/index.ts';
import { initZstd } from '../../dbn/index.ts';
import type { VendorClock } from '../vendor-time.ts';
import { Bell } from './bell.ts';
import { openGatewaySocket, type SocketSink } from './gateway-socket.ts';
import { Handshake } from './handshake.ts';
import type { LiveGap, LiveOptions } from './live-types.ts';
import { PacedLines } from './paced-lines.ts';
import { type RecordBatch, RecordStream } from './record-stream.ts';
import { START_LINE } from './session-lines.ts';
import { within } from './within.ts';

/** Longest login, from the connection to the gateway's answer, ms. */
const AUTH_TIMEOUT_MS = 30_000;
/** Seconds between heartbeats where nothing else was asked for. */
const DEFAULT_HEARTBEAT_SECONDS = 30;
/** How late a heartbeat may be before a gateway is given up, ms. Source: Databento docs. */
const HEARTBEAT_MARGIN_MS = 10_000;

/** Why a connection is no more. */
export interface ConnectionEnd {
  cause: LiveGap['cause'];
  text: string;
}

/** Where a session connects to, and by which time. */
export interface ConnectionSettings {
  options: LiveOptions;
  gateway: { host: string; port: number };
  clock: VendorClock;
  /** Ends the connection. */
  signal: AbortSignal;
}

/**
 * One connection: logs in, sends lines, and keeps what arrives until it is taken. Reading pauses
 * while the buffer is full; a gateway that says nothing, not even its heartbeat, is given up, but
 * never while we are the ones who do not read.
 */
export class LiveConnection {
  /** Rings when there may be something to take, and at the end. */
  readonly changed = new Bell();
  /** Set once no more bytes come; what has arrived can still be taken. */
  end: ConnectionEnd | null = null;
  readonly stream: RecordStream;

  private readonly handshake: Handshake;
  private readonly clock: VendorClock;
  private readonly heartbeatSeconds: number;
  private readonly stop = new AbortController();
  private readonly lines: PacedLines;
  private socket: Socket | null = null;
  private accepted = false;
  private refusal: unknown = null;
  private paused = false;
  private heardMs = 0;

  private constructor({ options, clock }: ConnectionSettings) {
    this.clock = clock;
    this.heartbeatSeconds = options.heartbeatSeconds ?? DEFAULT_HEARTBEAT_SECONDS;
    this.handshake = new Handshake(options);
    this.stream = new RecordStream(options.compression === 'zstd');
    this.lines = new PacedLines((line) => this.socket?.write(line), clock, this.stop.signal);
  }

  /**
   * Connects and logs in.
   * @throws OperatingError or DataError of the attempt; the signal's reason.
   */
  static async open(settings: ConnectionSettings): Promise<LiveConnection> {
    if (settings.options.compression === 'zstd') await initZstd();
    const connection = new LiveConnection(settings);
    const { gateway, clock, signal } = settings;
    try {
      const sink: SocketSink = {
        bytes: (chunk) => connection.receive(chunk),
        over: (text) => connection.finish({ cause: 'disconnected', text }),
      };
      connection.socket = await openGatewaySocket(gateway, sink, clock, signal);
      await within(connection.login(), { clock, ms: AUTH_TIMEOUT_MS, signal });
      return connection;
    } catch (error) {
      connection.dispose();
      signal.throwIfAborted();
      if (isKnownError(connection.refusal ?? error)) throw connection.refusal ?? error;
      throw notLoggedIn(`${(error as Error).message}; awaited ${connection.handshake.awaited}`);
    }
  }

  get sessionId(): string {
    return this.handshake.sessionId;
  }

  /** Sends subscription lines, at the pace that the gateway takes. */
  subscribe(lines: readonly string[]): Promise<void> {
    return this.lines.push(lines);
  }

  /** Starts the stream, and the watch over it. */
  start(): void {
    if (this.end) return;
    this.socket?.write(START_LINE);
    this.heardMs = this.clock.nowMs();
    this.watch().catch(() => {});
  }

  /** The whole records that have arrived, valid until the next call; null when there are none. */
  take(): RecordBatch | null {
    const batch = this.stream.take();
    if (!batch && this.stream.damage) {
      this.finish({ cause: 'damaged', text: this.stream.damage.message });
    }
    if (this.paused && this.stream.ready && !this.end) {
      this.paused = false;
      this.heardMs = this.clock.nowMs();
      this.socket?.resume();
    }
    return batch;
  }

  /** No more bytes: the first reason counts. */
  finish(end: ConnectionEnd): void {
    this.end ??= end;
    this.stop.abort();
    this.socket?.destroy();
    this.changed.ring();
  }

  /** Gives everything back; what was not taken is lost. */
  dispose(): void {
    this.finish({ cause: 'disconnected', text: 'the session was ended' });
    this.stream.close();
  }

  private receive(chunk: Uint8Array): boolean {
    this.heardMs = this.clock.nowMs();
    if (this.end) return false;
    if (this.accepted) this.stream.push(chunk);
    else this.receiveLines(chunk);
    this.paused = !this.stream.ready;
    this.changed.ring();
    return !this.paused;
  }

  private receiveLines(chunk: Uint8Array): void {
    try {
      const { send, rest } = this.handshake.push(chunk);
      if (send !== null) this.socket?.write(send);
      if (rest === null) return;
      this.accepted = true;
      if (rest.length > 0) this.stream.push(rest);
    } catch (error) {
      this.refusal = error;
      this.finish({ cause: 'disconnected', text: (error as Error).message });
    }
  }

  private async login(): Promise<void> {
    while (!this.accepted) {
      if (this.end) throw notLoggedIn(`${this.end.text}, before ${this.handshake.awaited}`);
      await this.changed.rung();
    }
  }

  private async watch(): Promise<void> {
    const { clock } = this;
    const limitMs = this.heartbeatSeconds * 1000 + HEARTBEAT_MARGIN_MS;
    const quietMs = () => (this.paused ? 0 : clock.nowMs() - this.heardMs);
    while (!this.end) {
      if (quietMs() < limitMs) {
        await clock.wait(limitMs - quietMs(), this.stop.signal);
        continue;
      }
      // We may have been too busy to read: what has arrived is read before anybody is blamed. The
      // first one may come before the loop looks at its sockets again, the second cannot.
      await afterReads();
      await afterReads();
      if (quietMs() < limitMs) continue;
      const text = `nothing for ${limitMs / 1000} s, not even a heartbeat`;
      this.finish({ cause: 'stalled', text });
    }
  }
}

function notLoggedIn(why: string): OperatingError {
  return new OperatingError('VENDOR_UNAVAILABLE', `No login at the gateway: ${why}`, {
    retryable: true,
  });
}
