export { ApiKey } from './api-key.ts';
export type {
  BatchJob,
  DataRequest,
  DownloadRequest,
  HistoricalOptions,
  JobFile,
  JobRequest,
  JobState,
} from './historical/historical-types.ts';
export type {
  LiveConnected,
  LiveGap,
  LiveItem,
  LiveMapping,
  LiveNotice,
  LiveOptions,
  LiveRecords,
  LiveRecovery,
  LiveSubscription,
} from './live/live-types.ts';
export type { VendorClock } from './vendor-time.ts';
