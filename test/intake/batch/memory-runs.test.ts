import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runDaemon } from '../../../src/intake/index.ts';
import { fileBytes, optionDefinition } from '../../pipeline/bronze-fixture.ts';
import { MemoryVendor } from './memory-vendor.ts';
import { beginRun, filesBelow, futuresPlan, scratch } from './small-market.ts';

/** Where the predecessor's jobs were asked for. */
const VENDOR = 'https://hist.databento.com';
const KEY = 'GLBX.MDP3|mbo|ES|2026-01-05|futures_options';

async function vendorOf(options: number): Promise<MemoryVendor> {
  const records = Array.from({ length: options }, (_, n) =>
    optionDefinition(n + 1, `E1AF6 C${1000 + n}`),
  );
  return new MemoryVendor(await fileBytes({ schema: 'definition', records }));
}

test('the options of a day beyond 2,000 are several jobs, each asked for once', async () => {
  const vendor = await vendorOf(2500);
  const folder = scratch();
  const { run, close } = beginRun(VENDOR, folder, { vendor });
  const outcome = await runDaemon(run, futuresPlan(['2026-01-05']));
  expect(outcome).toMatchObject({ jobs: 4, downloaded: 4, failed: [] });
  const counts = [KEY, `${KEY}#2`].map((key) => run.tracker.jobs.get(key)?.symbols_count);
  expect(counts).toEqual([2000, 500]);
  await runDaemon(run, futuresPlan(['2026-01-05']));
  close();
  expect(vendor.submissions).toBe(4);
  const options = filesBelow(join(folder, 'lake')).filter((name) =>
    /option.*\.mbo\.dbn/.test(name),
  );
  expect(options).toHaveLength(2);
});

test("the predecessor's tracker is gone on with, and nothing is asked for again", async () => {
  const vendor = await vendorOf(3);
  const folder = scratch();
  const day = { start: '2026-01-05', end: '2026-01-06' };
  const made = await vendor.submitJob({
    ...day,
    dataset: 'GLBX.MDP3',
    schema: 'mbo',
    symbols: ['ES.FUT'],
    stypeIn: 'parent',
  });
  const shared = { dataset: 'GLBX.MDP3', symbol: 'ES', date_str: '2026-01-05', symbols_count: 1 };
  const jobs = {
    'GLBX.MDP3|mbo|ES|2026-01-05|futures': {
      ...shared,
      job_id: made.id,
      schema: 'mbo',
      stype_in: 'parent',
      state: 'submitted',
      submitted_at: '2026-01-06T10:00:00.123456Z',
      product_type: 'futures',
    },
    'GLBX.MDP3|definition|ES|2026-01-05|futures_options': {
      ...shared,
      job_id: 'GLBX-20260106-OLD',
      schema: 'definition',
      stype_in: 'parent',
      state: 'expired',
      submitted_at: '2026-01-06T10:00:00.123456Z',
      product_type: 'futures_options',
    },
  };
  mkdirSync(join(folder, 'logs'));
  const content = JSON.stringify({ jobs, pending_downloads: [] });
  writeFileSync(join(folder, 'logs', 'jobs.json'), content);
  const { run, close } = beginRun(VENDOR, folder, { vendor });
  expect(await runDaemon(run, futuresPlan(['2026-01-05']))).toMatchObject({ downloaded: 3 });
  close();
  // The definitions had expired, the options were not known: two jobs more.
  expect(vendor.submissions).toBe(3);
  const definitions = run.tracker.jobs.get('GLBX.MDP3|definition|ES|2026-01-05|futures_options');
  expect(definitions?.past_jobs).toMatchObject([{ job_id: 'GLBX-20260106-OLD' }]);
});

test('a clock that is hours wrong makes nothing be paid twice', async () => {
  for (const hours of [-5, 5]) {
    const vendor = await vendorOf(3);
    let isFirst = true;
    const { submitJob } = vendor;
    vendor.submitJob = async (request) => {
      const job = await submitJob.call(vendor, request);
      if (isFirst) {
        isFirst = false;
        throw Object.assign(new Error('the power fails'), { name: 'Crash' });
      }
      return job;
    };
    const folder = scratch();
    const clock = {
      nowMs: () => 0,
      unixNs: () => BigInt(Date.now() + hours * 3_600_000) * 1_000_000n,
      wait: async () => {},
      chance: () => 0,
    };
    const first = beginRun(VENDOR, folder, { vendor, clock });
    await expect(runDaemon(first.run, futuresPlan(['2026-01-05']))).rejects.toThrow('power');
    first.close();
    const second = beginRun(VENDOR, folder, { vendor, clock });
    await runDaemon(second.run, futuresPlan(['2026-01-05']));
    second.close();
    expect(vendor.submissions).toBe(3);
  }
});
