export { ApiKey } from './api-key.ts';
export { HistoricalClient } from './historical/historical-client.ts';
export type {
  BatchJob,
  DataRequest,
  DatasetCondition,
  DatasetRange,
  DownloadRequest,
  FieldInfo,
  HistoricalOptions,
  JobFile,
  JobRequest,
  JobState,
  Publisher,
  SymbolRequest,
  SymbolResolution,
  UnitPrices,
} from './historical/historical-types.ts';
export type { RangeOptions, RangeRecords, RangeStream } from './historical/range-stream.ts';
export { VendorRefusal } from './historical/vendor-refusal.ts';
export { type LiveSession, openLive } from './live/live-session.ts';
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
export { SYSTEM_CLOCK } from './system-clock.ts';
export type { VendorClock } from './vendor-time.ts';
