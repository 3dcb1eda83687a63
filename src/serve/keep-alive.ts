import type { WebSocket } from 'ws';
import { KEEPALIVE_MS } from './limits.ts';
import type { Timer, WallClock } from './wall-clock.ts';

/** Pings a socket now and then, and destroys it when it answered none since the last time. */
export function keepAlive(socket: WebSocket, clock: WallClock): void {
  let answered = true;
  let timer: Timer;
  const beat = () => {
    if (!answered) {
      socket.terminate();
      return;
    }
    answered = false;
    socket.ping();
    timer = clock.after(KEEPALIVE_MS, beat);
  };
  timer = clock.after(KEEPALIVE_MS, beat);
  socket.on('pong', () => {
    answered = true;
  });
  socket.on('close', () => timer.cancel());
}
