import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVacuumPressureServer, type RunningServer } from '../../src/serve/index.ts';
import { decodeFrame, parseServerMessage } from '../../src/wire/index.ts';
import { DT, type LakeFixture, makeLake, writeDay } from './lake-fixture.ts';
import { type OfflineFrame, offlineFrames } from './offline-frames.ts';
import { type ReceivedFrame, StreamClient } from './stream-client.ts';

const THROTTLE_MS = 100;
const START_SEQ = (14.5 * 3600 * 1000) / THROTTLE_MS;
const QUERY = { symbol: 'ESH6', dt: DT, start_time: '09:30', throttle_ms: THROTTLE_MS };

let fixture: LakeFixture;
let server: RunningServer;
let offline: Map<number, OfflineFrame>;

async function startServer(): Promise<RunningServer> {
  return createVacuumPressureServer({
    lake: fixture.lake,
    cacheFolder: fixture.cacheFolder,
    port: 0,
    logLevel: 'silent',
  });
}

beforeAll(async () => {
  fixture = makeLake();
  const path = await writeDay(fixture, { fromHour: 14.49, toHour: 14.525 });
  offline = await offlineFrames(path, 'ESH6', THROTTLE_MS);
  server = await startServer();
});

afterAll(async () => {
  await server?.close();
  fixture?.drop();
});

/** Every frame is bit for bit the engine's own, and nothing is lost between them. */
function expectTrue(frames: readonly ReceivedFrame[]): void {
  for (const { update, arrow } of frames) {
    const own = offline.get(update.seq);
    expect(update).toMatchObject(own?.fields ?? { seq: 'a frame of the engine' });
    expect(Buffer.compare(arrow, own?.arrow as Uint8Array)).toBe(0);
  }
  for (let i = 1; i < frames.length; i++) {
    const [before, now] = [frames[i - 1]?.update, frames[i]?.update];
    if (!before || !now) continue;
    expect(now.seq - before.seq - 1).toBe(now.skipped + now.thinned);
    expect(now.event_id - before.event_id).toBe(now.events);
    const [a, b] = [offline.get(before.seq), offline.get(now.seq)];
    expect(now.buy_volume).toBe((b?.buyVolume ?? 0) - (a?.buyVolume ?? 0));
    expect(now.sell_volume).toBe((b?.sellVolume ?? 0) - (a?.sellVolume ?? 0));
    const listed = now.trades.filter((t) => t.side === 'B').reduce((sum, t) => sum + t.size, 0);
    if (now.trades_dropped === 0) expect(listed).toBe(now.buy_volume);
  }
}

const seqsOf = (frames: readonly ReceivedFrame[]) => frames.map((f) => f.update.seq);
const run = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

describe('a stream', () => {
  it('begins with its configuration and activity, then frames on the grid', async () => {
    const client = new StreamClient(server.port, { ...QUERY, speed: 4 });
    const frames = await client.count(20);
    expect(client.messages[0]).toMatchObject({
      type: 'runtime_config',
      symbol: 'ESH6',
      symbol_root: 'ES',
      mode: 'replay',
      tick_size: 0.25,
      throttle_ms: THROTTLE_MS,
      grid_rows: 101,
      time_zone: 'America/New_York',
    });
    const activity = await client.message('session_activity');
    expect(activity.events.reduce((a, b) => a + b, 0)).toBeGreaterThan(5000);
    expect(frames[0]?.update.seq).toBe(START_SEQ);
    expectTrue(frames);
    for (const message of client.messages) {
      expect(parseServerMessage(JSON.stringify(message))).not.toBeNull();
    }
    expect(decodeFrame(frames[0]?.arrow as Buffer).rest_depth).toHaveLength(101);
    expect(client.protocolError).toBeNull();
    await client.close();
  });

  it('at speed 0 gives every frame of the engine alone, then ends with 1000', async () => {
    const client = new StreamClient(server.port, { ...QUERY, start_time: '09:00', speed: 0 });
    const closed = await client.closed;
    expect(closed.code).toBe(1000);
    expect(client.messages.at(-1)).toEqual({ type: 'end' });
    expect(seqsOf(client.frames)).toEqual([...offline.keys()]);
    expectTrue(client.frames);
  });

  it('faster than the wire: frames in between are left out and counted', async () => {
    const client = new StreamClient(server.port, { ...QUERY, speed: 40 });
    const frames = await client.count(40);
    expect(frames.slice(-4).every((f) => f.update.thinned === 9)).toBe(true);
    expectTrue(frames);
    await client.close();
  });

  it('plays by the clock: frames come when they are due', async () => {
    const client = new StreamClient(server.port, { ...QUERY, speed: 1, throttle_ms: 50 });
    await client.count(1);
    const from = performance.now();
    await client.count(11);
    expect(performance.now() - from).toBeGreaterThan(10 * 50 - 60);
    await client.close();
  });
});

describe('controls', () => {
  it('pause holds, resume goes on without a hole', async () => {
    const client = new StreamClient(server.port, { ...QUERY, speed: 4 });
    await client.count(5);
    client.send({ type: 'pause' });
    const paused = await client.message('playback');
    expect(paused).toMatchObject({ paused: true, speed: 4 });
    const held = client.frames.length;
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect(client.frames.length).toBe(held);
    client.send({ type: 'resume' });
    await client.count(held + 10);
    expect(seqsOf(client.frames)).toEqual(run(START_SEQ, client.frames.length));
    expectTrue(client.frames);
    await client.close();
  });

  it('seek goes there, forth and back; paused it shows one frame of the place', async () => {
    const client = new StreamClient(server.port, { ...QUERY, speed: 4 });
    await client.count(3);
    for (const [to, second] of [
      ['09:31:10', 70],
      ['09:29:30', -30],
    ] as const) {
      client.frames.length = 0;
      const from = client.messages.length;
      client.send({ type: 'seek', to });
      await client.message('playback', from);
      const target = START_SEQ + second * 10;
      const there = () => client.frames.filter((f) => Math.abs(f.update.seq - target) < 100);
      await client.until(() => there().length >= 5, 'frames of the place');
      expect(seqsOf(there())).toEqual(run(target, there().length));
      expectTrue(there());
    }
    client.send({ type: 'pause' });
    await client.until(() => client.messages.at(-1)?.type === 'playback', 'the pause');
    await new Promise((resolve) => setTimeout(resolve, 50));
    client.frames.length = 0;
    client.send({ type: 'seek', to: '09:30:30' });
    await client.count(1);
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(seqsOf(client.frames)).toEqual([START_SEQ + 300]);
    client.send({ type: 'resume' });
    await client.count(5);
    expect(seqsOf(client.frames)).toEqual(run(START_SEQ + 300, client.frames.length));
    expectTrue(client.frames);
    await client.close();
  });

  it('speed changes without a hole; ping is answered', async () => {
    const client = new StreamClient(server.port, { ...QUERY, speed: 1 });
    await client.count(3);
    client.send({ type: 'speed', value: 10 });
    client.send({ type: 'ping', id: 'a' });
    expect(await client.message('playback')).toMatchObject({ speed: 10, paused: false });
    expect(await client.message('pong')).toEqual({ type: 'pong', id: 'a' });
    await client.count(30);
    expectTrue(client.frames);
    await client.close();
  });
});

describe('resume', () => {
  it('goes on after a lost connection, and after the server was stopped and started', async () => {
    let client = new StreamClient(server.port, { ...QUERY, speed: 4 });
    const { session } = await client.message('runtime_config');
    await client.count(10);
    const all = [...client.frames];
    for (const restart of [false, true]) {
      client.socket.terminate();
      await client.closed;
      const last = all.at(-1)?.update.seq;
      if (restart) {
        await server.close();
        server = await startServer();
      }
      const query = { ...QUERY, speed: 4, resume_from: `${session}:${last}` };
      client = new StreamClient(server.port, query);
      all.push(...(await client.count(10)));
      expect(client.messages.some((m) => m.type === 'gap')).toBe(false);
    }
    expect(seqsOf(all)).toEqual(run(START_SEQ, all.length));
    expectTrue(all);
    await client.close();
  });

  it('says gap when the session is another one', async () => {
    const query = { ...QUERY, resume_from: '0123456789abcdef:5000' };
    const client = new StreamClient(server.port, query);
    expect(await client.message('gap')).toMatchObject({ from_seq: 5001, to_seq: START_SEQ });
    await client.count(2);
    await client.close();
  });

  it('ends at once behind the last frame', async () => {
    const first = new StreamClient(server.port, { ...QUERY, speed: 0 });
    const { session } = await first.message('runtime_config');
    await first.close();
    const last = Math.max(...offline.keys());
    const client = new StreamClient(server.port, { ...QUERY, resume_from: `${session}:${last}` });
    expect((await client.closed).code).toBe(1000);
    expect(client.frames).toHaveLength(0);
  });
});
