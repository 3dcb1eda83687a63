import { WebSocket } from 'ws';
import { CLOSE_GRACE_MS } from './limits.ts';
import type { ServeMetrics } from './metrics.ts';
import type { FramePart } from './playable.ts';
import type { ViewerWire } from './viewer.ts';
import type { WallClock } from './wall-clock.ts';

/** A viewer's side of a WebSocket. */
export class SocketWire implements ViewerWire {
  private readonly socket: WebSocket;
  private readonly clock: WallClock;
  private readonly metrics: ServeMetrics;

  constructor(socket: WebSocket, clock: WallClock, metrics: ServeMetrics) {
    this.socket = socket;
    this.clock = clock;
    this.metrics = metrics;
  }

  get waitingBytes(): number {
    return this.socket.bufferedAmount;
  }

  sendText(utf8: Uint8Array): void {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    this.socket.send(utf8, { binary: false });
    this.metrics.frameBytes.inc(utf8.length);
  }

  sendFrame(utf8: Uint8Array, rest: readonly FramePart[]): void {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    this.socket.send(utf8, { binary: false });
    let bytes = utf8.length;
    for (const part of rest) {
      this.socket.send(part.bytes, part);
      bytes += part.bytes.length;
    }
    this.metrics.frameBytes.inc(bytes);
  }

  /** Closes, and destroys the socket when the other side does not answer. */
  close(code: number, reason: string): void {
    const { socket } = this;
    socket.close(code, reason.slice(0, 100));
    const timer = this.clock.after(CLOSE_GRACE_MS, () => socket.terminate());
    socket.once('close', () => timer.cancel());
  }
}
