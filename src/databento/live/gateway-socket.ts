import { lookup } from 'node:dns/promises';
import { connect, type Socket } from 'node:net';
import { OperatingError } from '../../core/index.ts';
import type { VendorClock } from '../vendor-time.ts';
import { READ_BYTES } from './record-stream.ts';
import { within } from './within.ts';

/** Longest wait for a name and for a connection to one address, ms. */
const CONNECT_TIMEOUT_MS = 10_000;

/** What a socket reports. */
export interface SocketSink {
  /** The bytes are valid during the call; `false` pauses reading until `resume`. */
  bytes(chunk: Uint8Array): boolean;
  /** No more bytes come; `text` says why. Called once. */
  over(text: string): void;
}

/**
 * Connects to the first address of `host` that accepts; the name is looked up anew each time, as a
 * gateway that is gone is taken out of it.
 * @throws OperatingError VENDOR_UNAVAILABLE that names the addresses; the signal's reason.
 */
export async function openGatewaySocket(
  gateway: { host: string; port: number },
  sink: SocketSink,
  clock: VendorClock,
  signal: AbortSignal,
): Promise<Socket> {
  const { host, port } = gateway;
  const limit = { clock, ms: CONNECT_TIMEOUT_MS, signal };
  const addresses = await named(within(lookup(host, { all: true }), limit), `look up ${host}`);
  let failure: unknown = new Error('it has no address');
  for (const { address } of addresses) {
    const opening = open(address, port, sink);
    try {
      await within(opening.connected, limit);
      return opening.socket;
    } catch (error) {
      opening.socket.destroy();
      signal.throwIfAborted();
      failure = error;
    }
  }
  return named(Promise.reject(failure), `connect to ${host}:${port}`);
}

function open(address: string, port: number, sink: SocketSink) {
  // One buffer for all reads: what is in it is copied to where it is needed before the next one.
  const buffer = new Uint8Array(READ_BYTES);
  const callback = (length: number) => sink.bytes(buffer.subarray(0, length));
  const socket = connect({ host: address, port, noDelay: true, onread: { buffer, callback } });
  const connected = new Promise<void>((resolve, reject) => {
    let stands = false;
    let reason = 'the gateway closed the connection';
    socket.once('connect', () => {
      stands = true;
      resolve();
    });
    socket.on('error', (error) => {
      reason = `the connection broke (${(error as NodeJS.ErrnoException).code ?? error.message})`;
      reject(error);
    });
    socket.once('close', () => {
      if (stands) sink.over(reason);
    });
  });
  return { socket, connected };
}

async function named<T>(work: Promise<T>, what: string): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const options = { retryable: true, cause: error };
    throw new OperatingError('VENDOR_UNAVAILABLE', `Cannot ${what}: ${code ?? message}`, options);
  }
}
