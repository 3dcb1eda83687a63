/**
 * Looks for wanted jobs among those that the vendor has: what was asked for before, by whomever, is
 * not asked for again.
 */
import type { BatchJob } from '../../databento/index.ts';
import { type BatchRun, isoNow } from './batch-run.ts';
import { entryOf, withVendorState } from './job-changes.ts';
import { matchingJobs } from './match-job.ts';
import type { WantedJob } from './wanted-job.ts';

/** Time that the vendor keeps jobs, ns. Source: Databento docs, Historical API. */
const KEPT_NS = 30n * 86_400n * 1_000_000_000n;
/** Times that a submission without an answer is looked for. */
const LOOKS = 3;

/** Ids of the jobs that the tracker has, or had. */
export function claimedIds(run: BatchRun): Set<string> {
  const claimed = new Set<string>();
  for (const { job_id, past_jobs } of run.tracker.jobs.values()) {
    if (job_id !== null) claimed.add(job_id);
    for (const past of past_jobs ?? []) claimed.add(past.job_id);
  }
  return claimed;
}

/** Jobs of the vendor that no entry has. */
async function unclaimedJobs(run: BatchRun): Promise<BatchJob[]> {
  const states = ['queued', 'processing', 'done'] as const;
  const sinceNs = run.clock.unixNs() - KEPT_NS;
  const jobs = await run.vendor.listJobs({ states, sinceNs }, run.signal);
  const claimed = claimedIds(run);
  return jobs.filter((job) => !claimed.has(job.id));
}

function adopt(run: BatchRun, wanted: WantedJob, found: BatchJob, others: number): void {
  const entry = { ...entryOf(run, wanted), submitted_at: isoNow(run) };
  run.tracker.set([wanted.key, withVendorState(run, entry, found)]);
  run.log(`${wanted.key}: the vendor has job ${found.id} of this already (${found.state})`);
  if (others > 0) run.log(`${wanted.key}: and ${others} more like it, which are left alone`);
}

/** Finds wanted jobs among those that the vendor has. @returns those that it does not have. */
async function reconcile(run: BatchRun, wanted: readonly WantedJob[]): Promise<WantedJob[]> {
  let unclaimed = await unclaimedJobs(run);
  const missing: WantedJob[] = [];
  for (const one of wanted) {
    const entry = run.tracker.jobs.get(one.key);
    const intended = entry?.state === 'intended' ? entry.symbols_sha256 : undefined;
    const [found, ...others] = matchingJobs(unclaimed, one, intended);
    if (found) adopt(run, one, found, others.length);
    else missing.push(one);
    unclaimed = unclaimed.filter((job) => job !== found);
  }
  return missing;
}

/**
 * Looks for submissions whose answer is not known, several times over the time that they are given
 * to show in the vendor's list. @returns those that the vendor does not have.
 */
async function lookAgain(run: BatchRun, unsure: readonly WantedJob[]): Promise<WantedJob[]> {
  let missing = [...unsure];
  for (let look = 1; look < LOOKS && missing.length > 0; look++) {
    const waitMs = run.settleMs / (LOOKS - 1);
    const seconds = (waitMs / 1000).toFixed(1);
    run.log(`${missing.length} submissions have no answer: looking for them in ${seconds} s`);
    await run.clock.wait(waitMs, run.signal);
    missing = await reconcile(run, missing);
  }
  return missing;
}

/**
 * Wanted jobs that the vendor does not have; those that it has get their entries. One whose
 * submission had no answer is looked for several times.
 */
export async function missingJobs(
  run: BatchRun,
  wanted: readonly WantedJob[],
): Promise<WantedJob[]> {
  const missing = await reconcile(run, wanted);
  const unsure = missing.filter(({ key }) => run.tracker.jobs.get(key)?.state === 'intended');
  const lost = await lookAgain(run, unsure);
  return missing.filter((one) => !unsure.includes(one) || lost.includes(one));
}
