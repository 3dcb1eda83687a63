/**
 * Asks the vendor for jobs, each once. The vendor's API cannot tell a repeated submission from a
 * new order, so the intent is written down first, and a submission whose answer is not known is
 * looked for among the vendor's jobs before it is made again.
 */
import { isKnownError } from '../../core/index.ts';
import { type BatchRun, isoNow } from './batch-run.ts';
import { missingJobs } from './find-jobs.ts';
import { entryOf, withVendorState } from './job-changes.ts';
import { checkBudget, dollars, type JobCost, priceJobs } from './job-costs.ts';
import { jobRequest, type WantedJob } from './wanted-job.ts';

/** Errors that say for certain that no job was made. */
const CERTAIN: readonly string[] = ['VENDOR_REFUSED', 'VENDOR_AUTH', 'VENDOR_KEY', 'USAGE'];
/** Errors for which asking for other jobs is in vain too. */
const FATAL: readonly string[] = ['VENDOR_AUTH', 'VENDOR_KEY'];

/** True when a job is to be asked for: it never was, or all that was asked came to nothing. */
function needsJob(run: BatchRun, wanted: WantedJob): boolean {
  const job = run.tracker.jobs.get(wanted.key);
  if (!job) return true;
  if (job.state === 'intended') return true;
  const cameToNothing = job.state === 'expired' || (job.state === 'error' && job.job_id === null);
  return cameToNothing && (job.failures ?? 0) < run.maxAttempts;
}

/** Notes that a submission came to nothing; one that is refused is not repeated in this run. */
function failed(run: BatchRun, wanted: WantedJob, error: string, isRefused: boolean): void {
  const entry = entryOf(run, wanted);
  const failures = isRefused ? run.maxAttempts : (entry.failures ?? 0) + 1;
  const updated_at = isoNow(run);
  run.tracker.set([wanted.key, { ...entry, state: 'error', error, failures, updated_at }]);
  run.log(`${wanted.key}: not accepted: ${error}`);
}

/**
 * Submits one job.
 * @returns true when it is not known whether the vendor made it.
 * @throws what makes further submissions vain.
 */
async function submitOne(run: BatchRun, { wanted, usd }: JobCost): Promise<boolean> {
  const intended = { ...entryOf(run, wanted), state: 'intended', intended_at: isoNow(run) };
  run.tracker.set([wanted.key, intended]);
  try {
    // Not cancelled by an interrupt: its answer says what is paid for.
    const job = await run.vendor.submitJob(jobRequest(wanted));
    const entry = { ...intended, cost_usd: usd, submitted_at: isoNow(run) };
    const after = withVendorState(run, entry, job);
    const state = after.state === 'queued' ? 'submitted' : after.state;
    run.tracker.set([wanted.key, { ...after, state }]);
    const price = usd === null ? '' : `, ${dollars(usd)}`;
    const end = after.state === 'expired' ? ', which has expired' : '';
    run.log(`${wanted.key}: submitted as ${job.id}${price}${end}`);
    return false;
  } catch (error) {
    if (!isKnownError(error)) throw error;
    if (CERTAIN.includes(error.code)) failed(run, wanted, error.message, true);
    else run.log(`${wanted.key}: no answer to the submission: ${error.message}`);
    if (FATAL.includes(error.code)) throw error;
    return !CERTAIN.includes(error.code);
  }
}

/** Submits in order, a pause after each, up to the first whose answer is not known. */
async function submitSome(run: BatchRun, costs: readonly JobCost[]): Promise<WantedJob | null> {
  for (const cost of costs) {
    run.signal.throwIfAborted();
    if (await submitOne(run, cost)) return cost.wanted;
    if (run.pauseMs > 0) await run.clock.wait(run.pauseMs, run.signal);
  }
  return null;
}

/** Counts a submission that had no answer and that the vendor does not know as one that failed. */
function countLost(run: BatchRun, wanted: WantedJob): void {
  failed(run, wanted, 'the submission had no answer, and the vendor has no such job', false);
}

function tellCosts(run: BatchRun, costs: readonly JobCost[]): void {
  const total = costs.reduce((sum, { usd }) => sum + (usd ?? 0), 0);
  run.log(`${costs.length} jobs to submit, ${dollars(total)} by the vendor's estimate`);
}

async function priced(run: BatchRun, wanted: readonly WantedJob[]): Promise<JobCost[]> {
  const costs = await priceJobs(run, wanted);
  for (const { wanted: one, usd, refusal } of costs)
    if (usd === null) failed(run, one, refusal, true);
  return costs.filter(({ usd }) => usd !== null);
}

/**
 * Has the vendor make those of the wanted jobs that it was not asked for yet; what it costs is said
 * before. Every job is in the tracker when this returns or throws.
 * @param planned keys of everything that the run wants, for `--max-cost`.
 * @throws OperatingError COST_LIMIT before any of them is submitted; what makes going on vain.
 */
export async function submitJobs(
  run: BatchRun,
  wanted: readonly WantedJob[],
  planned: Iterable<string>,
): Promise<void> {
  let todo = wanted.filter((one) => needsJob(run, one));
  if (todo.length === 0) return;
  const costs = await priced(run, await missingJobs(run, todo));
  if (costs.length > 0) tellCosts(run, costs);
  checkBudget(run, planned, costs);
  todo = costs.map((cost) => cost.wanted);
  while (todo.length > 0) {
    const unclear = await submitSome(
      run,
      costs.filter(({ wanted: one }) => todo.includes(one)),
    );
    if (!unclear) return;
    const [lost] = await missingJobs(run, [unclear]);
    if (lost) countLost(run, lost);
    const rest = todo.slice(todo.indexOf(unclear) + 1);
    todo = lost && needsJob(run, lost) ? [lost, ...rest] : rest;
  }
}
