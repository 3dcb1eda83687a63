import { DataError } from '../core/index.ts';
import { dbzRefused } from './legacy-dbz.ts';
import type { MappingInterval, Metadata, SymbolMapping } from './metadata.ts';
import {
  AT,
  AT_V1,
  AT_V2,
  DATASET_BYTES,
  LISTS_AT,
  MAX_METADATA_BYTES,
  MIN_METADATA_LENGTH,
  PRELUDE_BYTES,
  RESERVED_END,
} from './metadata-layout.ts';
import { SCHEMAS, STYPES } from './schema.ts';
import { readText } from './text-bytes.ts';
import { type DbnVersion, isDbnVersion, LATEST_VERSION, SYMBOL_LENGTH_V1 } from './version.ts';

const U64_MAX = 0xffffffffffffffffn;

/**
 * Bytes of a header, prelude included, or null while fewer than eight bytes are there to tell.
 * @throws DataError DBN_MAGIC, DBN_VERSION or DBN_METADATA as soon as the bytes cannot become a
 * header.
 */
export function metadataLength(bytes: Uint8Array): number | null {
  checkMagic(bytes);
  if (bytes.length > AT.version) checkVersion(bytes[AT.version]!);
  if (bytes.length < PRELUDE_BYTES) return null;
  const length = viewOf(bytes).getUint32(AT.length, true);
  if (length < MIN_METADATA_LENGTH) {
    throw bad('length', AT.length, `${length} bytes`, `at least ${MIN_METADATA_LENGTH}`);
  }
  if (length > MAX_METADATA_BYTES) {
    throw bad('length', AT.length, `${length} bytes`, `at most ${MAX_METADATA_BYTES}`);
  }
  return PRELUDE_BYTES + length;
}

/**
 * Reads a whole header, of any version; `length` is the offset of the first record.
 * @throws DataError DBN_MAGIC, DBN_VERSION, or DBN_METADATA (also when `bytes` ends inside the
 * header: see `metadataLength` to know beforehand).
 */
export function decodeMetadata(bytes: Uint8Array): { metadata: Metadata; length: number } {
  const length = metadataLength(bytes);
  if (length === null || length > bytes.length) {
    const expected = length === null ? 'a header' : `${length} bytes`;
    throw bad('header is cut short', bytes.length, 'the end', expected);
  }
  if (length < LISTS_AT) throw bad('length', AT.length, `${length}`, `at least ${LISTS_AT}`);
  const header = bytes.subarray(0, length);
  const metadata = readFixedPart(header);
  readLists(header, metadata);
  return { metadata, length };
}

function readFixedPart(bytes: Uint8Array): Metadata {
  const view = viewOf(bytes);
  const version = bytes[AT.version]! as DbnVersion;
  const at = version === 1 ? AT_V1 : AT_V2;
  const schema = view.getUint16(AT.schema, true);
  const end = view.getBigUint64(AT.end, true);
  const limit = view.getBigUint64(AT.limit, true);
  const stypeIn = bytes[at.stypeIn]!;
  const stypeOut = bytes[at.stypeOut]!;
  const wide = version > 1 ? view.getUint16(AT_V2.symbolCstrLen, true) : SYMBOL_LENGTH_V1;
  if (wide < 2) throw bad('symbol width', AT_V2.symbolCstrLen, `${wide}`, 'at least 2 bytes');
  const defined = view.getUint32(AT.schemaDefinitionLength, true);
  if (defined !== 0) {
    throw bad('schema definition', AT.schemaDefinitionLength, `${defined} bytes`, 'none');
  }
  return {
    version,
    dataset: readText(bytes, AT.dataset, DATASET_BYTES),
    schema: SCHEMAS[schema] ?? null,
    start: view.getBigUint64(AT.start, true),
    end: end === 0n || end === U64_MAX ? null : end,
    limit: limit === 0n ? null : limit,
    stypeIn: STYPES[stypeIn] ?? null,
    stypeOut: STYPES[stypeOut] ?? null,
    tsOut: bytes[at.tsOut] !== 0,
    symbolCstrLen: wide,
    symbols: [],
    partial: [],
    notFound: [],
    mappings: [],
    wire: {
      version,
      schema,
      stypeIn,
      stypeOut,
      end,
      recordCount: version === 1 ? view.getBigUint64(AT_V1.recordCount, true) : U64_MAX,
      reserved: bytes.slice(at.reserved, RESERVED_END),
      trailer: new Uint8Array(0),
    },
  };
}

function readLists(bytes: Uint8Array, metadata: Metadata): void {
  const reader = new ListReader(bytes, metadata.symbolCstrLen);
  metadata.symbols = reader.symbols('symbols');
  metadata.partial = reader.symbols('partial');
  metadata.notFound = reader.symbols('not found');
  metadata.mappings = reader.mappings();
  metadata.wire!.trailer = bytes.slice(reader.at);
}

/**
 * A cursor over the variable part; every count is held against the bytes that are left before it is
 * believed.
 */
class ListReader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly width: number;
  at = LISTS_AT;

  constructor(bytes: Uint8Array, width: number) {
    this.bytes = bytes;
    this.view = viewOf(bytes);
    this.width = width;
  }

  symbols(what: string): string[] {
    const count = this.count(what, this.width);
    const out: string[] = [];
    for (let i = 0; i < count; i++) out.push(this.text());
    return out;
  }

  mappings(): SymbolMapping[] {
    const count = this.count('mappings', this.width + 4);
    const out: SymbolMapping[] = [];
    for (let i = 0; i < count; i++) {
      this.need('mapping', this.width + 4);
      out.push({ rawSymbol: this.text(), intervals: this.intervals() });
    }
    return out;
  }

  private intervals(): MappingInterval[] {
    const count = this.count('intervals', this.width + 8);
    const out: MappingInterval[] = [];
    for (let i = 0; i < count; i++) {
      const startDate = this.u32();
      const endDate = this.u32();
      out.push({ startDate, endDate, symbol: this.text() });
    }
    return out;
  }

  private count(what: string, each: number): number {
    this.need(what, 4);
    const count = this.u32();
    const left = this.bytes.length - this.at;
    if (count * each > left) {
      throw bad(what, this.at - 4, `${count} of ${each} bytes each`, `at most ${left} bytes`);
    }
    return count;
  }

  private need(what: string, size: number): void {
    const left = this.bytes.length - this.at;
    if (left < size) throw bad(what, this.at, `${left} bytes left`, `${size}`);
  }

  private u32(): number {
    this.at += 4;
    return this.view.getUint32(this.at - 4, true);
  }

  private text(): string {
    this.at += this.width;
    return readText(this.bytes, this.at - this.width, this.width);
  }
}

function checkMagic(bytes: Uint8Array): void {
  const magic = [0x44, 0x42, 0x4e];
  const n = Math.min(3, bytes.length);
  for (let i = 0; i < n; i++) {
    if (bytes[i] === magic[i]) continue;
    if (i === 2 && bytes[i] === 0x5a) throw dbzRefused();
    const found = [...bytes.subarray(0, 4)].map((b) => b.toString(16).padStart(2, '0')).join(' ');
    throw new DataError('DBN_MAGIC', 'Not a DBN stream', {
      offset: 0,
      found: `bytes ${found}`,
      expected: '"DBN"',
    });
  }
}

function checkVersion(version: number): void {
  if (isDbnVersion(version)) return;
  throw new DataError('DBN_VERSION', 'This DBN version is not read', {
    offset: AT.version,
    found: `version ${version}`,
    expected: `1 to ${LATEST_VERSION}`,
  });
}

function bad(what: string, offset: number, found: string, expected: string): DataError {
  return new DataError('DBN_METADATA', `DBN metadata: ${what}`, { offset, found, expected });
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
