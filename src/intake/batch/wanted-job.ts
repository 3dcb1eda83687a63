/**
 * One batch job that a download needs: the data of a day that one request brings.
 */
import { createHash } from 'node:crypto';
import type { DataRequest, JobRequest } from '../../databento/index.ts';
import type { Schema, SType } from '../../dbn/index.ts';
import { addDays } from '../../lake/index.ts';

/** Most symbols of a request. Source: Databento docs, Historical API. */
const MAX_SYMBOLS = 2000;

/** The predecessor's names for what of a root a futures job brings. */
export type FuturesKind = 'futures' | 'futures_options';

/** A job that is wanted. */
export interface WantedJob {
  /** `dataset|schema|symbol|date`, for futures `|kind`, and `#n` for the chunks after the first. */
  key: string;
  dataset: string;
  schema: Schema;
  stypeIn: SType;
  /** Root or ticker. */
  symbol: string;
  /** Session date: the job covers this UTC day. */
  dt: string;
  /** What is asked for, sorted; at most 2,000. */
  symbols: readonly string[];
  kind?: FuturesKind;
}

/** The parts of a wanted job that its chunks share. */
export type JobSubject = Omit<WantedJob, 'key' | 'symbols'>;

/** Key of a job, as trackers have it. */
export function jobKey({ dataset, schema, symbol, dt, kind }: JobSubject): string {
  return [dataset, schema, symbol, dt, ...(kind ? [kind] : [])].join('|');
}

/** The jobs that bring the data of these symbols: one for every 2,000. */
export function wantJobs(subject: JobSubject, symbols: readonly string[]): WantedJob[] {
  const sorted = [...new Set(symbols)].sort();
  const jobs: WantedJob[] = [];
  for (let from = 0; from < sorted.length; from += MAX_SYMBOLS) {
    const chunk = jobs.length === 0 ? '' : `#${jobs.length + 1}`;
    const key = `${jobKey(subject)}${chunk}`;
    jobs.push({ ...subject, key, symbols: sorted.slice(from, from + MAX_SYMBOLS) });
  }
  return jobs;
}

/** sha256 of a set of symbols, lower-case hex: how a job is recognised without naming them all. */
export function symbolsHash(symbols: readonly string[]): string {
  return createHash('sha256')
    .update([...symbols].sort().join('\n'))
    .digest('hex');
}

/** What the vendor is asked about a wanted job. */
export function dataRequest(wanted: WantedJob): DataRequest {
  const { dataset, schema, stypeIn, symbols, dt } = wanted;
  return { dataset, schema, stypeIn, symbols, start: dt, end: addDays(dt, 1) };
}

/** What the vendor is asked to make. */
export function jobRequest(wanted: WantedJob): JobRequest {
  const form = { encoding: 'dbn', compression: 'zstd', splitDuration: 'day' } as const;
  return { ...dataRequest(wanted), ...form };
}
