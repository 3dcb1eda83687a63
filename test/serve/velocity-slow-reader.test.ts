import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { HIGH_WATER_BYTES } from '../../src/serve/limits.ts';
import { someBook } from '../forecast/physics-rows.ts';
import { ES, type MarketSecond, someSecond } from '../pipeline/forecast-lake.ts';
import { type ReceivedWindow, sameForAll, VelocityClient } from './velocity-client.ts';
import { FIRST, lakeOf, QUERY, startVelocity, type VelocityLake } from './velocity-fixture.ts';

/** Enough windows, large enough, to fill what a system keeps for a socket. */
const WINDOWS = 500;
const LAST = FIRST + WINDOWS - 1;
/** All windows are sent at this speed, one in 10 ms. */
const SPEED = 100;
/** Time between looks at a server that works, ms. */
const LOOK_MS = 5;

let fixture: VelocityLake;

/** Seconds with as many rows as a stream has. */
function largeSeconds(): MarketSecond[] {
  const book = someBook(1, -1, 1);
  return Array.from({ length: WINDOWS }, (_, i) => {
    return { ...someSecond(FIRST + i, i + 1, 20_000, 20_001), book };
  });
}

beforeAll(async () => {
  fixture = await lakeOf(ES, largeSeconds());
});

afterAll(() => fixture?.drop());

/** The server's sides of the connections made while a test runs, in their order. */
function serverSockets(): Socket[] {
  const sockets: Socket[] = [];
  const take = (message: unknown) => sockets.push((message as { socket: Socket }).socket);
  subscribe('net.server.socket', take);
  onTestFinished(() => {
    unsubscribe('net.server.socket', take);
  });
  return sockets;
}

const bytesOf = ({ surfaces }: ReceivedWindow) =>
  surfaces.reduce((sum, { bytes }) => sum + bytes.length, 0);

it('a viewer that stops reading gets the newest window whole when it reads again', async () => {
  const server = await startVelocity(fixture.lake);
  const sockets = serverSockets();
  const whole = new VelocityClient(server.port, QUERY);
  expect((await whole.closed).code).toBe(1000);
  const largest = Math.max(...whole.windows.map(bytesOf));
  const total = whole.windows.reduce((sum, w) => sum + bytesOf(w), 0);

  const slow = new VelocityClient(server.port, { ...QUERY, speed: SPEED });
  await slow.count(3);
  slow.socket.pause();
  const read = slow.windows.length;
  const side = sockets.at(-1)!;
  const computed = async () => (await server.metrics.computed.get()).values[0]!.value;
  let most = 0;
  while ((await computed()) < 2 * WINDOWS) {
    most = Math.max(most, side.writableLength);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  // It was full: what is kept for it is what its limit says, and a window.
  expect(most).toBeGreaterThan(HIGH_WATER_BYTES);
  expect(most).toBeLessThan(HIGH_WATER_BYTES + 2 * largest);
  expect(slow.windows).toHaveLength(read);

  slow.socket.resume();
  expect((await slow.closed).code).toBe(1000);
  expect(slow.protocolError).toBeNull();
  expect(slow.messages.at(-1)).toEqual({ type: 'end' });
  const seqs = slow.windows.map(({ start }) => start.seq);
  expect(seqs.at(-1)).toBe(LAST);
  const skipped = slow.windows.map(({ start }) => start.skipped);
  expect(skipped.filter((lost) => lost > 0)).toEqual([WINDOWS - slow.windows.length]);
  expect(skipped.at(-1)).toBeGreaterThan(0);
  for (const [i, { start }] of slow.windows.entries()) {
    const before = i === 0 ? FIRST - 1 : seqs[i - 1]!;
    expect(start.seq - before - 1).toBe(start.skipped + start.thinned);
  }
  const bySeq = new Map(whole.windows.map((w) => [w.start.seq, w]));
  for (const window of slow.windows) {
    expect(sameForAll(window)).toEqual(sameForAll(bySeq.get(window.start.seq)!));
  }
  expect(slow.windows.reduce((sum, w) => sum + bytesOf(w), 0)).toBeLessThan(total);
  await server.close();
});
