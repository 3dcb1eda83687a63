import { afterEach, describe, expect, it, vi } from 'vitest';
import { DataError } from '../../src/core/index.ts';
import {
  type LiveItem,
  type LiveOptions,
  type LiveSubscription,
  openLive,
} from '../../src/databento/index.ts';
import { Deliveries } from '../../src/databento/live/deliveries.ts';
import { compressZstdFrame } from '../../src/dbn/index.ts';
import { consume, ManualClock, TEST_KEY } from './live-consumer.ts';
import { failure, joined, liveHeader, mapping, order, system } from './live-records.ts';
import {
  acceptLogin,
  type Peer,
  readSubscriptions,
  type ScriptedGateway,
  scriptedGateway,
} from './live-scripted-gateway.ts';

const MBO: LiveSubscription = { schema: 'mbo', stypeIn: 'raw_symbol', symbols: ['ESH6'] };

let server: ScriptedGateway;
afterEach(() => server.close());

async function started(script: (peer: Peer) => Promise<void>, options: Partial<LiveOptions> = {}) {
  server = await scriptedGateway(script);
  const clock = new ManualClock();
  const { gateway } = server;
  const subscriptions = [MBO];
  const base = { key: TEST_KEY, dataset: 'GLBX.MDP3', gateway, clock, subscriptions };
  return { session: openLive({ ...base, ...options }), clock };
}

/** A login, then what a script sends behind it; the connection stays. */
const streaming =
  (...pieces: (Uint8Array | ((peer: Peer) => Promise<void>))[]) =>
  async (peer: Peer) => {
    await acceptLogin(peer);
    await readSubscriptions(peer);
    for (const piece of pieces) {
      if (typeof piece === 'function') await piece(peer);
      else await peer.write(piece);
    }
  };

const closeAt = (session: { close(): Promise<void> }, wanted: (item: LiveItem) => boolean) => {
  return (item: LiveItem) => (wanted(item) ? session.close() : undefined);
};
const isEnd = (item: LiveItem) => item.type === 'notice' && item.text === 'the end';
const THE_END = system(1, 'the end');

describe('a session', () => {
  it('delivers everything as it was sent, and tells what the gateway says', async () => {
    const records = joined(
      system(1, 'Subscription request 1 for mbo data succeeded'),
      mapping(7, 'ES.c.0', 'ESH6'),
      mapping(8, '8', '8'),
      order(1),
      system(0, 'Heartbeat'),
      order(2),
      system(2, 'Warning: slow reading'),
      system(4, 'End of interval for bbo-1s'),
      failure(4, 'Failed to resolve symbol XXXX'),
      order(3),
      failure(255, 'something new'),
      THE_END,
    );
    const { session } = await started(streaming(liveHeader(), records));
    const got = await consume(session, closeAt(session, isEnd));
    expect(got.error).toBe(null);
    expect(Buffer.compare(got.bytes, records)).toBe(0);
    expect(got.story.filter((line) => !line.startsWith('records'))).toEqual([
      'connected 1',
      'notice subscription-acknowledged',
      'mapping 7 ES.c.0=ESH6',
      'mapping 8 8=8',
      'notice slow-reading',
      'notice end-of-interval',
      'notice symbol-refused',
      'notice gateway',
      'notice subscription-acknowledged',
    ]);
    expect(got.items.find((item) => item.type === 'connected')).toMatchObject({
      sessionId: '101',
      metadata: { dataset: 'GLBX.MDP3', version: 3 },
    });
  });

  it('understands version 1, whose messages have no codes', async () => {
    const v1 = { version: 1 } as const;
    const records = joined(
      system(0, 'Subscription request 1 for mbo data succeeded', v1),
      mapping(7, 'ESH6', 'ESH6', v1),
      system(0, 'Heartbeat', v1),
      failure(0, 'Failed to resolve symbol XXXX', v1),
      order(1, {}, v1),
      failure(0, 'User or API key deactivated', v1),
    );
    const { session } = await started(streaming(liveHeader(undefined, v1), records));
    const got = await consume(session);
    expect(got.story.filter((line) => !line.startsWith('records'))).toEqual([
      'connected 1',
      'notice subscription-acknowledged',
      'mapping 7 ESH6=ESH6',
      'notice symbol-refused',
    ]);
    expect(got.error).toMatchObject({ code: 'VENDOR_AUTH' });
    expect(Buffer.compare(got.bytes, records)).toBe(0);
  });

  it('sends every field of the login and every subscription in chunks', async () => {
    const symbols = Array.from({ length: 501 }, (_, i) => `S${i}`);
    const { session } = await started(streaming(liveHeader(), THE_END), {
      subscriptions: [
        { ...MBO, symbols, snapshot: true },
        { schema: 'trades', stypeIn: 'parent', symbols: ['ES.FUT'], startNs: 0n },
      ],
      heartbeatSeconds: 7,
      slowReader: 'skip',
    });
    await consume(session, closeAt(session, isEnd));
    const [login, ...lines] = server.lines[0]!;
    expect(login).toContain('|heartbeat_interval_s=7|slow_reader_behavior=skip|client=');
    expect(lines).toEqual([
      `schema=mbo|stype_in=raw_symbol|symbols=${symbols.slice(0, 500)}|snapshot=1|id=1|is_last=0`,
      'schema=mbo|stype_in=raw_symbol|symbols=S500|snapshot=1|id=1|is_last=1',
      'schema=trades|stype_in=parent|symbols=ES.FUT|start=0|snapshot=0|id=2|is_last=1',
      'start_session',
    ]);
  });

  it('reads a compressed stream as it is flushed', async () => {
    const pieces = [liveHeader(), order(1), joined(order(2), THE_END)];
    const frames = await Promise.all(pieces.map((piece) => compressZstdFrame(piece)));
    const { session } = await started(streaming(...frames), { compression: 'zstd' });
    const got = await consume(session, closeAt(session, isEnd));
    expect(Buffer.compare(got.bytes, joined(order(1), order(2), THE_END))).toBe(0);
    expect(server.lines[0]![0]).toContain('|compression=zstd|');
  });

  it('leaves the time of sending in place', async () => {
    const format = { tsOut: true };
    const records = joined(mapping(7, 'A', 'B', format), order(1, {}, format));
    const end = system(1, 'the end', format);
    const header = liveHeader(undefined, format);
    const { session } = await started(streaming(header, records, end), { tsOut: true });
    const got = await consume(session, closeAt(session, isEnd));
    expect(got.story).toContain('mapping 7 A=B');
    expect(Buffer.compare(got.bytes, joined(records, end))).toBe(0);
    expect(got.items.filter((i) => i.type === 'records').every((i) => i.tsOut)).toBe(true);
  });

  it('takes the login byte by byte, and header and records with its answer', async () => {
    const { session } = await started(async (peer) => {
      for (const byte of 'lsg-test\ncram=abcd1234\n') await peer.write(byte);
      await peer.line();
      for (const byte of 'success=1|session_id=9|') await peer.write(byte);
      await peer.write(joined(Uint8Array.of(10), liveHeader(), order(1), THE_END));
      await readSubscriptions(peer);
    });
    const got = await consume(session, closeAt(session, isEnd));
    expect(got.error).toBe(null);
    expect(Buffer.compare(got.bytes, joined(order(1), THE_END))).toBe(0);
  });
});

describe('adding subscriptions', () => {
  const trades: LiveSubscription = { schema: 'trades', stypeIn: 'raw_symbol', symbols: ['ESH6'] };

  it('sends them at once, and again after a disconnect', async () => {
    const { session } = await started(async (peer) => {
      await streaming(liveHeader(), order(peer.connection))(peer);
      if (peer.connection > 1) return peer.write(THE_END);
      expect(await peer.line()).toMatch(/^schema=trades\|.*\|id=2\|is_last=1$/);
      peer.end();
    });
    const got = await consume(session, async (item) => {
      if (item.type === 'records' && server.lines.length === 1) await session.subscribe(trades);
      if (isEnd(item)) await session.close();
    });
    expect(got.error).toBe(null);
    expect(server.lines[1]!.filter((line) => line.startsWith('schema='))).toEqual([
      expect.stringMatching(/^schema=mbo\|.*\|id=1\|/),
      expect.stringMatching(/^schema=trades\|.*\|id=2\|/),
    ]);
    expect(got.story).toContain('gap disconnected replay mbo,trades');
  });

  it('refuses a start once the session has started, and keeps what comes before', async () => {
    const { session } = await started(streaming(liveHeader(), order(1)), { subscriptions: [] });
    await session.subscribe({ ...trades, startNs: 5n });
    let refused: unknown = null;
    await consume(session, async (item) => {
      if (item.type !== 'records') return;
      refused = await session.subscribe({ ...trades, startNs: 5n }).catch((error) => error);
      await session.close();
    });
    expect(refused).toMatchObject({ code: 'USAGE', message: expect.stringMatching(/too late/) });
    expect(server.lines[0]![1]).toContain('|start=5|');
  });
});

describe('refusals', () => {
  it.each([
    ['a login', 'success=0|error=CRAM authentication error.\n', 'VENDOR_AUTH'],
    ['a login without a verdict', 'hello\n', 'VENDOR_PROTOCOL'],
  ])('%s is final', async (_, answer, code) => {
    const { session } = await started(async (peer) => {
      await peer.write('lsg_version=0.9.4\ncram=abcd1234\n');
      await peer.line();
      await peer.write(answer);
      peer.end();
    });
    const got = await consume(session);
    expect(got.error).toMatchObject({ code });
    expect(server.lines).toHaveLength(1);
  });

  it.each([
    [1, 'authentication failed', 'VENDOR_AUTH'],
    [2, 'User or API key deactivated', 'VENDOR_AUTH'],
    [5, 'invalid schema', 'VENDOR_REFUSED'],
  ])('error %i is final, and what came with it is delivered', async (code, text, wanted) => {
    const records = joined(order(1), failure(code, `${text} ${TEST_KEY.reveal()}`), order(2));
    const { session } = await started(streaming(liveHeader(), records));
    const got = await consume(session);
    expect(got.error).toMatchObject({ code: wanted, message: expect.stringContaining(text) });
    expect(got.error!.message).not.toContain(TEST_KEY.reveal());
    // Records are as they were sent, but for a key in the words of one.
    TEST_KEY.cover(records);
    expect(Buffer.compare(got.bytes, records)).toBe(0);
    expect(server.lines).toHaveLength(1);
  });

  it('a gateway of a newer DBN is final', async () => {
    const newer = liveHeader();
    newer[3] = 9;
    const { session } = await started(streaming(newer));
    expect((await consume(session)).error).toMatchObject({ code: 'DBN_VERSION' });
  });
});

describe('records that the gateway skipped', () => {
  it('are a gap between those before and those after; the session goes on', async () => {
    const mbp: LiveSubscription = { ...MBO, schema: 'mbp-1' };
    const skipped = failure(7, 'Slow client detected for mbp-1: skipping');
    const records = joined(order(1), order(2), skipped, order(9), THE_END);
    const { session } = await started(streaming(joined(liveHeader(), records)), {
      subscriptions: [MBO, mbp],
    });
    const got = await consume(session, closeAt(session, isEnd));
    expect(got.story).toEqual([
      'connected 1',
      'records 3',
      'gap slow-reader none mbp-1',
      'records 2',
      'notice subscription-acknowledged',
    ]);
    const gap = got.items.find((item) => item.type === 'gap')!;
    expect([gap.fromNs, gap.toNs]).toEqual([
      1_767_600_002_000_000_000n,
      1_767_600_009_000_000_000n,
    ]);
    expect(Buffer.compare(got.bytes, records)).toBe(0);
  });
});

describe('records that are skipped where nothing can be', () => {
  it('are a gap of everything, up to what the gateway says', async () => {
    const { session } = await started(streaming(liveHeader(), failure(7, 'skipping'), THE_END));
    const got = await consume(session, closeAt(session, isEnd));
    expect(got.items.find((item) => item.type === 'gap')).toMatchObject({
      schemas: ['mbo'],
      fromNs: null,
      toNs: 1_767_603_600_000_000_000n,
    });
  });
});

describe('ending', () => {
  it('by close: whole records that have arrived are delivered first', async () => {
    const { session } = await started(
      streaming(
        joined(liveHeader(), order(1)),
        joined(order(2), order(3)),
        order(4).subarray(0, 9),
      ),
    );
    const got = await consume(session, async (item) => {
      if (item.type !== 'connected') return;
      await new Promise((done) => setTimeout(done, 50));
      await session.close();
    });
    expect(got.story).toEqual(['connected 1', 'records 3']);
    expect(got.error).toBe(null);
  });

  it('by the signal, before, while connecting, and while waiting for records', async () => {
    for (const when of ['before', 'connecting', 'connected']) {
      const abort = new AbortController();
      if (when === 'before') abort.abort();
      const { session } = await started(streaming(liveHeader()), { signal: abort.signal });
      const got = await consume(session, (item) => {
        const here = item.type === 'notice' ? 'connecting' : item.type;
        if (here === when) abort.abort();
      });
      expect(got.error).toBe(null);
      expect(got.story).toEqual(when === 'connected' ? ['connected 1'] : []);
      if (when !== 'connected') await server.close();
    }
  });

  it('by leaving the loop: the connection is closed', async () => {
    let gone = () => {};
    const isGone = new Promise<void>((done) => {
      gone = done;
    });
    const { session } = await started(async (peer) => {
      void peer.gone.then(gone);
      await streaming(liveHeader(), order(1))(peer);
    });
    for await (const item of session) if (item.type === 'records') break;
    await isGone;
  });

  it('an iteration that never began holds nothing', async () => {
    const { session } = await started(streaming());
    await session.close();
    expect((await consume(session)).story).toEqual([]);
    expect(server.lines).toEqual([]);
  });
});

describe('a subscription with snapshots that is repeated', () => {
  it('asks for new ones at once, and for one on the next connection', async () => {
    const asked: string[][] = [];
    const { session } = await started(
      async (peer) => {
        await acceptLogin(peer);
        asked.push(await readSubscriptions(peer));
        await peer.write(joined(liveHeader(), order(1)));
        if (asked.length > 1) return peer.write(THE_END);
        asked.push([await peer.line()]);
        peer.end();
      },
      { subscriptions: [{ ...MBO, snapshot: true }] },
    );
    await consume(session, (item) => {
      if (item.type === 'connected' && item.connection === 1) {
        void session.subscribe({ ...MBO, snapshot: true });
      }
      return isEnd(item) ? session.close() : undefined;
    });
    expect(asked.map((lines) => lines.length)).toEqual([1, 1, 1]);
    expect(asked[1]?.[0]).toContain('snapshot=1');
  });
});

describe('a batch that cannot be read', () => {
  it('ends its connection with a gap before the next one', async () => {
    let connection = 0;
    const { session } = await started(async (peer) => {
      connection++;
      const records = connection === 1 ? joined(order(1), order(2)) : joined(order(5), THE_END);
      await streaming(liveHeader(), records)(peer);
    });
    // No bytes are known to do this: records are checked before they get there.
    vi.spyOn(Deliveries.prototype, 'items').mockImplementationOnce(() => {
      throw new DataError('DBN_RECORD', 'not a record');
    });
    const got = await consume(session, closeAt(session, isEnd));
    vi.restoreAllMocks();
    expect(got.error).toBe(null);
    expect(got.story.slice(0, 3)).toEqual(['connected 1', 'connected 2', 'gap damaged replay mbo']);
  });
});
