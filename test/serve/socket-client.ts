/**
 * One connection of a test: collects what comes, waits for what it wants.
 */
import { WebSocket } from 'ws';

/** How a connection ended. */
export interface Closed {
  code: number;
  reason: string;
}

/** A viewer of any stream; its kind says what messages and binaries are. */
export abstract class SocketClient<M extends { type: string }> {
  readonly messages: M[] = [];
  readonly closed: Promise<Closed>;
  readonly socket: WebSocket;
  /** A text or binary frame that came out of order, if any. */
  protocolError: string | null = null;
  private readonly waiting = new Set<() => void>();

  constructor(
    port: number,
    path: string,
    query: Record<string, string | number>,
    headers: Record<string, string> = {},
  ) {
    const text = new URLSearchParams(query as Record<string, string>);
    const url = `ws://127.0.0.1:${port}${path}?${text}`;
    this.socket = new WebSocket(url, { headers, perMessageDeflate: false });
    this.socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) this.takeBinary(data);
      else this.takeText(JSON.parse(data.toString()) as M);
      this.wake();
    });
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
  async message<T extends M['type']>(type: T, from = 0): Promise<Extract<M, { type: T }>> {
    const find = () => this.messages.slice(from).find((m) => m.type === type);
    await this.until(() => find() !== undefined, `a ${type} message`);
    return find() as unknown as Extract<M, { type: T }>;
  }

  /** Closes and waits. */
  async close(): Promise<Closed> {
    this.socket.close();
    return this.closed;
  }

  protected abstract takeText(message: M): void;
  protected abstract takeBinary(data: Buffer): void;

  private wake(): void {
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }
}
