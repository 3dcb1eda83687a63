import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Prng } from '../../src/core/index.ts';
import {
  DbnDecoder,
  decodeRecord,
  encodeRecord,
  MboColumns,
  RTYPE,
  readMbo,
  runBytes,
  runOf,
  sliceRun,
  UNDEF_PRICE_F64,
  writeMbo,
} from '../../src/dbn/index.ts';
import { concat, sampleRecord } from './sample-records.ts';

/** 2024-01-02T00:00:00Z, Unix ns. */
const ORIGIN = 1_704_153_600_000_000_000n;

const U64_MAX = 0xffffffffffffffffn;

/** A record whose times lie within a day of the origin and whose price is exact in a float64. */
function plausible(random: Prng, tsOut: boolean): Uint8Array {
  const bytes = sampleRecord(RTYPE.MBO, 3, tsOut, random);
  const view = new DataView(bytes.buffer);
  const time = () => ORIGIN + BigInt(random.int(86_400)) * 1_000_000_000n + BigInt(random.u32());
  view.setBigUint64(8, random.int(20) === 0 ? U64_MAX : time(), true);
  view.setBigUint64(40, time() - 5_000_000_000n, true);
  const price = BigInt(random.int(2 ** 50)) - 2n ** 49n;
  view.setBigInt64(24, random.int(20) === 0 ? 2n ** 63n - 1n : price, true);
  return bytes;
}

function plausibleRun(seed: number, count: number, tsOut = false) {
  const random = new Prng(seed);
  return runOf(concat(Array.from({ length: count }, () => plausible(random, tsOut))), { tsOut });
}

/** Row by row from the friendly record: the slow, obvious reading. */
function expectRow(columns: MboColumns, row: number, record: ReturnType<typeof decodeRecord>) {
  const time = (ns: bigint) => (ns === U64_MAX ? Number(U64_MAX - ORIGIN) : Number(ns - ORIGIN));
  const id = record['order_id'] as bigint;
  expect({
    tsEvent: columns.tsEvent[row],
    tsRecv: columns.tsRecv[row],
    id: (BigInt(columns.orderIdHi[row]!) << 32n) | BigInt(columns.orderIdLo[row]!),
    price: columns.price[row],
    size: columns.size[row],
    flags: columns.flags[row],
    channel: columns.channelId[row],
    action: columns.action[row],
    side: columns.side[row],
    delta: columns.tsInDelta[row],
    sequence: columns.sequence[row],
    instrument: columns.instrumentId[row],
    publisher: columns.publisherId[row],
  }).toEqual({
    tsEvent: time(record.ts_event),
    tsRecv: time(record['ts_recv'] as bigint),
    id,
    price: Number(record['price']),
    size: record['size'],
    flags: record['flags'],
    channel: record['channel_id'],
    action: (record['action'] as string).charCodeAt(0) || 0,
    side: (record['side'] as string).charCodeAt(0) || 0,
    delta: record['ts_in_delta'],
    sequence: record['sequence'],
    instrument: record.instrument_id,
    publisher: record.publisher_id,
  });
}

describe('readMbo', () => {
  it('reads a record that was written by hand', () => {
    const bytes = encodeRecord({
      rtype: RTYPE.MBO,
      publisher_id: 1,
      instrument_id: 17077,
      ts_event: ORIGIN + 1n,
      order_id: 0x0000_0001_8000_0002n,
      price: -4_810_250_000_000n,
      size: 4294967295,
      flags: 130,
      channel_id: 7,
      action: 'M',
      side: 'A',
      ts_recv: ORIGIN + 86_399_999_999_999n,
      ts_in_delta: -5,
      sequence: 3_000_000_000,
    });
    const c = new MboColumns(1, ORIGIN);
    readMbo(runOf(bytes), 0, 1, c);
    expect(c.length).toBe(1);
    expect([c.tsEvent[0], c.tsRecv[0]]).toEqual([1, 86_399_999_999_999]);
    expect([c.orderIdHi[0], c.orderIdLo[0]]).toEqual([1, 0x8000_0002]);
    expect([c.price[0], c.size[0], c.flags[0]]).toEqual([-4_810_250_000_000, 4294967295, 130]);
    expect([c.channelId[0], c.action[0], c.side[0]]).toEqual([7, 77, 65]);
    expect([c.tsInDelta[0], c.sequence[0]]).toEqual([-5, 3_000_000_000]);
    expect([c.instrumentId[0], c.publisherId[0]]).toEqual([17077, 1]);
  });

  it('reads what the friendly record says, for any range, row and trailer', () => {
    fc.assert(
      fc.property(
        fc.nat(1000),
        fc.boolean(),
        fc.nat(9),
        fc.nat(30),
        fc.nat(11),
        (seed, tsOut, from, count, at) => {
          const run = plausibleRun(seed, 40, tsOut);
          const columns = new MboColumns(64, ORIGIN);
          for (const name of ['flags', 'side', 'publisherId'] as const) columns[name].fill(99);
          readMbo(run, from, from + count, columns, at);
          expect(columns.length).toBe(at + count);
          for (let i = 0; i < count; i++) {
            expectRow(columns, at + i, decodeRecord(run, from + i));
          }
          // Nothing beside the range is touched.
          for (const name of ['flags', 'side', 'publisherId'] as const) {
            expect([...columns[name].subarray(0, at)].every((v) => v === 99)).toBe(true);
            expect([...columns[name].subarray(at + count)].every((v) => v === 99)).toBe(true);
          }
        },
      ),
      { seed: 1, numRuns: 100 },
    );
  });

  it('keeps the undefined price apart, and undefined times at 2^63 or more', () => {
    const record = { rtype: RTYPE.MBO, publisher_id: 0, instrument_id: 0, ts_event: U64_MAX };
    const c = new MboColumns(1, ORIGIN);
    readMbo(runOf(encodeRecord(record)), 0, 1, c);
    expect(c.price[0]).toBe(UNDEF_PRICE_F64);
    expect(c.tsEvent[0]).toBeGreaterThanOrEqual(2 ** 63);
    expect(c.tsRecv[0]).toBeGreaterThanOrEqual(2 ** 63);
  });

  it('refuses other records and ranges that do not fit', () => {
    const run = plausibleRun(1, 4);
    const columns = new MboColumns(3, ORIGIN);
    expect(() => readMbo(run, 0, 4, columns)).toThrow('fit');
    expect(() => readMbo(run, 2, 5, columns)).toThrow('within');
    expect(() => readMbo({ ...run, rtype: RTYPE.TRADES }, 0, 1, columns)).toThrow('MBO');
  });
});

describe('a decoder’s readMbo', () => {
  /** Both ways through a stream: fused, and run by run; what each row and each record says. */
  function both(stream: Uint8Array, sizes: readonly number[], capacity: number, at: number) {
    const version = 3;
    const fused: Uint8Array[] = [];
    const plain: Uint8Array[] = [];
    const columns = new MboColumns(capacity, ORIGIN);
    const one = new DbnDecoder({ version });
    const two = new DbnDecoder({ version });
    for (let from = 0, k = 0; from < stream.length; from += sizes[k++ % sizes.length]!) {
      const chunk = stream.subarray(from, from + sizes[k % sizes.length]!);
      one.write(chunk);
      two.write(chunk);
      for (;;) {
        const rows = one.readMbo(columns, at);
        expect(columns.length).toBe(at + rows);
        if (rows > 0) {
          fused.push(writeMbo(columns, at, at + rows).slice());
          continue;
        }
        const run = one.next();
        if (!run) break;
        fused.push(runBytes(run).slice());
      }
      for (let run = two.next(); run; run = two.next()) plain.push(runBytes(run).slice());
    }
    expect(one.end()).toEqual(two.end());
    return [concat(fused), concat(plain)] as const;
  }

  it('reads what the runs hold, whatever lies between, however it is cut', () => {
    fc.assert(
      fc.property(
        fc.nat(1000),
        fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 5, max: 40 }),
        fc.nat(4),
        fc.nat(3),
        (seed, sizes, capacity, at, shift) => {
          const random = new Prng(seed);
          const records = Array.from({ length: 80 }, () =>
            random.int(12) === 0
              ? sampleRecord(RTYPE.TRADES, 3, false, random)
              : plausible(random, false),
          );
          const memory = new Uint8Array(concat(records).length + shift);
          memory.set(concat(records), shift);
          const [fused, plain] = both(memory.subarray(shift), sizes, capacity, at);
          expect(Buffer.compare(fused, plain)).toBe(0);
          expect(Buffer.compare(plain, concat(records))).toBe(0);
        },
      ),
      { seed: 3, numRuns: 150 },
    );
  });

  it('refuses a record that is too short, with its offset', () => {
    const stream = concat([plausible(new Prng(1), false), new Uint8Array([4, RTYPE.MBO, 0, 0])]);
    const decoder = new DbnDecoder({ version: 3 });
    decoder.write(stream);
    const columns = new MboColumns(8, ORIGIN);
    expect(decoder.readMbo(columns)).toBe(1);
    expect(() => decoder.readMbo(columns)).toThrow(
      expect.objectContaining({
        code: 'DBN_RECORD',
        detail: expect.objectContaining({ offset: 56 }),
      }),
    );
  });
});

describe('writeMbo', () => {
  it('is the inverse of readMbo, byte for byte', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 1, max: 70 }), (seed, count) => {
        const run = plausibleRun(seed, count);
        const columns = new MboColumns(count, ORIGIN);
        readMbo(run, 0, count, columns);
        expect(Buffer.compare(writeMbo(columns, 0, count), runBytes(run))).toBe(0);
      }),
      { seed: 2, numRuns: 100 },
    );
  });

  it('writes into the middle of a buffer, and an undefined trailer where asked', () => {
    const run = plausibleRun(3, 3);
    const columns = new MboColumns(3, ORIGIN);
    readMbo(run, 0, 3, columns);
    const out = new Uint8Array(200);
    const written = writeMbo(columns, 1, 3, out, 8, true);
    expect(written.byteOffset).toBe(8);
    expect(written.length).toBe(2 * 64);
    const back = runOf(written.slice(), { tsOut: true });
    expect(decodeRecord(back, 0)).toEqual({ ...decodeRecord(run, 1), ts_out: U64_MAX });
    expect(out.subarray(0, 8).every((b) => b === 0)).toBe(true);
    expect(out.subarray(8 + 128).every((b) => b === 0)).toBe(true);
  });

  it('works over shared memory of the stated size', () => {
    const shared = new SharedArrayBuffer(MboColumns.bytesFor(5));
    const run = plausibleRun(4, 5);
    const columns = new MboColumns(5, ORIGIN, shared);
    readMbo(run, 0, 5, columns);
    const same = new MboColumns(5, ORIGIN, shared);
    expect(Buffer.compare(writeMbo(same, 0, 5), runBytes(run))).toBe(0);
  });
});

describe('a slice of a run', () => {
  it('has the records and the offsets of its part', () => {
    const run = { ...plausibleRun(5, 6), offset: 1000 };
    const part = sliceRun(run, 2, 5);
    expect([part.count, part.offset]).toEqual([3, 1000 + 2 * 56]);
    expect(runBytes(part)).toEqual(runBytes(run, 2, 5));
  });
});
