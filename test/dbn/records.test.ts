import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Prng } from '../../src/core/index.ts';
import {
  columnsOf,
  type DbnVersion,
  decodeRecord,
  encodeRecord,
  type FieldValue,
  layoutOf,
  type RecordLayout,
  RTYPE,
  recordSize,
  runOf,
} from '../../src/dbn/index.ts';
import { concat, RTYPES, sampleRecord } from './sample-records.ts';

const VERSIONS: DbnVersion[] = [1, 2, 3];
const kinds = RTYPES.flatMap((rtype) => VERSIONS.map((version) => ({ rtype, version })));
const BYTES: Record<string, number> = { u8: 1, i8: 1, char: 1, u16: 2, i16: 2, u32: 4, i32: 4 };

/** How many fields cover each byte of a record. */
function coverage(layout: RecordLayout): number[] {
  const cover = new Array<number>(layout.size).fill(0);
  const mark = (at: number, size: number) => {
    for (let i = at; i < at + size; i++) cover[i]!++;
  };
  mark(0, 16);
  for (const f of layout.fields) mark(f.at, f.size ?? BYTES[f.type] ?? 8);
  for (let n = 0; n < (layout.levels?.count ?? 0); n++) {
    for (const f of layout.levels!.fields) {
      mark(layout.levels!.at + n * 32 + f.at, f.size ?? BYTES[f.type] ?? 8);
    }
  }
  return cover;
}

describe('layouts', () => {
  it('cover every byte of their record once, and align numbers to their size', () => {
    for (const { rtype, version } of kinds) {
      const layout = layoutOf(rtype, version)!;
      const name = `${layout.name} v${version}`;
      expect(
        coverage(layout).every((n) => n === 1),
        name,
      ).toBe(true);
      for (const f of layout.fields) {
        const size = f.size === undefined ? (BYTES[f.type] ?? 8) : 1;
        expect(f.at % size, `${name} ${f.name}`).toBe(0);
        expect(f.doc.length, `${name} ${f.name}`).toBeGreaterThan(3);
      }
      expect(new Set(layout.fields.map((f) => f.name)).size, name).toBe(layout.fields.length);
    }
  });

  it('have the published sizes', () => {
    const sizes = (rtype: number) => VERSIONS.map((version) => recordSize(rtype, version));
    expect(sizes(RTYPE.MBO)).toEqual([56, 56, 56]);
    expect(sizes(RTYPE.TRADES)).toEqual([48, 48, 48]);
    expect(sizes(RTYPE.MBP_10)).toEqual([368, 368, 368]);
    expect(sizes(RTYPE.DEFINITION)).toEqual([360, 400, 520]);
    expect(sizes(RTYPE.STATISTICS)).toEqual([64, 64, 80]);
    expect(sizes(RTYPE.SYMBOL_MAPPING)).toEqual([80, 176, 176]);
    expect(sizes(RTYPE.ERROR)).toEqual([80, 320, 320]);
    expect(sizes(RTYPE.SYSTEM)).toEqual([80, 320, 320]);
    expect(sizes(0x77)).toEqual([0, 0, 0]);
  });
});

describe('a friendly record', () => {
  it('comes back from its bytes, of any type, version and trailer', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        fc.boolean(),
        fc.nat(),
        ({ rtype, version }, tsOut, seed) => {
          const bytes = sampleRecord(rtype, version, tsOut, new Prng(seed));
          const record = decodeRecord(runOf(bytes, { version, tsOut }), 0);
          expect(Buffer.compare(encodeRecord(record, version), bytes)).toBe(0);
        },
      ),
      { seed: 1, numRuns: 400 },
    );
  });

  const mapping = { rtype: RTYPE.SYMBOL_MAPPING, publisher_id: 1, instrument_id: 2, ts_event: 3n };

  it('has the vendor’s undefined values where it says nothing', () => {
    const read = (rtype: number) =>
      decodeRecord(runOf(encodeRecord({ ...mapping, rtype })), 0) as Record<string, unknown>;
    expect(read(RTYPE.SYMBOL_MAPPING)).toMatchObject({
      stype_in: 255,
      stype_in_symbol: '',
      start_ts: 0xffffffffffffffffn,
    });
    expect(read(RTYPE.STATISTICS)).toMatchObject({ quantity: 0x7fffffffffffffffn, stat_type: 0 });
    expect(read(RTYPE.DEFINITION)).toMatchObject({
      strike_price: 0x7fffffffffffffffn,
      leg_side: 'N',
      leg_count: 0,
      contract_multiplier: 2147483647,
      user_defined_instrument: 'N',
    });
    expect(read(RTYPE.MBP_10)['levels']).toHaveLength(10);
  });

  it('keeps the bytes of a type that is not known', () => {
    const bytes = new Uint8Array(24).map((_, i) => (i === 0 ? 6 : i === 1 ? 0x77 : i));
    const record = decodeRecord(runOf(bytes), 0);
    expect(record.unknown).toEqual(bytes.subarray(16));
    expect(encodeRecord(record)).toEqual(bytes);
  });

  it.each<[string, Record<string, FieldValue>]>([
    ['a number under its range', { publisher_id: -1 }],
    ['a number over its range', { publisher_id: 65536 }],
    ['a fraction', { instrument_id: 1.5 }],
    ['a time over its range', { ts_event: 1n << 64n }],
    ['a text that is too long', { stype_in_symbol: 'X'.repeat(71) }],
    ['a text with a NUL', { stype_in_symbol: 'A\0B' }],
    ['a text for a number', { stype_in: '1' }],
    ['a number for a text', { stype_in_symbol: 1 }],
    ['a field that is not there', { strike: 1n }],
    ['a type that is not known', { rtype: 0x77 }],
  ])('refuses %s', (_, wrong) => {
    expect(() => encodeRecord({ ...mapping, ...wrong })).toThrow(
      expect.objectContaining({ code: 'DBN_ENCODE' }),
    );
  });
});

describe('columnsOf', () => {
  it('says in columns what the friendly records say', () => {
    const origin = 1_700_000_000_000_000_000n;
    for (const { rtype, version } of kinds) {
      const random = new Prng(rtype * 8 + version);
      const rows = Array.from({ length: 3 }, () => sampleRecord(rtype, version, true, random));
      const run = runOf(concat(rows), { version, tsOut: true });
      const columns = columnsOf(run, { from: 1, to: 3, originNs: origin });
      for (let i = 0; i < 2; i++) {
        const { levels, ...record } = decodeRecord(run, i + 1);
        const flat: Record<string, unknown> = { ...record };
        levels?.forEach((level, n) => {
          for (const [name, value] of Object.entries(level)) {
            flat[`${name}_${String(n).padStart(2, '0')}`] = value;
          }
        });
        expect(Object.keys(columns).sort()).toEqual(Object.keys(flat).sort());
        for (const [name, column] of Object.entries(columns)) {
          expectValue(flat[name], column[i]!, origin, name);
        }
      }
    }
  });

  it('unpacks only what is asked for', () => {
    const run = runOf(sampleRecord(RTYPE.MBP_1, 3, false, new Prng(1)));
    expect(Object.keys(columnsOf(run, { fields: ['price', 'bid_px_00'] }))).toEqual([
      'price',
      'bid_px_00',
    ]);
  });

  /** Prices and times are float64: what they stand for may be rounded, by one part in 2^53. */
  function expectValue(friendly: unknown, column: unknown, origin: bigint, name: string): void {
    if (typeof friendly === 'bigint' && typeof column === 'number') {
      const exact = name.startsWith('ts_') || /expiration|activation|_time|_ts$/.test(name);
      const wanted = Number(exact ? friendly - origin : friendly);
      expect(Math.abs(column - wanted), name).toBeLessThanOrEqual(Math.abs(wanted) * 2 ** -52);
    } else if (typeof friendly === 'string' && typeof column === 'number') {
      expect(column, name).toBe(friendly === '' ? 0 : friendly.charCodeAt(0));
    } else {
      expect(column, name).toEqual(friendly);
    }
  }
});
