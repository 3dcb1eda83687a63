/**
 * A job as the tracker's file has it: the predecessor's fields under their names, and ours.
 */
import { z } from 'zod';

/** What is known of a job that ended without its files. */
const pastJob = z.looseObject({
  job_id: z.string(),
  /** `expired` as a rule. */
  state: z.string(),
  cost_usd: z.number().nullable().optional(),
});

/** Checks one entry; fields of other versions are kept as they are. */
export const trackedJobSchema = z.looseObject({
  /** The vendor's id; null: there is no job yet, or it is not known. */
  job_id: z.string().nullable(),
  dataset: z.string(),
  schema: z.string(),
  /** Root or ticker: the lake's folder. */
  symbol: z.string(),
  /** Session date, YYYY-MM-DD; the job covers this UTC day. */
  date_str: z.string(),
  symbols_count: z.number().int(),
  stype_in: z.string(),
  /**
   * `intended` (about to be asked for: whether it was is to be found out), `submitted`, `queued`,
   * `processing`, `done` (its files wait), `downloaded`, `expired`, `error`.
   */
  state: z.string(),
  submitted_at: z.string().nullable().optional(),
  /** Futures only: `futures` or `futures_options`. */
  product_type: z.string().optional(),
  updated_at: z.string().optional(),
  downloaded_at: z.string().optional(),
  /** Paths of the files that were downloaded. */
  files: z.array(z.string()).optional(),
  /** What went wrong last. */
  error: z.string().optional(),
  /** sha256 of the symbols asked for, sorted, a line each. */
  symbols_sha256: z.string().optional(),
  /** When the intent was written down, UTC. */
  intended_at: z.string().optional(),
  /** Submissions that came to nothing: refused, lost or expired. */
  failures: z.number().int().optional(),
  /** Downloads of this job's files that failed. */
  failed_downloads: z.number().int().optional(),
  /** US dollars: the estimate, later what the vendor says. */
  cost_usd: z.number().nullable().optional(),
  /** Jobs for the same data before this one. */
  past_jobs: z.array(pastJob).optional(),
  record_count: z.number().nullable().optional(),
  /** Bytes of `files`. */
  bytes: z.number().optional(),
  /** What the vendor says of the day's quality, when it is not `available`. */
  condition: z.string().optional(),
});

/** A job as the tracker has it. */
export type TrackedJob = z.infer<typeof trackedJobSchema>;

/** True while the vendor has something to do for the job. */
export function isUnderWay(job: TrackedJob): boolean {
  return job.job_id !== null && !['done', 'downloaded', 'expired', 'error'].includes(job.state);
}

/** US dollars that the data of an entry has cost, jobs that expired included. */
export function paidFor(job: TrackedJob): number {
  const past = (job.past_jobs ?? []).reduce((sum, one) => sum + (one.cost_usd ?? 0), 0);
  return past + (job.job_id === null ? 0 : (job.cost_usd ?? 0));
}
