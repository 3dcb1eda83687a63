/**
 * One port for HTTP and HTTPS: the first byte of a connection tells which it is.
 */
import { once } from 'node:events';
import { createServer as createHttp, type RequestListener } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { OperatingError } from '../../core/index.ts';
import type { Certificate } from './self-signed.ts';

/** First byte of a TLS connection. Source: RFC 8446, 5.1. */
const TLS_HANDSHAKE = 22;

/** A listener that answers. */
export interface Listening {
  port: number;
  /** Closes the port and every connection. */
  close(): Promise<void>;
}

/** Listens. @throws OperatingError PORT_IN_USE. */
export async function listenBothWays(
  handler: RequestListener,
  certificate: Certificate,
  host: string,
  port: number,
): Promise<Listening> {
  const plain = createHttp(handler);
  const secure = createHttps(certificate, handler);
  const open = new Set<Socket>();
  const front = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.once('data', (first) => {
      socket.pause();
      socket.unshift(first);
      (first[0] === TLS_HANDSHAKE ? secure : plain).emit('connection', socket);
      process.nextTick(() => socket.resume());
    });
  });
  front.listen(port, host);
  try {
    await once(front, 'listening');
  } catch (cause) {
    const message = `${host}:${port}: ${(cause as Error).message}`;
    throw new OperatingError('PORT_IN_USE', message, { cause });
  }
  return {
    port: (front.address() as AddressInfo).port,
    async close() {
      for (const socket of open) socket.destroy();
      front.close();
      await once(front, 'close');
    },
  };
}
