import { WebSocket } from 'ws';
import { CLOSE_GRACE_MS } from './limits.ts';
import type { ServeMetrics } from './metrics.ts';
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

  sendFrame(utf8: Uint8Array, arrow: Uint8Array): void {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    this.socket.send(utf8, { binary: false });
    this.socket.send(arrow, { binary: true });
    this.metrics.frameBytes.inc(utf8.length + arrow.length);
  }

  /** Closes, and destroys the socket when the other side does not answer. */
  close(code: number, reason: string): void {
    const { socket } = this;
    socket.close(code, reason.slice(0, 100));
    const timer = this.clock.after(CLOSE_GRACE_MS, () => socket.terminate());
    socket.once('close', () => timer.cancel());
  }
}
