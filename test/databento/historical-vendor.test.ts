/** Our client of the Historical API against the stand-in of the vendor, faults included. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  ApiKey,
  type BatchJob,
  type DataRequest,
  HistoricalClient,
  type HistoricalOptions,
} from '../../src/databento/index.ts';
import {
  type FaultOrder,
  type HistoricalFault,
  startVendorHistorical,
  type VendorHistorical,
} from '../../src/vendor/index.ts';
import {
  DATASET,
  DAYS,
  END_DAY,
  FOLDER_SCHEMAS,
  KEY,
  makeTestFolder,
} from '../vendor/historical-data.ts';
import { quickClock } from './scripted-server.ts';

const DAY: DataRequest = {
  dataset: DATASET,
  schema: 'mbo',
  symbols: ['ESH6', 'ESM6'],
  stypeIn: 'raw_symbol',
  start: DAYS[0],
};
/** Pauses between looks at a job, ms. */
const POLL_MS = 20;

let folder: Awaited<ReturnType<typeof makeTestFolder>>;
let server: VendorHistorical;

beforeAll(async () => {
  folder = await makeTestFolder();
  const jobs = { queued: 1, processing: 1 };
  server = await startVendorHistorical({ data: folder.path, key: KEY, jobs });
});
afterAll(async () => {
  await server.close();
  folder.remove();
});

function connect(options: Partial<HistoricalOptions> = {}) {
  const notices: string[] = [];
  const client = new HistoricalClient({
    key: new ApiKey(KEY),
    url: server.url,
    clock: quickClock(),
    onNotice: (text) => notices.push(text),
    ...options,
  });
  onTestFinished(() => client.close());
  return { client, notices };
}

function order(name: HistoricalFault, more: Partial<FaultOrder> = {}): void {
  server.faults.add({ name, ...more });
  onTestFinished(() => server.faults.clear());
}

async function read(client: HistoricalClient, request: DataRequest): Promise<Buffer> {
  const stream = await client.getRange(request);
  const pieces: Buffer[] = [];
  for await (const { bytes } of stream) pieces.push(Buffer.from(bytes));
  return Buffer.concat(pieces);
}

async function finished(client: HistoricalClient, id: string): Promise<BatchJob> {
  for (;;) {
    const job = await client.getJob(id);
    if (job.state === 'done' || job.state === 'expired') return job;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function temporary(): string {
  const path = mkdtempSync(join(tmpdir(), 'spymaster-historical-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function expectWhole(
  client: HistoricalClient,
  fault: HistoricalFault,
  schema: 'mbo' | 'definition' | 'ohlcv-1s' | 'mbp-10' | 'trades',
  afterBytes: number,
): Promise<void> {
  order(fault, { method: 'timeseries.get_range', afterBytes });
  const expected = schema === 'definition' ? folder.records.get(schema)! : [dayOf(schema)];
  const found = await read(client, { ...DAY, schema });
  const same = found.equals(Buffer.concat(expected as Uint8Array[]));
  expect(same, `${schema} after ${afterBytes} bytes`).toBe(true);
  server.faults.clear();
}

const dayOf = (schema: (typeof FOLDER_SCHEMAS)[number]) =>
  Buffer.concat(folder.records.get(schema)!.slice(0, 20));

describe('the client and the stand-in of the vendor', () => {
  it('streams every record of every schema', async () => {
    const { client } = connect();
    for (const schema of FOLDER_SCHEMAS) {
      const request = { ...DAY, schema, end: END_DAY };
      const expected = Buffer.concat(folder.records.get(schema)! as Uint8Array[]);
      expect((await read(client, request)).equals(expected), schema).toBe(true);
      expect(await client.getRecordCount(request), schema).toBe(40);
      expect(await client.getBillableSize(request), schema).toBe(expected.length);
      expect(await client.getCost(request), schema).toBeGreaterThan(0);
    }
  });

  it('asks every other method', async () => {
    const { client } = connect();
    expect((await client.listPublishers())[0]).toMatchObject({ publisherId: 1, dataset: DATASET });
    expect(await client.listDatasets()).toEqual([DATASET]);
    expect(await client.listDatasets({ startDate: '2030-01-01' })).toEqual([]);
    expect(await client.listSchemas(DATASET)).toContain('cmbp-1');
    expect((await client.listFields('mbo', 'dbn'))[5]).toEqual({
      name: 'order_id',
      type: 'uint64_t',
    });
    expect((await client.listUnitPrices(DATASET)).map(({ mode }) => mode)).toContain('historical');
    const condition = await client.getDatasetCondition(DATASET, '2026-01-04', DAYS[0]);
    expect(condition.map(({ condition }) => condition)).toEqual(['missing', 'available']);
    const range = await client.getDatasetRange(DATASET);
    expect(range.schemas['mbo']).toEqual({
      startNs: BigInt(Date.parse(DAYS[0])) * 1_000_000n,
      endNs: BigInt(Date.parse(END_DAY)) * 1_000_000n,
    });
    const resolved = await client.resolveSymbols({
      dataset: DATASET,
      symbols: ['ESH6', 'NQH6'],
      stypeIn: 'raw_symbol',
      stypeOut: 'instrument_id',
      startDate: DAYS[0],
      endDate: END_DAY,
    });
    expect(resolved).toMatchObject({ notFound: ['NQH6'], partial: [] });
    expect(resolved.mappings).toContainEqual({
      rawSymbol: 'ESH6',
      intervals: [{ startDate: 20260105, endDate: 20260107, symbol: '101' }],
    });
  });

  it('takes a job from its submission to its files', async () => {
    const { client } = connect();
    const submitted = await client.submitJob({ ...DAY, end: END_DAY });
    expect(submitted).toMatchObject({ dataset: DATASET, schema: 'mbo' });
    expect((await client.listJobs()).map(({ id }) => id)).toContain(submitted.id);
    const job = await finished(client, submitted.id);
    expect(job).toMatchObject({ state: 'done', recordCount: 40, symbols: ['ESH6', 'ESM6'] });
    const to = temporary();
    const files = await client.listFiles(job.id);
    for (const file of files) await client.downloadFile({ file, path: join(to, file.filename) });
    expect(readdirSync(to).sort()).toEqual(files.map(({ filename }) => filename).sort());
    for (const { filename, sha256 } of files) {
      const found = createHash('sha256')
        .update(readFileSync(join(to, filename)))
        .digest('hex');
      expect(found, filename).toBe(sha256);
    }
  });
});

describe('the client and the faults of the stand-in', () => {
  const passing: HistoricalFault[] = [
    'rate-limit',
    'rate-limit-bare',
    'server-error',
    'unavailable',
    'gateway-timeout',
    'plain-text-error',
    'connection-refused',
  ];
  it.each(passing)('outlasts %s, and tells it', async (name) => {
    const { client, notices } = connect();
    order(name, { times: 2 });
    expect(await client.listDatasets()).toEqual([DATASET]);
    expect(notices).toHaveLength(2);
    order(name, { times: 5 });
    await expect(client.listDatasets()).rejects.toMatchObject({ code: 'VENDOR_UNAVAILABLE' });
  });

  it.each([
    ['auth-refused', 'VENDOR_AUTH'],
    ['license-refused', 'VENDOR_AUTH'],
    ['not-json', 'VENDOR_PROTOCOL'],
  ] as const)('does not insist after %s', async (name, code) => {
    const { client } = connect();
    order(name);
    await expect(client.listDatasets()).rejects.toMatchObject({ code });
  });

  it('refuses another key without showing it', async () => {
    const other = `db-${'x'.repeat(24)}SHOWN`;
    const { client, notices } = connect({ key: new ApiKey(other) });
    const error = await client.listDatasets().catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'VENDOR_AUTH', status: 401 });
    expect(inspect([error, notices, client], { depth: 9 })).not.toContain('xxxx');
  });

  it.each(['cut', 'short-body'] as const)('streams on after %s, wherever', async (name) => {
    const { client, notices } = connect();
    for (const afterBytes of [0, 1, 100, 300, 500, 700]) {
      for (const schema of ['mbo', 'definition', 'ohlcv-1s', 'mbp-10', 'trades'] as const) {
        await expectWhole(client, name, schema, afterBytes);
      }
    }
    expect(notices.length).toBeGreaterThan(15);
  });

  it('streams on after silence', async () => {
    const { client, notices } = connect({ timeouts: { idleMs: 100, headMs: 300 } });
    await expectWhole(client, 'stall', 'mbo', 0);
    await expectWhole(client, 'stall', 'mbp-10', 700);
    expect(notices.join()).toMatch(/no answer within 0\.3 s.*nothing arrived for 0\.1 s/);
  });

  it('outlasts a slow body, and tells warnings', async () => {
    const { client, notices } = connect();
    order('slow-body', { method: 'timeseries.get_range' });
    order('warning', { method: 'timeseries.get_range' });
    expect((await read(client, DAY)).equals(dayOf('mbo'))).toBe(true);
    expect(notices).toContain(
      'timeseries.get_range: BentoWarning: The data of 2026-01-05 is degraded.',
    );
  });

  it.each(['submit-answer-lost', 'submit-lost', 'server-error'] as const)(
    'submits once though %s',
    async (name) => {
      const { client } = connect();
      const before = server.log.entries.length;
      order(name, { method: 'batch.submit_job' });
      await expect(client.submitJob(DAY)).rejects.toThrow('is not known: look at the list of jobs');
      expect(server.log.entries.slice(before).map(({ method }) => method)).toEqual([
        'batch.submit_job',
      ]);
    },
  );

  it('downloads what was promised, or says that it is not', async () => {
    const { client, notices } = connect({ timeouts: { idleMs: 100 } });
    const { id } = await client.submitJob(DAY);
    await finished(client, id);
    const file = (await client.listFiles(id)).find(({ filename }) => filename.includes('.dbn'))!;
    const path = join(temporary(), file.filename);
    const whole = async () => {
      await client.downloadFile({ file, path });
      const found = readFileSync(path);
      expect(createHash('sha256').update(found).digest('hex')).toBe(file.sha256);
      rmSync(path);
    };
    for (const name of ['truncated-download', 'corrupt-download', 'cut', 'stall'] as const) {
      order(name, { method: 'batch/download', afterBytes: 100 });
      await whole();
      expect(notices.length, name).toBeGreaterThan(0);
      notices.length = 0;
    }
    writeFileSync(join(path, '..', `.${file.filename}.part`), 'something else');
    order('range-ignored', { method: 'batch/download' });
    await whole();
    order('corrupt-download', { method: 'batch/download', times: 2 });
    await expect(whole()).rejects.toMatchObject({ code: 'VENDOR_CHECKSUM' });
    order('wrong-sha256', { method: 'batch.list_files' });
    const lied = (await client.listFiles(id)).find((f) => f.filename === file.filename)!;
    expect(lied.sha256).not.toBe(file.sha256);
    await expect(client.downloadFile({ file: lied, path })).rejects.toMatchObject({
      code: 'VENDOR_CHECKSUM',
    });
    expect(readdirSync(join(path, '..'))).toEqual([]);
  });

  it('speaks TLS, and only with whom it can trust', async () => {
    const { client } = connect({ url: server.secureUrl });
    const error = await client.listDatasets().catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'VENDOR_UNAVAILABLE', retryable: false });
    expect(String(error)).toMatch(/cannot be reached \([A-Z_]*(SELF_SIGNED|UNABLE_TO)[A-Z_]*\)/);
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    onTestFinished(() => {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
    });
    const { client: trusting } = connect({ url: server.secureUrl });
    expect((await read(trusting, DAY)).equals(dayOf('mbo'))).toBe(true);
    expect(await trusting.listDatasets()).toEqual([DATASET]);
  });
});
