export {
  CMBP_1_REQUEST,
  MBO_REQUEST,
  OPTION_MBO_REQUEST,
  readBronzeCmbp1,
  readBronzeMbo,
  readBronzeOptionMbo,
} from './bronze/bronze-rows.ts';
export { bronzeEquityMbo } from './bronze/ingest-equity-mbo.ts';
export { bronzeFutureMbo } from './bronze/ingest-future-mbo.ts';
export type { OptionTerms } from './bronze/option-terms.ts';
export type {
  Counters,
  PublishedPartition,
  Stage,
  StageInput,
  StageIo,
  StageReport,
  StageTask,
} from './stage.ts';
