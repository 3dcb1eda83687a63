/**
 * Lines of text before the stream, in both directions. Source: Databento docs, Live API, raw TCP.
 */
import type { Socket } from 'node:net';

/** Longest line taken, bytes: 500 symbols of 71 characters with room to spare. */
export const MAX_LINE_BYTES = 128 * 1024;
/** Lines held for whoever reads them slowly before the socket is paused. */
const MAX_HELD_LINES = 256;
const NEWLINE = 10;

/** The lines of a socket, one at a time. */
export class LineReader {
  private readonly socket: Socket;
  private readonly held: string[] = [];
  private partial: Buffer[] = [];
  private partialBytes = 0;
  private ended = false;
  private wake: (() => void) | null = null;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => this.take(chunk));
    for (const event of ['end', 'close', 'error']) socket.on(event, () => this.end());
  }

  /** The next line without its newline; null when the peer ended, or its line is too long. */
  async next(): Promise<string | null> {
    for (;;) {
      const line = this.held.shift();
      if (this.held.length < MAX_HELD_LINES / 2 && this.socket.isPaused()) this.socket.resume();
      if (line !== undefined) return line;
      if (this.ended) return null;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  private take(chunk: Buffer): void {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      const line = Buffer.concat([...this.partial, chunk.subarray(from, at)]);
      this.partial = [];
      this.partialBytes = 0;
      this.held.push(line.toString('utf8').replace(/\r$/, ''));
      from = at + 1;
    }
    if (from < chunk.length) this.partial.push(chunk.subarray(from));
    this.partialBytes += chunk.length - from;
    if (this.partialBytes > MAX_LINE_BYTES) this.end();
    if (this.held.length >= MAX_HELD_LINES) this.socket.pause();
    this.wakeUp();
  }

  private end(): void {
    this.ended = true;
    this.partial = [];
    this.wakeUp();
  }

  private wakeUp(): void {
    this.wake?.();
    this.wake = null;
  }
}

/**
 * The fields of a line `key=value|key=value`, in any order; a bar at its end is allowed. Null when
 * a part is no field or a field is there twice.
 */
export function fieldsOf(line: string): Map<string, string> | null {
  const fields = new Map<string, string>();
  for (const part of line.split('|')) {
    if (part === '') continue;
    const at = part.indexOf('=');
    const name = at < 0 ? part : part.slice(0, at);
    if (at === 0 || fields.has(name)) return null;
    fields.set(name, at < 0 ? '' : part.slice(at + 1));
  }
  return fields;
}
