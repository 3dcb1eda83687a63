import { DataError } from '../core/index.ts';
import type { Metadata, MetadataWire } from './metadata.ts';
import {
  AT,
  AT_V1,
  AT_V2,
  DATASET_BYTES,
  LISTS_AT,
  PRELUDE_BYTES,
  RESERVED_END,
} from './metadata-layout.ts';
import { NO_SCHEMA, NO_STYPE, SCHEMAS, STYPES, type SType } from './schema.ts';
import { fitsText, writeText } from './text-bytes.ts';
import { type DbnVersion, SYMBOL_LENGTH, SYMBOL_LENGTH_V1 } from './version.ts';

const U64_MAX = 0xffffffffffffffffn;

/**
 * Writes a header in `version` (the metadata's own when not given). Metadata that was read from the
 * same version gives the same bytes again.
 * @throws DataError DBN_ENCODE when a text is too long for its field.
 */
export function encodeMetadata(metadata: Metadata, version = metadata.version): Uint8Array {
  const wire = metadata.wire?.version === version ? metadata.wire : undefined;
  const width = symbolWidth(metadata, version);
  const listed = listBytes(metadata, width);
  const trailer = wire ? wire.trailer.length : padding(listed, version);
  const bytes = new Uint8Array(LISTS_AT + listed + trailer);
  writeFixedPart(bytes, metadata, version, width, wire);
  writeLists(bytes, metadata, width);
  if (wire) bytes.set(wire.trailer, LISTS_AT + listed);
  return bytes;
}

function symbolWidth(metadata: Metadata, version: DbnVersion): number {
  if (version === 1) return SYMBOL_LENGTH_V1;
  return metadata.version === 1 ? SYMBOL_LENGTH : metadata.symbolCstrLen;
}

function listBytes(metadata: Metadata, width: number): number {
  const names = metadata.symbols.length + metadata.partial.length + metadata.notFound.length;
  let bytes = 4 * 4 + names * width;
  for (const m of metadata.mappings) bytes += width + 4 + m.intervals.length * (width + 8);
  return bytes;
}

/** Version 3 ends its header on a multiple of eight, so that records are aligned. */
function padding(listed: number, version: DbnVersion): number {
  return version < 3 ? 0 : (8 - ((LISTS_AT + listed) % 8)) % 8;
}

function writeFixedPart(
  bytes: Uint8Array,
  m: Metadata,
  version: DbnVersion,
  width: number,
  wire: MetadataWire | undefined,
): void {
  const view = new DataView(bytes.buffer);
  const at = version === 1 ? AT_V1 : AT_V2;
  writeText(bytes, 0, 3, 'DBN');
  bytes[AT.version] = version;
  view.setUint32(AT.length, bytes.length - PRELUDE_BYTES, true);
  if (!fitsText(m.dataset, DATASET_BYTES + 1)) throw tooLong('dataset', m.dataset, DATASET_BYTES);
  writeText(bytes, AT.dataset, DATASET_BYTES, m.dataset);
  const schema = m.schema === null ? (m.wire?.schema ?? NO_SCHEMA) : SCHEMAS.indexOf(m.schema);
  view.setUint16(AT.schema, schema, true);
  view.setBigUint64(AT.start, m.start, true);
  const openEnd = wire && (wire.end === 0n || wire.end === U64_MAX) ? wire.end : U64_MAX;
  view.setBigUint64(AT.end, m.end ?? openEnd, true);
  view.setBigUint64(AT.limit, m.limit ?? 0n, true);
  if (version === 1) view.setBigUint64(AT_V1.recordCount, wire?.recordCount ?? U64_MAX, true);
  else view.setUint16(AT_V2.symbolCstrLen, width, true);
  bytes[at.stypeIn] = stypeCode(m.stypeIn, m.wire?.stypeIn);
  bytes[at.stypeOut] = stypeCode(m.stypeOut, m.wire?.stypeOut);
  bytes[at.tsOut] = m.tsOut ? 1 : 0;
  if (wire) bytes.set(wire.reserved.subarray(0, RESERVED_END - at.reserved), at.reserved);
}

function stypeCode(name: SType | null, wire: number | undefined): number {
  return name === null ? (wire ?? NO_STYPE) : STYPES.indexOf(name);
}

function writeLists(bytes: Uint8Array, m: Metadata, width: number): void {
  const view = new DataView(bytes.buffer);
  let at = LISTS_AT;
  const u32 = (n: number) => {
    view.setUint32(at, n, true);
    at += 4;
  };
  const text = (s: string) => {
    if (!fitsText(s, width)) throw tooLong('symbol', s, width - 1);
    writeText(bytes, at, width, s);
    at += width;
  };
  for (const list of [m.symbols, m.partial, m.notFound]) {
    u32(list.length);
    for (const s of list) text(s);
  }
  u32(m.mappings.length);
  for (const mapping of m.mappings) {
    text(mapping.rawSymbol);
    u32(mapping.intervals.length);
    for (const interval of mapping.intervals) {
      u32(interval.startDate);
      u32(interval.endDate);
      text(interval.symbol);
    }
  }
}

function tooLong(what: string, text: string, most: number): DataError {
  return new DataError('DBN_ENCODE', `DBN metadata: ${what}`, {
    found: `"${text}"`,
    expected: `at most ${most} one-byte characters`,
  });
}
