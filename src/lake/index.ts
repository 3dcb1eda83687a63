export { AtomicFile, publishFile, writeFileAtomic } from './atomic-file.ts';
export { builtModule } from './built-module.ts';
export type { SessionChoice, SessionSpan, SessionWindows } from './calendar.ts';
export {
  isTradingDay,
  nextTradingDate,
  previousTradingDate,
  sessionWindows,
} from './calendar.ts';
export { packageRoot, shippedConfigFolder } from './config-folder.ts';
export {
  contractPath,
  listContracts,
  loadContract,
  shippedContractFolder,
} from './contract-file.ts';
export type { Dataset } from './datasets.ts';
export { loadDatasets } from './datasets.ts';
export { formatNano, parseDecimalNano } from './decimal.ts';
export { writeAnswerArrow } from './export-arrow.ts';
export type { AnswerFormat, AnswerSummary, AnswerTexts } from './export-query.ts';
export { copyAnswer, readAnswerTexts } from './export-query.ts';
export type { PartitionEntry, PartitionFilter, RawHolding } from './lake-inventory.ts';
export { listPartitions, listRawHoldings } from './lake-inventory.ts';
export type { Lineage, LineageInput, PartitionManifest } from './manifest.ts';
export { connectDuckDb, loadDuckDb, sqlText } from './parquet-database.ts';
export type {
  ParquetBatch,
  ParquetField,
  ParquetSummary,
  ParquetType,
  ParquetValues,
} from './parquet-writer.ts';
export { writeParquet } from './parquet-writer.ts';
export { readManifest, sha256OfFile } from './partition-files.ts';
export { PartitionLock } from './partition-lock.ts';
export type { PartitionRanges } from './partition-ranges.ts';
export { openPartitionRanges } from './partition-ranges.ts';
export type { Layer, PartitionRef, TableRef } from './partition-ref.ts';
export { datasetName, LAYERS, partitionFolder } from './partition-ref.ts';
export type { Product, Products, TradingSession } from './products.ts';
export { findProduct, loadProducts, productOf } from './products.ts';
export type { PublishRequest, PublishStep } from './publish-partition.ts';
export { PUBLISH_STEPS, publishPartition } from './publish-partition.ts';
export { repairPartition } from './publish-repair.ts';
export { listPublishedDays } from './published-days.ts';
export type { LakeSession, RawDay, RawFormat } from './raw-days.ts';
export { findRawDay, findRawDays, listSessions, RAW_FORMATS, rawRoots } from './raw-days.ts';
export type { DefinitionVenue, ProductType, RawTable } from './raw-paths.ts';
export {
  checkSymbolSegment,
  PRODUCT_TYPES,
  parseProductType,
  rawDefinitionFolder,
  rawSourceFolder,
  rawTableFolder,
  recordsTableOf,
  SYNTHETIC_MARKER,
} from './raw-paths.ts';
export { fromReadError, type ReadError, toReadError } from './read-error.ts';
export {
  addDays,
  dateToUnixNs,
  daysBetween,
  nsToSessionDate,
  nsToSessionTime,
  parseDate,
  sessionTimeToNs,
  unixNsToDate,
} from './session-time.ts';
export type { LakeSql, ReadOnlyQuery } from './sql-session.ts';
export { openLakeSql } from './sql-session.ts';
export { viewName } from './sql-views.ts';
export type { ContractField, TableContract } from './table-contract.ts';
export { openPartition } from './table-reader.ts';
export type {
  ColumnArray,
  ColumnRequest,
  TableBatch,
  TableReader,
  TableRows,
  TableValues,
} from './table-rows.ts';
export { findForeign, verifyLake } from './verify-lake.ts';
export type { Finding, FindingName, VerifiedPartition, VerifyOptions } from './verify-partition.ts';
export { FINDINGS, verifyPartition } from './verify-partition.ts';
