import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LiveItem } from '../../src/databento/index.ts';
import { recordingFolders, recordSession } from '../../src/intake/index.ts';
import { loadProducts } from '../../src/lake/index.ts';
import { createVacuumPressureServer, type RunningServer } from '../../src/serve/index.ts';
import {
  connected,
  gap,
  mapping,
  ORIGIN_NS,
  orders,
  records,
  sessionOf,
} from '../intake/live-items.ts';
import { DT, type LakeFixture, makeLake } from './lake-fixture.ts';
import { DrivenSession, MARKET_ID, marketItems, TEST_KEY } from './live-session.ts';
import { type ReceivedFrame, StreamClient } from './stream-client.ts';

const THROTTLE_MS = 100;
const LIVE = { source: 'live', symbol: 'ESH6', throttle_ms: THROTTLE_MS };
const START_NS = 14.5 * 3600e9;

let fixture: LakeFixture;
let server: RunningServer;
let sessions: DrivenSession[];
/** Wall time of the server, ns since the origin. */
let wallNs: number;

async function startServer(key = TEST_KEY): Promise<RunningServer> {
  return createVacuumPressureServer({
    lake: fixture.lake,
    cacheFolder: fixture.cacheFolder,
    port: 0,
    logLevel: 'silent',
    live: {
      key,
      open: (options) => {
        const session = new DrivenSession(options);
        sessions.push(session);
        return session;
      },
      unixNs: () => ORIGIN_NS + BigInt(wallNs),
    },
  });
}

beforeEach(async () => {
  fixture = makeLake();
  sessions = [];
  wallNs = START_NS + 60e9;
  server = await startServer();
});

afterEach(async () => {
  await server.close();
  fixture.drop();
});

const opening = (): LiveItem[] => [
  connected(1),
  records([mapping('ESH6', 'ESH6', 3, MARKET_ID)], 1),
];

/** A lost connection, and the snapshot of the next one, five seconds later. */
function reconnect(atNs: number): LiveItem[] {
  const at = { symbol: 'ESH6', atNs, count: 40, snapshot: true, id: MARKET_ID } as const;
  const after = {
    symbol: 'ESH6',
    atNs: atNs + 1e9,
    count: 60,
    everyNs: 2e7,
    id: MARKET_ID,
  } as const;
  return [
    connected(2),
    gap(),
    records([mapping('ESH6', 'ESH6', 3, MARKET_ID), orders(at)], 41),
    records([orders(after)], 60),
  ];
}

async function drive(session: DrivenSession, items: readonly LiveItem[]): Promise<void> {
  for (const item of items) {
    session.push(item);
    await new Promise((done) => setImmediate(done));
  }
}

/**
 * Gives a session its first records, and the others once the viewer's stream has begun: it begins
 * at the edge.
 */
async function driveFor(
  client: StreamClient,
  session: DrivenSession,
  items: readonly LiveItem[],
): Promise<void> {
  session.push(...opening(), ...items.slice(0, 1));
  await client.message('runtime_config');
  await drive(session, items.slice(1));
}

/** Waits for the session that the n-th feed opened. */
async function sessionAt(n: number): Promise<DrivenSession> {
  for (;;) {
    const session = sessions[n];
    if (session) return session;
    await new Promise((done) => setTimeout(done, 2));
  }
}

async function healthNow(): Promise<{ reasons: string[]; engines: number }> {
  const answer = await fetch(`http://127.0.0.1:${server.port}/health`);
  return (await answer.json()) as { reasons: string[]; engines: number };
}

/** What of a frame follows from the records alone. */
function essence({ update, arrow }: ReceivedFrame) {
  const { session: _s, lag_ms: _l, skipped: _k, thinned: _t, ...rest } = update;
  return { ...rest, arrow: arrow.toString('base64') };
}

async function allFrames(client: StreamClient): Promise<ReceivedFrame[]> {
  await client.closed;
  expect(client.protocolError).toBeNull();
  expect(client.messages.at(-1)).toEqual({ type: 'end' });
  return client.frames;
}

describe('a live stream', () => {
  it('has the frames that a recording of it has, byte for byte, gaps included', async () => {
    const market = marketItems(6);
    const rest = [...market, ...reconnect(START_NS + 11e9)];
    const items = [...opening(), ...rest];
    const client = new StreamClient(server.port, LIVE);
    await driveFor(client, await sessionAt(0), rest);
    await (sessions[0] as DrivenSession).close();
    const live = await allFrames(client);
    expect(await client.message('runtime_config')).toMatchObject({
      mode: 'live',
      symbol: 'ESH6',
      dt: DT,
      speed: 1,
    });

    await recordSession(sessionOf(items), {
      dataset: 'GLBX.MDP3',
      schemas: ['mbo'],
      folderOf: recordingFolders(fixture.lake, loadProducts(), 'GLBX.MDP3'),
      gateway: 'a test',
      vendor: true,
      clock: { unixNs: () => ORIGIN_NS + BigInt(wallNs) },
    });
    const query = { symbol: 'ESH6', dt: DT, throttle_ms: THROTTLE_MS, speed: 0 };
    const replay = await allFrames(new StreamClient(server.port, query));
    const bySeq = new Map(replay.map((frame) => [frame.update.seq, frame]));
    const both = live.filter(({ update }) => bySeq.has(update.seq));
    expect(both.length).toBeGreaterThan(100);
    expect(both.length).toBe(replay.length);
    for (const frame of both.slice(1)) {
      expect(essence(frame)).toEqual(essence(bySeq.get(frame.update.seq) as ReceivedFrame));
    }
    const hatched = live.filter(({ update }) => update.gap !== null);
    expect(hatched.length).toBeGreaterThan(40);
    expect(hatched[0]?.update.gap?.cause).toContain('the connection to the vendor was lost');
    expect(hatched.every(({ update }) => !update.book_valid)).toBe(true);
    expect(live.at(-1)?.update).toMatchObject({ gap: null, book_valid: true });
  });

  it('shares one connection and one engine, and subscribes once a symbol', async () => {
    const first = new StreamClient(server.port, LIVE);
    const session = await sessionAt(0);
    await driveFor(first, session, marketItems(2));
    await first.count(5);
    const second = new StreamClient(server.port, LIVE);
    await second.message('runtime_config');
    await drive(session, marketItems(4).slice(marketItems(2).length));
    await second.count(1);
    expect(sessions).toHaveLength(1);
    expect(session.subscriptions).toEqual([
      { schema: 'mbo', stypeIn: 'raw_symbol', symbols: ['ESH6'], snapshot: true },
    ]);
    const byRoot = new StreamClient(server.port, { ...LIVE, symbol: 'NQ' });
    await byRoot.message('preparing');
    expect(session.subscriptions[1]).toMatchObject({ stypeIn: 'continuous', symbols: ['NQ.v.0'] });
    const health = await healthNow();
    expect(health.engines).toBe(1);
    expect(health.reasons.join()).not.toContain('live');
    session.push({ type: 'notice', what: 'connecting', text: 'the connection was lost' });
    await new Promise((done) => setTimeout(done, 20));
    expect((await healthNow()).reasons.join()).toContain('live GLBX.MDP3: no connection');
    const metrics = await (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text();
    expect(metrics).toContain('spymaster_live_connections_total{dataset="GLBX.MDP3"} 1');
    for (const client of [first, second, byRoot]) await client.close();
  });

  it('tells how late its newest records are', async () => {
    const client = new StreamClient(server.port, LIVE);
    await driveFor(client, await sessionAt(0), marketItems(2));
    const frames = await client.count(3);
    const { update } = frames.at(-1) as ReceivedFrame;
    const behindMs = (wallNs - Number(BigInt(update.ts_ns) - ORIGIN_NS)) / 1e6;
    expect(update.lag_ms).toBeGreaterThan(50_000);
    expect(update.lag_ms).toBeLessThanOrEqual(behindMs);
    await client.close();
  });

  it('goes back and returns to its edge, and keeps the speed of the market', async () => {
    const client = new StreamClient(server.port, LIVE);
    const session = await sessionAt(0);
    const market = marketItems(8);
    await driveFor(client, session, market.slice(0, -4));
    const edge = (await client.count(20)).at(-1)?.update.seq as number;
    client.send({ type: 'seek', to: '09:30:01' });
    expect(await client.message('playback')).toMatchObject({ following: false, speed: 1 });
    const isBack = ({ update }: ReceivedFrame, i: number) =>
      update.seq < (client.frames[i - 1]?.update.seq ?? 0);
    await client.until(() => client.frames.some(isBack), 'a frame of the past');
    const past = client.frames.find(isBack);
    expect(past?.update.seq).toBe((START_NS + 1e9) / 1e6 / THROTTLE_MS);
    let from = client.messages.length;
    client.send({ type: 'speed', value: 10 });
    expect(await client.message('playback', from)).toMatchObject({ speed: 1, following: false });
    expect(client.messages.at(-1)).toHaveProperty('note');
    from = client.messages.length;
    client.send({ type: 'resume' });
    expect(await client.message('playback', from)).toMatchObject({ following: true });
    await drive(session, market.slice(-4));
    const isAhead = () => (client.frames.at(-1)?.update.seq ?? 0) > edge;
    await client.until(isAhead, 'a frame of the edge');
    from = client.messages.length;
    client.send({ type: 'pause' });
    expect(await client.message('playback', from)).toMatchObject({ paused: true, following: true });
    from = client.messages.length;
    client.send({ type: 'seek', to: '09:30:02' });
    const behind = { paused: true, following: false };
    expect(await client.message('playback', from)).toMatchObject(behind);
    from = client.messages.length;
    client.send({ type: 'resume' });
    const playing = { paused: false, following: false };
    expect(await client.message('playback', from)).toMatchObject(playing);
    await client.close();
  });

  it('goes on after a reconnect without a hole, or says that there is one', async () => {
    const market = marketItems(40);
    const half = Math.floor(market.length / 4);
    const first = new StreamClient(server.port, LIVE);
    const session = await sessionAt(0);
    await driveFor(first, session, market.slice(0, half));
    const { update } = (await first.count(20))[10] as ReceivedFrame;
    const resume_from = `${update.session}:${update.seq}`;
    const second = new StreamClient(server.port, { ...LIVE, resume_from });
    const [next] = await second.count(1);
    expect(next?.update.seq).toBe(update.seq + 1);
    expect(second.messages.map((m) => m.type)).not.toContain('gap');
    await drive(session, market.slice(half));
    await first.until(() => (first.frames.at(-1)?.update.seq ?? 0) > update.seq + 210, 'the end');
    const third = new StreamClient(server.port, { ...LIVE, resume_from });
    expect(await third.message('gap')).toMatchObject({ from_seq: update.seq + 1 });
    for (const client of [first, second, third]) await client.close();
  });
});

describe('a live stream that cannot be', () => {
  it('is refused without a key, with words that help', async () => {
    await server.close();
    server = await startServer('');
    const client = new StreamClient(server.port, LIVE);
    expect(await client.message('error')).toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      hint: expect.stringContaining('DATABENTO_API_KEY'),
    });
    expect((await client.closed).code).toBe(1008);
  });

  it('never shows the key, however wrong it is', async () => {
    await server.close();
    server = await startServer('db-somethingsecret');
    const client = new StreamClient(server.port, LIVE);
    const error = await client.message('error');
    expect(error.code).toBe('VENDOR_KEY');
    expect(JSON.stringify(error)).not.toContain('secret');
  });

  it('is refused at another speed, or for another day', async () => {
    const fast = new StreamClient(server.port, { ...LIVE, speed: 4 });
    expect(await fast.message('error')).toMatchObject({ code: 'USAGE' });
    const other = new StreamClient(server.port, { ...LIVE, dt: '2026-01-02' });
    const session = await sessionAt(0);
    await drive(session, [...opening(), ...marketItems(1)]);
    const error = await other.message('error');
    expect(error).toMatchObject({ code: 'USAGE' });
    expect(error.message).toContain(DT);
  });

  it('says what the vendor says of a symbol, and what ended the session', async () => {
    const unknown = new StreamClient(server.port, { ...LIVE, symbol: 'ESZ9' });
    const session = await sessionAt(0);
    const text = 'Failed to resolve symbol: ESZ9';
    session.push(connected(1), { type: 'notice', what: 'symbol-refused', text });
    expect(await unknown.message('error')).toMatchObject({ code: 'SYMBOL_NOT_FOUND' });
    const client = new StreamClient(server.port, LIVE);
    await drive(session, [...opening().slice(1), ...marketItems(1)]);
    await client.message('runtime_config');
    await drive(session, marketItems(3).slice(marketItems(1).length));
    await client.count(3);
    session.fail(new Error('an internal thing'));
    expect(await client.message('error')).toMatchObject({ code: 'INTERNAL' });
    expect((await client.closed).code).toBe(1011);
  });
});
