import { isKnownError, OperatingError } from '../../core/index.ts';
import type { BatchRun } from './batch-run.ts';
import { paidFor } from './tracked-job.ts';
import { dataRequest, type WantedJob } from './wanted-job.ts';

/** Jobs whose cost is asked for at once; the vendor takes 20 such requests a second. */
const COSTS_AT_ONCE = 8;

/** What a job would cost. */
export interface JobCost {
  wanted: WantedJob;
  /** US dollars; null when the vendor refuses the request itself. */
  usd: number | null;
  /** Why it is refused. */
  refusal: string;
}

type Pricing = Pick<BatchRun, 'vendor' | 'signal'>;

async function costOf(run: Pricing, wanted: WantedJob): Promise<JobCost> {
  try {
    const usd = await run.vendor.getCost(dataRequest(wanted), run.signal);
    return { wanted, usd, refusal: '' };
  } catch (error) {
    if (!isKnownError(error) || error.code !== 'VENDOR_REFUSED') throw error;
    return { wanted, usd: null, refusal: error.message };
  }
}

/** Asks what jobs would cost, which is free; in their order. */
export async function priceJobs(run: Pricing, wanted: readonly WantedJob[]): Promise<JobCost[]> {
  const costs: JobCost[] = [];
  for (let from = 0; from < wanted.length; from += COSTS_AT_ONCE) {
    run.signal.throwIfAborted();
    const some = wanted.slice(from, from + COSTS_AT_ONCE);
    costs.push(...(await Promise.all(some.map((one) => costOf(run, one)))));
  }
  return costs;
}

/** An amount as people read it: cents, and more digits where cents would hide it. */
export function dollars(usd: number): string {
  return `$${usd >= 0.1 || usd === 0 ? usd.toFixed(2) : usd.toPrecision(2)}`;
}

/**
 * Refuses what would cost more than the run may.
 * @param planned keys of all that the run wants: what was paid for them before counts.
 * @throws OperatingError COST_LIMIT before anything of `costs` is asked for.
 */
export function checkBudget(
  run: BatchRun,
  planned: Iterable<string>,
  costs: readonly JobCost[],
): void {
  const limit = run.maxCostUsd;
  if (limit === null || costs.length === 0) return;
  let paid = 0;
  for (const key of new Set(planned)) {
    const job = run.tracker.jobs.get(key);
    if (job) paid += paidFor(job);
  }
  const more = costs.reduce((sum, { usd }) => sum + (usd ?? 0), 0);
  if (paid + more <= limit) return;
  const before = paid > 0 ? `, beside ${dollars(paid)} already asked for` : '';
  throw new OperatingError(
    'COST_LIMIT',
    `${costs.length} jobs would cost ${dollars(more)}${before}; --max-cost is ${dollars(limit)}`,
  );
}
