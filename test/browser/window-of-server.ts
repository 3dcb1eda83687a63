import { WebSocket } from 'ws';
import {
  type BatchStart,
  decodeVelocityFrame,
  type SurfaceHeader,
  type VelocityArrays,
} from '../../src/wire/index.ts';
import { within } from './within.ts';

/** A window as the server sends it, received without the page. */
export interface ServerWindow {
  header: BatchStart;
  velocity: VelocityArrays<'velocity'>;
  options: VelocityArrays<'options'>;
  forecast: VelocityArrays<'forecast'>;
}

/** Asks the server itself for the window of a place: equal session and seq mean equal windows. */
export function windowOfServer(
  server: string,
  parameters: Record<string, string>,
  session: string,
  seq: number,
): Promise<ServerWindow> {
  const query = new URLSearchParams({ ...parameters, resume_from: `${session}:${seq - 1}` });
  const socket = new WebSocket(`ws://${server}/v1/velocity/stream?${query}`);
  const received = new Promise<ServerWindow>((resolve, reject) => {
    const found: Partial<ServerWindow> = {};
    let surface: SurfaceHeader | null = null;
    let whole = false;
    socket.on('error', reject);
    socket.on('message', (data: Buffer, binary: boolean) => {
      if (whole) return;
      if (!binary) {
        const message = JSON.parse(data.toString());
        if (message.type === 'batch_start') found.header = message;
        if (message.type === 'surface_header') surface = message;
        if (message.type === 'error') reject(new Error(message.message));
        return;
      }
      const name = surface!.surface;
      if (name === 'snap') return;
      const { columns } = decodeVelocityFrame(name, new Uint8Array(data));
      Object.assign(found, { [name]: columns });
      if (name !== 'forecast') return;
      whole = true;
      socket.close();
      resolve(found as ServerWindow);
    });
  });
  return within(`the server's window ${seq}`, received);
}
