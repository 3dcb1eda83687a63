/**
 * How an entry begins, and what the vendor's word changes of it.
 */
import type { BatchJob } from '../../databento/index.ts';
import { type BatchRun, isoNow } from './batch-run.ts';
import type { TrackedJob } from './tracked-job.ts';
import { symbolsHash, type WantedJob } from './wanted-job.ts';

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

/** The entry of a job with what the vendor says of it. */
export function withVendorState(run: BatchRun, job: TrackedJob, found: BatchJob): TrackedJob {
  const after = {
    ...job,
    job_id: found.id,
    state: found.state,
    ...(found.costUsd === null ? {} : { cost_usd: found.costUsd }),
    ...(found.recordCount === null ? {} : { record_count: found.recordCount }),
    updated_at: isoNow(run),
  };
  return found.state === 'expired' ? expired(run, after, `job ${found.id} expired`) : after;
}

function withoutError(job: TrackedJob): TrackedJob {
  const { error: _gone, ...rest } = job;
  return rest;
}

/** The entry of a wanted job from before, or a new one; what was paid for is never forgotten. */
export function entryOf(run: BatchRun, wanted: WantedJob): TrackedJob {
  const before = run.tracker.jobs.get(wanted.key);
  const gone = before?.job_id ?? null;
  const past = gone === null ? [] : [{ job_id: gone, state: before?.state ?? 'expired' }];
  return {
    ...(before ? withoutError(before) : { state: 'intended' }),
    job_id: null,
    ...(past.length > 0 ? { past_jobs: [...(before?.past_jobs ?? []), ...past] } : {}),
    dataset: wanted.dataset,
    schema: wanted.schema,
    symbol: wanted.symbol,
    date_str: wanted.dt,
    symbols_count: wanted.symbols.length,
    stype_in: wanted.stypeIn,
    ...(wanted.kind ? { product_type: wanted.kind } : {}),
    symbols_sha256: symbolsHash(wanted.symbols),
  };
}
