/**
 * The methods of `batch.*`. Source: Databento docs, Historical API, batch.
 */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { ApiMethod } from './api-call.ts';
import { type ApiAnswer, type ApiCall, type ApiContext, ConnectionDropped } from './api-call.ts';
import { ApiRefusal, badField, refusal } from './api-refusal.ts';
import { BATCH_STATES, inOlderSpelling } from './batch-job.ts';
import { byteRangeOf } from './byte-range.ts';
import { JOB_FAULTS } from './faults.ts';
import { listedFile } from './job-files.ts';
import { USER_ID } from './job-store.ts';
import { parseNamedPeriod } from './query-time.ts';
import { zipArchive, zipSize } from './zip-archive.ts';

const READ_BYTES = 1024 * 1024;
const LISTED_BY_DEFAULT = 'queued,processing,done';
/** A hash that no file has. */
const WRONG_HASH = '0'.repeat(64);

/** Where a file of a job is fetched. */
export function fileUrls(base: string, jobId: string) {
  const host = new URL(base).hostname;
  return (filename: string) => {
    const path = `${USER_ID}/${jobId}/${encodeURIComponent(filename)}`;
    return { https: `${base}/v0/batch/download/${path}`, ftp: `ftp://${host}/${path}` };
  };
}

/** `batch.submit_job` */
export const submitMethod: ApiMethod = async ({ jobs, faults }, { method, posted }) => {
  if (faults.take(method, 'submit-lost')) throw new ConnectionDropped();
  const fault = faults.take(method, ...JOB_FAULTS)?.name ?? null;
  const job = await jobs.submit(posted, fault);
  if (faults.take(method, 'submit-doubled')) await jobs.submit(posted, fault);
  if (faults.take(method, 'submit-answer-lost')) throw new ConnectionDropped();
  return { json: described(faults, method, jobs.describe(job)) };
};

/** A job in the spelling that is due. */
function described(
  faults: ApiContext['faults'],
  method: string,
  job: ReturnType<ApiContext['jobs']['describe']>,
) {
  return faults.take(method, 'older-spelling') ? inOlderSpelling(job) : job;
}

/** `batch.list_jobs` */
export const listJobsMethod: ApiMethod = ({ jobs, faults }, { method, fields }) => {
  const states = (fields.optional('states') ?? LISTED_BY_DEFAULT).split(',');
  for (const state of states) {
    if (!(BATCH_STATES as readonly string[]).includes(state)) {
      throw badField('query', 'states', `Input should be one of ${BATCH_STATES.join(', ')}`);
    }
  }
  const since = fields.optional('since');
  const sinceNs = since === null ? 0n : parseNamedPeriod(since)?.startNs;
  if (sinceNs === undefined) throw badField('query', 'since', `Invalid datetime: ${since}`);
  let all = jobs.list();
  if (faults.take(method, 'list-late')) all = all.slice(0, -1);
  const listed = all.filter((job) => {
    return BigInt(job.receivedNs) >= sinceNs && states.includes(jobs.state(job));
  });
  const isShort = fields.flag('short', false);
  const isOlder = faults.take(method, 'older-spelling') !== null;
  const json = listed.map((job) => {
    const whole = jobs.describe(job);
    const { id, state, ts_received } = whole;
    if (isShort) return { id, state, ts_received };
    return isOlder ? inOlderSpelling(whole) : whole;
  });
  jobs.poll(listed);
  return { json };
};

/** `batch.get_job_details` */
export const jobDetailsMethod: ApiMethod = ({ jobs, faults }, { method, fields }) => {
  const job = jobs.require(fields.required('job_id'));
  const json = described(faults, method, jobs.describe(job));
  jobs.poll([job]);
  return { json };
};

/** `batch.list_files` */
export const listFilesMethod: ApiMethod = ({ jobs, faults }, { method, fields, base }) => {
  const jobId = fields.required('job_id');
  const files = jobs.filesOf(jobId);
  if (faults.take(method, 'files-late')) return { json: [] };
  const urls = fileUrls(base, jobId);
  const wrong = faults.take(method, 'wrong-sha256') !== null;
  const listed = files.map((f) => listedFile(wrong ? { ...f, sha256: WRONG_HASH } : f, urls));
  return { json: listed };
};

/** `batch.download`: everything as a ZIP. */
export const downloadMethod: ApiMethod = ({ jobs }, { fields }) => {
  const jobId = fields.required('job_id');
  const files = jobs.filesOf(jobId);
  return {
    body: zipArchive(jobs.folderOf(jobId), files),
    bytes: zipSize(files),
    headers: {
      'content-type': 'application/zip',
      'content-disposition': `attachment; filename="${jobId}.zip"`,
    },
  };
};

/** A file of a job, or a part of it. @throws ApiRefusal 404, 416. */
export function downloadFile(
  context: ApiContext,
  call: ApiCall,
  jobId: string,
  filename: string,
): ApiAnswer {
  const { jobs, faults } = context;
  const file = jobs.filesOf(jobId).find((f) => f.filename === filename);
  if (!file) throw refusal(404, 'batch_file_not_found', `No file '${filename}' in '${jobId}'.`);
  const asked = byteRangeOf(call.range, file.bytes);
  const ignored = asked && faults.take(call.method, 'range-ignored');
  const range = ignored ? null : asked;
  if (range === 'unsatisfiable') {
    throw new ApiRefusal(416, 'Requested Range Not Satisfiable', {
      'content-range': `bytes */${file.bytes}`,
    });
  }
  const { first, end } = range ?? { first: 0, end: file.bytes };
  const path = join(jobs.folderOf(jobId), filename);
  const headers = {
    'content-type': 'application/octet-stream',
    'accept-ranges': 'bytes',
    ...(range ? { 'content-range': `bytes ${first}-${end - 1}/${file.bytes}` } : {}),
  };
  return {
    body: readPart(path, first, end),
    bytes: end - first,
    status: range ? 206 : 200,
    headers,
  };
}

function readPart(path: string, first: number, end: number): AsyncIterable<Uint8Array> {
  if (end === first) return (async function* () {})();
  return createReadStream(path, { start: first, end: end - 1, highWaterMark: READ_BYTES });
}
