/**
 * The body of an answer, as it arrives: read no faster than it is asked for, and never waited for
 * without end.
 */
import type { IncomingMessage } from 'node:http';
import { DataError } from '../../core/index.ts';
import { failureOf, HttpFailure } from './http-failure.ts';

/** Bytes that are held for who reads, before the socket is told to wait. */
const HELD_BYTES = 1024 * 1024;

/** Chunks of a body; read them to the end, or `close`. */
export class HttpBody {
  /** Bytes that were handed on. */
  bytes = 0;
  /** The answer said how long it is: an end before that is seen as a cut. */
  readonly lengthKnown: boolean;
  readonly #message: IncomingMessage;
  private readonly where: string;
  private readonly idleMs: number;
  private readonly signal: AbortSignal | undefined;
  /** What has arrived; all of it is handed on before its end is told, whole or not. */
  private readonly held: Uint8Array[] = [];
  private heldBytes = 0;
  private end: { error: unknown } | 'whole' | null = null;
  private wake: (() => void) | null = null;

  constructor(
    message: IncomingMessage,
    options: { where: string; idleMs: number; signal?: AbortSignal | undefined },
  ) {
    this.#message = message;
    this.lengthKnown = message.headers['content-length'] !== undefined;
    this.where = options.where;
    this.idleMs = options.idleMs;
    this.signal = options.signal;
    message.on('data', (chunk: Uint8Array) => this.take(chunk));
    message.on('end', () => this.finish('whole'));
    message.on('error', (error) => this.finish({ error }));
    message.on('close', () => this.finish({ error: new Error('aborted') }));
  }

  /**
   * The next chunk, yours to keep; null at the end that the framing promised.
   * @throws HttpFailure when the connection is cut or nothing arrives for the idle time; the
   *   signal's reason.
   */
  async next(): Promise<Uint8Array | null> {
    this.signal?.throwIfAborted();
    if (this.held.length === 0 && !this.end) await this.arrival();
    const chunk = this.held.shift();
    if (chunk) {
      this.heldBytes -= chunk.length;
      this.bytes += chunk.length;
      if (this.heldBytes < HELD_BYTES / 2) this.#message.resume();
      return chunk;
    }
    this.signal?.throwIfAborted();
    if (this.end === 'whole') return null;
    throw failureOf(`${this.where}, after ${this.bytes} bytes`, this.end?.error);
  }

  /**
   * The whole body.
   * @param maxBytes where reading stops.
   * @throws DataError VENDOR_PROTOCOL when it is longer; HttpFailure; the signal's reason.
   */
  async text(maxBytes: number): Promise<string> {
    const pieces: Uint8Array[] = [];
    for (let piece = await this.next(); piece; piece = await this.next()) {
      pieces.push(piece);
      if (this.bytes > maxBytes) {
        this.close();
        const found = `more than ${maxBytes} bytes`;
        throw new DataError('VENDOR_PROTOCOL', `${this.where}: the answer is too long`, { found });
      }
    }
    return Buffer.concat(pieces).toString('utf8');
  }

  /** Gives the connection up when the body is not at its end; may be called again. */
  close(): void {
    this.held.length = 0;
    if (this.end !== 'whole') this.#message.destroy();
  }

  private take(chunk: Uint8Array): void {
    this.held.push(chunk);
    this.heldBytes += chunk.length;
    if (this.heldBytes >= HELD_BYTES) this.#message.pause();
    this.wake?.();
  }

  private finish(end: { error: unknown } | 'whole'): void {
    this.end ??= end;
    this.wake?.();
  }

  /** Resolves when a chunk or the end has arrived. */
  private async arrival(): Promise<void> {
    const stalled = setTimeout(() => {
      const what = `nothing arrived for ${this.idleMs / 1000} s, after ${this.bytes} bytes`;
      this.#message.destroy(new HttpFailure(this.where, what));
    }, this.idleMs);
    await new Promise<void>((resolve) => {
      this.wake = resolve;
    });
    this.wake = null;
    clearTimeout(stalled);
  }
}
