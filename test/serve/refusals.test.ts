import { rmSync, truncateSync } from 'node:fs';
import { createConnection } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERRORS } from '../../src/core/index.ts';
import {
  createVacuumPressureServer,
  type RunningServer,
  type VacuumPressureServerOptions,
} from '../../src/serve/index.ts';
import type { StreamError } from '../../src/wire/index.ts';
import { DT, type LakeFixture, makeLake, writeDay } from './lake-fixture.ts';
import { StreamClient } from './stream-client.ts';

const QUERY = { symbol: 'ESH6', dt: DT, start_time: '09:30', throttle_ms: 100 };
const TOKEN = 'a-token-of-twenty-chars';

let fixture: LakeFixture;
let server: RunningServer;

function start(options: Partial<VacuumPressureServerOptions> = {}): Promise<RunningServer> {
  return createVacuumPressureServer({
    lake: fixture.lake,
    cacheFolder: fixture.cacheFolder,
    port: 0,
    logLevel: 'silent',
    ...options,
  });
}

beforeAll(async () => {
  fixture = makeLake();
  await writeDay(fixture, { fromHour: 14.49, toHour: 14.52 });
  server = await start();
});

afterAll(async () => {
  await server?.close();
  fixture?.drop();
});

async function refused(query: Record<string, string | number>) {
  const client = new StreamClient(server.port, query);
  const closed = await client.closed;
  const errors = client.messages.filter((m): m is StreamError => m.type === 'error');
  expect(errors).toHaveLength(1);
  expect(client.messages.at(-1)).toBe(errors[0]);
  return { ...(errors[0] as StreamError), close: closed.code };
}

describe('a request that is wrong', () => {
  it.each([
    [{ symbol: '' }, 'USAGE', /symbol is missing/, /symbol=ESH6/],
    [{ symbol: '../../etc' }, 'USAGE', /symbol/, /symbol=ESH6/],
    [{ symbol: 'XYZ' }, 'PRODUCT_UNKNOWN', /XYZ/, /products\.yaml/],
    [{ symbol: 'NQH6' }, 'SYMBOL_NOT_FOUND', /NQH6/, /sessions/],
    [{ symbol: 'ESZ9' }, 'SYMBOL_NOT_FOUND', /ESZ9.*ESH6/, /message names/],
    [{ dt: '2026-02-30' }, 'USAGE', /2026-02-30/, /dt=/],
    [{ dt: '2026-01-06' }, 'DATE_NOT_FOUND', /2026-01-05/, /sessions/],
    [{ speed: 'NaN' }, 'USAGE', /speed/, /number/],
    [{ speed: -1 }, 'USAGE', /speed/, /number/],
    [{ speed: '0.001' }, 'USAGE', /speed/, /0 \(as fast/],
    [{ speed: 1e9 }, 'USAGE', /speed/, /number/],
    [{ throttle_ms: 9 }, 'USAGE', /throttle_ms/, /10 to 1000/],
    [{ throttle_ms: 1001 }, 'USAGE', /throttle_ms/, /10 to 1000/],
    [{ throttle_ms: 12.5 }, 'USAGE', /throttle_ms/, /whole/],
    [{ start_time: '9.30' }, 'USAGE', /start_time/, /HH:MM/],
    [{ start_time: '18:00' }, 'USAGE', /after the last record/, /leave start_time out/],
    [{ source: 'live' }, 'SOURCE_UNAVAILABLE', /no key of the vendor/, /source=file/],
    [{ source: 'tape' }, 'USAGE', /source/, /file, synthetic/],
    [{ bucket_ticks: 0 }, 'USAGE', /bucket_ticks/, /1 to 1000/],
    [{ resume_from: 'x' }, 'USAGE', /resume_from/, /SESSION:SEQ/],
    [{ product_type: 'bond' }, 'USAGE', /bond/, /product_type=/],
    [{ product_type: 'future_option_mbo' }, 'USAGE', /future_option_mbo/, /future_mbo/],
    [{ startTime: '09:30' }, 'USAGE', /no parameter "startTime"/, /start_time/],
  ])('%j: %s, with a hint, then 1008', async (change, code, message, hint) => {
    const error = await refused({ ...QUERY, ...(change as Record<string, string>) });
    expect(error).toMatchObject({ code, close: 1008 });
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
    expect(Object.keys(ERRORS)).toContain(error.code);
  });
});

describe('a client that misbehaves', () => {
  it.each([
    ['not JSON', '{'],
    ['no object', '[1]'],
    ['an unknown type', '{"type":"shutdown"}'],
    ['a wrong value', '{"type":"speed","value":"fast"}'],
    ['a speed out of range', '{"type":"speed","value":1e-9}'],
    ['a wrong time', '{"type":"seek","to":"25:00"}'],
    ['a field too many', '{"type":"pause","now":true}'],
    ['2 KB', JSON.stringify({ type: 'ping', id: 'x'.repeat(2048) })],
  ])('sends %s: an error, then 1008', async (_, text) => {
    const client = new StreamClient(server.port, QUERY);
    await client.count(1);
    client.send(text);
    expect((await client.closed).code).toBe(1008);
    expect(client.messages.at(-1)).toMatchObject({ type: 'error', hint: expect.any(String) });
  });

  it('sends a megabyte: closed with 1009', async () => {
    const client = new StreamClient(server.port, QUERY);
    await client.count(1);
    client.send('x'.repeat(1 << 20));
    expect((await client.closed).code).toBe(1009);
  });

  it('sends bytes: an error, then 1008', async () => {
    const client = new StreamClient(server.port, QUERY);
    await client.count(1);
    client.socket.send(new Uint8Array(10));
    expect((await client.closed).code).toBe(1008);
  });

  it('floods: an error, then 1008', async () => {
    const client = new StreamClient(server.port, QUERY);
    await client.count(1);
    for (let i = 0; i < 200; i++) client.send({ type: 'ping', id: i });
    expect((await client.closed).code).toBe(1008);
    expect(client.messages.at(-1)).toMatchObject({ message: 'too many messages' });
  });

  it('talks before the stream is open: it is obeyed then', async () => {
    const client = new StreamClient(server.port, { ...QUERY, start_time: '09:30:30' });
    client.socket.on('open', () => {
      client.send({ type: 'ping', id: 1 });
      client.send({ type: 'speed', value: 7 });
      client.send({ type: 'pause' });
    });
    const playback = () => client.messages.filter((m) => m.type === 'playback');
    await client.until(() => playback().length === 2, 'two answers');
    expect(playback().at(-1)).toMatchObject({ paused: true, speed: 7 });
    await client.close();
  });

  it('whatever it sends, the server lives and others are served', async () => {
    const control = fc.record(
      {
        type: fc.constantFrom('pause', 'resume', 'speed', 'seek', 'ping', 'end', ''),
        value: fc.oneof(fc.double(), fc.string(), fc.constant(null)),
        to: fc.oneof(fc.constantFrom('09:30', '09:31:00', '00:00', '23:59:59'), fc.string()),
        id: fc.oneof(fc.integer(), fc.string(), fc.object()),
      },
      { requiredKeys: ['type'] },
    );
    const message = fc.oneof(
      control.map((m) => JSON.stringify(m)),
      fc.json(),
      fc.string(),
    );
    const witness = new StreamClient(server.port, QUERY);
    await witness.count(1);
    await fc.assert(
      fc.asyncProperty(fc.array(message, { maxLength: 8 }), async (texts) => {
        const client = new StreamClient(server.port, QUERY);
        await client.message('runtime_config');
        for (const text of texts) if (client.socket.readyState === 1) client.send(text);
        client.socket.close();
        const { code } = await client.closed;
        expect([1000, 1005, 1008]).toContain(code);
      }),
      { numRuns: 40, seed: 11 },
    );
    const seen = witness.frames.length;
    await witness.count(seen + 3);
    await witness.close();
    const answer = await fetch(`http://127.0.0.1:${server.port}/health`);
    const health = (await answer.json()) as { viewers: number };
    expect(health.viewers).toBeLessThanOrEqual(1);
  });
});

/** A viewer that shakes hands and then never reads. */
function deafViewer(port: number, query: string) {
  const socket = createConnection(port, '127.0.0.1');
  socket.pause();
  socket.write(
    [
      `GET /v1/vacuum-pressure/stream?${query} HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      '\r\n',
    ].join('\r\n'),
  );
  return socket;
}

describe('a viewer that never reads', () => {
  it('gets nothing computed for it once its socket is full', async () => {
    const own = await start();
    const query = `symbol=ESH6&dt=${DT}&start_time=09:30&throttle_ms=10&speed=0`;
    const deaf = deafViewer(own.port, query);
    const computed = async () => (await own.metrics.computed.get()).values[0]?.value ?? 0;
    let before = -1;
    for (let now = 0; now !== before || now === 0; now = await computed()) {
      before = now;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    const sent = (await own.metrics.frameBytes.get()).values[0]?.value ?? 0;
    expect(before).toBeLessThan(6000);
    expect(sent).toBeLessThan(32 * 1024 * 1024);
    deaf.destroy();
    await own.close();
  });
});

describe('access', () => {
  const status = async (port: number, headers: Record<string, string>, path = '/health') =>
    (await fetch(`http://127.0.0.1:${port}${path}`, { headers })).status;

  it('refuses pages of other origins and other host names, lets local pages in', async () => {
    const local = { origin: 'http://localhost:5174' };
    expect(await status(server.port, local)).toBe(200);
    expect(await status(server.port, { origin: 'https://evil.example' })).toBe(403);
    expect(await status(server.port, { origin: 'null' })).toBe(403);
    const page = new StreamClient(server.port, QUERY, { origin: 'https://evil.example' });
    expect((await page.closed).code).toBe(1006);
    const rebound = new StreamClient(server.port, QUERY, { host: 'evil.example' });
    expect((await rebound.closed).code).toBe(1006);
    const good = new StreamClient(server.port, QUERY, local);
    await good.count(1);
    await good.close();
  });

  it('asks for the token where there is one, in the header or the query', async () => {
    const guarded = await start({ token: TOKEN });
    const { port } = guarded;
    expect(await status(port, {})).toBe(401);
    expect(await status(port, { authorization: 'Bearer wrong-wrong-wrong-wr' })).toBe(401);
    expect(await status(port, { authorization: `Bearer ${TOKEN}` })).toBe(200);
    expect(await status(port, {}, `/health?token=${TOKEN}`)).toBe(200);
    const client = new StreamClient(port, { ...QUERY, token: TOKEN });
    await client.count(1);
    await client.close();
    await guarded.close();
  });

  it('does not start open to others without a token, nor on a port that is taken', async () => {
    await expect(start({ host: '0.0.0.0' })).rejects.toMatchObject({ code: 'USAGE' });
    await expect(start({ token: 'short' })).rejects.toMatchObject({ code: 'USAGE' });
    const taken = start({ port: server.port });
    await expect(taken).rejects.toMatchObject({ code: 'PORT_IN_USE' });
  });
});

describe('a file that goes away', () => {
  it('cut while it is played: the viewer is told, then 1011', async () => {
    const own = makeLake();
    const path = await writeDay(own, { compressed: false, fromHour: 14.49, toHour: 14.52 });
    const playing = await start({ lake: own.lake, cacheFolder: own.cacheFolder });
    const client = new StreamClient(playing.port, { ...QUERY, speed: 20 });
    await client.count(3);
    truncateSync(path, 50_000);
    client.send({ type: 'seek', to: '09:29:45' });
    client.send({ type: 'speed', value: 500 });
    expect((await client.closed).code).toBe(1011);
    expect(client.messages.at(-1)).toMatchObject({ type: 'error', code: 'FILE_READ' });
    rmSync(path);
    const late = new StreamClient(playing.port, QUERY);
    expect((await late.closed).code).toBe(1008);
    expect(late.messages.at(-1)).toMatchObject({ type: 'error', code: 'DATE_NOT_FOUND' });
    await playing.close();
    own.drop();
  });
});
