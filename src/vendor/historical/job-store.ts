/**
 * The jobs of the stand-in: made, moved on, remembered.
 */
import { randomInt } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataError } from '../../core/index.ts';
import type { DbnVersion } from '../../dbn/index.ts';
import type { DataFolder } from '../data-folder.ts';
import { dayOf, isoDayOf } from '../data-folder-time.ts';
import { ApiRefusal, refusal } from './api-refusal.ts';
import {
  type BatchState,
  describeJob,
  type JobPace,
  type JobRecord,
  stateOf,
} from './batch-job.ts';
import type { HistoricalFault } from './faults.ts';
import { makeJobFiles, type StoredFile, type UrlOf } from './job-files.ts';
import { type JobRequest, jobRequestOf } from './job-request.ts';
import { measureQuery } from './measure-query.ts';
import { costOf } from './unit-prices.ts';
import { zipSize } from './zip-archive.ts';

const ID_LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXY346789';
const ID_LENGTH = 10;
const STATE_FILE = 'jobs.json';
/** The only user. */
export const USER_ID = 'STANDIN1';

/** What a store works with. */
export interface JobStoreOptions {
  folder: DataFolder;
  /** Where the jobs' files and their list lie. */
  stateFolder: string;
  version: DbnVersion;
  pace: JobPace;
  now: () => bigint;
  urlsOf: (jobId: string) => UrlOf;
}

/** Jobs by id, in the order in which they came. */
export class JobStore {
  private readonly jobs = new Map<string, JobRecord>();
  private readonly requests = new Map<string, JobRequest>();
  private readonly options: JobStoreOptions;
  /** Files are made one job after another. */
  private work: Promise<void> = Promise.resolve();
  private closed = false;

  /**
   * Takes up the jobs that the state folder has; those without files are made again, those of data
   * that is no longer there are left out.
   * @throws DataError TRACKER when the list of jobs is damaged.
   */
  constructor(options: JobStoreOptions) {
    this.options = options;
    mkdirSync(options.stateFolder, { recursive: true });
    for (const job of readJobs(join(options.stateFolder, STATE_FILE))) {
      if (!this.isKnown(job)) continue;
      this.jobs.set(job.id, job);
      if (!job.files) this.make(job);
    }
  }

  /** Makes a job. @throws ApiRefusal 422 when the request is refused. */
  async submit(posted: string, fault: HistoricalFault | null): Promise<JobRecord> {
    const { folder, now, version } = this.options;
    const request = jobRequestOf(folder, posted);
    const { query } = request;
    const measure = await measureQuery(query, version);
    const received = now();
    const job: JobRecord = {
      id: `${query.dataset.split('.')[0]}-${isoDayOf(dayOf(received)).replaceAll('-', '')}-${randomId()}`,
      posted,
      receivedNs: String(received),
      polls: 0,
      fault,
      failure: null,
      records: measure.records,
      billedBytes: measure.bytes,
      costUsd: costOf(query.schema, measure.bytes),
      files: null,
      packageBytes: 0,
    };
    this.jobs.set(job.id, job);
    this.requests.set(job.id, request);
    this.save();
    this.make(job);
    return job;
  }

  /** Jobs in the order in which they came. */
  list(): JobRecord[] {
    return [...this.jobs.values()];
  }

  /** @throws ApiRefusal 404 when there is none. */
  require(jobId: string): JobRecord {
    const job = this.jobs.get(jobId);
    if (job) return job;
    throw refusal(404, 'batch_job_not_found', `The batch job '${jobId}' does not exist.`);
  }

  /** A list or a detail showed these jobs. */
  poll(jobs: readonly JobRecord[]): void {
    if (this.options.pace.by !== 'polls' || jobs.length === 0) return;
    for (const job of jobs) job.polls++;
    this.save();
  }

  state(job: JobRecord): BatchState {
    return stateOf(job, this.options.pace, this.options.now());
  }

  describe(job: JobRecord) {
    const { pace, now } = this.options;
    return describeJob(job, this.requestOf(job), USER_ID, pace, now());
  }

  /**
   * The files of a job that is done.
   * @throws ApiRefusal 422 when it is not yet, 410 when it expired.
   */
  filesOf(jobId: string): StoredFile[] {
    const job = this.require(jobId);
    const state = this.state(job);
    if (state === 'done') return job.files!;
    if (state === 'expired') {
      throw refusal(410, 'batch_job_expired', `The batch job '${jobId}' has expired.`);
    }
    throw refusal(422, 'batch_job_not_done', `The batch job '${jobId}' is ${state}.`);
  }

  /** Where the files of a job lie. */
  folderOf(jobId: string): string {
    return join(this.options.stateFolder, jobId);
  }

  /** Resolves when the files of every job so far are made. */
  settled(): Promise<void> {
    return this.work;
  }

  /** Makes no further job's files. */
  async close(): Promise<void> {
    this.closed = true;
    await this.work;
  }

  private requestOf(job: JobRecord): JobRequest {
    const known = this.requests.get(job.id);
    if (known) return known;
    const request = jobRequestOf(this.options.folder, job.posted);
    this.requests.set(job.id, request);
    return request;
  }

  private isKnown(job: JobRecord): boolean {
    try {
      this.requestOf(job);
      return true;
    } catch (error) {
      if (error instanceof ApiRefusal) return false;
      throw error;
    }
  }

  private make(job: JobRecord): void {
    const { folder, version, urlsOf } = this.options;
    this.work = this.work.then(async () => {
      if (this.closed) return;
      const request = this.requestOf(job);
      const conditionFiles = folder.files(request.query.dataset);
      const options = { version, conditionFiles, urls: urlsOf(job.id) };
      try {
        job.files = await makeJobFiles(this.folderOf(job.id), job.id, request, options);
        job.packageBytes = zipSize(job.files);
      } catch (error) {
        job.failure = (error as Error).message;
      }
      this.save();
    });
  }

  private save(): void {
    const path = join(this.options.stateFolder, STATE_FILE);
    writeFileSync(`${path}.new`, JSON.stringify(this.list(), null, 1));
    renameSync(`${path}.new`, path);
  }
}

function readJobs(path: string): JobRecord[] {
  if (!existsSync(path)) return [];
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as JobRecord[];
  } catch {
    throw new DataError('TRACKER', 'the list of jobs of the stand-in is damaged', {
      file: path,
      expected: 'JSON; delete the folder to begin anew',
    });
  }
}

function randomId(): string {
  return Array.from({ length: ID_LENGTH }, () => ID_LETTERS[randomInt(ID_LETTERS.length)]).join('');
}
