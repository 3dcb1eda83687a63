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
