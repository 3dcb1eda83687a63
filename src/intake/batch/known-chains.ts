import { isKnownError } from '../../core/index.ts';
import { findDefinitionFiles } from '../../feed/index.ts';
import type { FailedJob } from './batch-outcome.ts';
import type { BatchRun } from './batch-run.ts';
import type { DownloadPlan, OptionChain } from './download-plan.ts';
import { sessionOptions } from './session-options.ts';
import { type WantedJob, wantJobs } from './wanted-job.ts';

/** States of a definitions' job that no definitions come of any more. */
const LOST: readonly string[] = ['error', 'expired'];

/** The jobs of option chains, found out as their definitions arrive; each is read once. */
export class KnownChains {
  /** Jobs of the chains that are known. */
  readonly jobs: WantedJob[] = [];
  private readonly run: BatchRun;
  private waiting: OptionChain[];
  private readonly unread: FailedJob[] = [];

  constructor(run: BatchRun, plan: DownloadPlan) {
    this.run = run;
    this.waiting = plan.chains.filter((chain) => chain.subjects.length > 0);
  }

  /** Chains whose definitions are not here and will not come, and those that cannot be read. */
  get state(): { failed: FailedJob[]; unknown: number } {
    const lost = this.waiting.filter((chain) => this.isLost(chain));
    return { failed: this.unread, unknown: this.waiting.length - lost.length };
  }

  /** Reads the definitions that have arrived. */
  async look(): Promise<void> {
    const still: OptionChain[] = [];
    for (const chain of this.waiting) {
      this.run.signal.throwIfAborted();
      if (this.isHere(chain)) await this.read(chain);
      else still.push(chain);
    }
    this.waiting = still;
  }

  private isHere({ definitionKey, venue, dt }: OptionChain): boolean {
    const job = this.run.tracker.jobs.get(definitionKey);
    if (job) return job.state === 'downloaded';
    // Nobody asked for them here, but they lie there.
    return findDefinitionFiles(this.run.lake, venue, dt).length > 0;
  }

  private isLost({ definitionKey }: OptionChain): boolean {
    const job = this.run.tracker.jobs.get(definitionKey);
    if (!job || !LOST.includes(job.state)) return false;
    return job.job_id !== null || (job.failures ?? 0) >= this.run.maxAttempts;
  }

  private async read(chain: OptionChain): Promise<void> {
    const { symbol, dt, venue, rule, subjects } = chain;
    const { lake, log } = this.run;
    try {
      const symbols = await sessionOptions(lake, venue, rule);
      log(`${symbol} ${dt}: ${symbols.length} options expire on the day`);
      for (const subject of subjects) this.jobs.push(...wantJobs(subject, symbols));
    } catch (error) {
      if (!isKnownError(error)) throw error;
      log(`SKIP 0DTE ${symbol} ${dt}: ${error.message}`);
      this.unread.push({ key: `${symbol} ${dt} 0DTE`, why: error.message });
    }
  }
}
