import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DataError } from '../../src/core/index.ts';
import {
  type DbnVersion,
  decodeMetadata,
  encodeMetadata,
  MAX_METADATA_BYTES,
  type Metadata,
  makeMetadata,
  metadataLength,
  SCHEMAS,
  STYPES,
} from '../../src/dbn/index.ts';

const VERSIONS: DbnVersion[] = [1, 2, 3];

const example: Metadata = makeMetadata({
  dataset: 'GLBX.MDP3',
  schema: 'mbo',
  start: 1_704_067_200_000_000_000n,
  end: 1_704_153_600_000_000_000n,
  limit: 12n,
  symbols: ['ESH4'],
  mappings: [
    {
      rawSymbol: 'ESH4',
      intervals: [{ startDate: 20240101, endDate: 20240102, symbol: '17077' }],
    },
  ],
});

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as DataError).code;
  }
  return 'none';
}

describe('a header', () => {
  it('lies as the format says: version 3, byte by byte', () => {
    const bytes = encodeMetadata(example);
    const view = new DataView(bytes.buffer);
    expect(String.fromCharCode(...bytes.subarray(0, 3))).toBe('DBN');
    expect(bytes[3]).toBe(3);
    // 100 fixed, 4 for a schema definition, four counts, three symbols, a mapping, padding to 8.
    expect(view.getUint32(4, true)).toBe(352);
    expect(bytes.length).toBe(360);
    expect(String.fromCharCode(...bytes.subarray(8, 17))).toBe('GLBX.MDP3');
    expect(view.getUint16(24, true)).toBe(0);
    expect(view.getBigUint64(26, true)).toBe(1_704_067_200_000_000_000n);
    expect(view.getBigUint64(34, true)).toBe(1_704_153_600_000_000_000n);
    expect(view.getBigUint64(42, true)).toBe(12n);
    expect([...bytes.subarray(50, 53)]).toEqual([1, 0, 0]);
    expect(view.getUint16(53, true)).toBe(71);
    expect(view.getUint32(112, true)).toBe(1);
    expect(String.fromCharCode(...bytes.subarray(116, 120))).toBe('ESH4');
    expect(view.getUint32(116 + 71 + 8, true)).toBe(1);
    expect(view.getUint32(116 + 71 + 12 + 71, true)).toBe(1);
    expect(view.getUint32(116 + 71 + 12 + 71 + 4, true)).toBe(20240101);
  });

  it('has the lengths that one symbol and one mapping take in each version', () => {
    expect(VERSIONS.map((v) => encodeMetadata(example, v).length)).toEqual([206, 353, 360]);
    const empty = makeMetadata({ dataset: 'X' });
    expect(VERSIONS.map((v) => encodeMetadata(empty, v).length)).toEqual([128, 128, 128]);
  });

  it('keeps the fields of version 1 where that version has them', () => {
    const bytes = encodeMetadata({ ...example, tsOut: true }, 1);
    expect(new DataView(bytes.buffer).getBigUint64(50, true)).toBe(0xffffffffffffffffn);
    expect([...bytes.subarray(58, 61)]).toEqual([1, 0, 1]);
  });

  const name = (max: number) =>
    fc.string({ unit: fc.constantFrom(...'ABCxyz019 .:-!'), minLength: 1, maxLength: max });
  const u64 = fc.bigInt({ min: 0n, max: 0xfffffffffffffffen });
  const metadata = fc.record({
    dataset: name(16),
    schema: fc.constantFrom(null, ...SCHEMAS),
    start: u64,
    end: fc.option(u64.filter((n) => n > 0n)),
    limit: fc.option(u64.filter((n) => n > 0n)),
    stypeIn: fc.constantFrom(null, ...STYPES),
    stypeOut: fc.constantFrom(null, ...STYPES),
    tsOut: fc.boolean(),
    symbols: fc.array(name(21), { maxLength: 4 }),
    partial: fc.array(name(21), { maxLength: 3 }),
    notFound: fc.array(name(21), { maxLength: 3 }),
    mappings: fc.array(
      fc.record({
        rawSymbol: name(21),
        intervals: fc.array(
          fc.record({ startDate: fc.nat(), endDate: fc.nat(), symbol: name(21) }),
          { maxLength: 3 },
        ),
      }),
      { maxLength: 3 },
    ),
  });

  it('comes back from its bytes, in every version, and gives the same bytes again', () => {
    fc.assert(
      fc.property(metadata, fc.constantFrom(...VERSIONS), (fields, version) => {
        const made = makeMetadata({ ...fields, version });
        const bytes = encodeMetadata(made);
        expect(version === 3 ? bytes.length % 8 : 0).toBe(0);
        const { metadata: read, length } = decodeMetadata(bytes);
        expect(length).toBe(bytes.length);
        const { wire, ...plain } = read;
        expect(plain).toEqual(made);
        expect(wire?.version).toBe(version);
        expect(encodeMetadata(read)).toEqual(bytes);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('gives the same bytes again where several ways mean the same', () => {
    const bytes = encodeMetadata({ ...example, end: null }, 1);
    const view = new DataView(bytes.buffer);
    view.setBigUint64(34, 0n, true);
    view.setBigUint64(50, 2n, true);
    view.setUint16(24, 4711, true);
    bytes[58] = 99;
    bytes[70] = 7;
    const { metadata: read } = decodeMetadata(bytes);
    expect([read.end, read.schema, read.stypeIn]).toEqual([null, null, null]);
    expect(encodeMetadata(read)).toEqual(bytes);
  });

  it('is widened from version 1 to 3', () => {
    const { metadata: read } = decodeMetadata(encodeMetadata(example, 1));
    expect(encodeMetadata(read, 3)).toEqual(encodeMetadata(example, 3));
  });

  it('refuses names that do not fit their fields', () => {
    const long = 'X'.repeat(22);
    expect(codeOf(() => encodeMetadata({ ...example, symbols: [long] }, 1))).toBe('DBN_ENCODE');
    expect(codeOf(() => encodeMetadata({ ...example, symbols: [long] }, 3))).toBe('none');
    expect(codeOf(() => encodeMetadata({ ...example, dataset: long }, 3))).toBe('DBN_ENCODE');
    expect(codeOf(() => encodeMetadata({ ...example, symbols: ['€'] }, 3))).toBe('DBN_ENCODE');
  });
});

describe('a header that is not one', () => {
  const bytes = encodeMetadata(example);
  const changed = (at: number, ...values: number[]) => {
    const copy = bytes.slice();
    copy.set(values, at);
    return copy;
  };

  it('is told from one that is not all there yet', () => {
    for (let n = 0; n < 8; n++) expect(metadataLength(bytes.subarray(0, n))).toBe(null);
    for (const n of [8, 100, 359]) expect(metadataLength(bytes.subarray(0, n))).toBe(360);
    expect(codeOf(() => decodeMetadata(bytes.subarray(0, 359)))).toBe('DBN_METADATA');
  });

  it.each([
    ['other bytes', changed(0, 0x50), 'DBN_MAGIC'],
    ['a JSON text', new TextEncoder().encode('{"ts_recv":1}'), 'DBN_MAGIC'],
    ['DBZ of 2022', changed(2, 0x5a), 'DBN_MAGIC'],
    ['version 0', changed(3, 0), 'DBN_VERSION'],
    ['version 4', changed(3, 4), 'DBN_VERSION'],
    ['a length under the fixed part', changed(4, 99, 0), 'DBN_METADATA'],
    ['a length under the lists', changed(4, 103, 0), 'DBN_METADATA'],
    ['a length of 4 GiB', changed(4, 255, 255, 255, 255), 'DBN_METADATA'],
    ['a schema definition', changed(108, 1), 'DBN_METADATA'],
    ['symbols of no width', changed(53, 0, 0), 'DBN_METADATA'],
    ['four billion symbols', changed(112, 255, 255, 255, 255), 'DBN_METADATA'],
    ['four billion mappings', changed(195, 255, 255, 255, 255), 'DBN_METADATA'],
    ['four billion intervals', changed(270, 255, 255, 255, 255), 'DBN_METADATA'],
  ])('is refused: %s', (_, wrong, code) => {
    expect(codeOf(() => decodeMetadata(wrong))).toBe(code);
  });

  it('is refused by its first bytes, however few there are', () => {
    expect(codeOf(() => metadataLength(new Uint8Array([0x44, 0x41])))).toBe('DBN_MAGIC');
    expect(codeOf(() => metadataLength(new Uint8Array([0x44, 0x42, 0x4e, 9])))).toBe('DBN_VERSION');
  });

  it('says where, what was found and what was expected', () => {
    const text = (() => {
      try {
        decodeMetadata(changed(112, 255, 255, 255, 255));
      } catch (error) {
        return (error as Error).message;
      }
      return '';
    })();
    expect(text).toMatch(/symbols.*byte 112.*4294967295.*at most \d+ bytes/);
  });

  it('has a named limit', () => {
    const view = new DataView(changed(0, 0x44).buffer);
    view.setUint32(4, MAX_METADATA_BYTES, true);
    expect(metadataLength(new Uint8Array(view.buffer))).toBe(MAX_METADATA_BYTES + 8);
    view.setUint32(4, MAX_METADATA_BYTES + 1, true);
    expect(codeOf(() => metadataLength(new Uint8Array(view.buffer)))).toBe('DBN_METADATA');
  });
});
