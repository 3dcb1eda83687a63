import { WebSocket } from 'ws';
import { decodeFrame, type FrameArrays, type GridUpdate } from '../../src/wire/index.ts';
import { within } from './within.ts';

/** A frame as the server sends it, received without the page. */
export interface ServerFrame {
  header: GridUpdate;
  arrays: FrameArrays;
}

/** Asks the server itself for the frame of a place: equal session and seq mean equal frames. */
export function frameOfServer(
  server: string,
  parameters: Record<string, string>,
  session: string,
  seq: number,
): Promise<ServerFrame> {
  const query = new URLSearchParams({ ...parameters, resume_from: `${session}:${seq - 1}` });
  const socket = new WebSocket(`ws://${server}/v1/vacuum-pressure/stream?${query}`);
  const received = new Promise<ServerFrame>((resolve, reject) => {
    let header: GridUpdate | null = null;
    socket.on('error', reject);
    socket.on('message', (data: Buffer, binary: boolean) => {
      if (binary && header) {
        socket.close();
        resolve({ header, arrays: decodeFrame(new Uint8Array(data)) });
        return;
      }
      const message = JSON.parse(data.toString());
      if (message.type === 'grid_update') header = message;
      if (message.type === 'error') reject(new Error(message.message));
    });
  });
  return within(`the server's frame ${seq}`, received);
}
