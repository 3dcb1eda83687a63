/** Every fault, as a client sees it on the wire. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  HISTORICAL_FAULTS,
  type HistoricalFault,
  parseFault,
  startVendorHistorical,
} from '../../src/vendor/index.ts';
import { decode, get, historicalSuite, jsonOf, post, withKey } from './historical-client.ts';
import { DATASET, DAYS, END_DAY, KEY } from './historical-data.ts';

const suite = historicalSuite();
const MBO = { schema: 'mbo', start: DAYS[0], end: END_DAY, symbols: 'ESH6' };
const RAW = { ...MBO, encoding: 'dbn', compression: 'none' };

beforeEach(() => suite.server.faults.clear());

const list = () => get(suite.server, 'metadata.list_datasets');
const fault = (name: HistoricalFault, more = {}) => suite.server.faults.add({ name, ...more });
const rangeOf = (fields: object = RAW) => post(suite.server, 'timeseries.get_range', { ...fields });

/** What arrives of a body before it ends or breaks. */
async function arrived(answer: Response): Promise<{ bytes: number; broken: boolean }> {
  let bytes = 0;
  try {
    for await (const piece of answer.body!) bytes += piece.length;
    return { bytes, broken: false };
  } catch {
    return { bytes, broken: true };
  }
}

async function doneJob(): Promise<string> {
  const { id } = await jsonOf(post(suite.server, 'batch.submit_job', MBO));
  await suite.server.jobs.settled();
  for (let i = 0; i < 2; i++) await get(suite.server, 'batch.get_job_details', { job_id: id });
  return id;
}

const stateOf = async (id: string) =>
  (await jsonOf(get(suite.server, 'batch.get_job_details', { job_id: id }))).state;

async function dataFile(id: string) {
  const files = await jsonOf(get(suite.server, 'batch.list_files', { job_id: id }));
  return files.find((f: { filename: string }) => f.filename.includes('20260105'));
}

const hash = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const fetchFile = (file: { urls: { https: string } }, headers = {}) =>
  fetch(file.urls.https, { headers: { ...withKey(), ...headers } });

describe('faults of answers', () => {
  it.each([
    ['rate-limit', 429, 'Too many requests'],
    ['rate-limit-bare', 429, 'Too many requests'],
    ['server-error', 500, 'Internal server error'],
    ['unavailable', 503, '<html>'],
    ['gateway-timeout', 504, '<html>'],
    ['plain-text-error', 502, 'upstream'],
    ['auth-refused', 401, 'auth_authentication_failed'],
    ['license-refused', 403, 'license_not_found'],
    ['not-json', 200, 'this is not JSON'],
  ] as const)('%s is %d once', async (name, status, text) => {
    fault(name);
    const answer = await list();
    expect(answer.status).toBe(status);
    expect(answer.headers.get('retry-after')).toBe(name === 'rate-limit' ? '1' : null);
    expect(answer.headers.get('request-id')).toMatch(/^[0-9a-f]{32}$/);
    expect(await answer.text()).toContain(text);
    expect((await list()).status).toBe(200);
    expect(suite.server.faults.happened(name)).toBeGreaterThan(0);
  });

  it('connection-refused closes without an answer', async () => {
    fault('connection-refused');
    await expect(list()).rejects.toThrow();
    expect(suite.server.log.entries.at(-1)!.status).toBeNull();
  });

  it('warning sends a header of warnings with the answer', async () => {
    fault('warning');
    const answer = await list();
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.headers.get('x-warning')!)).toHaveLength(2);
  });

  it('is for one method, after some requests, for some requests', async () => {
    fault('server-error', { method: 'metadata.list_schemas', skip: 1, times: 2 });
    const statuses: number[] = [];
    for (let i = 0; i < 4; i++) {
      expect((await list()).status).toBe(200);
      const schemas = await get(suite.server, 'metadata.list_schemas', { dataset: DATASET });
      statuses.push(schemas.status);
    }
    expect(statuses).toEqual([200, 500, 500, 200]);
  });
});

describe('faults of bodies', () => {
  const whole = async () => (await rangeOf()).arrayBuffer();

  it('cut ends the connection after exactly so many bytes, wherever that is', async () => {
    const { byteLength } = await whole();
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: byteLength - 1 }), async (afterBytes) => {
        fault('cut', { afterBytes });
        expect(await arrived(await rangeOf())).toEqual({ bytes: afterBytes, broken: true });
      }),
      { numRuns: 15, seed: 5 },
    );
  });

  it('short-body ends early as if it were whole', async () => {
    fault('short-body', { afterBytes: 700 });
    expect(await arrived(await rangeOf())).toEqual({ bytes: 700, broken: false });
  });

  it('stall sends a part and then nothing, until the client leaves', async () => {
    fault('stall', { afterBytes: 700 });
    const answer = await rangeOf();
    const reader = answer.body!.getReader();
    let got = 0;
    while (got < 700) got += (await reader.read()).value!.length;
    expect(got).toBe(700);
    const more = reader.read().then(() => 'more');
    const quiet = new Promise((done) => setTimeout(() => done('quiet'), 50));
    expect(await Promise.race([more, quiet])).toBe('quiet');
    await reader.cancel();
  });

  it('slow-body sends everything, in small pieces', async () => {
    fault('slow-body');
    const bytes = new Uint8Array(await (await rangeOf()).arrayBuffer());
    expect(decode(bytes).records).toHaveLength(20);
  });
});

describe('faults of files', () => {
  it('truncated-download, corrupt-download and wrong-sha256 do not agree with the list', async () => {
    const id = await doneJob();
    const file = await dataFile(id);
    fault('truncated-download');
    const short = await fetchFile(file);
    expect(Number(short.headers.get('content-length'))).toBe(Math.floor(file.size / 2));
    expect((await short.arrayBuffer()).byteLength).toBe(Math.floor(file.size / 2));
    fault('corrupt-download');
    const damaged = new Uint8Array(await (await fetchFile(file)).arrayBuffer());
    expect(damaged.length).toBe(file.size);
    expect(hash(damaged)).not.toBe(file.hash);
    fault('wrong-sha256');
    expect((await dataFile(id)).hash).toBe(`sha256:${'0'.repeat(64)}`);
    expect((await dataFile(id)).hash).toBe(file.hash);
    expect(hash(new Uint8Array(await (await fetchFile(file)).arrayBuffer()))).toBe(file.hash);
  });

  it('range-ignored sends the whole file', async () => {
    const file = await dataFile(await doneJob());
    fault('range-ignored');
    const answer = await fetchFile(file, { range: 'bytes=100-' });
    expect(answer.status).toBe(200);
    expect((await answer.arrayBuffer()).byteLength).toBe(file.size);
  });

  it('files-late lists nothing once', async () => {
    const job_id = await doneJob();
    fault('files-late');
    expect(await jsonOf(get(suite.server, 'batch.list_files', { job_id }))).toEqual([]);
    expect(await dataFile(job_id)).toBeDefined();
  });
});

describe('faults of jobs', () => {
  const jobs = async () =>
    (await jsonOf(get(suite.server, 'batch.list_jobs', { states: 'queued,processing,done' })))
      .length;
  const submit = () => post(suite.server, 'batch.submit_job', MBO);

  it('submit-answer-lost makes the job, submit-lost makes none, submit-doubled makes two', async () => {
    const before = await jobs();
    fault('submit-answer-lost');
    await expect(submit()).rejects.toThrow();
    expect(await jobs()).toBe(before + 1);
    fault('submit-lost');
    await expect(submit()).rejects.toThrow();
    expect(await jobs()).toBe(before + 1);
    fault('submit-doubled');
    expect((await submit()).status).toBe(200);
    expect(await jobs()).toBe(before + 3);
    expect(suite.server.log.count('batch.submit_job')).toBeGreaterThanOrEqual(3);
  });

  it('older-spelling says the same of a job in the other way', async () => {
    const id = await doneJob();
    const details = () => jsonOf(get(suite.server, 'batch.get_job_details', { job_id: id }));
    const usual = await details();
    fault('older-spelling', { times: 2 });
    const older = await details();
    expect(usual.ts_received).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
    expect(older.ts_received).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\+00:00$/);
    expect(Date.parse(older.ts_received)).toBe(Date.parse(usual.ts_received));
    expect([usual.symbols, older.symbols]).toEqual(['ESH6', ['ESH6']]);
    const listed = await jsonOf(get(suite.server, 'batch.list_jobs'));
    expect(listed.at(-1).symbols).toEqual(['ESH6']);
  });

  it('list-late hides the newest job once', async () => {
    await submit();
    const there = await jobs();
    fault('list-late');
    expect(await jobs()).toBe(there - 1);
    expect(await jobs()).toBe(there);
  });

  it('job-stuck, job-fails and job-expires end as they say', async () => {
    fault('job-stuck');
    const stuck = await doneJob();
    fault('job-fails');
    const failed = await doneJob();
    fault('job-expires');
    const expired = await doneJob();
    expect([await stateOf(stuck), await stateOf(failed), await stateOf(expired)]).toEqual([
      'queued',
      'expired',
      'expired',
    ]);
    const gone = await get(suite.server, 'batch.list_files', { job_id: failed });
    expect(gone.status).toBe(410);
  });
});

describe('rate limits', () => {
  it('refuse what is beyond the published number, with the time to wait', async () => {
    let now = 1_800_000_000_000_000_000n;
    const options = { data: suite.server.folder, key: KEY, rateLimits: true, now: () => now };
    const server = await startVendorHistorical(options);
    const statuses = async (n: number, work: () => Promise<Response>) => {
      const counts: Record<number, number> = {};
      for (let i = 0; i < n; i++) {
        const { status } = await work();
        counts[status] = (counts[status] ?? 0) + 1;
      }
      return counts;
    };
    const datasets = () => get(server, 'metadata.list_datasets');
    expect(await statuses(23, datasets)).toEqual({ 200: 20, 429: 3 });
    expect((await datasets()).headers.get('retry-after')).toBe('1');
    now += 1_000_000_001n;
    expect((await datasets()).status).toBe(200);
    const submit = () => post(server, 'batch.submit_job', { ...MBO, end: DAYS[1] });
    expect(await statuses(21, submit)).toEqual({ 200: 20, 429: 1 });
    expect((await submit()).headers.get('retry-after')).toBe('60');
    await server.close();
  });
});

describe('the names of faults', () => {
  it('are read with method and times', () => {
    expect(parseFault('rate-limit')).toEqual({ name: 'rate-limit', times: 1 });
    expect(parseFault('cut@timeseries.get_range:3')).toEqual({
      name: 'cut',
      method: 'timeseries.get_range',
      times: 3,
    });
    expect(parseFault('unavailable:always')!.times).toBe(Number.POSITIVE_INFINITY);
    for (const text of ['nothing', 'cut:', 'cut:x', '', 'toString']) {
      expect(parseFault(text), text).toBeNull();
    }
    for (const name of Object.keys(HISTORICAL_FAULTS)) expect(parseFault(name)).not.toBeNull();
  });
});
