/** Batch jobs: their states, their files, what is kept over a restart. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Prng } from '../../src/core/index.ts';
import { byteRangeOf } from '../../src/vendor/historical/byte-range.ts';
import { type JobPace, startVendorHistorical } from '../../src/vendor/index.ts';
import { decode, get, historicalSuite, jsonOf, post, withKey } from './historical-client.ts';
import { DATASET, DAYS, dayRecords, dbnBytes, END_DAY, KEY } from './historical-data.ts';

const suite = historicalSuite();
const MBO = { schema: 'mbo', start: DAYS[0], end: END_DAY, symbols: 'ESH6,ESM6' };

interface Listed {
  filename: string;
  size: number;
  hash: string;
  urls: { https: string };
}

/** Submits a job and asks until it is done. */
async function jobOf(fields: object, server = suite.server): Promise<string> {
  const { id } = await jsonOf(post(server, 'batch.submit_job', { ...MBO, ...fields }));
  await server.jobs.settled();
  for (let state = ''; state !== 'done'; ) {
    state = (await jsonOf(get(server, 'batch.get_job_details', { job_id: id }))).state;
    if (state === 'expired') throw new Error('the job expired');
  }
  return id;
}

const filesOf = (id: string, server = suite.server): Promise<Listed[]> =>
  jsonOf(get(server, 'batch.list_files', { job_id: id }));

async function download(file: Listed, headers: Record<string, string> = {}) {
  const answer = await fetch(file.urls.https, { headers: { ...withKey(), ...headers } });
  return { answer, bytes: new Uint8Array(await answer.arrayBuffer()) };
}

describe('a batch job', () => {
  it('is queued, processed and done, and its files are those that are listed', async () => {
    const made = await jsonOf(post(suite.server, 'batch.submit_job', MBO));
    expect(made.id).toMatch(/^GLBX-\d{8}-[A-Z0-9]{10}$/);
    expect(made).toMatchObject({ state: 'queued', progress: 0, record_count: null });
    expect(made).toMatchObject({ split_duration: 'day', compression: 'zstd', packaging: null });
    await suite.server.jobs.settled();
    const states: string[] = [];
    for (let i = 0; i < 3; i++) {
      const jobs = await jsonOf(get(suite.server, 'batch.list_jobs'));
      states.push(jobs.find((job: { id: string }) => job.id === made.id).state);
    }
    expect(states).toEqual(['queued', 'processing', 'done']);
    for (const file of await filesOf(made.id)) {
      const { bytes } = await download(file);
      expect(bytes.length).toBe(file.size);
      expect(`sha256:${createHash('sha256').update(bytes).digest('hex')}`).toBe(file.hash);
    }
  });

  it('has the records of the files, a file a day, and says what they are', async () => {
    const id = await jobOf({});
    const files = await filesOf(id);
    const json = async (name: string) => {
      const file = files.find((f) => f.filename === name)!;
      return JSON.parse(Buffer.from((await download(file)).bytes).toString());
    };
    const data = files.filter((f) => f.filename.endsWith('.dbn.zst'));
    expect(data.map((f) => f.filename)).toEqual([
      'glbx-mdp3-20260105.mbo.dbn.zst',
      'glbx-mdp3-20260106.mbo.dbn.zst',
    ]);
    const parts = await Promise.all(data.map((f) => download(f)));
    const records = parts.flatMap(({ bytes }) => decode(bytes).records);
    expect(records).toEqual(suite.folder.records.get('mbo'));
    expect(decode(parts[1]!.bytes).metadata.mappings[0]).toEqual({
      rawSymbol: 'ESH6',
      intervals: [{ startDate: 20260106, endDate: 20260107, symbol: '101' }],
    });
    expect(await json('condition.json')).toHaveLength(2);
    expect(await json('symbology.json')).toMatchObject({ status: 0, end_date: END_DAY });
    expect(await json('metadata.json')).toMatchObject({
      version: 1,
      job_id: id,
      query: { dataset: DATASET, symbols: ['ESH6', 'ESM6'], start: 1767571200000000000 },
      customizations: { split_duration: 'day', delivery: 'download' },
    });
    const manifest = await json('manifest.json');
    expect(manifest.job_id).toBe(id);
    expect(manifest.files).toHaveLength(files.length - 1);
  });

  it.each([
    [{ split_duration: 'none' }, ['glbx-mdp3-20260105-20260106.mbo.dbn.zst']],
    [{ split_duration: 'week', limit: 7 }, ['glbx-mdp3-20260105-20260106.mbo.dbn.zst']],
    [{ split_duration: 'month', compression: 'none' }, ['glbx-mdp3-20260105-20260106.mbo.dbn']],
    [{ encoding: 'csv', limit: 20 }, ['glbx-mdp3-20260105.mbo.csv.zst']],
    [
      { split_symbols: 'true', end: DAYS[1] },
      ['glbx-mdp3-20260105.mbo.ESH6.dbn.zst', 'glbx-mdp3-20260105.mbo.ESM6.dbn.zst'],
    ],
  ])('is cut as was asked: %j', async (fields, names) => {
    const files = await filesOf(await jobOf(fields));
    const data = files.map((f) => f.filename).filter((name) => name.startsWith('glbx'));
    expect(data).toEqual(names);
  });

  it.each([
    [{ split_size: 5 }, /between 1e9 and 10e9/],
    [{ symbols: 'ALL_SYMBOLS', split_symbols: 'true' }, /ALL_SYMBOLS/],
    [{ delivery: 's3' }, /Input should be 'download'/],
    [{ symbols: 'NOTHING' }, /None of the symbols/],
  ])('is refused with %j', async (fields, text) => {
    const answer = await post(suite.server, 'batch.submit_job', { ...MBO, ...fields });
    expect(answer.status).toBe(422);
    expect(await answer.text()).toMatch(text);
  });

  it('is not there before it is done, after it expired, and under another name', async () => {
    const { id } = await jsonOf(post(suite.server, 'batch.submit_job', MBO));
    const early = await get(suite.server, 'batch.list_files', { job_id: id });
    const { detail } = (await early.json()) as { detail: { case: string } };
    expect([early.status, detail.case]).toEqual([422, 'batch_job_not_done']);
    const none = await get(suite.server, 'batch.get_job_details', { job_id: 'GLBX-1-X' });
    expect(none.status).toBe(404);
  });
});

it('expires a job whose files cannot be made, and keeps the reason', async () => {
  const path = mkdtempSync(join(tmpdir(), 'spymaster-vendor-gone-'));
  const gone = join(path, 'gone.dbn');
  writeFileSync(gone, dbnBytes('trades', DAYS[0], dayRecords('trades', DAYS[0], new Prng(8))));
  const jobs = { by: 'polls', queued: 0, processing: 0, kept: 9 } as const;
  const server = await startVendorHistorical({ data: path, key: KEY, jobs });
  rmSync(gone);
  const fields = { ...MBO, schema: 'trades', end: DAYS[1] };
  const { id } = await jsonOf(post(server, 'batch.submit_job', fields));
  await server.jobs.settled();
  const job = await jsonOf(get(server, 'batch.get_job_details', { job_id: id }));
  expect(job.state).toBe('expired');
  expect(server.jobs.list()[0]!.failure).toContain('gone.dbn');
  await server.close();
  rmSync(path, { recursive: true });
});

it('says which list of jobs is damaged, and leaves out jobs of data that is gone', async () => {
  const state = mkdtempSync(join(tmpdir(), 'spymaster-vendor-state-'));
  const other = mkdtempSync(join(tmpdir(), 'spymaster-vendor-other-'));
  const list = join(state, 'jobs.json');
  writeFileSync(list, '[{');
  const start = (data: typeof suite.server.folder | string) =>
    startVendorHistorical({ data, key: KEY, stateFolder: state });
  await expect(start(suite.server.folder)).rejects.toThrow(list);
  rmSync(list);
  const first = await start(suite.server.folder);
  await jsonOf(post(first, 'batch.submit_job', MBO));
  await first.close();
  writeFileSync(
    join(other, 'a.dbn'),
    dbnBytes('trades', DAYS[0], dayRecords('trades', DAYS[0], new Prng(9))),
  );
  const second = await start(other);
  expect(await jsonOf(get(second, 'batch.list_jobs'))).toEqual([]);
  await second.close();
  for (const path of [state, other]) rmSync(path, { recursive: true });
});

describe('the clock of jobs', () => {
  it('moves them on, keeps them for the days it was given, and survives a restart', async () => {
    let now = 1_800_000_000_000_000_000n;
    const state = mkdtempSync(join(tmpdir(), 'spymaster-vendor-state-'));
    const jobs: Partial<JobPace> = { by: 'clock', queued: 1000, processing: 2000, kept: 10_000 };
    const options = { data: suite.server.folder, key: KEY, stateFolder: state, jobs };
    const start = () => startVendorHistorical({ ...options, now: () => now });
    let server = await start();
    const { id } = await jsonOf(post(server, 'batch.submit_job', MBO));
    await server.jobs.settled();
    const stateAt = async (ms: number) => {
      now = 1_800_000_000_000_000_000n + BigInt(ms) * 1_000_000n;
      return (await jsonOf(get(server, 'batch.get_job_details', { job_id: id }))).state;
    };
    expect([await stateAt(0), await stateAt(999), await stateAt(1000)]).toEqual([
      'queued',
      'queued',
      'processing',
    ]);
    expect(await stateAt(3000)).toBe('done');
    await server.close();
    server = await start();
    expect(await stateAt(12_999)).toBe('done');
    const file = (await filesOf(id, server)).find((f) => f.filename.includes('20260106'))!;
    expect(decode((await download(file)).bytes).records).toHaveLength(20);
    expect(await stateAt(13_000)).toBe('expired');
    expect((await get(server, 'batch.list_files', { job_id: id })).status).toBe(410);
    expect(await jsonOf(get(server, 'batch.list_jobs'))).toEqual([]);
    expect(await jsonOf(get(server, 'batch.list_jobs', { states: 'expired' }))).toHaveLength(1);
    expect(
      await jsonOf(get(server, 'batch.list_jobs', { states: 'expired', since: '2040' })),
    ).toEqual([]);
    await server.close();
    rmSync(state, { recursive: true });
  });
});

describe('parts of files', () => {
  it('are sent as they are asked for', async () => {
    const files = await filesOf(await jobOf({}));
    const file = files.find((f) => f.filename.includes('20260105'))!;
    const whole = (await download(file)).bytes;
    const part = await download(file, { range: `bytes=10-${file.size - 1}` });
    expect(part.answer.status).toBe(206);
    expect(part.answer.headers.get('content-range')).toBe(`bytes 10-${file.size - 1}/${file.size}`);
    expect(part.bytes).toEqual(whole.slice(10));
    const behind = await download(file, { range: `bytes=${file.size}-` });
    expect(behind.answer.status).toBe(416);
    expect(behind.answer.headers.get('content-range')).toBe(`bytes */${file.size}`);
  });

  it.each([
    [undefined, null],
    ['bytes=0-', { first: 0, end: 100 }],
    ['bytes=5-9', { first: 5, end: 10 }],
    ['bytes=90-200', { first: 90, end: 100 }],
    ['bytes=-10', { first: 90, end: 100 }],
    ['bytes=100-', 'unsatisfiable'],
    ['bytes=9-5', 'unsatisfiable'],
    ['bytes=1-2,5-6', null],
    ['items=0-1', null],
    ['bytes=-', null],
  ])('%s is %j', (header, range) => {
    expect(byteRangeOf(header, 100)).toEqual(range);
  });
});
