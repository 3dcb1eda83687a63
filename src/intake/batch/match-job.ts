import type { BatchJob } from '../../databento/index.ts';
import { addDays, dateToUnixNs } from '../../lake/index.ts';
import { jobRequest, symbolsHash, type WantedJob } from './wanted-job.ts';

/** What a job that brings other bytes than ours says of its form, by field. */
function sameForm({ raw }: BatchJob, wanted: WantedJob): boolean {
  const { encoding, compression, splitDuration } = jobRequest(wanted);
  const told: [unknown, unknown][] = [
    [raw['encoding'], encoding],
    [raw['compression'], compression],
    [raw['split_duration'], splitDuration],
    [raw['split_symbols'], false],
  ];
  const isWhole = raw['limit'] === undefined || raw['limit'] === null || raw['limit'] === 0;
  return isWhole && told.every(([found, ours]) => found === undefined || found === ours);
}

/** True when a job of the vendor's list brings what is wanted: same data, same form. */
function isSameJob(job: BatchJob, wanted: WantedJob, hashes: readonly string[]): boolean {
  return (
    job.dataset === wanted.dataset &&
    job.schema === wanted.schema &&
    job.stypeIn === wanted.stypeIn &&
    job.startNs === dateToUnixNs(wanted.dt) &&
    job.endNs === dateToUnixNs(addDays(wanted.dt, 1)) &&
    sameForm(job, wanted) &&
    hashes.includes(symbolsHash(job.symbols))
  );
}

/**
 * Jobs of a list that bring what is wanted, the first made first.
 * @param intended hash of the symbols that an earlier run was about to ask for, when there was one.
 */
export function matchingJobs(
  jobs: readonly BatchJob[],
  wanted: WantedJob,
  intended: string | undefined,
): BatchJob[] {
  const hashes = [symbolsHash(wanted.symbols), ...(intended === undefined ? [] : [intended])];
  const same = jobs.filter((job) => job.state !== 'expired' && isSameJob(job, wanted, hashes));
  return same.sort((a, b) => (a.receivedNs < b.receivedNs ? -1 : 1));
}
