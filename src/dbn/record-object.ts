import { assert, DataError } from '../core/index.ts';
import { type Field, fieldSize, HEADER, type RecordLayout } from './layout.ts';
import { layoutOf } from './layout-of.ts';
import { LEVEL_BYTES } from './layouts-market.ts';
import type { RecordRun } from './record-run.ts';
import { HEADER_BYTES, TS_OUT_BYTES } from './record-size.ts';
import { fitsText, readText, writeText } from './text-bytes.ts';
import type { DbnVersion } from './version.ts';

/**
 * A field's value: 64-bit integers, prices and times are bigints; a char is a text of one letter or
 * none.
 */
export type FieldValue = number | bigint | string;
/** One book level. */
export type LevelObject = Record<string, FieldValue>;

/**
 * A record as an object, for reading one at a time; see `layoutOf` for its fields and `MboColumns`
 * for bulk.
 */
export interface DbnRecord {
  rtype: number;
  publisher_id: number;
  instrument_id: number;
  /** Unix ns. */
  ts_event: bigint;
  /** Gateway's sending time, Unix ns, where the stream has it. */
  ts_out?: bigint;
  /** Book levels, best first. */
  levels?: LevelObject[];
  /** Bytes behind the header, of a record of unknown type. */
  unknown?: Uint8Array;
  [field: string]: FieldValue | LevelObject[] | Uint8Array | undefined;
}

/**
 * Record `i` of a run as an object, in the layout of the run's version; fields in the vendor's
 * order.
 */
export function decodeRecord(run: RecordRun, i: number): DbnRecord {
  assert(i >= 0 && i < run.count, 'the record lies within the run');
  const at = run.start + i * run.stride;
  const view = new DataView(run.bytes.buffer, run.bytes.byteOffset + at, run.stride);
  const record = {} as DbnRecord & Record<string, FieldValue>;
  for (const f of HEADER as readonly Field[]) record[f.name] = readField(view, f, 0);
  const layout = layoutOf(run.rtype, run.version);
  const end = run.stride - (run.tsOut ? TS_OUT_BYTES : 0);
  if (layout) readFields(view, layout, record);
  else
    record.unknown = new Uint8Array(
      view.buffer,
      view.byteOffset + HEADER_BYTES,
      end - HEADER_BYTES,
    ).slice();
  if (run.tsOut) record.ts_out = view.getBigUint64(end, true);
  return record;
}

function readFields(view: DataView, layout: RecordLayout, record: DbnRecord): void {
  for (const f of layout.fields) if (f.type !== 'zero') record[f.name] = readField(view, f, 0);
  const { levels } = layout;
  if (!levels) return;
  record.levels = [];
  for (let n = 0; n < levels.count; n++) {
    const level: LevelObject = {};
    for (const f of levels.fields) {
      if (f.type !== 'zero') level[f.name] = readField(view, f, levels.at + n * LEVEL_BYTES);
    }
    record.levels.push(level);
  }
}

/** The value of a field of the record (or level) that starts at byte `base` of `view`. */
export function readField(view: DataView, field: Field, base: number): FieldValue {
  const at = base + field.at;
  switch (field.type) {
    case 'u8':
      return view.getUint8(at);
    case 'i8':
      return view.getInt8(at);
    case 'u16':
      return view.getUint16(at, true);
    case 'i16':
      return view.getInt16(at, true);
    case 'u32':
      return view.getUint32(at, true);
    case 'i32':
      return view.getInt32(at, true);
    case 'u64':
    case 'time':
      return view.getBigUint64(at, true);
    case 'i64':
    case 'price':
      return view.getBigInt64(at, true);
    case 'char': {
      const code = view.getUint8(at);
      return code === 0 ? '' : String.fromCharCode(code);
    }
    default: {
      const bytes = new Uint8Array(view.buffer, view.byteOffset + at, fieldSize(field));
      return readText(bytes, 0, bytes.length);
    }
  }
}

/**
 * Packs an object into a record of its `rtype`: fields that are left out are undefined where the
 * field has such a value, else zero or empty; the trailer is written when `ts_out` is there. The
 * inverse of `decodeRecord`.
 * @throws DataError DBN_ENCODE for an unknown type without `unknown`, a field that the layout does
 * not have, or a value that the field cannot hold.
 */
export function encodeRecord(record: DbnRecord, version: DbnVersion = 3): Uint8Array {
  const layout = layoutOf(record.rtype, version);
  if (!layout && !record.unknown) throw refuse(`record type ${record.rtype}`, 'a known type');
  const size = layout ? layout.size : HEADER_BYTES + record.unknown!.length;
  const length = size + (record.ts_out === undefined ? 0 : TS_OUT_BYTES);
  if (length % 4 !== 0 || length > 255 * 4) throw refuse(`${length} bytes`, 'words, at most 255');
  const view = new DataView(new ArrayBuffer(length));
  view.setUint8(0, length / 4);
  for (const f of HEADER) writeField(view, f, 0, record[f.name] as FieldValue | undefined);
  if (layout) writeFields(view, layout, record);
  else new Uint8Array(view.buffer).set(record.unknown!, HEADER_BYTES);
  if (record.ts_out !== undefined) view.setBigUint64(size, record.ts_out, true);
  return new Uint8Array(view.buffer);
}

function writeFields(view: DataView, layout: RecordLayout, record: DbnRecord): void {
  const known = new Set<string>([...HEADER, ...layout.fields].map((f) => f.name));
  for (const name of Object.keys(record)) {
    if (name === 'ts_out' || (name === 'levels' && layout.levels)) continue;
    if (!known.has(name)) throw refuse(`field ${name}`, `a field of ${layout.name}`);
  }
  for (const f of layout.fields) writeField(view, f, 0, record[f.name] as FieldValue | undefined);
  const { levels } = layout;
  if (!levels) return;
  const given = record.levels ?? [];
  if (given.length > levels.count) throw refuse(`${given.length} levels`, `${levels.count}`);
  for (let n = 0; n < levels.count; n++) {
    for (const f of levels.fields) {
      writeField(view, f, levels.at + n * LEVEL_BYTES, given[n]?.[f.name]);
    }
  }
}

/**
 * Writes one field of the record that starts at byte `base` of `view`.
 * @throws DataError DBN_ENCODE when the field cannot hold the value.
 */
export function writeField(
  view: DataView,
  field: Field,
  base: number,
  value: FieldValue | undefined,
): void {
  const at = base + field.at;
  const v = value ?? undefinedOf(field);
  if (!fits(field, v)) throw refuse(`${field.name} = ${v}`, `a ${field.type}`);
  switch (field.type) {
    case 'u8':
    case 'i8':
      view.setUint8(at, Number(v));
      break;
    case 'u16':
    case 'i16':
      view.setUint16(at, Number(v), true);
      break;
    case 'u32':
    case 'i32':
      view.setUint32(at, Number(v), true);
      break;
    case 'u64':
    case 'i64':
    case 'time':
    case 'price':
      view.setBigUint64(at, BigInt.asUintN(64, BigInt(v)), true);
      break;
    case 'char':
      view.setUint8(at, v === '' ? 0 : (v as string).charCodeAt(0));
      break;
    case 'text': {
      const bytes = new Uint8Array(view.buffer, view.byteOffset + at, fieldSize(field));
      writeText(bytes, 0, bytes.length, v as string);
      break;
    }
    default:
  }
}

/** The value that stands for nothing: the field's undefined value, else zero or empty. */
export function undefinedOf(field: Field): FieldValue {
  if (field.undef !== undefined) return field.undef;
  switch (field.type) {
    case 'price':
      return 0x7fffffffffffffffn;
    case 'time':
      return 0xffffffffffffffffn;
    case 'char':
    case 'text':
      return '';
    case 'u64':
    case 'i64':
      return 0n;
    default:
      return 0;
  }
}

const LIMITS: Partial<Record<Field['type'], readonly [bigint, bigint]>> = {
  u8: [0n, 0xffn],
  i8: [-0x80n, 0x7fn],
  u16: [0n, 0xffffn],
  i16: [-0x8000n, 0x7fffn],
  u32: [0n, 0xffffffffn],
  i32: [-0x80000000n, 0x7fffffffn],
  u64: [0n, 0xffffffffffffffffn],
  time: [0n, 0xffffffffffffffffn],
  i64: [-0x8000000000000000n, 0x7fffffffffffffffn],
  price: [-0x8000000000000000n, 0x7fffffffffffffffn],
};

function fits(field: Field, value: FieldValue): boolean {
  if (field.type === 'zero') return true;
  if (field.type === 'text') return typeof value === 'string' && fitsText(value, field.size!);
  if (field.type === 'char') return typeof value === 'string' && fitsText(value, 2);
  if (typeof value === 'string') return false;
  if (typeof value === 'number' && !Number.isSafeInteger(value)) return false;
  const [low, high] = LIMITS[field.type]!;
  const big = BigInt(value);
  return big >= low && big <= high;
}

function refuse(found: string, expected: string): DataError {
  return new DataError('DBN_ENCODE', 'The record cannot be written', { found, expected });
}
