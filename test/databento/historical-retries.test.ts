import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ApiKey, HistoricalClient, type JobRequest } from '../../src/databento/index.ts';
import { type Answer, clientOf, json, KEY_TEXT, quickClock } from './scripted-server.ts';

const JOB_REQUEST: JobRequest = {
  dataset: 'GLBX.MDP3',
  schema: 'mbo',
  symbols: ['ESH6'],
  stypeIn: 'raw_symbol',
  start: '2026-01-05',
};

const dropped: Answer = (_, response) => response.socket?.destroy();
const cutShort: Answer = (_, response) => {
  response.writeHead(200, { 'content-length': 100 });
  response.write('[', () => response.socket?.end());
};
const silent: Answer = () => {};
const stalled: Answer = (_, response) => {
  response.writeHead(200, { 'content-length': 100 });
  response.write('[');
};

async function failure(promise: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  return promise.then(
    (value) => {
      throw new Error(`no failure, but ${inspect(value)}`);
    },
    (error) => error,
  );
}

describe('retries', () => {
  it.each([
    ['408', json({ detail: 'slow' }, 408)],
    ['429', json({ detail: 'many' }, 429)],
    ['500', json({ detail: 'oops' }, 500)],
    ['504', json('x', 504)],
    ['a cut before the answer', dropped],
    ['a cut within the answer', cutShort],
  ])('asks again after %s, each time later, and says so', async (_, broken) => {
    const { client, asked, waits, notices } = await clientOf([broken, broken, json(['mbo'])]);
    expect(await client.listSchemas('A.B')).toEqual(['mbo']);
    expect(asked).toHaveLength(3);
    expect(waits).toEqual([375, 750]);
    expect(notices).toHaveLength(2);
    expect(notices[1]).toMatch(/; attempt 3 of 5 in 0\.8 s$/);
  });

  it('gives up after the attempts it has', async () => {
    const { client, asked } = await clientOf([json({ detail: 'down' }, 503)], { maxAttempts: 3 });
    const error = await failure(client.listSchemas('A.B'));
    expect(error).toMatchObject({ code: 'VENDOR_UNAVAILABLE', status: 503, retryable: true });
    expect(error.message).toContain('metadata.list_schemas: the vendor answers 503, down');
    expect(asked).toHaveLength(3);
  });

  it.each([
    ['seconds', '7', [7000]],
    ['a fraction', '1.5', [1500]],
    ['a date', 'Mon, 05 Jan 2026 12:00:10 GMT', [10_000]],
    ['a date that is past', 'Mon, 05 Jan 2026 11:00:00 GMT', [375]],
    ['an hour, of which five minutes are waited', '3600', [300_000]],
    ['nonsense', 'soon', [375]],
  ])('obeys Retry-After as %s', async (_, header, expected) => {
    const { client, waits } = await clientOf([
      json({ detail: 'many' }, 429, { 'retry-after': header }),
      json([]),
    ]);
    await client.listSchemas('A.B');
    expect(waits).toEqual(expected);
  });

  it('does not wait for a head or a body without end', async () => {
    const timeouts = { headMs: 60, idleMs: 60 };
    const options = { timeouts, maxAttempts: 2 };
    const { client } = await clientOf([silent], options);
    expect((await failure(client.listSchemas('A.B'))).message).toMatch(/no answer within 0\.06 s/);
    const { client: second } = await clientOf([stalled], options);
    const error = await failure(second.listSchemas('A.B'));
    expect(error.message).toMatch(/nothing arrived for 0\.06 s, after 1 bytes/);
    expect(error).toMatchObject({ code: 'VENDOR_UNAVAILABLE' });
  });

  it('says what is wrong when nobody listens, or one who speaks no HTTP', async () => {
    const options = { key: new ApiKey(KEY_TEXT), clock: quickClock(), maxAttempts: 2 };
    const nobody = new HistoricalClient({ ...options, url: 'http://127.0.0.1:1' });
    expect((await failure(nobody.listPublishers())).message).toBe(
      '127.0.0.1:1: cannot be reached (ECONNREFUSED)',
    );
    const greeter = createServer((socket) => socket.end('lsg_version=0.1\n'));
    await new Promise<void>((resolve) => greeter.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void greeter.close());
    const { port } = greeter.address() as AddressInfo;
    const wrong = new HistoricalClient({ ...options, url: `http://127.0.0.1:${port}` });
    const error = await failure(wrong.listPublishers());
    expect(error.message).toMatch(/what answers does not speak HTTP \(HPE_/);
    expect(error).toMatchObject({ retryable: false });
  });

  it('does not wait for a connection without end, and knows that nothing was sent', async () => {
    const mute = createServer(() => {});
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void mute.close());
    const client = new HistoricalClient({
      key: new ApiKey(KEY_TEXT),
      url: `https://127.0.0.1:${(mute.address() as AddressInfo).port}`,
      clock: quickClock(),
      timeouts: { connectMs: 60 },
    });
    const error = await failure(client.submitJob(JOB_REQUEST));
    expect(error.message).toMatch(/no connection within 0\.06 s/);
    expect(error).toMatchObject({ code: 'VENDOR_UNAVAILABLE', unsent: true, retryable: true });
  });

  it('is cancelled in a request, in a body and in a wait, with the reason it was given', async () => {
    for (const answer of [silent, stalled]) {
      const { client } = await clientOf([answer]);
      const abort = new AbortController();
      const asking = failure(client.listSchemas('A.B', abort.signal));
      setTimeout(() => abort.abort(new Error('enough')), 30);
      expect(await asking).toMatchObject({ message: 'enough' });
      expect(await failure(client.listSchemas('A.B', abort.signal))).toMatchObject({
        message: 'enough',
      });
    }
    const abort = new AbortController();
    const clock = {
      ...quickClock(),
      async wait(): Promise<void> {
        abort.abort(new Error('while waiting'));
        abort.signal.throwIfAborted();
      },
    };
    const { client } = await clientOf([dropped], { clock });
    expect(await failure(client.listSchemas('A.B', abort.signal))).toMatchObject({
      message: 'while waiting',
    });
  });
});

describe('a job', () => {
  it.each([
    ['5xx', json({ detail: 'oops' }, 500)],
    ['a gateway timeout', json('x', 504)],
    ['408', json({ detail: 'slow' }, 408)],
    ['a cut before the answer', dropped],
    ['a cut within the answer', cutShort],
    ['an answer that is none', json({ id: 1 })],
  ])('is never submitted again after %s', async (_, broken) => {
    const { client, asked } = await clientOf([broken, json({})]);
    const error = await failure(client.submitJob(JOB_REQUEST));
    expect(error.message).toMatch(/whether it was carried out is not known: look at the list of j/);
    expect(error).toMatchObject({ retryable: false });
    expect(asked).toHaveLength(1);
  });

  it('is submitted again after 429, which says that nothing was done', async () => {
    const many = json({ detail: 'many' }, 429, { 'retry-after': '2' });
    const { client, asked, waits } = await clientOf([many, json({ detail: 'no' }, 400)]);
    const error = await failure(client.submitJob(JOB_REQUEST));
    expect(error).toMatchObject({ code: 'VENDOR_REFUSED' });
    expect(error.message).not.toContain('not known');
    expect(asked).toHaveLength(2);
    expect(waits).toEqual([2000]);
  });

  it('is known not to be made when nothing was sent', async () => {
    const url = 'http://127.0.0.1:1';
    const key = new ApiKey(KEY_TEXT);
    const client = new HistoricalClient({ key, url, clock: quickClock() });
    const error = await failure(client.submitJob(JOB_REQUEST));
    expect(error.message).toBe('127.0.0.1:1: cannot be reached (ECONNREFUSED)');
    expect(error).toMatchObject({ retryable: true, unsent: true });
  });

  it('is submitted on a connection of its own', async () => {
    const { client, asked } = await clientOf([json([]), json({}, 400), json([])]);
    await client.listSchemas('A.B');
    await failure(client.submitJob(JOB_REQUEST));
    await client.listSchemas('A.B');
    expect(asked.map(({ headers }) => headers.connection)).toEqual([
      'keep-alive',
      'close',
      'keep-alive',
    ]);
  });
});

describe('limits', () => {
  it('lets no window of time see more requests than are published', async () => {
    const clock = quickClock();
    const starts: number[] = [];
    const note: Answer = (asked, response) => {
      starts.push(clock.nowMs());
      return json(asked.path.endsWith('jobs') ? [] : ['mbo'])(asked, response);
    };
    const { client } = await clientOf([note], { clock });
    for (let i = 0; i < 65; i++) await client.listSchemas('A.B');
    expect(starts.slice(20).every((at, i) => at - starts[i]! >= 1000)).toBe(true);
    expect(starts[19]).toBe(0);
    expect(starts[64]).toBe(3000);
  });

  it('counts each group for itself', async () => {
    const { client, waits } = await clientOf([
      (asked, response) => json(asked.path.endsWith('jobs') ? [] : ['mbo'])(asked, response),
    ]);
    for (let i = 0; i < 20; i++) await client.listSchemas('A.B');
    for (let i = 0; i < 20; i++) await client.listJobs();
    expect(waits).toEqual([]);
    await client.listJobs();
    expect(waits).toEqual([1000]);
  });

  it('submits twenty jobs a minute at most', async () => {
    const { client, waits, asked } = await clientOf([json({ detail: 'no' }, 400)]);
    for (let i = 0; i < 21; i++) await failure(client.submitJob(JOB_REQUEST));
    expect(asked).toHaveLength(21);
    expect(waits).toEqual([60_000]);
  });
});

describe('the key', () => {
  const encoded = Buffer.from(`${KEY_TEXT}:`).toString('base64');
  const quoting =
    (status: number, body: string): Answer =>
    (_, response) => {
      response.writeHead(status, { 'request-id': KEY_TEXT, 'x-warning': `["W: ${KEY_TEXT}"]` });
      response.end(body);
    };
  const quoted = `${KEY_TEXT} and Basic ${encoded}`;

  it.each([
    ['a refusal', quoting(401, JSON.stringify({ detail: quoted }))],
    ['a case', quoting(422, JSON.stringify({ detail: { case: KEY_TEXT, message: quoted } }))],
    ['a payload', quoting(422, JSON.stringify({ detail: { payload: { sent: quoted } } }))],
    ['escapes', quoting(401, JSON.stringify({ detail: quoted }).replace('db-', '\\u0064b-'))],
    ['a page', quoting(500, `<p>${quoted}</p>`)],
    ['an answer that is none', quoting(200, quoted)],
    ['a wrong field', quoting(200, JSON.stringify({ [KEY_TEXT]: quoted }))],
    [
      'a redirect',
      (_: unknown, response: Parameters<Answer>[1]) => {
        response.writeHead(302, { location: `http://${KEY_TEXT}@evil.test/${KEY_TEXT}` });
        response.end();
      },
    ],
    ['a cut', dropped],
    ['a silence', silent],
  ] as [string, Answer][])(
    'is in no text and no object, though the vendor quotes it in %s',
    async (_, answer) => {
      const { client, notices } = await clientOf([answer], {
        maxAttempts: 2,
        timeouts: { headMs: 40 },
      });
      const error = await failure(client.listSchemas('A.B'));
      const shown = [error, error.cause, client, notices];
      const texts = shown.flatMap((value) => [
        String(value),
        JSON.stringify(value, (_key, v) => (typeof v === 'bigint' ? String(v) : v)) ?? '',
        inspect(value, { depth: Infinity, showHidden: true, getters: true }),
      ]);
      texts.push(error.stack ?? '', JSON.stringify(Object.getOwnPropertyDescriptors(error)));
      for (const text of texts) {
        expect(text).not.toContain(KEY_TEXT);
        expect(text).not.toContain(encoded.slice(0, 30));
      }
    },
  );
});
