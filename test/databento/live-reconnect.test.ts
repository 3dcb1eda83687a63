import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type LiveGap, type LiveSubscription, openLive } from '../../src/databento/index.ts';
import { consume, ManualClock, TEST_KEY } from './live-consumer.ts';
import { failure, joined, liveHeader, mapping, order, system } from './live-records.ts';
import { acceptLogin, scriptedGateway } from './live-scripted-gateway.ts';
import { at, fin, MBO, over, rst, serving, stay, THE_END, TRADES } from './live-serving.ts';

const none = { subscriptions: [{ ...MBO, recovery: 'none' as const }] };

describe('an end that nobody asked for', () => {
  it.each([
    ['FIN', fin, order(2), true, /closed the connection$/],
    ['FIN inside a record', fin, order(2).subarray(0, 30), false, /30 bytes into a record/],
    ['RST', rst, order(2), true, /ECONNRESET/],
    ['damage', stay, new Uint8Array(56), false, /found 0 bytes for a record/],
    ['an internal error', stay, failure(6, 'Internal error'), true, /Internal error/],
    ['too many sessions', stay, failure(3, 'open connection limit'), true, /limit/],
  ] as const)(
    '%s: told as a gap where the records would stand',
    async (name, end, last, kept, text) => {
      const got = await over(
        [
          serving(end, liveHeader(), order(1), last),
          serving(stay, liveHeader(at(20)), mapping(7, 'ESH6', 'ESH6'), order(21), THE_END),
        ],
        none,
      );
      const second = joined(mapping(7, 'ESH6', 'ESH6'), order(21), THE_END);
      const cause = name === 'damage' ? 'damaged' : 'disconnected';
      expect(got.error).toBe(null);
      expect(
        Buffer.compare(got.bytes, joined(order(1), kept ? last : new Uint8Array(), second)),
      ).toBe(0);
      expect(got.story.filter((line) => !/^(records|notice|mapping)/.test(line))).toEqual([
        'connected 1',
        'connected 2',
        `gap ${cause} none mbo`,
      ]);
      const newest = kept && last.length === 56 ? at(2) : at(1);
      expect(got.gaps[0]).toMatchObject({ fromNs: newest, toNs: at(20) });
      expect(got.gaps[0]!.text).toMatch(text);
      expect(got.starts).toEqual([null, null]);
    },
  );

  it('silence, without even a heartbeat: given up ten seconds after it is due', async () => {
    const got = await over(
      [serving(stay, liveHeader(), order(1)), serving(stay, liveHeader(at(90)), THE_END)],
      { ...none, heartbeatSeconds: 30 },
      (item, clock, connection) => {
        if (item.type === 'records' && connection === 1) {
          setImmediate(() => clock.pass(39_999));
          setTimeout(() => clock.pass(1), 20);
        }
      },
    );
    expect(got.gaps).toMatchObject([{ cause: 'stalled', fromNs: at(1), toNs: at(90) }]);
    expect(got.gaps[0]!.text).toBe('nothing for 40 s, not even a heartbeat');
  });

  it('before any stream: no gap, as nothing had begun', async () => {
    const got = await over([
      async (peer) => peer.end(),
      async (peer) => {
        await peer.write('lsg_version=1\ncram=x\n');
        await peer.line();
        peer.reset();
      },
      async (peer) => {
        await acceptLogin(peer);
        peer.end();
      },
      serving(stay, liveHeader(), THE_END),
    ]);
    expect(got.error).toBe(null);
    expect(got.story).toEqual(['connected 1', 'records 1', 'notice subscription-acknowledged']);
    expect(got.clock.pauses).toEqual([1000, 1500, 3000]);
    const reasons = got.items.flatMap((i) => (i.type === 'notice' ? [i.text] : []));
    expect(reasons.join('\n')).toMatch(/before the greeting[\s\S]*before the answer to the login/);
  });

  it('is one gap for each kind of recovery', async () => {
    const snapshot = { ...MBO, snapshot: true };
    const bbo: LiveSubscription = { ...MBO, schema: 'bbo-1s', recovery: 'none' };
    const got = await over(
      [serving(fin, liveHeader(), order(1)), serving(stay, liveHeader(at(5)), THE_END)],
      { subscriptions: [snapshot, TRADES, bbo] },
    );
    expect(got.gaps.map(({ recovery, schemas }) => [recovery, ...schemas])).toEqual([
      ['none', 'bbo-1s'],
      ['replay', 'trades'],
      ['snapshot', 'mbo'],
    ]);
    const [, ...again] = got.server.lines[1]!;
    expect(again.map((line) => /snapshot=\d/.exec(line)?.[0])).toEqual([
      'snapshot=1',
      'snapshot=0',
      'snapshot=0',
      undefined,
    ]);
  });

  it('while it is reconnecting, close tells the gap and ends', async () => {
    const server = await scriptedGateway(serving(fin, liveHeader(), order(1)));
    onTestFinished(() => server.close());
    const session = openLive({
      key: TEST_KEY,
      dataset: 'GLBX.MDP3',
      gateway: server.gateway,
      clock: new ManualClock(),
      subscriptions: [MBO],
    });
    const got = await consume(session, async (item) => {
      if (item.type === 'notice' && item.text.includes('next attempt')) await session.close();
    });
    expect(got.story).toEqual(['connected 1', 'records 1', 'gap disconnected replay mbo']);
    const gap = got.items.at(-1) as LiveGap;
    expect(gap.text).toMatch(/session ended before the gateway was back/);
  });
});

describe('attempts', () => {
  it('end after as many in a row as were allowed', async () => {
    const free = createServer();
    await new Promise<void>((done) => free.listen(0, '127.0.0.1', done));
    const { port } = free.address() as { port: number };
    await new Promise((done) => free.close(done));
    const options = { gateway: { host: '127.0.0.1', port }, maxAttempts: 3 };
    const got = await over([async () => {}], options);
    expect(got.error).toMatchObject({
      code: 'VENDOR_UNAVAILABLE',
      message: expect.stringMatching(/failed 3 times in a row.*ECONNREFUSED/),
    });
    expect(got.clock.pauses).toEqual([1000, 1500]);
  });

  it('start anew with a record of data, not with one of the gateway', async () => {
    const got = await over(
      [
        serving(fin, liveHeader(), order(1)),
        serving(fin, liveHeader(), order(2)),
        serving(fin, liveHeader(), system(0, 'Heartbeat')),
      ],
      { ...none, maxAttempts: 2 },
    );
    expect(got.error).toMatchObject({ code: 'VENDOR_UNAVAILABLE' });
    expect(got.server.lines).toHaveLength(4);
    expect(got.gaps.at(-1)!.text).toMatch(/\(given up\)$/);
  });

  it('are given up on when a gateway that worked speaks another protocol, but tried again', async () => {
    const got = await over(
      [
        serving(fin, liveHeader(), order(1)),
        async (peer) => peer.write('HTTP/1.1 503 Service Unavailable\r\n\r\n'),
        serving(stay, new Uint8Array(64).fill(1)),
        serving(stay, liveHeader(at(9)), THE_END),
      ],
      none,
    );
    expect(got.error).toBe(null);
    expect(got.gaps).toMatchObject([{ fromNs: at(1), toNs: at(9) }]);
  });

  it('name what they wait for when the gateway accepts and says nothing', async () => {
    const texts: string[] = [];
    await over([async () => {}, serving(stay, liveHeader(), THE_END)], {}, (item, clock) => {
      if (item.type === 'notice') texts.push(item.text);
      if (texts.length === 1) setTimeout(() => clock.pass(30_000), 50);
    });
    expect(texts.join('\n')).toMatch(/nothing within 30 s; awaited the greeting; next attempt/);
  });
});
