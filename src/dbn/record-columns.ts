import { assert } from '../core/index.ts';
import { type Field, fieldSize, HEADER, type RecordLayout } from './layout.ts';
import { layoutOf } from './layout-of.ts';
import { LEVEL_BYTES } from './layouts-market.ts';
import type { RecordRun } from './record-run.ts';
import { TS_OUT_BYTES } from './record-size.ts';
import { readText } from './text-bytes.ts';

/**
 * A column: numbers as they are; 64-bit integers that are neither price nor time as bigints; texts
 * as strings.
 */
export type Column =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float64Array
  | BigUint64Array
  | BigInt64Array
  | string[];

/** What to unpack, and into which frame of time. */
export interface ColumnsOptions {
  /** First record and the one behind the last; the whole run when not given. */
  from?: number;
  to?: number;
  /** Unix ns that times count from; exact within 104 days of it. */
  originNs?: bigint;
  /** Names of the columns wanted; all when not given. */
  fields?: readonly string[];
}

/**
 * Records of any known type as columns by their published names, levels as `bid_px_00` and so on:
 * prices as float64 in 1e-9 (undefined: 2^63), times as float64 ns since `originNs` (undefined:
 * 2^63 or more), chars as their codes. For MBO in bulk use `readMbo`.
 */
export function columnsOf(run: RecordRun, options: ColumnsOptions = {}): Record<string, Column> {
  const { from = 0, to = run.count, originNs = 0n, fields } = options;
  assert(from >= 0 && from <= to && to <= run.count, 'the range lies within the run');
  const layout = layoutOf(run.rtype, run.version);
  const wanted = fields === undefined ? null : new Set(fields);
  const columns: Record<string, Column> = {};
  for (const { name, field, base } of flatFields(layout, run)) {
    if (wanted && !wanted.has(name)) continue;
    const at = run.start + from * run.stride + base + field.at;
    columns[name] = readColumn(run, field, at, to - from, originNs);
  }
  return columns;
}

interface FlatField {
  name: string;
  field: Field;
  base: number;
}

function flatFields(layout: RecordLayout | null, run: RecordRun): FlatField[] {
  const plain = [...HEADER, ...(layout?.fields ?? [])].filter((f) => f.type !== 'zero');
  const flat: FlatField[] = plain.map((field) => ({ name: field.name, field, base: 0 }));
  const { levels } = layout ?? {};
  for (let n = 0; n < (levels?.count ?? 0); n++) {
    const suffix = `_${String(n).padStart(2, '0')}`;
    for (const field of levels!.fields) {
      if (field.type === 'zero') continue;
      flat.push({ name: field.name + suffix, field, base: levels!.at + n * LEVEL_BYTES });
    }
  }
  if (run.tsOut) {
    const field: Field = { at: 0, name: 'ts_out', type: 'time', doc: 'Sending time.' };
    flat.push({ name: 'ts_out', field, base: run.stride - TS_OUT_BYTES });
  }
  return flat;
}

/** Copies `count` values of one field, `stride` bytes apart, from byte `at`. */
function readColumn(
  run: RecordRun,
  field: Field,
  at: number,
  count: number,
  originNs: bigint,
): Column {
  const { bytes, stride } = run;
  switch (field.type) {
    case 'price':
      return readWide(run, at, count, 0n, true);
    case 'time':
      return readWide(run, at, count, originNs, false);
    case 'u8':
    case 'char':
      return gather(new Uint8Array(count), bytes, at, stride);
    case 'i8':
      return gather(new Int8Array(count), bytes, at, stride);
    case 'u16':
      return gatherWords(new Uint16Array(count), bytes, at, stride, 1);
    case 'i16':
      return gatherWords(new Int16Array(count), bytes, at, stride, 1);
    case 'u32':
      return gatherWords(new Uint32Array(count), bytes, at, stride, 2);
    case 'i32':
      return gatherWords(new Int32Array(count), bytes, at, stride, 2);
    case 'u64':
      return gatherLongs(new BigUint64Array(count), bytes, at, stride);
    case 'i64':
      return gatherLongs(new BigInt64Array(count), bytes, at, stride);
    default: {
      const texts: string[] = [];
      const size = fieldSize(field);
      for (let i = 0; i < count; i++) texts.push(readText(bytes, at + i * stride, size));
      return texts;
    }
  }
}

/** 64-bit values as float64, less an origin. */
function readWide(
  run: RecordRun,
  at: number,
  count: number,
  origin: bigint,
  signed: boolean,
): Float64Array {
  const { words, stride } = run;
  const out = new Float64Array(count);
  const originLo = Number(origin & 0xffffffffn);
  const originHi = Number(origin >> 32n);
  const step = stride >> 2;
  for (let i = 0, w = at >> 2; i < count; i++, w += step) {
    const high = signed ? words[w + 1]! : words[w + 1]! >>> 0;
    out[i] = (high - originHi) * 4294967296 + ((words[w]! >>> 0) - originLo);
  }
  return out;
}

function gather<T extends Uint8Array | Int8Array>(
  out: T,
  bytes: Uint8Array,
  at: number,
  stride: number,
): T {
  for (let i = 0, b = at; i < out.length; i++, b += stride) out[i] = bytes[b]!;
  return out;
}

function gatherWords<T extends Uint16Array | Int16Array | Uint32Array | Int32Array>(
  out: T,
  bytes: Uint8Array,
  at: number,
  stride: number,
  halves: 1 | 2,
): T {
  for (let i = 0, b = at; i < out.length; i++, b += stride) {
    const low = bytes[b]! | (bytes[b + 1]! << 8);
    out[i] = halves === 1 ? low : low | (bytes[b + 2]! << 16) | (bytes[b + 3]! << 24);
  }
  return out;
}

function gatherLongs<T extends BigUint64Array | BigInt64Array>(
  out: T,
  bytes: Uint8Array,
  at: number,
  stride: number,
): T {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < out.length; i++) out[i] = view.getBigUint64(at + i * stride, true);
  return out;
}
