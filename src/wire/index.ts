export type { FrameArrays, FrameColumnName, FrameColumnType } from './frame-columns.ts';
export { FRAME_COLUMNS, FRAME_K, FRAME_ROWS } from './frame-columns.ts';
export type {
  ClientMessage,
  EdgeReason,
  GapNotice,
  GridUpdate,
  NetEdge,
  PlaybackState,
  Pong,
  Preparing,
  RuntimeConfig,
  SessionActivity,
  StreamEnd,
  StreamError,
  StreamGap,
  StreamMode,
  VacuumPressureServerMessage,
  WireTrade,
} from './vacuum-pressure-messages.ts';
