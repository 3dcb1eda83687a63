import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ApiKey, openLive } from '../../src/databento/index.ts';
import { reconnectPauseMs } from '../../src/databento/live/back-off.ts';
import { ControlLines, controlFields } from '../../src/databento/live/control-lines.ts';
import { Handshake, type HandshakeStep } from '../../src/databento/live/handshake.ts';
import type { LiveSubscription } from '../../src/databento/live/live-types.ts';
import { PacedLines } from '../../src/databento/live/paced-lines.ts';
import {
  authLine,
  challengeResponse,
  subscriptionLines,
} from '../../src/databento/live/session-lines.ts';
import { ManualClock, TEST_KEY } from './live-consumer.ts';

const text = (s: string) => new TextEncoder().encode(s);
const OPTIONS = { key: TEST_KEY, dataset: 'GLBX.MDP3', subscriptions: [] };
const LOGIN = 'lsg_version=0.9.4\ncram=abcd1234\n';
const DIGEST = 'be87ce3d564b64481d4ad1902e2b41b26e3eef62b9de37d87eb4a1d4a5199b6f-FFFFF';

describe('login', () => {
  it('answers the published challenge with the published digest', () => {
    expect(challengeResponse('abcd1234', TEST_KEY)).toBe(DIGEST);
  });

  it('is the same at every split of the bytes', () => {
    const whole = text(`${LOGIN}success=1|session_id=42|\nDBN`);
    for (let cut = 0; cut <= whole.length; cut++) {
      const handshake = new Handshake(OPTIONS);
      const sent: string[] = [];
      let rest: number[] | null = null;
      for (const chunk of [whole.subarray(0, cut), whole.subarray(cut)]) {
        const step: HandshakeStep = rest ? { send: null, rest: chunk } : handshake.push(chunk);
        if (step.send !== null) sent.push(step.send);
        if (step.rest) rest = [...(rest ?? []), ...step.rest];
      }
      expect(sent).toEqual([authLine('abcd1234', OPTIONS)]);
      expect(handshake.sessionId).toBe('42');
      expect(rest).toEqual([...text('DBN')]);
    }
  });

  it('goes byte by byte', () => {
    const handshake = new Handshake(OPTIONS);
    const sent: string[] = [];
    let rest: Uint8Array | null = null;
    for (const byte of text(`${LOGIN}success=1|session_id=42\n`)) {
      const step = handshake.push(Uint8Array.of(byte));
      if (step.send) sent.push(step.send);
      rest = step.rest;
    }
    expect(sent).toHaveLength(1);
    expect(rest).toEqual(new Uint8Array(0));
  });

  it('sends what was asked for', () => {
    const options = {
      ...OPTIONS,
      tsOut: true,
      compression: 'zstd' as const,
      heartbeatSeconds: 15,
      slowReader: 'warn' as const,
    };
    expect(authLine('abcd1234', options)).toBe(
      `auth=${DIGEST}|dataset=GLBX.MDP3|encoding=dbn|ts_out=1|compression=zstd|` +
        'heartbeat_interval_s=15|slow_reader_behavior=warn|client=spymaster\n',
    );
  });

  it.each([
    ['success=0|error=CRAM authentication error.\n', 'VENDOR_AUTH', /CRAM authentication error/],
    [
      'success=0|error=User has reached their open connection limit\n',
      'VENDOR_UNAVAILABLE',
      /limit/,
    ],
    ['success=2|session_id=1\n', 'VENDOR_AUTH', /success=2/],
    ['hello\n', 'VENDOR_PROTOCOL', /hello/],
    [`error=${'x'.repeat(9000)}`, 'VENDOR_PROTOCOL', /without an end of line/],
  ])('refuses answer %#', (answer, code, message) => {
    const handshake = new Handshake(OPTIONS);
    handshake.push(text(LOGIN));
    let thrown: unknown = null;
    try {
      handshake.push(text(answer));
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it('refuses a server of another kind', () => {
    expect(() => new Handshake(OPTIONS).push(text('HTTP/1.1 400 Bad Request\r\n\r\n'))).toThrow(
      expect.objectContaining({ code: 'VENDOR_PROTOCOL' }),
    );
    expect(() => new Handshake(OPTIONS).push(new Uint8Array(100_000))).toThrow(
      expect.objectContaining({ code: 'VENDOR_PROTOCOL' }),
    );
  });

  it('never repeats the key, whatever the gateway says', () => {
    const handshake = new Handshake(OPTIONS);
    handshake.push(text(LOGIN));
    expect(() => handshake.push(text(`success=0|error=no ${TEST_KEY.reveal()}\u0007\n`))).toThrow(
      /no …FFFFF $/,
    );
  });
});

describe('control lines', () => {
  it('come out whole at any split', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z=|é0-9]{0,12}$/), { maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        (wanted, sizes) => {
          const bytes = text(wanted.map((line) => `${line}\n`).join(''));
          const lines = new ControlLines();
          const got: string[] = [];
          for (let at = 0, k = 0; at < bytes.length; k++) {
            const size = sizes[k % sizes.length]!;
            lines.push(bytes.subarray(at, at + size));
            at += size;
            for (let line = lines.next(); line !== null; line = lines.next()) got.push(line);
          }
          expect(got).toEqual(wanted);
        },
      ),
      { seed: 5, numRuns: 200 },
    );
  });

  it('are read as fields, with values that have equal signs', () => {
    expect([...controlFields('success=1|session_id=a=b||flag|')]).toEqual([
      ['success', '1'],
      ['session_id', 'a=b'],
      ['flag', ''],
    ]);
  });
});

describe('subscription lines', () => {
  const mbo: LiveSubscription = { schema: 'mbo', stypeIn: 'raw_symbol', symbols: ['ESH6', 'NQH6'] };

  it('say everything, in the published order', () => {
    expect(subscriptionLines(mbo, 1, { snapshot: true, startNs: null })).toEqual([
      'schema=mbo|stype_in=raw_symbol|symbols=ESH6,NQH6|snapshot=1|id=1|is_last=1\n',
    ]);
    const all = { ...mbo, symbols: 'ALL_SYMBOLS' as const };
    expect(subscriptionLines(all, 2, { snapshot: false, startNs: 0n })).toEqual([
      'schema=mbo|stype_in=raw_symbol|symbols=ALL_SYMBOLS|start=0|snapshot=0|id=2|is_last=1\n',
    ]);
  });

  it.each([500, 501, 1000, 1001])('are chunked: %i symbols', (count) => {
    const symbols = Array.from({ length: count }, (_, i) => `S${i}`);
    const lines = subscriptionLines({ ...mbo, symbols }, 3, { snapshot: false, startNs: null });
    const fields = lines.map((line) => controlFields(line.trimEnd()));
    expect(fields.map((f) => f.get('symbols')!.split(',').length)).toEqual(
      Array.from({ length: Math.ceil(count / 500) }, (_, i) => Math.min(500, count - i * 500)),
    );
    expect(fields.map((f) => f.get('is_last')).join('')).toMatch(/^0*1$/);
    expect(fields.flatMap((f) => f.get('symbols')!.split(','))).toEqual(symbols);
    expect(new Set(fields.map((f) => f.get('id')))).toEqual(new Set(['3']));
  });

  it('are paced at ten a second', async () => {
    const clock = new ManualClock();
    const sent: number[] = [];
    const paced = new PacedLines(
      () => sent.push(clock.nowMs()),
      clock,
      new AbortController().signal,
    );
    await Promise.all([paced.push(Array(13).fill('a')), paced.push(Array(12).fill('b'))]);
    expect(sent).toHaveLength(25);
    for (let i = 10; i < sent.length; i++)
      expect(sent[i]! - sent[i - 10]!).toBeGreaterThanOrEqual(1000);
    expect(sent[9]).toBe(0);
  });
});

describe('options', () => {
  const subscription: LiveSubscription = { schema: 'mbo', stypeIn: 'parent', symbols: ['ES.FUT'] };
  const open = (more: object, dataset = 'GLBX.MDP3', rest: object = {}) =>
    openLive({
      key: TEST_KEY,
      dataset,
      subscriptions: [{ ...subscription, ...more } as LiveSubscription],
      ...rest,
    });

  it.each([
    [{ snapshot: true, startNs: 1n }, /snapshot and a start/],
    [{ snapshot: true, schema: 'trades' }, /no other has one/],
    [{ recovery: 'snapshot', schema: 'trades' }, /none or replay/],
    [{ symbols: [] }, /found none/],
    [{ symbols: ['A,B'] }, /no comma/],
    [{ symbols: ['A|is_last=1'] }, /no comma/],
    [{ symbols: ['A\nstart_session'] }, /no comma/],
    [{ symbols: [''] }, /no empty one/],
    [{ schema: 'mbo|x' }, /schema/],
    [{ stypeIn: 'x' }, /stypeIn/],
    [{ startNs: -1n }, /0 or more/],
  ])('refuses %o before anything is sent', (more, message) => {
    expect(() => open(more)).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringMatching(message) }),
    );
  });

  it('refuses what would not be a host name, and times out of bounds', () => {
    expect(() => open({}, 'evil.example/')).toThrow(/dataset/);
    expect(() => open({}, 'GLBX.MDP3|ts_out=1')).toThrow(/dataset/);
    expect(() => open({}, 'GLBX.MDP3', { heartbeatSeconds: 4 })).toThrow(/5 to 1800/);
    expect(() => open({}, 'GLBX.MDP3', { maxAttempts: 0 })).toThrow(/maxAttempts/);
  });

  it('takes a key that never prints itself', () => {
    const key = new ApiKey('db-unittestapikey1234567890FFFFF');
    expect(`${key}${JSON.stringify({ key })}`).not.toContain('unittest');
  });
});

describe('pause before the next attempt', () => {
  it('doubles from one second to a minute, with jitter, and is never shorter than a second', () => {
    const at = (chance: number) => [0, 1, 2, 3, 6, 60].map((n) => reconnectPauseMs(n, chance));
    expect(at(0)).toEqual([1000, 1000, 2000, 4000, 30_000, 30_000]);
    expect(at(0.5)).toEqual([1000, 1500, 3000, 6000, 45_000, 45_000]);
    expect(at(1)).toEqual([1000, 2000, 4000, 8000, 60_000, 60_000]);
  });
});
