import { FlatWriter } from './flat-writer.ts';

/**
 * An Arrow IPC stream of one record batch whose columns, types and row count never change:
 * everything but the values is constant, so it is written once and the values are then stored in
 * place.
 *
 * Format: arrow.apache.org "IPC streaming format" and format/{Message,Schema}.fbs, metadata version
 * V5. Little-endian, no validity buffers (no column is nullable), no compression, buffers on 8
 * bytes.
 */

/** Storage types of columns. */
export type ArrowType = keyof typeof BYTES_OF;

/** A column of a layout. */
export interface ArrowColumn {
  readonly name: string;
  readonly type: ArrowType;
}

/** The constant bytes of a stream and where its values go. */
export interface ArrowLayout {
  /** The whole stream with all values zero; copy it, never write to it. */
  readonly template: Uint8Array;
  /** Bytes before the first value: both messages' metadata. */
  readonly bodyStart: number;
  /** Byte offset of each column's first value in the stream. [columns] */
  readonly offsets: readonly number[];
}

/** Bytes of a value. */
export const BYTES_OF = {
  float32: 4,
  float64: 8,
  int8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  uint8: 1,
  uint16: 2,
  uint32: 4,
} as const;

const TYPE_INT = 2;
const TYPE_FLOAT = 3;
const HEADER_SCHEMA = 1;
const HEADER_RECORD_BATCH = 3;
const METADATA_V5 = 4;
const PRECISION_SINGLE = 1;
const PRECISION_DOUBLE = 2;
/** Larger than the metadata of a message, bytes: what it needs, and what each column adds. */
const METADATA_BYTES = 512;
const METADATA_BYTES_PER_COLUMN = 256;

const capacityFor = (columns: number) => METADATA_BYTES + columns * METADATA_BYTES_PER_COLUMN;

const isFloat = (type: ArrowType) => type === 'float32' || type === 'float64';
const padded = (bytes: number) => (bytes + 7) & ~7;

/**
 * Starts a message; its header table is written next and is `refer`red to from the place returned.
 */
function startMessage(w: FlatWriter, headerType: number, bodyBytes: number): number {
  w.pos = 4;
  const vtable = w.vtable(24, [16, 18, 4, 8]);
  const message = w.table(vtable, 24);
  w.refer(0, message);
  w.i64(message + 8, bodyBytes);
  w.i16(message + 16, METADATA_V5);
  w.u8(message + 18, headerType);
  return message + 4;
}

/** Writes the type table that all columns of `type` share and returns where it is. */
function writeType(w: FlatWriter, type: ArrowType): number {
  if (isFloat(type)) {
    const at = w.table(w.vtable(8, [4]), 8);
    w.i16(at + 4, type === 'float32' ? PRECISION_SINGLE : PRECISION_DOUBLE);
    return at;
  }
  const at = w.table(w.vtable(12, [4, 8]), 12);
  w.i32(at + 4, 8 * BYTES_OF[type]);
  w.u8(at + 8, type.startsWith('int') ? 1 : 0);
  return at;
}

function schemaMessage(columns: readonly ArrowColumn[]): Uint8Array {
  const w = new FlatWriter(capacityFor(columns.length));
  const header = startMessage(w, HEADER_SCHEMA, 0);
  const schema = w.table(w.vtable(8, [0, 4]), 8);
  w.refer(header, schema);
  const fields = w.vector(columns.length, 4, 4);
  w.refer(schema + 4, fields - 4);
  const vtable = w.vtable(20, [4, 0, 16, 8, 0, 12]);
  const at = columns.map((column, c) => {
    const field = w.table(vtable, 20);
    w.refer(fields + 4 * c, field);
    w.u8(field + 16, isFloat(column.type) ? TYPE_FLOAT : TYPE_INT);
    return field;
  });
  const noChildren = w.vector(0, 4, 4) - 4;
  const types = new Map<ArrowType, number>();
  columns.forEach((column, c) => {
    const type = types.get(column.type) ?? writeType(w, column.type);
    types.set(column.type, type);
    w.refer(at[c] + 4, w.string(column.name));
    w.refer(at[c] + 8, type);
    w.refer(at[c] + 12, noChildren);
  });
  return w.finish();
}

function batchMessage(rows: number, places: readonly number[], sizes: readonly number[]) {
  const w = new FlatWriter(capacityFor(places.length));
  const last = places.length - 1;
  const bodyBytes = last < 0 ? 0 : padded(places[last] + sizes[last]);
  const header = startMessage(w, HEADER_RECORD_BATCH, bodyBytes);
  const batch = w.table(w.vtable(24, [8, 4, 16]), 24);
  w.refer(header, batch);
  w.i64(batch + 8, rows);
  const nodes = w.vector(places.length, 16, 8);
  w.refer(batch + 4, nodes - 4);
  for (let c = 0; c < places.length; c++) w.i64(nodes + 16 * c, rows);
  const buffers = w.vector(2 * places.length, 16, 8);
  w.refer(batch + 16, buffers - 4);
  for (let c = 0; c < places.length; c++) {
    w.i64(buffers + 32 * c, places[c]);
    w.i64(buffers + 32 * c + 16, places[c]);
    w.i64(buffers + 32 * c + 24, sizes[c]);
  }
  return w.finish();
}

/** Schema messages by their columns: the same for any number of rows. */
const schemas = new WeakMap<readonly ArrowColumn[], Uint8Array>();

/** Lays out a stream of `columns` x `rows`: a few microseconds once the columns are known. */
export function layOutArrow(columns: readonly ArrowColumn[], rows: number): ArrowLayout {
  const sizes = columns.map((c) => rows * BYTES_OF[c.type]);
  const places: number[] = [];
  let body = 0;
  for (const bytes of sizes) {
    places.push(body);
    body += padded(bytes);
  }
  const schema = schemas.get(columns) ?? schemaMessage(columns);
  schemas.set(columns, schema);
  const batch = batchMessage(rows, places, sizes);
  const bodyStart = 16 + schema.length + batch.length;
  const template = new Uint8Array(bodyStart + body + 8);
  const view = new DataView(template.buffer);
  let at = 0;
  for (const metadata of [schema, batch]) {
    view.setInt32(at, -1, true);
    view.setInt32(at + 4, metadata.length, true);
    template.set(metadata, at + 8);
    at += 8 + metadata.length;
  }
  view.setInt32(bodyStart + body, -1, true);
  return { template, bodyStart, offsets: places.map((p) => bodyStart + p) };
}
