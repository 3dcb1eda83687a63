import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type LiveGap,
  type LiveItem,
  type LiveOptions,
  type LiveSubscription,
  openLive,
} from '../../src/databento/index.ts';
import { consume, type Delivered, ManualClock, TEST_KEY } from './live-consumer.ts';
import {
  DAY_NS,
  failure,
  joined,
  liveHeader,
  mapping,
  order,
  system,
  trade,
} from './live-records.ts';
import {
  acceptLogin,
  type Peer,
  readSubscriptions,
  type ScriptedGateway,
  scriptedGateway,
} from './live-scripted-gateway.ts';

const SECOND = 1_000_000_000n;
const at = (n: number) => DAY_NS + BigInt(n) * SECOND;
const MBO: LiveSubscription = { schema: 'mbo', stypeIn: 'raw_symbol', symbols: ['ESH6'] };
const TRADES: LiveSubscription = { ...MBO, schema: 'trades' };
const THE_END = system(1, 'the end');
const COMPLETED = system(3, 'Finished mbo replay');

let server: ScriptedGateway;
afterEach(() => server.close());

/** Runs a session over connections that `scripts` serve in turn, to the item `the end`. */
async function over(
  scripts: ((peer: Peer) => Promise<void>)[],
  options: Partial<LiveOptions> = {},
  each: (item: LiveItem, clock: ManualClock) => void = () => {},
): Promise<Delivered & { clock: ManualClock }> {
  server = await scriptedGateway((peer) =>
    scripts[Math.min(peer.connection, scripts.length) - 1]!(peer),
  );
  const clock = new ManualClock();
  const { gateway } = server;
  const base = { key: TEST_KEY, dataset: 'GLBX.MDP3', gateway, clock, subscriptions: [MBO] };
  const session = openLive({ ...base, ...options });
  const got = await consume(session, async (item) => {
    each(item, clock);
    if (item.type === 'notice' && item.text === 'the end') await session.close();
  });
  return { ...got, clock };
}

/** A whole login, then `pieces`, then `end`. */
const serving =
  (end: (peer: Peer) => void, ...pieces: Uint8Array[]) =>
  async (peer: Peer) => {
    await acceptLogin(peer);
    await readSubscriptions(peer);
    for (const piece of pieces) await peer.write(piece);
    end(peer);
  };
function fin(peer: Peer): void {
  peer.end();
}
function rst(peer: Peer): void {
  setTimeout(peer.reset, 30);
}
function stay(): void {}
const gapsOf = (got: Delivered) => got.items.filter((item): item is LiveGap => item.type === 'gap');
const starts = () => server.lines.map((l) => /start=(\d+)/.exec(l[1]!)?.[1] ?? null);
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
      expect(gapsOf(got)[0]).toMatchObject({ fromNs: newest, toNs: at(20) });
      expect(gapsOf(got)[0]!.text).toMatch(text);
      expect(starts()).toEqual([null, null]);
    },
  );

  it('silence, without even a heartbeat: given up ten seconds after it is due', async () => {
    const got = await over(
      [serving(stay, liveHeader(), order(1)), serving(stay, liveHeader(at(90)), THE_END)],
      { ...none, heartbeatSeconds: 30 },
      (item, clock) => {
        if (item.type === 'records' && server.lines.length === 1) {
          setImmediate(() => clock.pass(39_999));
          setTimeout(() => clock.pass(1), 20);
        }
      },
    );
    expect(gapsOf(got)).toMatchObject([{ cause: 'stalled', fromNs: at(1), toNs: at(90) }]);
    expect(gapsOf(got)[0]!.text).toBe('nothing for 40 s, not even a heartbeat');
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
    expect(gapsOf(got).map(({ recovery, schemas }) => [recovery, ...schemas])).toEqual([
      ['none', 'bbo-1s'],
      ['replay', 'trades'],
      ['snapshot', 'mbo'],
    ]);
    const [, ...again] = server.lines[1]!;
    expect(again.map((line) => /snapshot=\d/.exec(line)?.[0])).toEqual([
      'snapshot=1',
      'snapshot=0',
      'snapshot=0',
      undefined,
    ]);
  });

  it('while it is reconnecting, close tells the gap and ends', async () => {
    server = await scriptedGateway(serving(fin, liveHeader(), order(1)));
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
    expect(gapsOf(got)[0]!.text).toMatch(/session ended before the gateway was back/);
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
    expect(server.lines).toHaveLength(4);
    expect(gapsOf(got).at(-1)!.text).toMatch(/\(given up\)$/);
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
    expect(gapsOf(got)).toMatchObject([{ fromNs: at(1), toNs: at(9) }]);
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

describe('replay after a disconnect', () => {
  const orders = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => order(from + i));

  it('drops exactly what had been delivered, byte for byte and as often', async () => {
    const twin = order(30);
    const got = await over([
      serving(fin, liveHeader(), joined(...orders(10, 30), twin, twin)),
      serving(
        stay,
        liveHeader(at(20)),
        joined(...orders(20, 30), twin, twin, twin, ...orders(31, 40), COMPLETED),
        joined(...orders(40, 42), THE_END),
      ),
    ]);
    const wanted = [...orders(10, 30), twin, twin, twin, ...orders(31, 40), COMPLETED];
    const all = joined(...wanted, ...orders(40, 42), THE_END);
    expect(Buffer.compare(got.bytes, all)).toBe(0);
    expect(starts()).toEqual([null, `${at(20)}`]);
    expect(gapsOf(got)).toMatchObject([
      { cause: 'disconnected', recovery: 'replay', fromNs: at(30), toNs: at(30) },
    ]);
    const dropped = got.items.find((i) => i.type === 'notice' && i.what === 'duplicates-dropped');
    expect(dropped).toMatchObject({ text: expect.stringMatching(/^12 records/) });
  });

  it('recognises records whose time of sending differs', async () => {
    const format = { tsOut: true };
    const resent = order(2, {}, format);
    resent[60] = 99;
    const completed = system(3, 'Finished mbo replay', format);
    const end = system(1, 'the end', format);
    const got = await over(
      [
        serving(fin, liveHeader(DAY_NS, format), order(1, {}, format), order(2, {}, format)),
        serving(
          stay,
          liveHeader(DAY_NS, format),
          joined(order(1, {}, format), resent, order(3, {}, format), completed, end),
        ),
      ],
      { tsOut: true },
    );
    expect(gapsOf(got)).toHaveLength(1);
    expect(got.bytes.length).toBe(3 * 64 + completed.length + end.length);
  });

  it('keeps records that ts_event puts before the last one, as it may run backwards', async () => {
    const early = order(25, { order_id: 999n });
    const got = await over([
      serving(fin, liveHeader(), joined(...orders(20, 30))),
      serving(
        stay,
        liveHeader(at(19)),
        joined(...orders(20, 26), early, ...orders(26, 31), COMPLETED, THE_END),
      ),
    ]);
    const all = joined(...orders(20, 30), early, order(30), COMPLETED, THE_END);
    expect(Buffer.compare(got.bytes, all)).toBe(0);
  });

  it('tells a replay that lacks what it should have', async () => {
    const got = await over([
      serving(fin, liveHeader(), joined(...orders(10, 30))),
      serving(stay, liveHeader(at(40)), joined(...orders(40, 42), COMPLETED, THE_END)),
    ]);
    expect(gapsOf(got)).toMatchObject([
      { cause: 'disconnected', recovery: 'replay' },
      { cause: 'replay-incomplete', recovery: 'none', fromNs: at(29), toNs: at(40) },
    ]);
    expect(gapsOf(got)[1]!.text).toMatch(/lacks 11 records/);
  });

  it('accepts a replay that begins late, but before the break', async () => {
    const got = await over([
      serving(fin, liveHeader(), joined(...orders(10, 30))),
      serving(stay, liveHeader(at(25)), joined(...orders(25, 32), COMPLETED, THE_END)),
    ]);
    expect(gapsOf(got)).toHaveLength(1);
    expect(Buffer.compare(got.bytes, joined(...orders(10, 32), COMPLETED, THE_END))).toBe(0);
  });

  it('recognises what comes though it was not asked for', async () => {
    const got = await over([
      serving(fin, liveHeader(), joined(...orders(10, 30))),
      serving(stay, liveHeader(at(12)), joined(...orders(12, 32), COMPLETED, THE_END)),
    ]);
    expect(starts()).toEqual([null, `${at(19)}`]);
    expect(Buffer.compare(got.bytes, joined(...orders(10, 32), COMPLETED, THE_END))).toBe(0);
    expect(gapsOf(got)).toHaveLength(1);
  });

  it('notices when the gateway ignores the start', async () => {
    const got = await over([
      serving(fin, liveHeader(), joined(...orders(10, 30))),
      serving(stay, liveHeader(at(50)), joined(...orders(50, 52), THE_END)),
    ]);
    expect(gapsOf(got).map((gap) => gap.cause)).toEqual(['disconnected', 'replay-incomplete']);
  });

  it('asks again from where it began when it breaks off, however often', async () => {
    const got = await over([
      serving(fin, liveHeader(), joined(...orders(10, 30))),
      serving(fin, liveHeader(at(19)), joined(...orders(19, 24))),
      serving(fin, liveHeader(at(19)), joined(...orders(19, 36), order(36).subarray(0, 50))),
      serving(stay, liveHeader(at(19)), joined(...orders(19, 40), COMPLETED, THE_END)),
    ]);
    expect(starts()).toEqual([null, ...Array(3).fill(`${at(19)}`)]);
    expect(Buffer.compare(got.bytes, joined(...orders(10, 40), COMPLETED, THE_END))).toBe(0);
    expect(gapsOf(got)).toHaveLength(3);
  });

  it('is asked for by schema, from the last record of each', async () => {
    const got = await over(
      [
        serving(fin, liveHeader(), joined(trade(1), trade(50), ...orders(60, 90))),
        serving(
          stay,
          liveHeader(at(40)),
          joined(trade(50), ...orders(79, 91), COMPLETED),
          joined(trade(60), system(3, 'Finished trades replay'), THE_END),
        ),
      ],
      { subscriptions: [MBO, TRADES] },
    );
    const asked = server.lines[1]!.map((line) => /start=(\d+)/.exec(line)?.[1]);
    expect(asked).toEqual([undefined, `${at(79)}`, `${at(40)}`, undefined]);
    expect(gapsOf(got)).toHaveLength(1);
    const last = joined(
      order(90),
      COMPLETED,
      trade(60),
      system(3, 'Finished trades replay'),
      THE_END,
    );
    expect(Buffer.compare(got.bytes.subarray(-last.length), last)).toBe(0);
  });

  it('that has aged out is a gap for a person to fill, and is not asked for again', async () => {
    const aged = failure(8, 'Replay data is no longer available');
    const got = await over([
      serving(fin, liveHeader(), joined(...orders(10, 30))),
      serving(fin, liveHeader(at(19)), aged),
      serving(stay, liveHeader(at(50)), order(50), THE_END),
    ]);
    expect(starts()).toEqual([null, `${at(19)}`, null]);
    expect(gapsOf(got).map(({ cause, recovery }) => `${cause} ${recovery}`)).toEqual([
      'disconnected replay',
      'replay-incomplete none',
      'disconnected none',
    ]);
    expect(gapsOf(got)[1]!.fromNs).toBe(at(19));
  });

  it('of a first start is given up in the same way', async () => {
    const got = await over(
      [serving(stay, liveHeader(at(1)), failure(8, 'aged out'), order(5), THE_END)],
      { subscriptions: [{ ...MBO, startNs: at(1) }] },
    );
    expect(gapsOf(got)).toMatchObject([
      { cause: 'replay-incomplete', recovery: 'none', fromNs: at(1), schemas: ['mbo'] },
    ]);
  });
});
