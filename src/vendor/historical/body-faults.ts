/**
 * Faults within the body of an answer.
 */
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { BodyAnswer } from './api-call.ts';
import type { FaultControl, FaultOrder, HistoricalFault } from './faults.ts';

/** Bytes before a fault when the length of the body is not known. */
const DEFAULT_AFTER_BYTES = 1000;
const SLOW_PIECE_BYTES = 1024;
const SLOW_WAIT_MS = 20;
/** Waits for the socket to have sent what it was given. */
const FLUSH_POLL_MS = 1;

const BODY_FAULTS: readonly HistoricalFault[] = ['cut', 'short-body', 'stall', 'slow-body'];
const FILE_FAULTS: readonly HistoricalFault[] = ['truncated-download', 'corrupt-download'];
/** Methods that answer with files. */
const FILE_METHODS = ['batch/download', 'batch.download'];

/** The answer with the fault that is due. */
export function withBodyFaults(
  answer: BodyAnswer,
  method: string,
  faults: FaultControl,
  socket: Socket,
): BodyAnswer {
  const isFile = FILE_METHODS.includes(method);
  const order = faults.take(method, ...BODY_FAULTS, ...(isFile ? FILE_FAULTS : []));
  if (!order) return answer;
  const { bytes } = answer;
  const half = bytes === undefined ? DEFAULT_AFTER_BYTES : Math.floor(bytes / 2);
  const after = order.afterBytes ?? half;
  const body = faultyBody(answer.body, order, after, socket);
  if (order.name === 'truncated-download') return { ...answer, body, bytes: after };
  if (order.name !== 'short-body') return { ...answer, body };
  const { bytes: _, ...rest } = answer;
  return { ...rest, body };
}

async function* faultyBody(
  body: AsyncIterable<Uint8Array>,
  order: FaultOrder,
  after: number,
  socket: Socket,
): AsyncGenerator<Uint8Array> {
  if (order.name === 'slow-body') {
    yield* slowly(body);
    return;
  }
  let left = after;
  for await (const piece of body) {
    if (piece.length <= left) {
      left -= piece.length;
      yield piece;
      continue;
    }
    if (order.name === 'corrupt-download') {
      const damaged = Uint8Array.from(piece);
      damaged[left]! ^= 0xff;
      left = Number.POSITIVE_INFINITY;
      yield damaged;
      continue;
    }
    yield piece.subarray(0, left);
    break;
  }
  if (order.name === 'cut') await cut(socket);
  if (order.name === 'stall') await closed(socket);
}

async function* slowly(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of body) {
    for (let at = 0; at < piece.length; at += SLOW_PIECE_BYTES) {
      await wait(SLOW_WAIT_MS);
      yield piece.subarray(at, at + SLOW_PIECE_BYTES);
    }
  }
}

/** Closes the connection when all that was given to it is sent. */
async function cut(socket: Socket): Promise<void> {
  while (socket.writableLength > 0 && !socket.destroyed) await wait(FLUSH_POLL_MS);
  socket.destroy();
  await closed(socket);
}

function closed(socket: Socket): Promise<void> {
  if (socket.destroyed) return Promise.resolve();
  return new Promise((done) => socket.once('close', () => done()));
}
