/**
 * Fetches the files of jobs that are done into the lake. A job's data file comes last: when it is
 * there, all is.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataError, isKnownError, type OperatingError } from '../../core/index.ts';
import type { JobFile } from '../../databento/index.ts';
import { type BatchRun, isoNow } from './batch-run.ts';
import { expired } from './job-changes.ts';
import { jobFolder } from './job-folder.ts';
import type { TrackedJob } from './tracked-job.ts';

/** Jobs whose files are fetched at the same time: one connection seldom fills a line. */
const JOBS_AT_ONCE = 3;
/** Names that may become folders and files below the lake. */
const SAFE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/;
/** Errors that the next job would meet as well. */
const FATAL: readonly string[] = ['VENDOR_AUTH', 'VENDOR_KEY', 'FILE_WRITE'];
/** Errors after which the vendor is asked whether it has the job at all. */
const DOUBTFUL: readonly string[] = ['VENDOR_REFUSED', 'VENDOR_UNAVAILABLE'];
/** The vendor's word on the quality of the days in a job. */
const CONDITION_FILE = 'condition.json';

type KnownError = DataError | OperatingError;

function checkName(name: string, what: string): string {
  if (SAFE_NAME.test(name)) return name;
  throw new DataError('VENDOR_PROTOCOL', `${what} that cannot be a file's name`, {
    found: JSON.stringify(name.slice(0, 80)),
    expected: 'letters, digits, dot, dash and underscore',
  });
}

function isData({ filename }: JobFile): boolean {
  return /\.dbn(\.zst)?$/.test(filename);
}

/** The quality of the day when it is not `available`; undefined when it is, or is not told. */
function conditionIn(files: readonly string[]): string | undefined {
  const path = files.find((file) => file.endsWith(`/${CONDITION_FILE}`));
  if (path === undefined) return undefined;
  try {
    const days = JSON.parse(readFileSync(path, 'utf8')) as { condition?: unknown }[];
    const told = days.map(({ condition }) => condition).filter((c) => c !== 'available');
    return typeof told[0] === 'string' ? told[0] : undefined;
  } catch {
    return undefined;
  }
}

/** @throws DataError VENDOR_PROTOCOL when the list lacks what the job must have. */
function checkComplete(job: TrackedJob, listed: readonly JobFile[]): void {
  const records = job.record_count ?? 0;
  if (listed.length > 0 && (records === 0 || listed.some(isData))) return;
  throw new DataError('VENDOR_PROTOCOL', `the list of files of job ${job.job_id} is not complete`, {
    found: `${listed.length} files, none with data`,
    expected: records > 0 ? `${records} records` : 'what every job has, metadata.json at least',
  });
}

/** Fetches the files of a job. @returns its entry afterwards. */
async function fetchFiles(run: BatchRun, key: string, job: TrackedJob): Promise<TrackedJob> {
  const id = checkName(job.job_id ?? '', 'a job id');
  const place = { ...job, kind: job.product_type };
  const folder = join(jobFolder(run.lake, place), id);
  const listed = await run.vendor.listFiles(id, run.signal);
  checkComplete(job, listed);
  const total = listed.reduce((sum, file) => sum + file.bytes, 0);
  const files: string[] = [];
  let before = 0;
  for (const file of [...listed].sort((a, b) => Number(isData(a)) - Number(isData(b)))) {
    const path = join(folder, checkName(file.filename, 'a file'));
    const onProgress = (done: number) => run.onDownload(key, before + done, total);
    await run.vendor.downloadFile({ file, path, onProgress, signal: run.signal });
    before += file.bytes;
    files.push(path);
  }
  const { error: _gone, ...rest } = job;
  const condition = conditionIn(files);
  const at = isoNow(run);
  const done = { ...rest, state: 'downloaded', files, bytes: total, failed_downloads: 0 };
  if (!listed.some(isData)) run.log(`${key}: job ${id} has no data file: there are no records`);
  if (condition) run.log(`${key}: the vendor calls the data of the day ${condition}`);
  return { ...done, downloaded_at: at, updated_at: at, ...(condition ? { condition } : {}) };
}

/** True when the vendor says that a job expired, or does not know it any more. */
async function isGone(run: BatchRun, id: string): Promise<boolean> {
  try {
    return (await run.vendor.getJob(id, run.signal)).state === 'expired';
  } catch (error) {
    if (isKnownError(error) && error.code === 'VENDOR_REFUSED') return true;
    throw error;
  }
}

/**
 * The entry after a failed download.
 * @throws what the vendor's API throws when it is not to be reached at all.
 */
async function afterFailure(run: BatchRun, job: TrackedJob, error: KnownError) {
  if (DOUBTFUL.includes(error.code) && (await isGone(run, job.job_id ?? ''))) {
    return expired(run, job, `job ${job.job_id} expired before it was downloaded`);
  }
  const failed_downloads = (job.failed_downloads ?? 0) + 1;
  const state = failed_downloads < run.maxAttempts ? 'done' : 'error';
  return { ...job, state, failed_downloads, error: error.message, updated_at: isoNow(run) };
}

async function downloadOne(run: BatchRun, key: string): Promise<void> {
  const job = run.tracker.jobs.get(key)!;
  try {
    const after = await fetchFiles(run, key, job);
    run.tracker.set([key, after]);
    run.log(`${key}: downloaded, ${after.files?.length} files, ${after.bytes} bytes`);
  } catch (error) {
    run.signal.throwIfAborted();
    if (!isKnownError(error) || FATAL.includes(error.code)) throw error;
    const after = await afterFailure(run, job, error);
    run.tracker.set([key, after]);
    run.log(
      `${key}: ${after.state === 'expired' ? after.error : `not downloaded: ${error.message}`}`,
    );
  }
}

/**
 * Downloads the jobs that wait and whose entry passes `chosen`, each tried once, some at a time.
 * @throws the first error for which going on is vain; the others under way come to their end first.
 */
export async function downloadJobs(
  run: BatchRun,
  chosen: (job: TrackedJob) => boolean = () => true,
): Promise<void> {
  const keys = run.tracker.pending.filter((key) => chosen(run.tracker.jobs.get(key)!)).values();
  const errors: unknown[] = [];
  const work = async () => {
    for (const key of keys) {
      if (errors.length > 0) return;
      await downloadOne(run, key).catch((error: unknown) => errors.push(error));
    }
  };
  run.signal.throwIfAborted();
  await Promise.all(Array.from({ length: JOBS_AT_ONCE }, work));
  run.signal.throwIfAborted();
  if (errors.length > 0) throw errors[0];
}
