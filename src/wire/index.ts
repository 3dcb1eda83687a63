export type { ArrowColumn, ArrowLayout, ArrowType } from './arrow-layout.ts';
export { layOutArrow } from './arrow-layout.ts';
export type { ReadColumn } from './arrow-reader.ts';
export { readArrow } from './arrow-reader.ts';
export { decodeFrame } from './decode-frame.ts';
export { COLUMN_STRIDE, FrameBuffer, MAX_FRAME_BYTES } from './frame-buffer.ts';
export type { FrameArrays, FrameColumnName, FrameColumnType } from './frame-columns.ts';
export { FRAME_COLUMNS, FRAME_K, FRAME_ROWS } from './frame-columns.ts';
export type { FrameHeader } from './frame-header.ts';
export { CANONICAL_HEADER_BYTES, canonicalHeader, emptyFrameHeader } from './frame-header.ts';
export type { FrameFields } from './grid-update.ts';
export { frameFields } from './grid-update.ts';
export {
  MAX_CLIENT_MESSAGE_CHARS,
  MAX_PING_ID_CHARS,
  MAX_SPEED,
  parseClientMessage,
} from './parse-client-message.ts';
export { parseServerMessage } from './parse-server-message.ts';
export { parseVelocityMessage } from './parse-velocity-message.ts';
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
export type { VelocityArrays } from './velocity-columns.ts';
export { RIGHT_CODES, SIDE_CODES, VELOCITY_COLUMNS } from './velocity-columns.ts';
export type { VelocityFrame } from './velocity-frame.ts';
export { decodeVelocityFrame, makeVelocityFrame } from './velocity-frame.ts';
export type {
  BatchStart,
  ForecastNotice,
  ForecastStatus,
  HorizonSkill,
  RunDiagnostics,
  SurfaceHeader,
  VelocityConfig,
  VelocityServerMessage,
  VelocitySurface,
} from './velocity-messages.ts';
export { VELOCITY_SURFACES } from './velocity-messages.ts';
