export { Cmbp1Columns } from './cmbp-1-columns.ts';
export {
  ACTION,
  FLAG,
  INSTRUMENT_CLASS,
  SIDE,
  UNDEF_ORDER_SIZE,
  UNDEF_PRICE,
  UNDEF_PRICE_F64,
  UNDEF_TIMESTAMP,
} from './constants.ts';
export { convertRecord, convertRun, upgradeRecord } from './convert-record.ts';
export { DbnDecoder, type FragmentFormat, type StreamEnd } from './dbn-decoder.ts';
export { DbnEncoder, type DbnEncoderOptions } from './dbn-encoder.ts';
export { decodeMetadata, metadataLength } from './decode-metadata.ts';
export { encodeMetadata } from './encode-metadata.ts';
export type { TextOptions } from './field-text.ts';
export type { Field, FieldType, LevelField, RecordLayout } from './layout.ts';
export { layoutOf } from './layout-of.ts';
export { MboColumns } from './mbo-columns.ts';
export { MBO_BYTES, readMbo, writeMbo } from './mbo-records.ts';
export {
  type MappingInterval,
  type Metadata,
  type MetadataWire,
  makeMetadata,
  type SymbolMapping,
} from './metadata.ts';
export { MAX_METADATA_BYTES } from './metadata-layout.ts';
export { type Column, type ColumnsOptions, columnsOf } from './record-columns.ts';
export { type CsvOptions, csvHeader, recordToCsv } from './record-csv.ts';
export { type JsonOptions, metadataToJson, recordToJson } from './record-json.ts';
export {
  type DbnRecord,
  decodeRecord,
  encodeRecord,
  type FieldValue,
  type LevelObject,
} from './record-object.ts';
export { type RecordRun, runBytes, runOf, sliceRun } from './record-run.ts';
export { HEADER_BYTES, MAX_RECORD_BYTES, recordSize, TS_OUT_BYTES } from './record-size.ts';
export { RTYPE, rtypeOf, SCHEMAS, type Schema, STYPES, type SType } from './schema.ts';
export { SymbolMap } from './symbol-map.ts';
export { isoOf, utcDateOf } from './utc-date.ts';
export { type DbnVersion, isDbnVersion, LATEST_VERSION } from './version.ts';
export { compressZstdFrame, type FrameCompressor, zstdCompressor } from './zstd-compress.ts';
export { decompressZstd, initZstd, isZstd, ZstdStream, ZstdTruncated } from './zstd-decompress.ts';
