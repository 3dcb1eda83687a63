export type { BatchOutcome } from './batch/batch-outcome.ts';
export type { BatchRun } from './batch/batch-run.ts';
export type { BatchVendor } from './batch/batch-vendor.ts';
export { type DownloadPlan, foldersOf, planEquities, planFutures } from './batch/download-plan.ts';
export { dollars } from './batch/job-costs.ts';
export { refuseSynthetic } from './batch/job-folder.ts';
export { JobTracker, readTracker } from './batch/job-tracker.ts';
export { costOfPlan, type PlanCosts } from './batch/plan-costs.ts';
export { pollOnce, runDaemon, submitPlan } from './batch/run-batch.ts';
export type { TrackedJob } from './batch/tracked-job.ts';
export { LiveSpool, type SpoolInstrument } from './live/live-spool.ts';
export {
  type RecordSessionOptions,
  recordSession,
  SYNC_INTERVAL_MS,
} from './live/record-session.ts';
export type { RecorderCounts, RecorderOptions } from './live/recorder.ts';
export { type FiledUnder, recordingFolders } from './live/recording-folders.ts';
export { type RecordingGap, readGaps } from './live/recording-notes.ts';
export { SpoolReader } from './live/spool-reader.ts';
