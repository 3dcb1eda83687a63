import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll } from 'vitest';
import {
  ApiKey,
  HistoricalClient,
  SYSTEM_CLOCK,
  type VendorClock,
} from '../../../src/databento/index.ts';
import {
  type BatchRun,
  type DownloadPlan,
  JobTracker,
  planEquities,
  planFutures,
} from '../../../src/intake/index.ts';
import { loadProducts, productOf } from '../../../src/lake/index.ts';
import {
  type DataFolder,
  startVendorHistorical,
  type VendorHistoricalOptions,
} from '../../../src/vendor/index.ts';
import { runHere } from '../../cli/run-cli.ts';

/** A key of the stand-in; its middle must show nowhere. */
export const KEY = `db-${'Qx7'.repeat(8)}SEEN1`;
/** Longest wait of a test's clock, ms. */
const LONGEST_WAIT_MS = 4;

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** A folder that goes with the test file. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'spymaster-intake-'));
  made.push(folder);
  return folder;
}

/** A market of a minute on each of two days: ES, QQQ and their options, as files of the vendor. */
export async function smallMarket(): Promise<string> {
  const folder = scratch();
  const lake = join(folder, 'market');
  const hours = ['--from', '09:30', '--to', '09:31', '--rate', '20'];
  const { code, stderr } = await runHere([
    'synth',
    '--all',
    '--days',
    '2',
    ...hours,
    '--lake',
    lake,
  ]);
  if (code !== 0) throw new Error(stderr);
  return lake;
}

/** A stand-in over a market, whose jobs are done at once. */
export function startVendor(
  data: string | DataFolder,
  options: Partial<VendorHistoricalOptions> = {},
) {
  const jobs = { by: 'clock', queued: 0, processing: 0 } as const;
  return startVendorHistorical({ data, key: KEY, jobs, ...options });
}

/** Waits are short, times are real. */
export const QUICK: VendorClock = {
  ...SYSTEM_CLOCK,
  wait: async (ms, signal) => {
    await sleep(Math.min(ms, LONGEST_WAIT_MS));
    signal?.throwIfAborted();
  },
};

/** What a test's run can have differently. */
export type RunChange = Partial<BatchRun> & { write?: (path: string, bytes: Uint8Array) => void };

/** A run against a stand-in, and what it said. */
export interface TestRun {
  run: BatchRun;
  lines: string[];
  close(): void;
}

/** Begins a run in a folder: its tracker, its lake. */
export function beginRun(url: string, folder: string, change: RunChange = {}): TestRun {
  const lines: string[] = [];
  const { write, ...rest } = change;
  const log = (text: string) => lines.push(text);
  const vendor = new HistoricalClient({
    key: new ApiKey(KEY),
    url,
    clock: QUICK,
    onNotice: log,
  });
  const tracker = JobTracker.open(join(folder, 'logs', 'jobs.json'), url, write);
  const run: BatchRun = {
    vendor,
    tracker,
    clock: QUICK,
    lake: join(folder, 'lake'),
    signal: new AbortController().signal,
    pauseMs: 0,
    pollMs: 1,
    maxAttempts: 3,
    settleMs: 4,
    maxCostUsd: null,
    log,
    onDownload: () => {},
    ...rest,
  };
  const close = () => {
    vendor.close();
    tracker.close();
  };
  return { run, lines, close };
}

/** Futures and their options of the market's days. */
export function futuresPlan(dates = ['2026-01-05', '2026-01-06'], schemas = ['mbo']): DownloadPlan {
  return planFutures({
    products: [productOf(loadProducts(), 'ES')],
    dates,
    includeFutures: true,
    futuresSchemas: ['mbo'],
    optionsSchemas: schemas,
  });
}

/** QQQ and its options of the market's days. */
export function equitiesPlan(dates = ['2026-01-05', '2026-01-06']): DownloadPlan {
  return planEquities({
    products: [productOf(loadProducts(), 'QQQ')],
    dates,
    equitySchemas: ['mbo'],
    optionsSchemas: ['definition', 'cmbp-1', 'statistics'],
  });
}

/** Only ES of one day: a plan of one job. */
export function onePlan(): DownloadPlan {
  return futuresPlan(['2026-01-05'], []);
}

/** Files below a folder, sorted, `job` in place of a job's id; with the bytes of data. */
export function filesBelow(folder: string): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path).replace(/[A-Z]+-\d{8}-[A-Z0-9]+/, 'job');
    const isData = /\.dbn(\.zst)?$/.test(name);
    found.push(isData ? `${name} ${readFileSync(path, 'base64')}` : name);
  }
  return found.sort();
}

/** What each submission asked for, in a word, sorted: the same twice means paid twice. */
export function submissionsOf(vendor: { jobs: { list(): { posted: string }[] } }): string[] {
  return vendor.jobs
    .list()
    .map(({ posted }) => {
      const fields = new URLSearchParams(posted);
      return ['dataset', 'schema', 'start', 'symbols'].map((name) => fields.get(name)).join(' ');
    })
    .sort();
}
