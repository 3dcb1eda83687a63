/**
 * Where things lie in a DBN header; offsets count from its first byte, the `D`. Source:
 * databento/dbn `rust/dbn/src/{encode,decode}/dbn/sync.rs`.
 */

/** Bytes of the prelude: `DBN`, version, length of what follows. */
export const PRELUDE_BYTES = 8;
/**
 * Bytes from the start to the first list: prelude, fixed part, length of a schema definition
 * (always 0).
 */
export const LISTS_AT = 112;
/** Smallest legal value of the prelude's length: the fixed part. */
export const MIN_METADATA_LENGTH = 100;
/**
 * Largest header accepted, bytes; real ones reach 6 MB. A claim above it is refused before anything
 * is kept.
 */
export const MAX_METADATA_BYTES = 256 * 1024 * 1024;
/** Width of the dataset field, bytes. */
export const DATASET_BYTES = 16;

/** Fields at the same place in every version. */
export const AT = {
  version: 3,
  length: 4,
  dataset: 8,
  schema: 24,
  start: 26,
  end: 34,
  limit: 42,
  schemaDefinitionLength: 108,
} as const;

/** Fields that version 2 moved. `reserved` is filled with zeros up to offset 108. */
export const AT_V1 = {
  recordCount: 50,
  stypeIn: 58,
  stypeOut: 59,
  tsOut: 60,
  reserved: 61,
} as const;
/** Fields as of version 2. `reserved` is filled with zeros up to offset 108. */
export const AT_V2 = {
  stypeIn: 50,
  stypeOut: 51,
  tsOut: 52,
  symbolCstrLen: 53,
  reserved: 55,
} as const;
/** End of the reserved bytes. */
export const RESERVED_END = 108;
