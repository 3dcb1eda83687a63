/**
 * A batch job: what is remembered of it, and what state it is in when.
 */
import { isoOf } from '../../dbn/index.ts';
import type { HistoricalFault } from './faults.ts';
import type { StoredFile } from './job-files.ts';
import type { JobRequest } from './job-request.ts';
import { ALL_SYMBOLS } from './request-fields.ts';

/** State of a job. */
export type BatchState = 'queued' | 'processing' | 'done' | 'expired';

/** All states, in order. */
export const BATCH_STATES = ['queued', 'processing', 'done', 'expired'] as const;

/** How long a job stays in a state. */
export interface JobPace {
  /** What moves jobs on: time, or each list and detail that shows them. */
  by: 'clock' | 'polls';
  /** Milliseconds, or polls. */
  queued: number;
  processing: number;
  /** Milliseconds, or polls, from done to expired. */
  kept: number;
}

/** What is written down of a job. */
export interface JobRecord {
  id: string;
  /** The request as it was posted. */
  posted: string;
  /** Unix ns, as text. */
  receivedNs: string;
  polls: number;
  fault: HistoricalFault | null;
  /** Why its files could not be made, for who runs the stand-in. */
  failure: string | null;
  records: number;
  billedBytes: number;
  costUsd: number;
  /** Null until they are made. */
  files: StoredFile[] | null;
  /** Of the ZIP, bytes. */
  packageBytes: number;
}

const NS_PER_MS = 1_000_000n;

/** How far a job is, in the unit of the pace. */
function ageOf(job: JobRecord, pace: JobPace, nowNs: bigint): number {
  if (pace.by === 'polls') return job.polls;
  return Number((nowNs - BigInt(job.receivedNs)) / NS_PER_MS);
}

/** The state of a job at a moment. */
export function stateOf(job: JobRecord, pace: JobPace, nowNs: bigint): BatchState {
  const age = ageOf(job, pace, nowNs);
  const doneAt = pace.queued + pace.processing;
  if (job.fault === 'job-stuck' || age < pace.queued) return 'queued';
  if (age < doneAt) return 'processing';
  const ends = job.fault === 'job-fails' || job.fault === 'job-expires';
  if (ends || job.failure !== null) return 'expired';
  if (!job.files) return 'processing';
  return age >= doneAt + pace.kept ? 'expired' : 'done';
}

/** As older answers have it: `2026-01-31 05:33:02.123456+00:00`. */
function olderSpelling(iso: string): string {
  return iso.replace('T', ' ').replace(/(\.\d{6})\d{3}Z$/, '$1+00:00');
}

/**
 * A description as the API also gives it: moments in an older spelling, symbols as a list. Source:
 * Databento docs, Historical API, batch jobs.
 */
export function inOlderSpelling(job: ReturnType<typeof describeJob>) {
  const entries = Object.entries(job).map(([name, value]) => {
    const isMoment = name.startsWith('ts_') && typeof value === 'string';
    return [name, isMoment ? olderSpelling(value) : value];
  });
  return { ...Object.fromEntries(entries), symbols: job.symbols.split(',') };
}

/** A job as the API describes it. */
export function describeJob(
  job: JobRecord,
  request: JobRequest,
  userId: string,
  pace: JobPace,
  nowNs: bigint,
) {
  const { query, form } = request;
  const state = stateOf(job, pace, nowNs);
  const received = BigInt(job.receivedNs);
  const rank = BATCH_STATES.indexOf(state);
  const after = (n: number) =>
    received + BigInt(Math.round(pace.by === 'clock' ? n : 0)) * NS_PER_MS;
  const doneNs = after(pace.queued + pace.processing);
  const isDone = rank >= BATCH_STATES.indexOf('done') && job.files !== null;
  return {
    id: job.id,
    user_id: userId,
    api_key: null,
    cost_usd: job.costUsd,
    dataset: query.dataset,
    symbols: query.resolution.symbols?.join(',') ?? ALL_SYMBOLS,
    stype_in: query.stypeIn,
    stype_out: query.stypeOut,
    schema: query.schema,
    start: isoOf(query.span.from),
    end: isoOf(query.span.to),
    limit: query.limit,
    encoding: form.encoding,
    compression: form.compression === 'none' ? null : form.compression,
    pretty_px: form.prettyPrices,
    pretty_ts: form.prettyTimes,
    map_symbols: form.mapSymbols,
    split_symbols: form.splitSymbols,
    split_duration: form.splitDuration === 'none' ? null : form.splitDuration,
    split_size: form.splitSize,
    packaging: null,
    delivery: 'download',
    record_count: isDone ? job.records : null,
    billed_size: isDone ? job.billedBytes : null,
    actual_size: isDone ? job.files!.reduce((sum, f) => sum + f.bytes, 0) : null,
    package_size: isDone ? job.packageBytes : null,
    state,
    ts_received: isoOf(received),
    ts_queued: isoOf(received),
    ts_process_start: rank >= 1 ? isoOf(after(pace.queued)) : null,
    ts_process_done: isDone ? isoOf(doneNs) : null,
    ts_expiration: isDone ? isoOf(expiryOf(doneNs, pace)) : null,
    progress: state === 'done' ? 100 : state === 'processing' ? progressOf(job, pace, nowNs) : 0,
  };
}

/** Thirty days, where polls are what moves jobs. Source: Databento docs, batch downloads. */
const KEPT_NS = 30n * 86_400_000_000_000n;

function expiryOf(doneNs: bigint, pace: JobPace): bigint {
  return pace.by === 'clock'
    ? doneNs + BigInt(Math.round(pace.kept)) * NS_PER_MS
    : doneNs + KEPT_NS;
}

function progressOf(job: JobRecord, pace: JobPace, nowNs: bigint): number {
  const part = (ageOf(job, pace, nowNs) - pace.queued) / Math.max(1, pace.processing);
  return Math.max(0, Math.min(99, Math.floor(part * 100)));
}
