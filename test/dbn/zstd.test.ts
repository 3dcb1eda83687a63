import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type DataError, isKnownError, Prng } from '../../src/core/index.ts';
import {
  compressZstdFrame,
  decompressZstd,
  type FrameCompressor,
  initZstd,
  isZstd,
  ZstdStream,
  ZstdTruncated,
  zstdCompressor,
} from '../../src/dbn/index.ts';
import { concat } from './sample-records.ts';

const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));

const TEXT = 'records, one behind the other; records, one behind the other';
/** `TEXT` by the zstd program with a checksum; with its size stated and without. */
const SIZED = hex(
  '28b52ffd243c350100f87265636f7264732c206f6e6520626568696e6420746865206f746865723b2001008b5b390107934866',
);
const UNSIZED = hex(
  '28b52ffd0458350100f87265636f7264732c206f6e6520626568696e6420746865206f746865723b2001008b5b390107934866',
);
/** A skippable frame of five bytes. */
const SKIPPABLE = hex('532a4d18050000000102030405');

let compress: FrameCompressor;

beforeAll(async () => {
  await initZstd();
  compress = await zstdCompressor(3);
});

function inflate(bytes: Uint8Array, chunk = Number.MAX_SAFE_INTEGER): Uint8Array {
  function* chunks() {
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
  }
  return concat([...decompressZstd(chunks())]);
}

function errorOf(work: () => unknown): DataError {
  try {
    work();
  } catch (error) {
    return error as DataError;
  }
  throw new Error('nothing was thrown');
}

/** Bytes that compress a little: half of them repeat. */
function sample(length: number, seed: number): Uint8Array {
  const random = new Prng(seed);
  return new Uint8Array(length).map((_, i) => (i % 2 ? 7 : random.int(256)));
}

const textOf = (bytes: Uint8Array) => String.fromCharCode(...bytes);

describe('decompression', () => {
  it('reads frames of known and unknown size, one behind the other, past skippable ones', () => {
    const stream = concat([SKIPPABLE, SIZED, SKIPPABLE, SKIPPABLE, UNSIZED, SIZED, SKIPPABLE]);
    for (const chunk of [1, 2, 7, 64, 10_000]) {
      expect(textOf(inflate(stream, chunk))).toBe(TEXT + TEXT + TEXT);
    }
  });

  it('reads nothing from nothing, from empty frames and from many skippable ones', () => {
    expect(inflate(new Uint8Array(0)).length).toBe(0);
    expect(inflate(compress(new Uint8Array(0))).length).toBe(0);
    const many = concat(Array.from({ length: 20_000 }, () => SKIPPABLE));
    expect(textOf(inflate(concat([many, SIZED])))).toBe(TEXT);
  });

  it('is the inverse of compression, for any size, frames and chunks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 400_000 }), { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 100, max: 200_000 }),
        fc.nat(),
        (sizes, chunk, seed) => {
          const parts = sizes.map((size, i) => sample(size, seed + i));
          const out = inflate(concat(parts.map(compress)), chunk);
          expect(Buffer.compare(out, concat(parts))).toBe(0);
        },
      ),
      { seed: 1, numRuns: 12 },
    );
  });

  it('hands over pieces that stay as they are', () => {
    const bytes = sample(1_000_000, 1);
    const pieces = [...decompressZstd([compress(bytes)])];
    expect(pieces.length).toBeGreaterThan(3);
    expect(Buffer.compare(concat(pieces), bytes)).toBe(0);
  });

  it('runs several streams side by side', () => {
    const bytes = [sample(500_000, 1), sample(500_000, 2)];
    const streams = bytes.map((b) => decompressZstd([compress(b)]));
    const out: Uint8Array[][] = [[], []];
    for (let open = 2; open > 0; ) {
      open = 0;
      streams.forEach((stream, k) => {
        const { value, done } = stream.next();
        if (done) return;
        open++;
        out[k]!.push(value);
      });
    }
    out.forEach((pieces, k) => {
      expect(Buffer.compare(concat(pieces), bytes[k]!)).toBe(0);
    });
  });

  it('gives its memory back when it is left early', () => {
    const bytes = compress(sample(1_000_000, 3));
    for (let i = 0; i < 200; i++) {
      for (const piece of decompressZstd([bytes])) {
        expect(piece.length).toBeGreaterThan(0);
        break;
      }
    }
    expect(textOf(inflate(SIZED))).toBe(TEXT);
  });

  it('says where it is', () => {
    const stream = new ZstdStream();
    expect([stream.consumedBytes, stream.midFrame]).toEqual([0, false]);
    for (const _ of stream.push(SIZED.subarray(0, 20)));
    expect([stream.consumedBytes, stream.midFrame]).toEqual([20, true]);
    for (const _ of stream.push(SIZED.subarray(20)));
    expect([stream.consumedBytes, stream.midFrame]).toEqual([SIZED.length, false]);
    stream.close();
    stream.close();
  });
});

describe('a stream that is not whole', () => {
  it('is told from a clean end at every byte', () => {
    const stream = concat([SIZED, SKIPPABLE, UNSIZED]);
    const ends = [0, SIZED.length, SIZED.length + SKIPPABLE.length, stream.length];
    for (let cut = 0; cut <= stream.length; cut++) {
      const work = () => inflate(stream.subarray(0, cut), 9);
      if (ends.includes(cut)) expect(TEXT + TEXT).toContain(textOf(work()));
      else expect(errorOf(work), `cut at ${cut}`).toBeInstanceOf(ZstdTruncated);
    }
  });

  it('gives what is whole before it says so', () => {
    const bytes = sample(600_000, 4);
    const packed = compress(bytes);
    const pieces: Uint8Array[] = [];
    const error = errorOf(() => {
      for (const p of decompressZstd([packed.subarray(0, packed.length - 10)])) pieces.push(p);
    });
    expect([error.code, error.detail.offset]).toEqual(['DBN_ZSTD', packed.length - 10]);
    const got = concat(pieces);
    expect(got.length).toBeGreaterThan(100_000);
    expect(Buffer.compare(got, bytes.subarray(0, got.length))).toBe(0);
  });
});

describe('damaged data', () => {
  it('is refused where a checksum does not match', () => {
    for (let bit = 0; bit < 32; bit++) {
      const broken = concat([SIZED, UNSIZED]);
      broken[broken.length - 4 + (bit >> 3)]! ^= 1 << (bit & 7);
      const error = errorOf(() => inflate(broken));
      expect(error.code).toBe('DBN_ZSTD');
      expect(error.message).toContain('checksum');
    }
  });

  it('is refused, or is the same, with any bit of a checked frame flipped', () => {
    for (let bit = 0; bit < SIZED.length * 8; bit++) {
      const broken = SIZED.slice();
      broken[bit >> 3]! ^= 1 << (bit & 7);
      try {
        // A flip can turn the frame into a skippable one, or its checksum off.
        expect(['', TEXT]).toContain(textOf(inflate(broken)));
      } catch (error) {
        if (!isKnownError(error)) throw error;
        expect(error.code).toBe('DBN_ZSTD');
      }
    }
  });

  it('ends, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(3), (bytes, kind) => {
        const stream = kind === 0 ? bytes : concat([SIZED.subarray(0, kind * 9), bytes]);
        try {
          inflate(stream, 50);
        } catch (error) {
          if (!isKnownError(error)) throw error;
        }
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  it('is named with the compressed offset', () => {
    const error = errorOf(() => inflate(concat([SIZED, hex('00112233445566778899')])));
    expect(error.code).toBe('DBN_ZSTD');
    expect(error.detail.offset).toBeGreaterThanOrEqual(SIZED.length);
    expect(error.detail.offset).toBeLessThanOrEqual(SIZED.length + 10);
  });
});

describe('the beginning of a stream', () => {
  it('tells zstd from DBN', async () => {
    expect(isZstd(SIZED)).toBe(true);
    expect(isZstd(SKIPPABLE)).toBe(true);
    expect(isZstd(hex('44424e03'))).toBe(false);
    expect(isZstd(SIZED.subarray(0, 3))).toBe(false);
    expect(isZstd(await compressZstdFrame(new Uint8Array(3), 1))).toBe(true);
  });
});
