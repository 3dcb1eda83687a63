/**
 * Jobs of the vendor's that are the same as ours and that nobody of us claims: one submission that
 * was carried out twice, or somebody else's. Either way it is paid for, so it is said.
 */
import type { BatchJob } from '../../databento/index.ts';
import type { BatchRun } from './batch-run.ts';
import { claimedIds } from './find-jobs.ts';
import { symbolsHash } from './wanted-job.ts';

/** Ids that were told of, by run. */
const told = new WeakMap<BatchRun, Set<string>>();

/** What makes two jobs the same, in a word. */
function sameness(job: BatchJob): string {
  const { dataset, schema, stypeIn, startNs, endNs, symbols } = job;
  return [dataset, schema, stypeIn, startNs, endNs, symbolsHash(symbols)].join('|');
}

/**
 * Tells once of each job that is listed beside ours and is the same.
 * @param ours the jobs that are looked at, by key.
 */
export function tellTwins(
  run: BatchRun,
  ours: ReadonlyMap<string, BatchJob>,
  listed: Iterable<BatchJob>,
): void {
  const claimed = claimedIds(run);
  const known = told.get(run) ?? new Set<string>();
  told.set(run, known);
  const isNew = ({ id, state }: BatchJob) =>
    !claimed.has(id) && !known.has(id) && state !== 'expired';
  const unclaimed = [...listed].filter(isNew);
  if (unclaimed.length === 0) return;
  const keys = new Map([...ours].map(([key, job]) => [sameness(job), key]));
  for (const job of unclaimed) {
    const key = keys.get(sameness(job));
    if (key === undefined) continue;
    known.add(job.id);
    run.log(`${key}: the vendor has another job of this, ${job.id}: it is left alone, and billed`);
  }
}
