/**
 * Waits until a stream of the demo flows, as a page would see it.
 */
import { WebSocket } from 'ws';
import { OperatingError } from '../core/index.ts';
import { Interrupted } from './command.ts';

/** Longest wait for the first frame, ms. */
const FIRST_FRAME_LIMIT_MS = 120_000;

/**
 * Watches a stream until its first frame.
 * @throws OperatingError INTERNAL with the server's words; Interrupted.
 */
export function firstFrame(url: string, signal: AbortSignal): Promise<void> {
  const socket = new WebSocket(url);
  const interrupted = new AbortController();
  return new Promise<void>((done, fail) => {
    const failed = (message: string) => fail(new OperatingError('INTERNAL', message));
    const timer = setTimeout(() => failed('no frame came'), FIRST_FRAME_LIMIT_MS);
    const stop = () => fail(new Interrupted());
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true, signal: interrupted.signal });
    socket.on('message', (data, isBinary) => {
      const message = isBinary ? { type: 'frame' } : JSON.parse(String(data));
      if (message.type === 'error') failed(`${message.message}; ${message.hint}`);
      if (message.type === 'frame') done();
    });
    socket.on('error', (error) => failed(error.message));
    socket.on('close', () => {
      clearTimeout(timer);
      failed('the stream ended before its first frame');
    });
  }).finally(() => {
    interrupted.abort();
    socket.close();
  });
}
