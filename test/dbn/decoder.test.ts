import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DataError, isKnownError, Prng } from '../../src/core/index.ts';
import {
  DbnDecoder,
  type DbnVersion,
  encodeMetadata,
  type FragmentFormat,
  makeMetadata,
  type RecordRun,
  RTYPE,
  recordSize,
  runBytes,
} from '../../src/dbn/index.ts';
import { concat, RTYPES, sampleRecord } from './sample-records.ts';

interface Seen {
  rtype: number;
  offset: number;
  bytes: Uint8Array;
}

function recordsOf(run: RecordRun): Seen[] {
  return Array.from({ length: run.count }, (_, i) => ({
    rtype: run.rtype,
    offset: run.offset + i * run.stride,
    bytes: runBytes(run, i, i + 1).slice(),
  }));
}

/**
 * Feeds the stream in pieces of the given sizes, in turn, and checks each run against its words.
 */
function decode(stream: Uint8Array, sizes: readonly number[], fragment?: FragmentFormat) {
  const decoder = new DbnDecoder(fragment);
  const seen: Seen[] = [];
  for (let at = 0, k = 0; at < stream.length; k++) {
    const size = sizes[k % sizes.length]!;
    decoder.write(stream.subarray(at, at + size));
    at += size;
    for (let run = decoder.next(); run; run = decoder.next()) {
      expect(run.start % 4).toBe(0);
      expect(run.words[run.start >> 2]! & 0xff).toBe(run.stride / 4);
      seen.push(...recordsOf(run));
    }
  }
  return { decoder, seen, end: decoder.end() };
}

/** Records of all types with one unknown, some twice in a row, and where they lie. */
function mixed(version: DbnVersion, tsOut: boolean, seed: number) {
  const random = new Prng(seed);
  const header = encodeMetadata(makeMetadata({ dataset: 'XNAS.ITCH', version, tsOut }));
  const records = RTYPES.flatMap((rtype) =>
    Array.from({ length: 1 + random.int(3) }, () => sampleRecord(rtype, version, tsOut, random)),
  );
  const unknown = new Uint8Array(24);
  unknown.set([6, 0x77]);
  records.splice(random.int(records.length), 0, unknown);
  let offset = header.length;
  const expected = records.map((bytes) => {
    const one = { rtype: bytes[1]!, offset, bytes };
    offset += bytes.length;
    return one;
  });
  return { header, stream: concat([header, ...records]), expected };
}

/** Equality of records, byte for byte; `toEqual` on thousands of arrays takes seconds. */
function expectSame(seen: readonly Seen[], expected: readonly Seen[]): void {
  const flat = (all: readonly Seen[]) => all.map((r) => `${r.rtype}@${r.offset}`).join();
  expect(flat(seen)).toBe(flat(expected));
  const bytes = (all: readonly Seen[]) => concat(all.map((r) => r.bytes));
  expect(Buffer.compare(bytes(seen), bytes(expected))).toBe(0);
}

function errorOf(work: () => unknown): DataError {
  try {
    work();
  } catch (error) {
    return error as DataError;
  }
  throw new Error('nothing was thrown');
}

const whole = [Number.MAX_SAFE_INTEGER];

describe('the decoder', () => {
  for (const version of [1, 2, 3] as DbnVersion[]) {
    for (const tsOut of [false, true]) {
      it(`gives all records, however they are cut: version ${version}, ts_out ${tsOut}`, () => {
        const { stream, expected } = mixed(version, tsOut, version);
        for (const sizes of [whole, [1], [7], [56], [4096], [3, 500, 1, 1, 64]]) {
          const { decoder, seen, end } = decode(stream, sizes);
          expectSame(seen, expected);
          expect(end).toEqual({ truncated: false, trailingBytes: 0, offset: stream.length });
          expect(decoder.metadata?.tsOut).toBe(tsOut);
        }
      });
    }
  }

  it('gives all records for any cuts', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 8 }),
        fc.nat(1000),
        (sizes, seed) => {
          const { stream, expected } = mixed(((seed % 3) + 1) as DbnVersion, seed % 2 === 0, seed);
          expectSame(decode(stream, sizes).seen, expected);
        },
      ),
      { seed: 2, numRuns: 60 },
    );
  });

  it('joins like records into runs of their own type and size', () => {
    const random = new Prng(3);
    const mbo = Array.from({ length: 5 }, () => sampleRecord(RTYPE.MBO, 3, false, random));
    const trades = Array.from({ length: 2 }, () => sampleRecord(RTYPE.TRADES, 3, false, random));
    const decoder = new DbnDecoder({ version: 3 });
    decoder.write(concat([...mbo, ...trades, mbo[0]!]));
    const runs: [number, number, number][] = [];
    for (let run = decoder.next(); run; run = decoder.next()) {
      runs.push([run.rtype, run.count, run.stride]);
    }
    expect(runs).toEqual([
      [RTYPE.MBO, 5, 56],
      [RTYPE.TRADES, 2, 48],
      [RTYPE.MBO, 1, 56],
    ]);
  });

  it('does not copy what lies on four bytes, and says what it copies', () => {
    const { stream } = mixed(3, false, 4);
    expect(decode(stream, whole).decoder.copiedBytes).toBe(0);
    const shifted = new Uint8Array(stream.length + 1).subarray(1);
    shifted.set(stream);
    expect(decode(shifted, whole).decoder.copiedBytes).toBeGreaterThan(0);
  });

  it('reads a large misaligned chunk through a buffer of bounded size', () => {
    const one = sampleRecord(RTYPE.MBO, 3, false, new Prng(5));
    const large = new Uint8Array(2 + one.length * 20_000).subarray(2);
    for (let i = 0; i < 20_000; i++) large.set(one, i * one.length);
    const decoder = new DbnDecoder({ version: 3 });
    decoder.write(large);
    let count = 0;
    let most = 0;
    for (let run = decoder.next(); run; run = decoder.next()) {
      count += run.count;
      most = Math.max(most, run.bytes.buffer.byteLength);
      expect(runBytes(run, run.count - 1)).toEqual(one);
    }
    expect(count).toBe(20_000);
    expect(most).toBeLessThanOrEqual(128 * 1024);
  });

  it('delivers the whole records of a stream that is cut at any byte', () => {
    const { header, stream, expected } = mixed(3, false, 6);
    for (let cut = header.length; cut < stream.length; cut += 5) {
      const { seen, end } = decode(stream.subarray(0, cut), whole);
      const inside = expected.filter((r) => r.offset + r.bytes.length <= cut);
      const offset = inside.reduce((n, r) => n + r.bytes.length, header.length);
      expectSame(seen, inside);
      expect(end).toEqual({ truncated: cut > offset, trailingBytes: cut - offset, offset });
    }
  });

  it('refuses a stream that ends before its header does', () => {
    const { header } = mixed(3, false, 7);
    expect(errorOf(() => new DbnDecoder().end()).code).toBe('DBN_MAGIC');
    for (const cut of [1, 7, 8, header.length - 1]) {
      const error = errorOf(() => decode(header.subarray(0, cut), [3]));
      expect([error.code, error.detail.offset]).toEqual(['DBN_METADATA', cut]);
    }
  });

  it('refuses a length under the layout, with its offset, in one piece or byte by byte', () => {
    const { stream, expected } = mixed(3, true, 8);
    const at = expected[10]!.offset;
    for (const length of [0, 1, 3, stream[at]! - 1]) {
      const broken = stream.slice();
      broken[at] = length;
      for (const sizes of [whole, [1], [11]]) {
        const error = errorOf(() => decode(broken, sizes));
        expect([error.code, error.detail.offset]).toEqual(['DBN_RECORD', at]);
      }
    }
  });

  it('takes a record that is longer than its layout', () => {
    const longer = new Uint8Array(64);
    longer.set(sampleRecord(RTYPE.MBO, 3, false, new Prng(9)));
    longer[0] = 16;
    const { seen } = decode(concat([longer, longer]), [5], { version: 3 });
    expect(seen.map((r) => r.bytes)).toEqual([longer, longer]);
  });

  it('holds versions to their own layouts', () => {
    const v1 = sampleRecord(RTYPE.DEFINITION, 1, false, new Prng(10));
    expect(v1.length).toBe(recordSize(RTYPE.DEFINITION, 1));
    expect(decode(v1, whole, { version: 1 }).seen.length).toBe(1);
    expect(errorOf(() => decode(v1, whole, { version: 3 })).code).toBe('DBN_RECORD');
  });
});

describe('fuzzed input', () => {
  /** Either it decodes, or it is refused with a code of ours. */
  function survives(bytes: Uint8Array, sizes: readonly number[], fragment?: FragmentFormat): void {
    try {
      const { seen, end } = decode(bytes, sizes, fragment);
      const whole = seen.reduce((n, r) => n + r.bytes.length, 0);
      expect(whole + end.trailingBytes).toBeLessThanOrEqual(bytes.length);
    } catch (error) {
      if (!isKnownError(error)) throw error;
    }
  }

  it('of random bytes ends well', () => {
    const anyFragment = fc.constantFrom(
      undefined,
      { version: 1 as const },
      { version: 3 as const, tsOut: true },
    );
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 2000 }),
        fc.integer({ min: 1, max: 300 }),
        anyFragment,
        (bytes, size, fragment) => survives(bytes, [size], fragment),
      ),
      { seed: 3, numRuns: 500 },
    );
  });

  it('of a real stream with bits flipped ends well', () => {
    const { stream } = mixed(3, false, 11);
    fc.assert(
      fc.property(
        fc.array(fc.nat(stream.length * 8 - 1), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 5000 }),
        (bits, size) => {
          const broken = stream.slice();
          for (const bit of bits) broken[bit >> 3]! ^= 1 << (bit & 7);
          survives(broken, [size]);
        },
      ),
      { seed: 4, numRuns: 500 },
    );
  });

  it('of a header that claims much keeps no more than arrived', () => {
    const claim = new Uint8Array(100_000);
    claim.set([0x44, 0x42, 0x4e, 3, 0, 0, 0, 0x0f]);
    const decoder = new DbnDecoder();
    for (let i = 0; i < 20; i++) {
      decoder.write(i === 0 ? claim : claim.subarray(8));
      expect(decoder.next()).toBe(null);
    }
    expect(errorOf(() => decoder.end()).code).toBe('DBN_METADATA');
  });
});
