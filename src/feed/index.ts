export { DayCache } from './day-cache.ts';
export type { DayIndex, InstrumentActivity } from './day-index.ts';
export { ACTIVITY_STEP_SECONDS, ActivityCounter } from './day-index.ts';
export type { DayReader } from './day-reader.ts';
export { DbnFile, type DbnFileOptions, openDbn, openDbnThreaded } from './dbn-file.ts';
export { findDefinitionFiles, requireDefinitionFiles } from './definition-files.ts';
export { Definitions, type InstrumentDefinition, readDefinitions } from './definitions.ts';
export { opraExpiryDate } from './expiry-date.ts';
export { CHUNK_BYTES, FileChunks } from './file-chunks.ts';
export { selectInstrument } from './instrument-selection.ts';
export type { InstrumentKey } from './keep-instrument.ts';
export { keepInstrument } from './keep-instrument.ts';
export type { OptionRefusal, OptionRule } from './option-rule.ts';
export {
  combinationOf,
  equityOptionRule,
  futureOptionRule,
  isContractOf,
  refuseOption,
} from './option-rule.ts';
export { openRecords, RecordFile } from './record-file.ts';
export type { SeekableDayOptions } from './seekable-day.ts';
export { SeekableDay } from './seekable-day.ts';
export { ThreadedChunks } from './threaded-chunks.ts';
