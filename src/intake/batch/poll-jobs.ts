/**
 * Asks the vendor how far jobs are.
 */
import { isKnownError } from '../../core/index.ts';
import type { BatchJob } from '../../databento/index.ts';
import type { BatchRun } from './batch-run.ts';
import { expired, withVendorState } from './job-changes.ts';
import { tellTwins } from './job-twins.ts';
import { isUnderWay, type TrackedJob } from './tracked-job.ts';

/** How much earlier than the oldest submission the vendor's list begins, for clocks differ, ns. */
const LIST_MARGIN_NS = 86_400n * 1_000_000_000n;

const STATES = ['queued', 'processing', 'done', 'expired'] as const;

function oldestNs(jobs: readonly TrackedJob[]): bigint | undefined {
  let oldest = Number.POSITIVE_INFINITY;
  for (const { submitted_at } of jobs) {
    const ms = Date.parse(submitted_at ?? '');
    if (Number.isNaN(ms)) return undefined;
    oldest = Math.min(oldest, ms);
  }
  return BigInt(Math.floor(oldest)) * 1_000_000n - LIST_MARGIN_NS;
}

/** A job by its id; null when the vendor does not know it. */
async function lookUp(run: BatchRun, id: string): Promise<BatchJob | null> {
  try {
    return await run.vendor.getJob(id, run.signal);
  } catch (error) {
    if (isKnownError(error) && error.code === 'VENDOR_REFUSED') return null;
    throw error;
  }
}

function changed(run: BatchRun, job: TrackedJob, found: BatchJob | null): TrackedJob | null {
  if (!found) return expired(run, job, `the vendor does not know job ${job.job_id} any more`);
  return found.state === job.state ? null : withVendorState(run, job, found);
}

async function poll(run: BatchRun, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  const { tracker, vendor, signal } = run;
  const jobs = keys.map((key) => tracker.jobs.get(key)!);
  const sinceNs = oldestNs(jobs);
  const filter = { states: STATES, ...(sinceNs === undefined ? {} : { sinceNs }) };
  const listed = new Map((await vendor.listJobs(filter, signal)).map((job) => [job.id, job]));
  const news: [string, TrackedJob][] = [];
  const ours = new Map<string, BatchJob>();
  for (const [i, job] of jobs.entries()) {
    const id = job.job_id ?? '';
    const found = listed.get(id) ?? (await lookUp(run, id));
    if (found) ours.set(keys[i]!, found);
    const after = changed(run, job, found);
    if (after) news.push([keys[i]!, after]);
  }
  tracker.set(...news);
  tellTwins(run, ours, listed.values());
  for (const [key, job] of news) {
    run.log(`${key}: ${job.state === 'expired' ? (job.error ?? 'expired') : job.state}`);
  }
}

/** Brings every job that is under way to the vendor's state; those done wait for their download. */
export async function pollJobs(run: BatchRun): Promise<void> {
  const entries = [...run.tracker.jobs];
  await poll(
    run,
    entries.filter(([, job]) => isUnderWay(job)).map(([key]) => key),
  );
}

/** What a new run may try anew: nothing was paid for it. */
function unpaid(job: TrackedJob): TrackedJob {
  return { ...job, failures: job.past_jobs?.length ?? 0 };
}

/**
 * Begins a run with what an earlier one gave up: requests that were refused may be asked again, and
 * files that could not be downloaded are paid for, so they are tried anew.
 */
export async function reviveJobs(run: BatchRun): Promise<void> {
  const given = [...run.tracker.jobs].filter(([, job]) => job.state === 'error');
  const entries = given.map(([key, job]) => {
    const again = job.job_id === null ? unpaid(job) : { ...job, failed_downloads: 0 };
    return [key, again] as const;
  });
  run.tracker.set(...entries);
  const paid = entries.filter(([, job]) => job.job_id !== null);
  await poll(
    run,
    paid.map(([key]) => key),
  );
}
