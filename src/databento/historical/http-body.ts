/**
 * The body of an answer, as it arrives: read no faster than it is asked for, and never waited for
 * without end.
 */
import type { IncomingMessage } from 'node:http';
import { DataError } from '../../core/index.ts';
import { failureOf, HttpFailure } from './http-failure.ts';

/** How the end of a body is known. */
export type BodyFraming = 'length' | 'chunked' | 'close';

/** Chunks of a body; read them to the end, or `close`. */
export class HttpBody {
  readonly framing: BodyFraming;
  /** Bytes that `Content-Length` promises; null when it is not there. */
  readonly length: number | null;
  /** Bytes that were read. */
  bytes = 0;
  readonly #message: IncomingMessage;
  readonly #chunks: AsyncIterator<Uint8Array>;
  private readonly where: string;
  private readonly idleMs: number;
  private readonly signal: AbortSignal | undefined;

  constructor(
    message: IncomingMessage,
    options: { where: string; idleMs: number; signal?: AbortSignal | undefined },
  ) {
    const length = message.headers['content-length'];
    this.length = length === undefined ? null : Number(length);
    const chunked = message.headers['transfer-encoding'] !== undefined;
    this.framing = chunked ? 'chunked' : this.length === null ? 'close' : 'length';
    this.#message = message;
    this.#chunks = message[Symbol.asyncIterator]();
    this.where = options.where;
    this.idleMs = options.idleMs;
    this.signal = options.signal;
  }

  /**
   * The next chunk, yours to keep; null at the end that the framing promised.
   * @throws HttpFailure when the connection is cut or nothing arrives for the idle time; the
   *   signal's reason.
   */
  async next(): Promise<Uint8Array | null> {
    const stalled = setTimeout(() => {
      const what = `nothing arrived for ${this.idleMs / 1000} s, after ${this.bytes} bytes`;
      this.#message.destroy(new HttpFailure(this.where, what));
    }, this.idleMs);
    try {
      const { done, value } = await this.#chunks.next();
      if (done) {
        this.signal?.throwIfAborted();
        return null;
      }
      this.bytes += value.length;
      return value;
    } catch (error) {
      this.signal?.throwIfAborted();
      throw failureOf(`${this.where}, after ${this.bytes} bytes`, error);
    } finally {
      clearTimeout(stalled);
    }
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
    if (this.#message.readableEnded) return;
    this.#message.on('error', () => {});
    this.#message.destroy();
  }
}
