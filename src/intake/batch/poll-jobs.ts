/**
 * Asks the vendor how far jobs are.
 */
import { isKnownError } from '../../core/index.ts';
import type { BatchJob } from '../../databento/index.ts';
import { type BatchRun, isoNow } from './batch-run.ts';
import { withVendorState } from './submit-jobs.ts';
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

/** The entry of a job whose files are gone: it may be asked for again, and that is paid again. */
export function expired(run: BatchRun, job: TrackedJob, error: string): TrackedJob {
  const past = { job_id: job.job_id ?? '', state: 'expired', cost_usd: job.cost_usd ?? null };
  return {
    ...job,
    state: 'expired',
    error,
    job_id: null,
    failures: (job.failures ?? 0) + 1,
    failed_downloads: 0,
    past_jobs: [...(job.past_jobs ?? []), past],
    cost_usd: null,
    updated_at: isoNow(run),
  };
}

function changed(run: BatchRun, job: TrackedJob, found: BatchJob | null): TrackedJob | null {
  if (!found) return expired(run, job, `the vendor does not know job ${job.job_id} any more`);
  if (found.state === 'expired') return expired(run, job, `job ${job.job_id} expired`);
  return found.state !== job.state
    ? { ...withVendorState(job, found), updated_at: isoNow(run) }
    : null;
}

async function poll(run: BatchRun, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  const { tracker, vendor, signal } = run;
  const jobs = keys.map((key) => tracker.jobs.get(key)!);
  const sinceNs = oldestNs(jobs);
  const filter = { states: STATES, ...(sinceNs === undefined ? {} : { sinceNs }) };
  const listed = new Map((await vendor.listJobs(filter, signal)).map((job) => [job.id, job]));
  const news: [string, TrackedJob][] = [];
  for (const [i, job] of jobs.entries()) {
    const id = job.job_id ?? '';
    const after = changed(run, job, listed.get(id) ?? (await lookUp(run, id)));
    if (after) news.push([keys[i]!, after]);
  }
  tracker.set(...news);
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

/**
 * Looks again at jobs whose files could not be downloaded in an earlier run: they are paid for, so
 * their download is tried anew while the vendor has them.
 */
export async function reviveJobs(run: BatchRun): Promise<void> {
  const entries = [...run.tracker.jobs].filter(
    ([, job]) => job.state === 'error' && job.job_id !== null,
  );
  const revived = entries.map(([key, job]) => [key, { ...job, failed_downloads: 0 }] as const);
  run.tracker.set(...revived);
  await poll(
    run,
    entries.map(([key]) => key),
  );
}
