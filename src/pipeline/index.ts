export {
  CMBP_1_REQUEST,
  MBO_REQUEST,
  OPTION_MBO_REQUEST,
  readBronzeCmbp1,
  readBronzeMbo,
  readBronzeOptionMbo,
} from './bronze/bronze-rows.ts';
export { bronzeEquityMbo } from './bronze/ingest-equity-mbo.ts';
export { bronzeEquityOptionCmbp1 } from './bronze/ingest-equity-option-cmbp-1.ts';
export { bronzeFutureMbo } from './bronze/ingest-future-mbo.ts';
export { bronzeFutureOptionMbo } from './bronze/ingest-future-option-mbo.ts';
export type { OptionTerms } from './bronze/option-terms.ts';
export { bronzeVolumes } from './bronze-volumes.ts';
export { STAGES } from './catalog.ts';
export { type BronzeVolumes, ContractFacts } from './contract-facts.ts';
export type { SelectionRow } from './contract-selection.ts';
export {
  loadSelection,
  type SelectionMap,
  saveSelection,
  selectionPath,
} from './contract-selection-file.ts';
export { chooseForecastDays } from './forecast/choose-forecast-days.ts';
export {
  evaluationPath,
  loadEvaluation,
  saveEvaluation,
  withProof,
} from './forecast/evaluation-file.ts';
export { type FitTask, fitAndProve, type ProvenFit } from './forecast/fit-and-prove.ts';
export { checkMadeOf, type FoundPartition, forecastRefs } from './forecast/forecast-inputs.ts';
export { makeParameters } from './forecast/make-parameters.ts';
export {
  fittedHash,
  forecastFolder,
  type LoadedParameters,
  loadParameters,
  parametersPath,
  saveParameters,
} from './forecast/parameters-file.ts';
export {
  type ForecastDayRead,
  type ForecastDayRequest,
  readForecastDay,
} from './forecast/read-forecast-day.ts';
export { readForecastDays } from './forecast/read-forecast-days.ts';
export {
  microstructureColumns,
  readMicrostructure,
  readSnapshotWindows,
  snapshotColumns,
} from './forecast/snapshot-windows.ts';
export { ingestedPartitions } from './ingest-record.ts';
export {
  commandFor,
  type RunStageOptions,
  runStage,
  StageAbandoned,
  StageSkipped,
} from './run-stage.ts';
export { selectForDate, selectTicker } from './select-contracts.ts';
export { silverEquityMbo } from './silver/equity-mbo.ts';
export { silverEquityOptionCmbp1 } from './silver/equity-option-cmbp-1.ts';
export { silverFutureMbo } from './silver/future-mbo.ts';
export { silverFutureOptionMbo } from './silver/future-option-mbo.ts';
export { OptionWindows } from './silver/option-windows.ts';
export type {
  Counters,
  PublishedPartition,
  Stage,
  StageInput,
  StageIo,
  StageReport,
  StageTask,
} from './stage.ts';
export { repairOutputs, type StageState, stageState } from './stage-state.ts';
