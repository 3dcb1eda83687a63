/**
 * Every fault of the historical stand-in, and what our client and the downloads make of it: what is
 * told, that what arrives is what was asked for, and that nothing is asked for twice.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { isKnownError } from '../../src/core/index.ts';
import { ApiKey, HistoricalClient, type VendorClock } from '../../src/databento/index.ts';
import { initZstd } from '../../src/dbn/index.ts';
import { runDaemon } from '../../src/intake/index.ts';
import {
  DataFolder,
  type FaultOrder,
  HISTORICAL_FAULTS,
  type HistoricalFault,
  type VendorHistorical,
} from '../../src/vendor/index.ts';
import {
  beginRun,
  KEY,
  onePlan,
  QUICK,
  scratch,
  startVendor,
} from '../intake/batch/small-market.ts';
import { decode } from '../vendor/historical-client.ts';
import {
  DATASET,
  DAYS,
  END_DAY,
  makeTestFolder,
  type TestFolder,
} from '../vendor/historical-data.ts';
import { quickClock } from './scripted-server.ts';

/** Silence after which an answer is given up, ms. */
const IDLE_MS = 100;
/** Records of the day that a job is for. */
const DAY_RECORDS = 20;
/** When a daemon that waits is interrupted, ms. */
const DAEMON_ENDS_MS = 3000;

/** One way in which a fault is met. */
interface Case {
  /** Records of a range, or a day's file of a job. */
  by: 'range' | 'daemon';
  order?: Partial<FaultOrder>;
  more?: readonly FaultOrder[];
  /** What is told, among other things. */
  told?: readonly RegExp[];
  /** What ends it, as `CODE: message`; it ends well when not given. */
  fails?: RegExp;
  /** Jobs that the vendor made; default 1 by a daemon. */
  jobs?: number;
}

const RANGE = 'timeseries.get_range';
const DOWNLOAD = 'batch/download';
const SUBMIT = 'batch.submit_job';
/** More than there will be. */
const ALWAYS = 99;

const again = (said: RegExp) => [new RegExp(`${said.source}.*; attempt 2 of 5 in \\d+\\.\\d s$`)];
const LIMITED = again(/the vendor answers 429, Too many requests \(request id [0-9a-f]+\)/);
const BROKEN = again(/the vendor answers 500, Internal server error \(request id [0-9a-f]+\)/);
const AWAY = again(/the vendor answers 503, .*Service Temporarily Unavailable/);
const LATE = again(/the vendor answers 504, .*Gateway Time-out/);
const BEHIND = again(/the vendor answers 502, upstream connect error/);
const CUT_OFF = again(/127\.0\.0\.1:\d+(, after \d+ bytes)?: the connection was cut/);
const RESUMED = [
  /asking again from 2026-01-05T\S+, 1 of that instant are to be dropped; the vendor bills/,
];
const ENDED_EARLY = again(/the answer ended at byte \d+ of \d+/);
const NO_ANSWER =
  /futures: no answer to the submission: .*; whether it was carried out is not known/;
const LOOKED_FOR = [
  NO_ANSWER,
  /1 submissions have no answer: looking for them in/,
  /not accepted: the submission had no answer, and the vendor has no such job/,
];
const FOUND = [NO_ANSWER, /futures: the vendor has job \S+ of this already/];
const NOT_AS_PROMISED =
  /not downloaded: .*is not what was promised.*found sha256 [0-9a-f]{64}.*, expected/;
const FETCHED_AGAIN = /has sha256 [0-9a-f]{64}: fetched again from its start/;
const NO_RIGHT =
  /^VENDOR_AUTH: .* the vendor answers 401, auth_authentication_failed: .*request id/;
const NO_LICENCE =
  /^VENDOR_AUTH: .* the vendor answers 403, license_not_found_unauthorized: A licence/;

/** Every fault, and how it shows. */
const MATRIX: Readonly<Record<HistoricalFault, readonly Case[]>> = {
  'rate-limit': [
    { by: 'range', told: LIMITED },
    { by: 'daemon', order: { times: 3 }, told: LIMITED },
    { by: 'daemon', order: { method: SUBMIT }, told: LIMITED },
  ],
  'rate-limit-bare': [
    { by: 'range', told: LIMITED },
    { by: 'daemon', order: { method: DOWNLOAD }, told: LIMITED },
  ],
  'server-error': [
    { by: 'range', told: BROKEN },
    {
      by: 'range',
      order: { times: ALWAYS },
      told: BROKEN,
      fails: /^VENDOR_UNAVAILABLE: .* 500, Internal/,
    },
    { by: 'daemon', order: { method: SUBMIT }, told: LOOKED_FOR },
  ],
  unavailable: [
    { by: 'range', told: AWAY },
    { by: 'daemon', order: { method: 'batch.list_jobs' }, told: AWAY },
    {
      by: 'daemon',
      order: { method: 'batch.list_jobs', times: 6 },
      told: [/the vendor cannot be reached, going on later: .*503/],
    },
  ],
  'gateway-timeout': [
    { by: 'range', told: LATE },
    { by: 'daemon', order: { method: SUBMIT }, told: LOOKED_FOR },
  ],
  'plain-text-error': [
    { by: 'range', told: BEHIND },
    { by: 'daemon', order: { method: DOWNLOAD }, told: BEHIND },
  ],
  'not-json': [
    { by: 'range', fails: /^DBN_MAGIC: Not a DBN stream .*found bytes 74 68 69 73/ },
    {
      by: 'daemon',
      order: { method: 'batch.list_files' },
      told: [/found "this is not JSON", expected JSON/],
    },
    { by: 'daemon', order: { method: SUBMIT }, told: LOOKED_FOR },
  ],
  'auth-refused': [
    { by: 'range', fails: NO_RIGHT },
    { by: 'daemon', order: { times: ALWAYS }, fails: NO_RIGHT, jobs: 0 },
  ],
  'license-refused': [
    { by: 'range', fails: NO_LICENCE },
    { by: 'daemon', order: { times: ALWAYS }, fails: NO_LICENCE, jobs: 0 },
  ],
  'connection-refused': [
    { by: 'range', told: CUT_OFF },
    { by: 'daemon', order: { times: 3 }, told: CUT_OFF },
  ],
  warning: [
    {
      by: 'range',
      told: [
        /^timeseries\.get_range: BentoWarning: The data of 2026-01-05 is degraded\.$/,
        /DeprecationWarning/,
      ],
    },
  ],
  cut: [
    { by: 'range', told: [/the connection was cut, after \d+ records/, ...RESUMED] },
    { by: 'daemon', order: { method: DOWNLOAD }, told: CUT_OFF },
  ],
  'short-body': [
    { by: 'range', told: RESUMED },
    { by: 'daemon', order: { method: DOWNLOAD }, told: ENDED_EARLY },
  ],
  stall: [
    { by: 'range', told: [/nothing arrived for 0\.1 s/, ...RESUMED] },
    { by: 'daemon', order: { method: DOWNLOAD }, told: again(/nothing arrived for 0\.1 s/) },
  ],
  // Only slow: there is nothing to tell.
  'slow-body': [{ by: 'range' }, { by: 'daemon', order: { method: DOWNLOAD } }],
  'truncated-download': [{ by: 'daemon', told: ENDED_EARLY }],
  'corrupt-download': [
    { by: 'daemon', told: [FETCHED_AGAIN] },
    {
      by: 'daemon',
      order: { times: ALWAYS },
      told: [FETCHED_AGAIN, NOT_AS_PROMISED],
      fails: /not what was promised/,
    },
  ],
  'wrong-sha256': [
    { by: 'daemon', told: [FETCHED_AGAIN, NOT_AS_PROMISED] },
    {
      by: 'daemon',
      order: { times: ALWAYS },
      told: [NOT_AS_PROMISED],
      fails: /not what was promised/,
    },
  ],
  'range-ignored': [{ by: 'daemon', more: [{ name: 'cut', method: DOWNLOAD }], told: CUT_OFF }],
  'submit-answer-lost': [{ by: 'daemon', told: FOUND }],
  'submit-lost': [{ by: 'daemon', told: LOOKED_FOR }],
  'submit-doubled': [
    {
      by: 'daemon',
      jobs: 2,
      told: [/futures: the vendor has another job of this, \S+: it is left alone, and billed$/],
    },
  ],
  'list-late': [
    {
      by: 'daemon',
      order: { skip: 1, times: 2 },
      more: [{ name: 'submit-answer-lost' }],
      told: [/1 submissions have no answer: looking for them in/, ...FOUND],
    },
  ],
  // Nothing is wrong with it.
  'older-spelling': [{ by: 'daemon', order: { times: ALWAYS } }],
  'job-stuck': [{ by: 'daemon', told: [/futures: queued$/], fails: /^TimeoutError/ }],
  'job-fails': [
    { by: 'daemon', jobs: 2, told: [/submitted as .*, which has expired$/] },
    { by: 'daemon', order: { times: ALWAYS }, jobs: 3, fails: /job \S+ expired/ },
  ],
  'job-expires': [{ by: 'daemon', jobs: 2, told: [/submitted as .*, which has expired$/] }],
  'files-late': [
    { by: 'daemon', told: [/the list of files of job \S+ is not complete; found 0 files/] },
  ],
};

let folder: TestFolder;
let market: DataFolder;
let vendor: VendorHistorical;
beforeAll(async () => {
  await initZstd();
  folder = await makeTestFolder();
  market = await DataFolder.open(folder.path);
});
afterEach(() => vendor.close());
afterAll(() => folder.remove());

/** What came of it. */
interface Outcome {
  lines: string[];
  failure: string | null;
  /** Records as they arrived. */
  records: Buffer;
}

const words = (error: unknown) =>
  isKnownError(error) ? `${error.code}: ${error.message}` : String(error);

function connect(lines: string[], clock: VendorClock): HistoricalClient {
  const onNotice = (text: string) => lines.push(text);
  const timeouts = { idleMs: IDLE_MS };
  return new HistoricalClient({ key: new ApiKey(KEY), url: vendor.url, clock, onNotice, timeouts });
}

async function readRange(): Promise<Outcome> {
  const lines: string[] = [];
  const client = connect(lines, quickClock());
  const pieces: Buffer[] = [];
  let failure: string | null = null;
  try {
    const symbols = ['ESH6', 'ESM6'];
    const asked = { dataset: DATASET, schema: 'mbo', symbols, stypeIn: 'raw_symbol' } as const;
    const stream = await client.getRange({ ...asked, start: DAYS[0], end: END_DAY });
    for await (const { bytes } of stream) pieces.push(Buffer.from(bytes));
  } catch (error) {
    failure = words(error);
  }
  client.close();
  return { lines, failure, records: Buffer.concat(pieces) };
}

/** Files of data below a folder. */
function dataBelow(path: string): string[] {
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => /\.dbn(\.zst)?$/.test(entry.name));
  return files.map((entry) => join(entry.parentPath, entry.name));
}

async function download(): Promise<Outcome> {
  const place = scratch();
  const lines: string[] = [];
  const client = connect(lines, QUICK);
  const { run, close } = beginRun(vendor.url, place, {
    vendor: client,
    signal: AbortSignal.timeout(DAEMON_ENDS_MS),
    log: (text) => lines.push(text),
  });
  let failure: string | null = null;
  try {
    const { failed, open } = await runDaemon(run, onePlan());
    if (failed.length > 0 || open > 0) failure = JSON.stringify({ failed, open });
  } catch (error) {
    failure = words(error);
  }
  client.close();
  close();
  const records = dataBelow(place).flatMap((path) => decode(readFileSync(path)).records);
  return { lines, failure, records: Buffer.concat(records) };
}

const CASES = Object.entries(MATRIX).flatMap(([name, cases]) =>
  cases.map((met) => ({ name: name as HistoricalFault, by: met.by, met })),
);

it.each(CASES)('$name, $by', async ({ name, by, met }) => {
  vendor = await startVendor(market);
  const method = by === 'range' ? { method: RANGE } : {};
  const orders = [{ name, ...method, ...met.order }, ...(met.more ?? [])];
  for (const order of orders) vendor.faults.add(order);
  const got = await (by === 'range' ? readRange() : download());
  const wanted = folder.records.get('mbo')!.slice(0, by === 'range' ? undefined : DAY_RECORDS);
  const whole = Buffer.concat(wanted as Uint8Array[]);
  expect(vendor.faults.happened(name)).toBeGreaterThan(0);
  if (met.fails) expect(got.failure).toMatch(met.fails);
  else expect(got.failure).toBe(null);
  const said = got.lines.join('\n');
  for (const pattern of met.told ?? []) {
    expect(said).toMatch(new RegExp(pattern.source, 'm'));
  }
  // What fails leaves nothing that could be taken for the whole.
  expect(got.records.equals(met.fails ? Buffer.alloc(0) : whole)).toBe(true);
  expect(vendor.jobs.list()).toHaveLength(met.jobs ?? (by === 'daemon' ? 1 : 0));
});

it('has every fault of the stand-in', () => {
  expect(Object.keys(MATRIX).sort()).toEqual(Object.keys(HISTORICAL_FAULTS).sort());
});
