/**
 * How a record's bytes are described: layouts are data, and everything that is not a hot loop reads
 * them.
 */

/**
 * What lies at a field: integers; `price` (i64, 1e-9 currency, undefined INT64_MAX); `time` (u64,
 * Unix ns, undefined UINT64_MAX); `char` (one byte, ASCII); `text` (fixed width, padded with NUL);
 * `zero` (reserved).
 */
export type FieldType =
  | 'u8'
  | 'i8'
  | 'u16'
  | 'i16'
  | 'u32'
  | 'i32'
  | 'u64'
  | 'i64'
  | 'price'
  | 'time'
  | 'char'
  | 'text'
  | 'zero';

/** One field of a record. */
export interface Field {
  /** Byte offset from the start of the record. */
  readonly at: number;
  /** Published name. */
  readonly name: string;
  readonly type: FieldType;
  /** Bytes, of `text` and `zero` only. */
  readonly size?: number;
  /** The value that means undefined or unset, where the type does not say. */
  readonly undef?: number | bigint | string;
  /** Meaning, in a sentence. */
  readonly doc: string;
}

/** One field of a book level; `at` counts from the start of the level. */
export type LevelField = Field;

/** A record behind its 16-byte header: name of the vendor's struct, size and fields. */
export interface RecordLayout {
  readonly name: string;
  /** Bytes, header included, `ts_out` trailer not. */
  readonly size: number;
  readonly fields: readonly Field[];
  /** Book levels: `count` blocks from byte `at`. */
  readonly levels?: {
    readonly at: number;
    readonly count: number;
    readonly fields: readonly LevelField[];
  };
}

const WIDTH: Record<Exclude<FieldType, 'text' | 'zero'>, number> = {
  u8: 1,
  i8: 1,
  u16: 2,
  i16: 2,
  u32: 4,
  i32: 4,
  u64: 8,
  i64: 8,
  price: 8,
  time: 8,
  char: 1,
};

/** Bytes that a field takes. */
export function fieldSize(field: Field): number {
  return field.type === 'text' || field.type === 'zero' ? field.size! : WIDTH[field.type];
}

/**
 * The header's fields, the same in every record; the length in words before them is not a field.
 */
export const HEADER = [
  { at: 8, name: 'ts_event', type: 'time', doc: 'When the venue’s engine made it.' },
  { at: 1, name: 'rtype', type: 'u8', doc: 'Record type, see `RTYPE`.' },
  { at: 2, name: 'publisher_id', type: 'u16', doc: 'Dataset and venue.' },
  { at: 4, name: 'instrument_id', type: 'u32', doc: 'Unique within a dataset and day.' },
] as const satisfies readonly Field[];
