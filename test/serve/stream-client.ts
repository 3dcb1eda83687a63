/**
 * A viewer for tests: collects messages and frames, waits for what it wants.
 */
import { WebSocket } from 'ws';
import type { GridUpdate, VacuumPressureServerMessage } from '../../src/wire/index.ts';

/** A frame as received: the text and the binary that belongs to it. */
export interface ReceivedFrame {
  update: GridUpdate;
  arrow: Buffer;
}

/** How a connection ended. */
export interface Closed {
  code: number;
  reason: string;
}

type Message = VacuumPressureServerMessage;

/** One connection. */
export class StreamClient {
  readonly messages: Message[] = [];
  readonly frames: ReceivedFrame[] = [];
  readonly closed: Promise<Closed>;
  readonly socket: WebSocket;
  /** A text or binary frame that came out of order, if any. */
  protocolError: string | null = null;
  private pending: GridUpdate | null = null;
  private readonly waiting = new Set<() => void>();

  constructor(
    port: number,
    query: Record<string, string | number>,
    headers: Record<string, string> = {},
  ) {
    const text = new URLSearchParams(query as Record<string, string>);
    const url = `ws://127.0.0.1:${port}/v1/vacuum-pressure/stream?${text}`;
    this.socket = new WebSocket(url, { headers, perMessageDeflate: false });
    this.socket.on('message', (data: Buffer, isBinary) => this.take(data, isBinary));
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => {
        resolve({ code, reason: reason.toString() });
        this.wake();
      });
    });
    this.socket.on('error', () => {});
  }

  /** Sends a control message. */
  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** Resolves when `ready` holds; rejects when the connection ends before. */
  async until(ready: () => boolean, what: string): Promise<void> {
    while (!ready()) {
      if (this.socket.readyState >= WebSocket.CLOSING) {
        const last = JSON.stringify(this.messages.at(-1));
        throw new Error(`the connection ended before ${what}; last message ${last}`);
      }
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
  }

  /** The first message of a type. */
  async message<T extends Message['type']>(
    type: T,
    from = 0,
  ): Promise<Extract<Message, { type: T }>> {
    const find = () => this.messages.slice(from).find((m) => m.type === type);
    await this.until(() => find() !== undefined, `a ${type} message`);
    return find() as Extract<Message, { type: T }>;
  }

  /** Waits until this many frames came. */
  async count(frames: number): Promise<ReceivedFrame[]> {
    await this.until(() => this.frames.length >= frames, `${frames} frames`);
    return this.frames;
  }

  /** Closes and waits. */
  async close(): Promise<Closed> {
    this.socket.close();
    return this.closed;
  }

  private take(data: Buffer, isBinary: boolean): void {
    if (isBinary) this.takeArrow(data);
    else this.takeText(JSON.parse(data.toString()) as Message);
    this.wake();
  }

  private takeArrow(arrow: Buffer): void {
    if (!this.pending) this.protocolError = 'a binary frame without its text';
    else this.frames.push({ update: this.pending, arrow });
    this.pending = null;
  }

  private takeText(message: Message): void {
    if (this.pending) this.protocolError = 'a text frame instead of a binary one';
    if (message.type === 'grid_update') this.pending = message;
    else this.messages.push(message);
  }

  private wake(): void {
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }
}
