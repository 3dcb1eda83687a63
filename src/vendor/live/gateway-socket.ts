/**
 * The sending side of a connection: how much lies unsent, and the ways in which it can end.
 */
import type { Socket } from 'node:net';
import { StoredZstd } from './stored-zstd.ts';

/** A reset that overtakes the last bytes can look like an orderly end to who has not read them. */
const RESET_AFTER_MS = 50;

/** How a session ends: orderly, by a reset, or with what is unsent thrown away. */
export type Ending = 'fin' | 'rst' | 'cut';

/** Writes in order; with `split` bytes left, each of them alone. */
export class GatewaySocket {
  /** The peer or we ended it. */
  closed = false;
  /** Resolves when it is closed. */
  readonly whenClosed: Promise<void>;
  private readonly socket: Socket;
  private zstd: StoredZstd | null = null;
  private splitBytes = 0;
  private splitting: Promise<void> | null = null;
  private splitBacklog = 0;
  private waiting: (() => void)[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    this.whenClosed = new Promise((resolve) => {
      const close = () => {
        this.closed = true;
        this.moved();
        resolve();
      };
      for (const event of ['close', 'error', 'end']) socket.on(event, close);
    });
  }

  /** From here on everything is one zstd frame, complete after each write. */
  compress(): void {
    this.zstd = new StoredZstd();
  }

  /** Sends the next `bytes` one by one. */
  split(bytes: number): void {
    this.splitBytes = bytes;
  }

  /** Bytes that the peer's side has not taken. */
  get backlog(): number {
    return this.socket.writableLength + this.splitBacklog;
  }

  /** Sends bytes that are ours no longer. */
  write(bytes: Uint8Array): void {
    if (this.closed || bytes.length === 0) return;
    this.send(this.zstd ? this.zstd.wrap(bytes) : bytes);
  }

  /** Resolves when at most `bytes` lie unsent, or the connection is closed. */
  async room(bytes: number): Promise<void> {
    while (!this.closed && this.backlog > bytes) {
      await new Promise<void>((wake) => this.waiting.push(wake));
    }
  }

  /** Ends the connection. */
  async end(how: Ending): Promise<void> {
    if (how === 'cut') {
      this.socket.destroy();
      return;
    }
    if (how === 'fin' && this.zstd) this.send(this.zstd.end());
    await this.room(0);
    if (how === 'rst') {
      await new Promise((done) => setTimeout(done, RESET_AFTER_MS));
      this.socket.resetAndDestroy();
    } else this.socket.end();
  }

  private send(bytes: Uint8Array): void {
    if (this.splitBytes === 0 && !this.splitting) {
      this.writeNow(bytes);
      return;
    }
    this.splitBacklog += bytes.length;
    const before = this.splitting ?? Promise.resolve();
    const turn = before.then(() => this.writeSplit(bytes));
    this.splitting = turn.then(() => {
      if (this.splitBacklog === 0) this.splitting = null;
    });
  }

  private async writeSplit(bytes: Uint8Array): Promise<void> {
    let at = 0;
    for (; at < bytes.length && this.splitBytes > 0; at++, this.splitBytes--) {
      this.splitBacklog--;
      this.writeNow(bytes.subarray(at, at + 1));
      await new Promise((done) => setImmediate(done));
    }
    this.splitBacklog -= bytes.length - at;
    this.writeNow(bytes.subarray(at));
  }

  private writeNow(bytes: Uint8Array): void {
    if (this.closed || this.socket.writableEnded) this.moved();
    else this.socket.write(bytes, () => this.moved());
  }

  /** What is unsent became less: those who wait for room look again. */
  private moved(): void {
    for (const wake of this.waiting.splice(0)) wake();
  }
}
