import { beforeEach, describe, expect, it } from 'vitest';
import { FrameBuffer } from '../../src/wire/index.ts';
import { waitBefore } from '../../web/stream/back-off.ts';
import { RecentQuantiles } from '../../web/stream/recent-quantiles.ts';
import { type ConnectionStatus, StreamConnection } from '../../web/stream/stream-connection.ts';
import { serverOf, streamUrl } from '../../web/stream/stream-parameters.ts';
import { FrameCodec, VACUUM_PRESSURE_STREAM } from '../../web/vacuum-pressure/frame-codec.ts';
import { CONFIG, type FakeSocket, FakeWorld } from './fake-world.ts';
import { makeHeader } from './frames.ts';

const frameBytes = new FrameBuffer().copy();

function setUp() {
  const world = new FakeWorld();
  const statuses: ConnectionStatus[] = [];
  const frames: number[] = [];
  const messages: string[] = [];
  const trips: number[] = [];
  const connection = new StreamConnection(
    world,
    new FrameCodec(),
    {
      status: (s) => statuses.push(s),
      message: (m) => messages.push(m.type),
      frame: ({ header }) => frames.push(header.seq),
      roundTrip: (ms) => trips.push(ms),
    },
    (resume) => `ws://x/?resume=${resume ?? ''}`,
  );
  const say = (socket: FakeSocket, data: unknown) => socket.onmessage?.({ data });
  const frame = (socket: FakeSocket, seq: number) => {
    say(socket, JSON.stringify(makeHeader(seq)));
    say(socket, frameBytes.slice().buffer);
  };
  const greet = (socket: FakeSocket) => {
    socket.onopen?.();
    say(socket, CONFIG);
  };
  const state = () => statuses.at(-1)!.state;
  return { world, statuses, frames, messages, trips, connection, say, frame, greet, state };
}

describe('stream connection', () => {
  let t: ReturnType<typeof setUp>;
  beforeEach(() => {
    t = setUp();
    t.connection.start();
  });

  it('streams frames, each from its header and its binary', () => {
    t.greet(t.world.last);
    t.frame(t.world.last, 7);
    t.frame(t.world.last, 8);
    expect(t.frames).toEqual([7, 8]);
    expect(t.state()).toBe('streaming');
  });

  it('ignores a binary without a header', () => {
    t.greet(t.world.last);
    t.say(t.world.last, frameBytes.slice().buffer);
    expect(t.frames).toEqual([]);
  });

  it('reconnects by itself and asks to continue after the last frame it has', () => {
    t.greet(t.world.last);
    t.frame(t.world.last, 41);
    t.world.last.onclose?.({ code: 1006, reason: '' });
    expect(t.state()).toBe('waiting');
    t.world.pass(500);
    expect(t.world.last.url).toBe('ws://x/?resume=s1:41');
    t.greet(t.world.last);
    t.frame(t.world.last, 42);
    expect(t.frames).toEqual([41, 42]);
  });

  it('waits longer each time, and starts over after a success', () => {
    const waits: number[] = [];
    for (let i = 0; i < 9; i++) {
      t.world.last.onclose?.({ code: 1006, reason: '' });
      const status = t.statuses.at(-1)!;
      if (status.state === 'waiting') waits.push(status.retryMs);
      t.world.pass(10_000);
    }
    expect(waits[0]).toBe(500);
    expect(waits.every((w, i) => i === 0 || w >= waits[i - 1]!)).toBe(true);
    expect(waits.at(-1)).toBe(10_000);
    t.greet(t.world.last);
    t.world.last.onclose?.({ code: 1006, reason: '' });
    expect(t.statuses.at(-1)).toMatchObject({ state: 'waiting', retryMs: 500 });
  });

  it('gives up in words when the request itself is wrong', () => {
    t.say(
      t.world.last,
      JSON.stringify({ type: 'error', code: 'SYMBOL_NOT_FOUND', message: 'No XX.', hint: 'ESH6' }),
    );
    t.world.last.onclose?.({ code: 1008, reason: '' });
    expect(t.statuses.at(-1)).toMatchObject({ state: 'failed', error: { hint: 'ESH6' } });
    t.world.pass(60_000);
    expect(t.world.sockets).toHaveLength(1);
  });

  it('says why it is waiting after an internal failure, and retries', () => {
    t.say(
      t.world.last,
      JSON.stringify({ type: 'error', code: 'INTERNAL', message: 'Oh.', hint: '' }),
    );
    t.world.last.onclose?.({ code: 1011, reason: '' });
    expect(t.statuses.at(-1)).toMatchObject({ state: 'waiting', reason: 'Oh.' });
  });

  it('ends at the end of the data', () => {
    t.greet(t.world.last);
    t.say(t.world.last, '{"type":"end"}');
    t.world.last.onclose?.({ code: 1000, reason: '' });
    t.world.pass(60_000);
    expect(t.state()).toBe('ended');
    expect(t.world.sockets).toHaveLength(1);
  });

  it('never lets a socket of the past disturb the present one', () => {
    t.greet(t.world.last);
    const old = t.world.last;
    const late = { message: old.onmessage, close: old.onclose };
    t.connection.restart();
    t.greet(t.world.last);
    late.close?.({ code: 1006, reason: '' });
    late.message?.({ data: JSON.stringify(makeHeader(1)) });
    t.world.pass(3000);
    expect(t.world.sockets).toHaveLength(2);
    expect(t.state()).toBe('streaming');
    expect(old.closedWith).toBe(1000);
  });

  it('reconnects when what it hears cannot be read', () => {
    t.greet(t.world.last);
    t.say(t.world.last, '{"type":"grid_update"}');
    expect(t.state()).toBe('waiting');
    t.world.pass(500);
    expect(t.world.sockets).toHaveLength(2);
  });

  it('passes over messages of a newer server', () => {
    t.greet(t.world.last);
    t.say(t.world.last, '{"type":"weather","sun":true}');
    expect(t.state()).toBe('streaming');
    expect(t.messages).toEqual(['runtime_config']);
  });

  it('measures the round trip, and reconnects when the server falls silent', () => {
    t.greet(t.world.last);
    t.world.pass(4000);
    expect(t.world.last.sent).toEqual(['{"type":"ping","id":1}']);
    t.world.pass(30);
    t.say(t.world.last, '{"type":"pong","id":1}');
    expect(t.trips).toEqual([30]);
    t.world.pass(16_000);
    expect(t.statuses.some((s) => s.state === 'waiting' && /answer/.test(s.reason))).toBe(true);
    expect(t.world.sockets.length).toBeGreaterThan(1);
  });

  it('sends only on an open stream', () => {
    expect(t.connection.send({ type: 'pause' })).toBe(false);
    t.greet(t.world.last);
    expect(t.connection.send({ type: 'pause' })).toBe(true);
    expect(t.world.last.sent).toEqual(['{"type":"pause"}']);
    t.connection.stop();
    expect(t.connection.send({ type: 'pause' })).toBe(false);
    expect(t.state()).toBe('idle');
  });

  it('starts once', () => {
    t.connection.start();
    expect(t.world.sockets).toHaveLength(1);
    t.world.last.onclose?.({ code: 1006, reason: '' });
    t.connection.retryNow();
    t.connection.retryNow();
    expect(t.world.sockets).toHaveLength(2);
  });
});

describe('back-off', () => {
  it('spreads viewers between half and the whole step', () => {
    expect(waitBefore(0, 0)).toBe(250);
    expect(waitBefore(0, 1)).toBe(500);
    expect(waitBefore(50, 0.5)).toBe(7500);
  });
});

describe('stream url', () => {
  const page = new URL(
    'http://desk:5174/vacuum-pressure.html?symbol=ESH6&dt=2026-01-05&speed=2&field=depth&throttle_ms=50',
  );

  it("passes on the stream's parameters and nothing else", () => {
    expect(streamUrl(VACUUM_PRESSURE_STREAM, page, null, null)).toBe(
      'ws://desk:8002/v1/vacuum-pressure/stream?symbol=ESH6&dt=2026-01-05&speed=2&throttle_ms=50',
    );
  });

  it('prefers the speed in use and carries the place', () => {
    const url = new URL(streamUrl(VACUUM_PRESSURE_STREAM, page, 10, 's1:41'));
    expect(url.searchParams.get('speed')).toBe('10');
    expect(url.searchParams.get('resume_from')).toBe('s1:41');
  });

  it('takes another server by name, and only a name', () => {
    const at = (server: string) =>
      serverOf(new URL(`http://h/?server=${encodeURIComponent(server)}`), 8002);
    expect(at('other:9000')).toBe('other:9000');
    expect(at('[::1]:9000')).toBe('[::1]:9000');
    expect(at('evil/path?x')).toBe('h:8002');
    expect(at('a@b')).toBe('h:8002');
  });
});

describe('recent quantiles', () => {
  it('look at the newest values only', () => {
    const q = new RecentQuantiles(4);
    expect(q.quantile(0.5)).toBeNaN();
    for (const v of [100, 1, 2, 3, 4]) q.add(v);
    expect([q.quantile(0), q.quantile(0.5), q.quantile(0.99)]).toEqual([1, 2, 4]);
  });
});
