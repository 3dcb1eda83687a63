import { assert, DataError } from '../core/index.ts';
import { deducedCode } from './deduced-code.ts';
import { type Field, HEADER, type RecordLayout } from './layout.ts';
import { layoutOf } from './layout-of.ts';
import { type FieldValue, readField, undefinedOf, writeField } from './record-object.ts';
import { type RecordRun, runBytes, runOf } from './record-run.ts';
import { HEADER_BYTES, TS_OUT_BYTES } from './record-size.ts';
import type { DbnVersion } from './version.ts';

/**
 * Record `i` in the layout of `version`, trailer included: bytes of your own. Fields that the old
 * layout lacks are undefined, undefined quantities stay so at their new width, and codes that
 * version 1 had as text only are deduced from it. What lies behind the known layout is dropped.
 * Source: databento/dbn `v2.rs`, `v3/methods.rs`.
 * @throws DataError DBN_ENCODE when an older version cannot hold what the record says.
 */
export function convertRecord(run: RecordRun, i: number, version: DbnVersion): Uint8Array {
  assert(i >= 0 && i < run.count, 'the record lies within the run');
  const from = layoutOf(run.rtype, run.version);
  const to = layoutOf(run.rtype, version);
  if (!from || !to || from === to) return runBytes(run, i, i + 1).slice();
  const source = viewOf(run, i);
  const target = translate(source, from, to, run);
  if (version < run.version) {
    const again = new DataView(translate(target, to, from, run).buffer);
    requireSame(source, again, from, version);
  }
  return new Uint8Array(target.buffer);
}

/** Record `i` in the layout of version 3; see `convertRecord`. */
export function upgradeRecord(run: RecordRun, i: number): Uint8Array {
  return convertRecord(run, i, 3);
}

/** The whole run in the layouts of `version`: itself, not copied, where they are the same. */
export function convertRun(run: RecordRun, version: DbnVersion): RecordRun {
  const from = layoutOf(run.rtype, run.version);
  if (from === layoutOf(run.rtype, version)) return { ...run, version };
  const first = convertRecord(run, 0, version);
  const bytes = new Uint8Array(first.length * run.count);
  bytes.set(first);
  for (let i = 1; i < run.count; i++) {
    bytes.set(convertRecord(run, i, version), i * first.length);
  }
  return { ...runOf(bytes, { version, tsOut: run.tsOut }), offset: run.offset };
}

function viewOf(run: RecordRun, i: number): DataView {
  const at = run.start + i * run.stride;
  return new DataView(run.bytes.buffer, run.bytes.byteOffset + at, run.stride);
}

function translate(
  source: DataView,
  from: RecordLayout,
  to: RecordLayout,
  run: RecordRun,
): DataView {
  const size = to.size + (run.tsOut ? TS_OUT_BYTES : 0);
  const target = new DataView(new ArrayBuffer(size));
  for (let at = 0; at < HEADER_BYTES; at++) target.setUint8(at, source.getUint8(at));
  target.setUint8(0, size / 4);
  const old = new Map(from.fields.map((f) => [f.name, f]));
  for (const f of to.fields) {
    if (f.type === 'zero') continue;
    writeField(target, f, 0, carried(source, old.get(f.name), f, run.rtype, from));
  }
  if (run.tsOut) {
    target.setBigUint64(to.size, source.getBigUint64(source.byteLength - TS_OUT_BYTES, true), true);
  }
  return target;
}

function carried(
  source: DataView,
  old: Field | undefined,
  field: Field,
  rtype: number,
  from: RecordLayout,
): FieldValue {
  if (!old) {
    const code = field.name === 'code' ? deducedCode(rtype, source, from) : null;
    return code ?? undefinedOf(field);
  }
  const value = readField(source, old, 0);
  return old.undef !== undefined && value === old.undef ? undefinedOf(field) : value;
}

function requireSame(a: DataView, b: DataView, layout: RecordLayout, version: DbnVersion): void {
  for (const f of [...HEADER, ...layout.fields]) {
    if (f.type === 'zero') continue;
    const was = readField(a, f, 0);
    if (was === readField(b, f, 0)) continue;
    throw new DataError('DBN_ENCODE', `Version ${version} cannot hold a ${layout.name}`, {
      found: `${f.name} = ${was}`,
      expected: 'a value that the older layout has room for',
    });
  }
}
