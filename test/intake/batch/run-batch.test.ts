import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pollOnce, runDaemon, submitPlan } from '../../../src/intake/index.ts';
import { findRawDays } from '../../../src/lake/index.ts';
import { DataFolder, type VendorHistorical } from '../../../src/vendor/index.ts';
import {
  beginRun,
  equitiesPlan,
  filesBelow,
  futuresPlan,
  onePlan,
  scratch,
  smallMarket,
  startVendor,
  submissionsOf,
  type TestRun,
} from './small-market.ts';

let market: DataFolder;
let vendor: VendorHistorical;
const open: TestRun[] = [];

beforeAll(async () => {
  market = await DataFolder.open(await smallMarket());
}, 60_000);

afterAll(async () => {
  for (const one of open) one.close();
  await vendor?.close();
});

/** A fresh stand-in with faults, and a run against it. */
async function begin(faults: Parameters<typeof startVendor>[1] = {}, change = {}) {
  for (const one of open.splice(0)) one.close();
  await vendor?.close();
  vendor = await startVendor(market, faults);
  const folder = scratch();
  const started = beginRun(vendor.url, folder, change);
  open.push(started);
  return { ...started, folder };
}

describe('a download', () => {
  test('brings futures and options to where bronze finds them, paid for once', async () => {
    const { run, folder } = await begin();
    const plan = futuresPlan(['2026-01-03', '2026-01-05', '2026-01-06']);
    const outcome = await runDaemon(run, plan);
    expect(outcome).toMatchObject({ jobs: 6, downloaded: 6, failed: [], skippedDays: 1 });
    for (const type of ['future_mbo', 'future_option_mbo'] as const) {
      const days = findRawDays(join(folder, 'lake'), type, 'ES').map(({ dt }) => dt);
      expect(days).toEqual(['2026-01-05', '2026-01-06']);
    }
    expect(outcome.paidUsd).toBeGreaterThan(0);
    await runDaemon(run, plan);
    await submitPlan(run, plan);
    await pollOnce(run);
    expect(vendor.log.count('batch.submit_job')).toBe(6);
  });

  test('brings equities and their options', async () => {
    const { run, folder } = await begin();
    const outcome = await runDaemon(run, equitiesPlan());
    expect(outcome).toMatchObject({ jobs: 8, downloaded: 8, open: 0, unsubmitted: 0 });
    const options = findRawDays(join(folder, 'lake'), 'equity_option_cmbp_1', 'QQQ');
    expect(options.map(({ dt }) => dt)).toEqual(['2026-01-05', '2026-01-06']);
  });

  test('asks for the options that expire on the day only', async () => {
    const { run } = await begin();
    await runDaemon(run, futuresPlan(['2026-01-05']));
    const asked = submissionsOf(vendor)
      .find((job) => job.includes('E1AF6'))
      ?.split(' 2026-01-05 ')[1];
    const symbols = asked?.split(',') ?? [];
    expect(symbols.length).toBeGreaterThan(10);
    expect(symbols.every((symbol) => /^E1AF6 [CP]\d+$/.test(symbol))).toBe(true);
  });

  test('submit, then poll until all is here', async () => {
    const { run } = await begin();
    const plan = futuresPlan(['2026-01-05']);
    expect(await submitPlan(run, plan)).toMatchObject({ open: 2, unknownChains: 1 });
    await vendor.jobs.settled();
    await pollOnce(run);
    expect(await submitPlan(run, plan)).toMatchObject({ jobs: 3, open: 1, unknownChains: 0 });
    await vendor.jobs.settled();
    await pollOnce(run);
    expect(await submitPlan(run, plan)).toMatchObject({ jobs: 3, downloaded: 3 });
  });

  test('of a market that is not there says so and fails', async () => {
    const { run, lines } = await begin();
    const outcome = await runDaemon(run, futuresPlan(['2026-02-02'], []));
    expect(outcome.failed.map(({ key }) => key)).toEqual(['GLBX.MDP3|mbo|ES|2026-02-02|futures']);
    expect(lines.join()).toContain('the vendor answers 422');
    // Another run may ask again: nothing was paid.
    const asked = vendor.log.count('metadata.get_cost');
    await runDaemon(run, futuresPlan(['2026-02-02'], []));
    expect(vendor.log.count('metadata.get_cost')).toBe(asked + 1);
    expect(vendor.log.count('batch.submit_job')).toBe(0);
  });

  test('stops at once when interrupted, and goes on later', async () => {
    const abort = new AbortController();
    const log = (text: string) => text.includes('submitted as') && abort.abort();
    const { run, folder } = await begin({}, { signal: abort.signal, log });
    await expect(runDaemon(run, futuresPlan())).rejects.toMatchObject({ name: 'AbortError' });
    expect(vendor.log.count('batch.submit_job')).toBe(1);
    for (const one of open.splice(0)) one.close();
    const again = beginRun(vendor.url, folder);
    open.push(again);
    const outcome = await runDaemon(again.run, futuresPlan());
    expect(outcome.downloaded).toBe(6);
    expect(vendor.log.count('batch.submit_job')).toBe(6);
  });
});

describe('a submission', () => {
  test('whose answer is lost is found, not repeated', async () => {
    const { run, lines } = await begin({ faults: [{ name: 'submit-answer-lost', skip: 1 }] });
    const outcome = await runDaemon(run, futuresPlan());
    expect(outcome).toMatchObject({ downloaded: 6, failed: [] });
    expect(new Set(submissionsOf(vendor)).size).toBe(6);
    expect(vendor.jobs.list()).toHaveLength(6);
    expect(lines.join('\n')).toContain('no answer to the submission');
    expect(lines.join('\n')).toContain('has job');
  });

  test('whose answer is lost and that the list shows late is found, not repeated', async () => {
    const faults = [
      { name: 'submit-answer-lost' as const },
      { name: 'list-late' as const, skip: 1, times: 2 },
    ];
    const { run } = await begin({ faults });
    expect(await runDaemon(run, onePlan())).toMatchObject({ downloaded: 1 });
    expect(vendor.faults.happened('list-late')).toBe(2);
    expect(vendor.jobs.list()).toHaveLength(1);
  });

  test('that was lost on its way is made again', async () => {
    const { run } = await begin({ faults: [{ name: 'submit-lost' }] });
    expect(await runDaemon(run, onePlan())).toMatchObject({ downloaded: 1 });
    expect(vendor.log.count('batch.submit_job')).toBe(2);
    expect(vendor.jobs.list()).toHaveLength(1);
  });

  test('is made as often as it may fail, and no more', async () => {
    const { run } = await begin({ faults: [{ name: 'submit-lost', times: 99 }] });
    const outcome = await runDaemon(run, onePlan());
    expect(outcome.failed[0]?.why).toContain('the vendor has no such job');
    expect(vendor.log.count('batch.submit_job')).toBe(3);
  });

  test('that made two jobs takes the first and names the other', async () => {
    const faults = [{ name: 'submit-doubled' as const }, { name: 'submit-answer-lost' as const }];
    const { run, lines } = await begin({ faults });
    expect(await runDaemon(run, onePlan())).toMatchObject({ downloaded: 1 });
    const [first] = vendor.jobs.list();
    const [entry] = run.tracker.jobs.values();
    expect(entry?.job_id).toBe(first?.id);
    expect(lines.join('\n')).toContain('1 more like it');
  });

  test('that is too dear is not made, what was paid before counted', async () => {
    const { run } = await begin();
    const plan = futuresPlan(['2026-01-05'], ['definition']);
    const dear = { ...run, maxCostUsd: 0.000001 };
    await expect(submitPlan(dear, plan)).rejects.toMatchObject({ code: 'COST_LIMIT' });
    expect(vendor.log.count('batch.submit_job')).toBe(0);
    const first = await submitPlan(run, plan);
    const next = futuresPlan(['2026-01-05', '2026-01-06'], ['definition']);
    const tight = { ...run, maxCostUsd: first.paidUsd * 1.01 };
    await expect(submitPlan(tight, next)).rejects.toMatchObject({ code: 'COST_LIMIT' });
    expect(vendor.log.count('batch.submit_job')).toBe(2);
  });

  test('of options beyond the budget is left, and what is paid for still comes', async () => {
    const { run } = await begin();
    const base = await submitPlan(run, futuresPlan(['2026-01-05'], ['definition']));
    const tight = { ...run, maxCostUsd: base.paidUsd * 1.01 };
    const running = runDaemon(tight, futuresPlan(['2026-01-05']));
    await expect(running).rejects.toMatchObject({ code: 'COST_LIMIT' });
    expect([...run.tracker.jobs.values()].map((job) => job.state)).toEqual([
      'downloaded',
      'downloaded',
    ]);
  });

  test('of a job that the vendor has already is not made', async () => {
    const { run, folder } = await begin();
    await submitPlan(run, onePlan());
    const elsewhere = beginRun(vendor.url, join(folder, 'elsewhere'));
    open.push(elsewhere);
    expect(await runDaemon(elsewhere.run, onePlan())).toMatchObject({ downloaded: 1 });
    expect(vendor.log.count('batch.submit_job')).toBe(1);
  });

  test('with a key that is not accepted ends the run', async () => {
    const { run } = await begin({ faults: [{ name: 'auth-refused', times: 99 }] });
    await expect(runDaemon(run, onePlan())).rejects.toMatchObject({ code: 'VENDOR_AUTH' });
  });
});

describe('a job', () => {
  test('that expires is asked for again', async () => {
    const { run } = await begin({ faults: [{ name: 'job-expires', times: 2 }] });
    expect(await runDaemon(run, onePlan())).toMatchObject({ downloaded: 1, failed: [] });
    const [entry] = run.tracker.jobs.values();
    expect(entry?.past_jobs).toHaveLength(2);
    expect(vendor.log.count('batch.submit_job')).toBe(3);
  });

  test('that fails again and again is given up', async () => {
    const { run } = await begin({ faults: [{ name: 'job-fails', times: 99 }] });
    const outcome = await runDaemon(run, onePlan());
    expect(outcome.failed[0]?.why).toContain('expired');
    expect(vendor.log.count('batch.submit_job')).toBe(3);
    expect(outcome.paidUsd).toBeGreaterThan(0);
    // The limit holds for what is paid, however often the command is run.
    await runDaemon(run, onePlan());
    expect(vendor.log.count('batch.submit_job')).toBe(3);
  });

  test('that is gone from the vendor is found out', async () => {
    const { run, folder } = await begin();
    await submitPlan(run, onePlan());
    for (const one of open.splice(0)) one.close();
    const path = join(folder, 'logs', 'jobs.json');
    const id = JSON.parse(readFileSync(path, 'utf8')).jobs['GLBX.MDP3|mbo|ES|2026-01-05|futures'];
    await vendor.close();
    vendor = await startVendor(market, { port: vendor.port });
    const again = beginRun(vendor.url, folder);
    open.push(again);
    expect(await runDaemon(again.run, onePlan())).toMatchObject({ downloaded: 1 });
    expect(again.lines.join()).toContain(`does not know job ${id.job_id}`);
  });

  test('whose files are listed late is not taken for empty', async () => {
    const { run, folder } = await begin({ faults: [{ name: 'files-late' }] });
    expect(await runDaemon(run, onePlan())).toMatchObject({ downloaded: 1, files: 5 });
    expect(filesBelow(join(folder, 'lake')).at(-1)).toContain('symbology.json');
  });

  test.each([
    'truncated-download',
    'corrupt-download',
    'wrong-sha256',
    'server-error',
    'rate-limit',
    'cut',
  ] as const)('survives %s', async (name) => {
    const { run, folder } = await begin();
    await runDaemon(run, onePlan());
    const good = filesBelow(join(folder, 'lake'));
    const faulty = await begin({ faults: [{ name, times: 2 }] });
    expect(await runDaemon(faulty.run, onePlan())).toMatchObject({ downloaded: 1, failed: [] });
    expect(filesBelow(join(faulty.folder, 'lake'))).toEqual(good);
    expect(vendor.jobs.list()).toHaveLength(1);
  });

  test('whose files are never right fails, and comes when they are, paid for once', async () => {
    const { run, folder } = await begin({ faults: [{ name: 'wrong-sha256', times: 999 }] });
    const outcome = await runDaemon(run, onePlan());
    expect(outcome.failed[0]?.why).toContain('not what was promised');
    vendor.faults.clear();
    expect(await runDaemon(run, onePlan())).toMatchObject({ downloaded: 1, failed: [] });
    expect(vendor.log.count('batch.submit_job')).toBe(1);
    expect(filesBelow(join(folder, 'lake'))).toHaveLength(5);
  });
});

describe('a daemon', () => {
  test('outlives an outage', async () => {
    const { run, lines } = await begin();
    await submitPlan(run, onePlan());
    vendor.faults.add({ name: 'unavailable', times: 12 });
    expect(await runDaemon(run, onePlan())).toMatchObject({ downloaded: 1 });
    expect(lines.join()).toContain('the vendor cannot be reached, going on later');
  });
});
