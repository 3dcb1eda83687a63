import type { ClientMessage, StreamError } from '../../src/wire/index.ts';
import { waitBefore } from './back-off.ts';
import type { StreamCodec, StreamConfig, StreamFrame, StreamMessage } from './stream-codec.ts';

/** Silence after which the server is asked for a sign of life, ms. */
const QUIET_MS = 4000;
/** Time the server has to answer, ms. */
const ANSWER_MS = 5000;
/** Close code of a request that will never succeed. */
const CLOSE_BAD_REQUEST = 1008;
/** Code of a close that this side asked for. */
const CLOSE_NORMAL = 1000;

/** Where the connection stands. */
export type ConnectionStatus =
  | { state: 'idle' }
  | { state: 'connecting'; attempt: number }
  | { state: 'streaming' }
  | { state: 'waiting'; attempt: number; retryMs: number; reason: string }
  | { state: 'ended' }
  | { state: 'failed'; error: StreamError };

/** The part of WebSocket that is used, so that tests can stand in for it. */
export interface SocketLike {
  binaryType: string;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  send(text: string): void;
  close(code?: number): void;
}

/** The outside world: sockets, time, timers, chance. */
export interface ConnectionWorld {
  open(url: string): SocketLike;
  now(): number;
  setTimer(run: () => void, ms: number): unknown;
  clearTimer(timer: unknown): void;
  random(): number;
}

/** What a connection tells its owner. */
export interface ConnectionEvents<C extends StreamConfig, F extends StreamFrame> {
  status(status: ConnectionStatus): void;
  /** Every text message except the headers of frames. */
  message(message: StreamMessage<C>): void;
  /** A whole frame; `receivedAt` is the world's time. */
  frame(frame: F, receivedAt: number): void;
  /** Round trip to the server, ms. */
  roundTrip(ms: number): void;
}

function refusal(reason: string): StreamError {
  return {
    type: 'error',
    code: 'REFUSED',
    message: reason || 'The server refused the request.',
    hint: 'Check the parameters in the address.',
  };
}

/**
 * A stream that heals: it reconnects with growing waits, asks to continue after the last frame it
 * has, and gives up only when the server says that the request itself is wrong. Sockets of the past
 * cannot disturb the present one.
 */
export class StreamConnection<C extends StreamConfig, F extends StreamFrame> {
  private readonly world: ConnectionWorld;
  private readonly codec: StreamCodec<C, F>;
  private readonly events: ConnectionEvents<C, F>;
  private readonly urlFor: (resumeFrom: string | null) => string;
  private socket: SocketLike | null = null;
  private position: { session: string; seq: number } | null = null;
  private attempt = 0;
  private retryTimer: unknown = null;
  private watchTimer: unknown = null;
  private heardAt = 0;
  private pings = new Map<number, number>();
  private pingCount = 0;
  private error: StreamError | null = null;
  private over = false;
  /** The socket is open: it may be written to. */
  private open = false;

  /**
   * @param urlFor the stream's URL; its argument is `SESSION:SEQ` when a place is to be resumed.
   */
  constructor(
    world: ConnectionWorld,
    codec: StreamCodec<C, F>,
    events: ConnectionEvents<C, F>,
    urlFor: (resumeFrom: string | null) => string,
  ) {
    this.world = world;
    this.codec = codec;
    this.events = events;
    this.urlFor = urlFor;
  }

  /** Connects. Does nothing when a connection exists or is being made. */
  start(): void {
    if (this.socket || this.retryTimer !== null) return;
    this.over = false;
    this.connect();
  }

  /** Closes for good; `start` begins again. */
  stop(): void {
    this.over = true;
    this.world.clearTimer(this.retryTimer);
    this.retryTimer = null;
    this.drop(CLOSE_NORMAL);
    this.events.status({ state: 'idle' });
  }

  /** Connects anew without a place to resume: after the end, an error, or other parameters. */
  restart(): void {
    this.stop();
    this.position = null;
    this.attempt = 0;
    this.start();
  }

  /** Does not wait any longer for the next attempt. */
  retryNow(): void {
    if (this.retryTimer === null) return;
    this.world.clearTimer(this.retryTimer);
    this.retryTimer = null;
    this.connect();
  }

  /** Sends a control message; false when there is no open stream to send it on. */
  send(message: ClientMessage): boolean {
    if (!this.socket || !this.open) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  private connect(): void {
    const { world } = this;
    const resume = this.position ? `${this.position.session}:${this.position.seq}` : null;
    this.events.status({ state: 'connecting', attempt: this.attempt });
    this.error = null;
    this.codec.reset();
    this.pings.clear();
    const socket = world.open(this.urlFor(resume));
    this.socket = socket;
    socket.binaryType = 'arraybuffer';
    this.heardAt = world.now();
    socket.onopen = () => {
      if (this.socket === socket) this.open = true;
    };
    socket.onmessage = ({ data }) => {
      if (this.socket === socket) this.receive(data);
    };
    socket.onclose = ({ code, reason }) => {
      if (this.socket === socket) this.closed(code, reason);
    };
    this.watch();
  }

  private receive(data: unknown): void {
    this.heardAt = this.world.now();
    try {
      if (typeof data === 'string') this.receiveText(data);
      else if (data instanceof ArrayBuffer) this.receiveBinary(data);
    } catch (e) {
      const reason = e instanceof Error ? e.message : String(e);
      this.drop(CLOSE_NORMAL);
      this.retry(`the server sent something unreadable: ${reason}`);
    }
  }

  private receiveText(text: string): void {
    const message = this.codec.readText(text);
    if (!message) return;
    if (message.type === 'pong') {
      this.receivePong(Number(message.id));
      return;
    }
    if (message.type === 'error') this.error = message;
    if (message.type === 'end') this.over = true;
    if (message.type === 'runtime_config') this.opened();
    this.events.message(message);
  }

  private opened(): void {
    this.attempt = 0;
    this.events.status({ state: 'streaming' });
  }

  private receiveBinary(data: ArrayBuffer): void {
    const frame = this.codec.readBinary(data);
    if (!frame) return;
    const { session, seq } = frame.header;
    this.position = { session, seq };
    this.events.frame(frame, this.heardAt);
  }

  private receivePong(id: number): void {
    const sent = this.pings.get(id);
    this.pings.clear();
    if (sent !== undefined) this.events.roundTrip(this.world.now() - sent);
  }

  private closed(code: number, reason: string): void {
    this.drop(null);
    const { error } = this;
    if (this.over) this.events.status({ state: 'ended' });
    else if (code === CLOSE_BAD_REQUEST) {
      this.events.status({ state: 'failed', error: error ?? refusal(reason) });
    } else this.retry(error ? error.message : reason || 'the connection was lost');
  }

  private retry(reason: string): void {
    const wait = waitBefore(this.attempt++, this.world.random());
    this.events.status({ state: 'waiting', attempt: this.attempt, retryMs: wait, reason });
    this.retryTimer = this.world.setTimer(() => {
      this.retryTimer = null;
      this.connect();
    }, wait);
  }

  /** Lets go of the socket: whatever it still says is not heard. */
  private drop(code: number | null): void {
    const socket = this.socket;
    this.socket = null;
    this.open = false;
    this.world.clearTimer(this.watchTimer);
    this.watchTimer = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    if (code !== null) socket.close(code);
  }

  private watch(): void {
    this.watchTimer = this.world.setTimer(() => {
      const silent = this.world.now() - this.heardAt;
      if (silent > QUIET_MS + ANSWER_MS && this.pings.size > 0) {
        this.drop(CLOSE_NORMAL);
        this.retry('the server does not answer');
        return;
      }
      this.ping();
      this.watch();
    }, QUIET_MS);
  }

  private ping(): void {
    if (!this.socket || !this.open) return;
    if (this.pings.size === 0) this.pings.set(++this.pingCount, this.world.now());
    this.socket.send(JSON.stringify({ type: 'ping', id: this.pingCount }));
  }
}
