import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { READ_BYTES, RecordStream } from '../../src/databento/live/record-stream.ts';
import { compressZstdFrame, type DbnVersion, encodeRecord, initZstd } from '../../src/dbn/index.ts';
import { failure, joined, liveHeader, mapping, order, system, trade } from './live-records.ts';

beforeAll(initZstd);

const unknown = encodeRecord({
  rtype: 0x77,
  publisher_id: 1,
  instrument_id: 2,
  ts_event: 3n,
  unknown: new Uint8Array(200),
});
const longest = encodeRecord({
  rtype: 0x78,
  publisher_id: 1,
  instrument_id: 2,
  ts_event: 3n,
  unknown: new Uint8Array(1004),
});

function sample(version: DbnVersion, tsOut: boolean) {
  const format = { version, tsOut };
  const records = [
    mapping(7, 'ES.c.0', 'ESH6', format),
    system(1, 'Subscription request 1 for mbo data succeeded', format),
    ...(tsOut ? [] : [unknown, longest]),
    order(1, {}, format),
    order(2, {}, format),
    trade(3, format),
    failure(4, 'Failed to resolve symbol X', format),
  ];
  return {
    header: liveHeader(undefined, format),
    records: joined(...records),
    count: records.length,
  };
}

interface Taken {
  bytes: Uint8Array;
  count: number;
  aligned: boolean;
}

function take(stream: RecordStream): Taken {
  const pieces: Uint8Array[] = [];
  let count = 0;
  let aligned = true;
  for (let batch = stream.take(); batch; batch = stream.take()) {
    pieces.push(batch.bytes.slice());
    count += batch.count;
    aligned &&= batch.bytes.byteOffset % 4 === 0;
  }
  return { bytes: joined(...pieces), count, aligned };
}

function feed(stream: RecordStream, bytes: Uint8Array, sizes: readonly number[]): Taken {
  const parts: Taken[] = [];
  for (let at = 0, k = 0; at < bytes.length; k++) {
    const size = sizes[k % sizes.length]!;
    stream.push(bytes.subarray(at, at + size));
    at += size;
    parts.push(take(stream));
  }
  return {
    bytes: joined(...parts.map((p) => p.bytes)),
    count: parts.reduce((n, p) => n + p.count, 0),
    aligned: parts.every((p) => p.aligned),
  };
}

describe.each([1, 2, 3] as const)('version %i', (version) => {
  it.each([false, true])('comes out whole at every cut, ts_out %s', (tsOut) => {
    const { header, records, count } = sample(version, tsOut);
    const whole = joined(header, records);
    for (let cut = 1; cut <= whole.length; cut++) {
      const stream = new RecordStream(false);
      const got = feed(stream, whole, [cut, whole.length]);
      expect(stream.metadata).toMatchObject({ version, tsOut });
      expect(got.count).toBe(count);
      expect(Buffer.compare(got.bytes, records)).toBe(0);
      expect(got.aligned).toBe(true);
      expect(stream.trailingBytes).toBe(0);
    }
  });

  it('comes out whole byte by byte, compressed', async () => {
    const { header, records, count } = sample(version, false);
    const compressed = joined(await compressZstdFrame(header), await compressZstdFrame(records));
    for (const sizes of [[1], [compressed.length], [3, 1, 17]]) {
      const stream = new RecordStream(true);
      const got = feed(stream, compressed, sizes);
      expect(got).toEqual({ bytes: records, count, aligned: true });
      stream.close();
    }
  });
});

it('gives whole records only, and what has come of the next one later', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 0, max: 2 }),
      (sizes, v) => {
        const { header, records } = sample((v + 1) as DbnVersion, false);
        const body = joined(records, records, records, records);
        const got = feed(new RecordStream(false), joined(header, body), sizes);
        expect(Buffer.compare(got.bytes, body)).toBe(0);
      },
    ),
    { seed: 11, numRuns: 150 },
  );
});

describe('memory', () => {
  const orders = joined(...Array.from({ length: 4096 }, (_, i) => order(i)));

  it('asks to wait once its buffer is full, and goes on when there is room', () => {
    const stream = new RecordStream(false);
    stream.push(liveHeader());
    let pushed = 0;
    while (stream.ready) {
      stream.push(orders.subarray(0, READ_BYTES - (READ_BYTES % 56)));
      pushed += READ_BYTES - (READ_BYTES % 56);
    }
    expect(pushed).toBeLessThanOrEqual(1024 * 1024);
    expect(stream.take()!.bytes.length).toBe(pushed);
    expect(stream.ready).toBe(true);
  });

  it('takes a bomb of compressed bytes piece by piece', async () => {
    const bomb = await compressZstdFrame(joined(...Array.from({ length: 64 }, () => orders)));
    const header = await compressZstdFrame(liveHeader());
    const stream = new RecordStream(true);
    stream.push(header);
    stream.push(bomb);
    expect(stream.ready).toBe(false);
    let count = 0;
    let most = 0;
    for (let batch = stream.take(); batch; batch = stream.take()) {
      count += batch.count;
      most = Math.max(most, batch.bytes.length);
    }
    expect(count).toBe(64 * 4096);
    expect(most).toBeLessThanOrEqual(1024 * 1024);
    expect(stream.ready).toBe(true);
    stream.close();
  });

  it('keeps what does not fit when more is pushed than was asked for', () => {
    const stream = new RecordStream(false);
    const much = joined(...Array.from({ length: 6 }, () => orders));
    stream.push(joined(liveHeader(), much));
    const got = take(stream);
    expect(Buffer.compare(got.bytes, much)).toBe(0);
  });
});

describe('damage', () => {
  const spoil = (at: number, value: number) => {
    const bytes = order(3);
    bytes[at] = value;
    return bytes;
  };

  it.each([
    ['length 0', spoil(0, 0), /0 bytes for a record of type 0xa0, which has 56/],
    ['shorter than a header', spoil(0, 3), /12 bytes/],
    ['shorter than its type', spoil(0, 5), /20 bytes for a record of type 0xa0/],
  ])('%s: what came before is delivered, then the damage is told', (_, bad, message) => {
    const stream = new RecordStream(false);
    stream.push(joined(liveHeader(), order(1), order(2), bad, order(4)));
    expect(take(stream)).toMatchObject({ bytes: joined(order(1), order(2)), count: 2 });
    expect(stream.damage).toMatchObject({
      code: 'DBN_RECORD',
      message: expect.stringMatching(message),
    });
    stream.push(order(5));
    expect(stream.take()).toBe(null);
  });

  it('a longer record than its type is kept, as later versions may have them', () => {
    const longer = joined(order(1), new Uint8Array(8));
    longer[0] = 16;
    const stream = new RecordStream(false);
    stream.push(joined(liveHeader(), longer, order(2)));
    expect(take(stream)).toMatchObject({ bytes: joined(longer, order(2)), count: 2 });
  });

  it.each([
    ['not DBN', new Uint8Array(64).fill(7), 'DBN_MAGIC'],
    ['a newer version', Uint8Array.of(68, 66, 78, 9, 120, 0, 0, 0, 0, 0, 0, 0), 'DBN_VERSION'],
    [
      'a header that contradicts itself',
      Uint8Array.of(68, 66, 78, 3, 1, 0, 0, 0, 0),
      'DBN_METADATA',
    ],
  ])('%s at the start', (_, bytes, code) => {
    const stream = new RecordStream(false);
    stream.push(bytes);
    expect(stream.damage).toMatchObject({ code });
    expect(stream.take()).toBe(null);
  });

  it('a header that never ends', () => {
    const stream = new RecordStream(false);
    stream.push(Uint8Array.of(68, 66, 78, 3, 0, 0, 0, 15));
    for (let i = 0; i < 20 && !stream.damage; i++) stream.push(new Uint8Array(READ_BYTES));
    expect(stream.damage).toMatchObject({ code: 'DBN_METADATA' });
  });

  it('compressed bytes that are not: what came before is delivered', async () => {
    const stream = new RecordStream(true);
    const good = await compressZstdFrame(joined(liveHeader(), order(1)));
    stream.push(joined(good, new Uint8Array(40).fill(9)));
    expect(take(stream)).toMatchObject({ bytes: order(1), count: 1 });
    expect(stream.take()).toBe(null);
    expect(stream.damage).toMatchObject({ code: 'DBN_ZSTD' });
    stream.close();
  });
});
