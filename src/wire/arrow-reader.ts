import { DataError } from '../core/index.ts';
import { type ArrowType, BYTES_OF } from './arrow-layout.ts';
import { ARROW_VIEWS, type ArrowValues } from './arrow-views.ts';

/**
 * Reads the first record batch of any Arrow IPC stream, for the numeric types that our streams use;
 * columns of other types are left out. For streams of unknown layout: `decodeFrame` is faster where
 * the layout is known. Format: see `arrow-layout.ts`.
 */

/** A column as read: an owned copy of its values. */
export interface ReadColumn {
  type: ArrowType;
  values: ArrowValues;
}

interface Message {
  type: number;
  /** Position of the header table. */
  header: number;
  body: number;
  next: number;
}

/** A table's reader: FlatBuffers' vtable lookups, bounds-checked by DataView. */
class FlatReader {
  readonly view: DataView;

  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Position of slot `s` of the table at `table`, or 0 when absent. */
  slot(table: number, s: number): number {
    const vtable = table - this.view.getInt32(table, true);
    if (4 + 2 * s >= this.view.getUint16(vtable, true)) return 0;
    const offset = this.view.getUint16(vtable + 4 + 2 * s, true);
    return offset === 0 ? 0 : table + offset;
  }

  /** Follows the offset in slot `s`; 0 when absent. */
  follow(table: number, s: number): number {
    const at = this.slot(table, s);
    return at === 0 ? 0 : at + this.view.getUint32(at, true);
  }

  /** A 64-bit integer as a Number. */
  i64(at: number): number {
    return this.view.getUint32(at, true) + this.view.getInt32(at + 4, true) * 4294967296;
  }

  text(at: number): string {
    let text = '';
    const length = this.view.getUint32(at, true);
    for (let i = 0; i < length; i++) text += String.fromCharCode(this.view.getUint8(at + 4 + i));
    return text;
  }
}

const fail = (found: string, offset: number): never => {
  throw new DataError('WIRE', 'not an Arrow stream of ours', { found, offset });
};

function readMessage(r: FlatReader, at: number): Message {
  if (r.view.getInt32(at, true) !== -1) fail('no continuation marker', at);
  const length = r.view.getInt32(at + 4, true);
  if (length <= 0) fail('end of stream', at);
  const table = at + 8 + r.view.getUint32(at + 8, true);
  const type = r.slot(table, 1);
  const bodyLength = r.slot(table, 3);
  const body = at + 8 + length;
  const bodyBytes = bodyLength === 0 ? 0 : r.i64(bodyLength);
  const header = r.follow(table, 2);
  return { type: type === 0 ? 0 : r.view.getUint8(type), header, body, next: body + bodyBytes };
}

function typeOf(r: FlatReader, field: number): ArrowType | null {
  const kindAt = r.slot(field, 2);
  const type = r.follow(field, 3);
  if (kindAt === 0 || type === 0) return null;
  const kind = r.view.getUint8(kindAt);
  const first = r.slot(type, 0);
  if (kind === 3) {
    const precision = first === 0 ? 0 : r.view.getInt16(first, true);
    return precision === 1 ? 'float32' : precision === 2 ? 'float64' : null;
  }
  if (kind !== 2 || first === 0) return null;
  const bits = r.view.getInt32(first, true);
  const signedAt = r.slot(type, 1);
  const signed = signedAt !== 0 && r.view.getUint8(signedAt) !== 0;
  return typeNamed(`${signed ? '' : 'u'}int${bits}`);
}

/** The type of a name; null for one that our streams do not use (`uint64`). */
function typeNamed(name: string): ArrowType | null {
  return Object.hasOwn(BYTES_OF, name) ? (name as ArrowType) : null;
}

function fieldsOf(r: FlatReader, schema: number) {
  const vector = r.follow(schema, 1);
  const count = r.view.getUint32(vector, true);
  const fields: { name: string; type: ArrowType | null }[] = [];
  for (let f = 0; f < count; f++) {
    const at = vector + 4 + 4 * f;
    const field = at + r.view.getUint32(at, true);
    // Only flat columns without a dictionary have exactly one node and two buffers.
    const children = r.follow(field, 5);
    if (children !== 0 && r.view.getUint32(children, true) > 0) fail('a nested column', at);
    if (r.slot(field, 4) !== 0) fail('a dictionary column', at);
    fields.push({ name: r.text(r.follow(field, 0)), type: typeOf(r, field) });
  }
  return fields;
}

function valuesOf(bytes: Uint8Array, at: number, type: ArrowType, rows: number) {
  const end = at + rows * BYTES_OF[type];
  if (end > bytes.length) fail('values beyond the end', at);
  // A copy whatever `bytes` is: the `slice` of a Node Buffer is none.
  return new ARROW_VIEWS[type](new Uint8Array(bytes.subarray(at, end)).buffer);
}

function readColumns(bytes: Uint8Array): Map<string, ReadColumn> {
  const r = new FlatReader(bytes);
  const schema = readMessage(r, 0);
  if (schema.type !== 1) fail('no schema first', 0);
  const batch = readMessage(r, schema.next);
  if (batch.type !== 3) fail('no record batch', schema.next);
  if (r.slot(batch.header, 3) !== 0) fail('a compressed body', schema.next);
  const rowsAt = r.slot(batch.header, 0);
  const rows = rowsAt === 0 ? 0 : r.i64(rowsAt);
  const buffers = r.follow(batch.header, 2) + 4;
  const columns = new Map<string, ReadColumn>();
  fieldsOf(r, schema.header).forEach(({ name, type }, f) => {
    if (type === null) return;
    const at = batch.body + r.i64(buffers + 32 * f + 16);
    columns.set(name, { type, values: valuesOf(bytes, at, type, rows) });
  });
  return columns;
}

/**
 * The numeric columns of the first record batch, by name.
 * @throws DataError WIRE when the bytes are not such a stream.
 */
export function readArrow(bytes: Uint8Array): Map<string, ReadColumn> {
  try {
    return readColumns(bytes);
  } catch (e) {
    if (e instanceof RangeError) return fail('an offset beyond the end', bytes.length);
    throw e;
  }
}
