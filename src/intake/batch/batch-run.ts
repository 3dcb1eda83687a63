import type { VendorClock } from '../../databento/index.ts';
import type { BatchVendor } from './batch-vendor.ts';
import type { JobTracker } from './job-tracker.ts';

/** What every step of a run works with. */
export interface BatchRun {
  vendor: BatchVendor;
  tracker: JobTracker;
  clock: VendorClock;
  lake: string;
  /** Ends the run at the next safe point: everything begun can be gone on with. */
  signal: AbortSignal;
  /** Wait after each submission, ms. */
  pauseMs: number;
  /** Wait between two looks at the vendor's jobs, ms. */
  pollMs: number;
  /** Submissions, and downloads, of the same data that may fail. */
  maxAttempts: number;
  /** Time that a submission without an answer is given to show in the vendor's list, ms. */
  settleMs: number;
  /** US dollars that the plan may cost, what was paid for it before included; null: any. */
  maxCostUsd: number | null;
  /** Told what happens, a line each. */
  log: (text: string) => void;
  /** Told how far the download of a file is. */
  onDownload: (label: string, done: number, total: number) => void;
}

/** The wall time as trackers have it: UTC, ISO 8601. */
export function isoNow(run: BatchRun): string {
  return new Date(Number(run.clock.unixNs() / 1_000_000n)).toISOString();
}
