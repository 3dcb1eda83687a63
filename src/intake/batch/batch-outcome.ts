/**
 * How far a plan is.
 */
import type { BatchRun } from './batch-run.ts';
import type { DownloadPlan } from './download-plan.ts';
import { isUnderWay, paidFor, type TrackedJob } from './tracked-job.ts';
import { jobKey, type WantedJob } from './wanted-job.ts';

/** A wanted job that cannot be had. */
export interface FailedJob {
  key: string;
  why: string;
}

/** What became of a run. */
export interface BatchOutcome {
  /** Jobs that are wanted, as far as they are known. */
  jobs: number;
  downloaded: number;
  /** Jobs that the vendor is making, or whose files wait. */
  open: number;
  /** Jobs that are still to be asked for. */
  unsubmitted: number;
  failed: FailedJob[];
  /** Option chains whose jobs are not known, for their definitions are not here yet. */
  unknownChains: number;
  files: number;
  bytes: number;
  /** US dollars, as far as they are known. */
  paidUsd: number;
  /** Days that have no data, by root or ticker. */
  skippedDays: number;
}

/** Keys of the tracker that belong to a plan, and of those that it wants and that are not there. */
export function plannedKeys(
  tracked: Iterable<string>,
  plan: DownloadPlan,
  known: readonly WantedJob[],
): string[] {
  const subjects = new Set(plan.chains.flatMap((chain) => chain.subjects.map(jobKey)));
  const ofChains = [...tracked].filter((key) => subjects.has(key.replace(/#\d+$/, '')));
  return [...new Set([...plan.jobs.map((j) => j.key), ...ofChains, ...known.map((j) => j.key)])];
}

function isOver(job: TrackedJob, run: BatchRun): boolean {
  const lostFiles = job.state === 'error' && job.job_id !== null;
  return lostFiles || (job.failures ?? 0) >= run.maxAttempts;
}

/**
 * Counts what became of a plan.
 * @param known jobs of its chains, as far as their symbols are known.
 * @param failedChains chains whose definitions cannot be had or read.
 */
export function outcomeOf(
  run: BatchRun,
  plan: DownloadPlan,
  known: readonly WantedJob[],
  chains: { failed: readonly FailedJob[]; unknown: number },
): BatchOutcome {
  const outcome: BatchOutcome = {
    jobs: 0,
    downloaded: 0,
    open: 0,
    unsubmitted: 0,
    failed: [...chains.failed],
    unknownChains: chains.unknown,
    files: 0,
    bytes: 0,
    paidUsd: 0,
    skippedDays: plan.skipped.length,
  };
  const keys = plannedKeys(run.tracker.jobs.keys(), plan, known);
  outcome.jobs = keys.length;
  for (const key of keys) count(outcome, run, key);
  return outcome;
}

function count(outcome: BatchOutcome, run: BatchRun, key: string): void {
  const job = run.tracker.jobs.get(key);
  if (!job) {
    outcome.unsubmitted++;
    return;
  }
  outcome.paidUsd += paidFor(job);
  if (job.state === 'downloaded') {
    outcome.downloaded++;
    outcome.files += job.files?.length ?? 0;
    outcome.bytes += job.bytes ?? 0;
  } else if (job.state === 'done' || isUnderWay(job)) {
    outcome.open++;
  } else if (job.state !== 'intended' && isOver(job, run)) {
    outcome.failed.push({ key, why: job.error ?? job.state });
  } else {
    outcome.unsubmitted++;
  }
}
