/**
 * The runs of `download`: submit once, look once, or go on until everything is here.
 */
import { isKnownError } from '../../core/index.ts';
import { type BatchOutcome, outcomeOf, plannedKeys } from './batch-outcome.ts';
import type { BatchRun } from './batch-run.ts';
import { downloadJobs } from './download-jobs.ts';
import type { DownloadPlan } from './download-plan.ts';
import { KnownChains } from './known-chains.ts';
import { pollJobs, reviveJobs } from './poll-jobs.ts';
import { submitJobs } from './submit-jobs.ts';
import type { WantedJob } from './wanted-job.ts';

/** Time without an answer of the vendor after which a daemon gives up, ms. */
const LONGEST_OUTAGE_MS = 3_600_000;

/** A plan on its way. */
class PlanRun {
  readonly chains: KnownChains;
  private readonly run: BatchRun;
  private readonly plan: DownloadPlan;

  constructor(run: BatchRun, plan: DownloadPlan) {
    this.run = run;
    this.plan = plan;
    this.chains = new KnownChains(run, plan);
  }

  submitBase(): Promise<void> {
    return this.submit(this.plan.jobs);
  }

  /** Submits what the definitions that have arrived call for. */
  async submitOptions(): Promise<void> {
    await this.chains.look();
    await this.submit(this.chains.jobs);
  }

  outcome(): BatchOutcome {
    return outcomeOf(this.run, this.plan, this.chains.jobs, this.chains.state);
  }

  private submit(jobs: readonly WantedJob[]): Promise<void> {
    const keys = plannedKeys(this.run.tracker.jobs.keys(), this.plan, this.chains.jobs);
    return submitJobs(this.run, jobs, keys);
  }
}

/**
 * Has the vendor make what is not asked for yet; options of days whose definitions are here
 * included.
 * @throws OperatingError COST_LIMIT, VENDOR_*; everything begun stands in the tracker.
 */
export async function submitPlan(run: BatchRun, plan: DownloadPlan): Promise<BatchOutcome> {
  const going = new PlanRun(run, plan);
  await reviveJobs(run);
  await going.submitBase();
  await going.submitOptions();
  return going.outcome();
}

/** Looks at every job of the tracker once, and downloads those that are done. */
export async function pollOnce(run: BatchRun): Promise<void> {
  await reviveJobs(run);
  await pollJobs(run);
  await downloadJobs(run);
}

/** One look: definitions first, for the options wait for them. */
async function cycle(run: BatchRun, going: PlanRun, spending: Spending): Promise<void> {
  await spending.within(() => going.submitBase());
  await pollJobs(run);
  await downloadJobs(run, (job) => job.schema === 'definition');
  await spending.within(() => going.submitOptions());
  await downloadJobs(run);
}

/** Keeps a run from asking for more once its budget is used up: what is paid for still comes. */
class Spending {
  refusal: unknown = null;

  async within(submit: () => Promise<void>): Promise<void> {
    if (this.refusal !== null) return;
    try {
      await submit();
    } catch (error) {
      if (!isKnownError(error) || error.code !== 'COST_LIMIT') throw error;
      this.refusal = error;
    }
  }
}

/** Lets a run outlive the vendor's absence, for a while. */
class Outage {
  private readonly run: BatchRun;
  private sinceMs: number | null = null;

  constructor(run: BatchRun) {
    this.run = run;
  }

  /** @returns false when the vendor could not be reached. @throws what else goes wrong. */
  async attempt(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      this.sinceMs = null;
      return true;
    } catch (error) {
      this.run.signal.throwIfAborted();
      if (!isKnownError(error) || error.code !== 'VENDOR_UNAVAILABLE') throw error;
      const now = this.run.clock.nowMs();
      this.sinceMs ??= now;
      if (now - this.sinceMs > LONGEST_OUTAGE_MS) throw error;
      this.run.log(`the vendor cannot be reached, going on later: ${error.message}`);
      return false;
    }
  }
}

/**
 * Submits, polls and downloads until nothing of the plan is open.
 * @throws OperatingError COST_LIMIT when the plan costs more than it may: what was asked for before
 * is downloaded first; VENDOR_* when going on is vain; the signal's reason when it is aborted.
 */
export async function runDaemon(run: BatchRun, plan: DownloadPlan): Promise<BatchOutcome> {
  const going = new PlanRun(run, plan);
  const outage = new Outage(run);
  const spending = new Spending();
  let revived = false;
  for (;;) {
    const reached = await outage.attempt(async () => {
      if (!revived) await reviveJobs(run);
      revived = true;
      await cycle(run, going, spending);
    });
    const outcome = going.outcome();
    const later = spending.refusal === null ? outcome.unsubmitted + outcome.unknownChains : 0;
    if (reached && outcome.open + later === 0) {
      if (spending.refusal !== null) throw spending.refusal;
      return outcome;
    }
    await run.clock.wait(run.pollMs, run.signal);
  }
}
