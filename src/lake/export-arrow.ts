/**
 * Answers of queries as an Arrow IPC stream, batch by batch, as any Arrow library reads it.
 */
import type { DuckDBDataChunk, DuckDBType } from '@duckdb/node-api';
import type * as ArrowLibrary from 'apache-arrow';
import { OperatingError } from '../core/index.ts';
import type { LakeSql, ReadOnlyQuery } from './sql-session.ts';

type Arrow = typeof ArrowLibrary;
type Numbers = Float64Array | BigInt64Array | Int32Array | Uint8Array;

/** The part of DuckDB's vectors that its type declarations keep private. */
interface ReadableVector {
  items?: Numbers;
  validity: { itemValid(index: number): boolean };
  getItem(index: number): unknown;
}

/** Arrow types by DuckDB's names; `bits` and `text` are not copied as they lie. */
function arrowTypes(arrow: Arrow): Record<string, ArrowLibrary.DataType> {
  return {
    BOOLEAN: new arrow.Bool(),
    TINYINT: new arrow.Int8(),
    UTINYINT: new arrow.Uint8(),
    SMALLINT: new arrow.Int16(),
    USMALLINT: new arrow.Uint16(),
    INTEGER: new arrow.Int32(),
    UINTEGER: new arrow.Uint32(),
    BIGINT: new arrow.Int64(),
    UBIGINT: new arrow.Uint64(),
    FLOAT: new arrow.Float32(),
    DOUBLE: new arrow.Float64(),
    VARCHAR: new arrow.Utf8(),
    DATE: new arrow.DateDay(),
  };
}

interface ArrowColumn {
  name: string;
  type: ArrowLibrary.DataType;
  kind: 'numbers' | 'bits' | 'days' | 'text';
}

function columnOf(arrow: Arrow, name: string, type: DuckDBType): ArrowColumn {
  const sqlType = String(type);
  const arrowType = arrowTypes(arrow)[sqlType];
  if (!arrowType) {
    throw new OperatingError(
      'USAGE',
      `column ${name} is ${sqlType}, which has no Arrow type here; expected CAST(${name} AS …), ` +
        'such as BIGINT, DOUBLE or VARCHAR',
    );
  }
  const kinds: Record<string, ArrowColumn['kind']> = {
    BOOLEAN: 'bits',
    DATE: 'days',
    VARCHAR: 'text',
  };
  return { name, type: arrowType, kind: kinds[sqlType] ?? 'numbers' };
}

function bitmapOf(
  rows: number,
  isSet: (row: number) => boolean,
): { bits: Uint8Array; set: number } {
  const bits = new Uint8Array((rows + 7) >> 3);
  let set = 0;
  for (let i = 0; i < rows; i++) {
    if (!isSet(i)) continue;
    bits[i >> 3]! |= 1 << (i & 7);
    set++;
  }
  return { bits, set };
}

/** Bytes of texts seen before: tables repeat a few. */
class TextBytes {
  private readonly encoder = new TextEncoder();
  private readonly known = new Map<string, Uint8Array>();

  of(text: string): Uint8Array {
    const found = this.known.get(text);
    if (found) return found;
    const bytes = this.encoder.encode(text);
    if (this.known.size < 65_536) this.known.set(text, bytes);
    return bytes;
  }
}

function textData(vector: ReadableVector, rows: number, texts: TextBytes) {
  const offsets = new Int32Array(rows + 1);
  const parts: Uint8Array[] = [];
  for (let i = 0; i < rows; i++) {
    const value = vector.getItem(i);
    const bytes = value === null ? null : texts.of(value as string);
    if (bytes) parts.push(bytes);
    offsets[i + 1] = offsets[i]! + (bytes?.length ?? 0);
  }
  const data = new Uint8Array(offsets[rows]!);
  let at = 0;
  for (const part of parts) {
    data.set(part, at);
    at += part.length;
  }
  return { valueOffsets: offsets, data };
}

function valuesOf(column: ArrowColumn, vector: ReadableVector, rows: number, texts: TextBytes) {
  if (column.kind === 'text') return textData(vector, rows, texts);
  if (column.kind === 'bits') {
    return { data: bitmapOf(rows, (i) => vector.getItem(i) === true).bits };
  }
  if (column.kind === 'days') {
    const days = new Int32Array(rows);
    for (let i = 0; i < rows; i++) {
      days[i] = (vector.getItem(i) as { days: number } | null)?.days ?? 0;
    }
    return { data: days };
  }
  return { data: (vector.items as Float64Array).slice(0, rows) };
}

function batchOf(
  arrow: Arrow,
  schema: ArrowLibrary.Schema,
  columns: readonly ArrowColumn[],
  chunk: DuckDBDataChunk,
  texts: TextBytes,
): ArrowLibrary.RecordBatch {
  const length = chunk.rowCount;
  const children = columns.map((column, c) => {
    const vector = chunk.getColumnVector(c) as unknown as ReadableVector;
    const { bits, set } = bitmapOf(length, (i) => vector.validity.itemValid(i));
    const nulls = set < length ? { nullCount: length - set, nullBitmap: bits } : { nullCount: 0 };
    const made = {
      type: column.type,
      length,
      ...nulls,
      ...valuesOf(column, vector, length, texts),
    };
    return arrow.makeData(made as Parameters<Arrow['makeData']>[0]);
  });
  const type = new arrow.Struct(schema.fields);
  return new arrow.RecordBatch(schema, arrow.makeData({ type, length, nullCount: 0, children }));
}

/** Bytes that end a stream: a continuation marker and a length of 0. */
const END_BYTES = 8;

/** A whole stream of these batches: schema, batches, end. */
function encodeStream(
  arrow: Arrow,
  schema: ArrowLibrary.Schema,
  batches: readonly ArrowLibrary.RecordBatch[],
): Uint8Array {
  const writer = new arrow.RecordBatchStreamWriter();
  writer.reset(undefined, schema);
  for (const batch of batches) writer.write(batch);
  writer.finish();
  return writer.toUint8Array(true);
}

/**
 * Writes a query's answer as one Arrow IPC stream; memory stays bounded by a batch.
 * @param write resolves when more may be written.
 * @returns rows written.
 * @throws OperatingError USAGE for a column whose type Arrow has no room for here.
 */
export async function writeAnswerArrow(
  sql: LakeSql,
  query: ReadOnlyQuery,
  write: (bytes: Uint8Array) => Promise<void>,
): Promise<number> {
  const arrow = await import('apache-arrow');
  const result = await sql.connection.stream(query.text);
  const types = result.columnTypes();
  const columns = result.columnNames().map((name, c) => columnOf(arrow, name, types[c]!));
  const fields = columns.map(({ name, type }) => new arrow.Field(name, type, true));
  const schema = new arrow.Schema(fields);
  const empty = encodeStream(arrow, schema, []);
  const head = empty.length - END_BYTES;
  const texts = new TextBytes();
  let rows = 0;
  await write(empty.subarray(0, head));
  for await (const chunk of result) {
    if (chunk.rowCount === 0) continue;
    const stream = encodeStream(arrow, schema, [batchOf(arrow, schema, columns, chunk, texts)]);
    await write(stream.subarray(head, stream.length - END_BYTES));
    rows += chunk.rowCount;
  }
  await write(empty.subarray(head));
  return rows;
}
