/** The vendor's own format fixtures: every schema, version, compression and fragment. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { DataError } from '../../src/core/index.ts';
import {
  DbnDecoder,
  DbnEncoder,
  type DbnRecord,
  type DbnVersion,
  decodeRecord,
  decompressZstd,
  encodeMetadata,
  type FragmentFormat,
  initZstd,
  isZstd,
  type Metadata,
  runBytes,
  runOf,
  upgradeRecord,
  ZstdTruncated,
  zstdCompressor,
} from '../../src/dbn/index.ts';
import { concat } from '../dbn/sample-records.ts';
import { describeConformance } from './data.ts';

interface Decoded {
  metadata: Metadata | null;
  records: Uint8Array[];
  truncated: boolean;
}

function decode(stream: Uint8Array, chunk: number, fragment?: FragmentFormat): Decoded {
  const decoder = new DbnDecoder(fragment);
  const records: Uint8Array[] = [];
  for (let at = 0; at < stream.length; at += chunk) {
    decoder.write(stream.subarray(at, at + chunk));
    for (let run = decoder.next(); run; run = decoder.next()) {
      for (let i = 0; i < run.count; i++) records.push(runBytes(run, i, i + 1).slice());
    }
  }
  return { metadata: decoder.metadata, records, truncated: decoder.end().truncated };
}

function inflate(bytes: Uint8Array, chunk = Number.MAX_SAFE_INTEGER): Uint8Array {
  function* chunks() {
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
  }
  return isZstd(bytes) ? concat([...decompressZstd(chunks())]) : bytes;
}

function fragmentOf(name: string): FragmentFormat | undefined {
  if (!name.includes('.frag')) return undefined;
  return { version: Number(/\.v(\d)\./.exec(name)?.[1] ?? 2) as DbnVersion };
}

beforeAll(initZstd);

describeConformance('vendor fixtures', (pathOf) => {
  const folder = pathOf('vendor-fixtures');
  const names = readdirSync(folder).filter((name) => name.includes('.dbn'));
  const load = (name: string) => new Uint8Array(readFileSync(pathOf(`vendor-fixtures/${name}`)));
  const decodeFile = (name: string) => decode(inflate(load(name)), 1e9, fragmentOf(name));

  it('are all there', () => {
    expect(names.length).toBeGreaterThan(130);
  });

  it.each(names)('decodes the same whole, byte by byte and by seven: %s', (name) => {
    const stream = inflate(load(name));
    const fragment = fragmentOf(name);
    const whole = decode(stream, 1e9, fragment);
    expect(whole.truncated).toBe(false);
    for (const chunk of [1, 7]) expect(decode(stream, chunk, fragment)).toEqual(whole);
    expect(Buffer.compare(inflate(load(name), 3), stream)).toBe(0);
  });

  it.each(names)('encodes to the same bytes: %s', async (name) => {
    const stream = inflate(load(name));
    const { metadata, records } = decode(stream, 1e9, fragmentOf(name));
    if (!metadata) {
      expect(Buffer.compare(concat(records), stream)).toBe(0);
      return;
    }
    const pieces: Uint8Array[] = [];
    const compress = await zstdCompressor();
    for (const options of [{}, { compress }]) {
      pieces.length = 0;
      const encoder = new DbnEncoder((piece) => pieces.push(piece), metadata, options);
      for (const record of records) encoder.writeBytes(record);
      encoder.end();
      expect(Buffer.compare(inflate(concat(pieces)), stream)).toBe(0);
    }
  });

  const upgrades = names.filter((name) => /^test_data\..*\.v[12]\.dbn\.zst$/.test(name));

  it.each(upgrades)('is the official version 3 when upgraded: %s', (name) => {
    const version = Number(/\.v(\d)\./.exec(name)![1]) as DbnVersion;
    const official = decodeFile(name.replace(/\.v[12]\./, '.v3.'));
    const { metadata, records } = decodeFile(name);
    const upgraded = records.map((bytes) => upgradeRecord(runOf(bytes, { version }), 0));
    expect(fields(upgraded)).toEqual(fields(official.records));
    expect(encodeMetadata(metadata!, 3)).toEqual(encodeMetadata(official.metadata!));
  });

  /** Reserved bytes are not compared: old records carry rests of other fields there. */
  function fields(records: Uint8Array[]): DbnRecord[] {
    return records.map((bytes) => decodeRecord(runOf(bytes), 0));
  }

  it('delivers whole records when cut at any byte', () => {
    const stream = load('test_data.mbo.v3.dbn');
    expect(createHash('sha256').update(stream).digest('hex')).toBe(
      'd2a526d952f845ab8f03ceac42ec828a2541e0b5e2e8a64df2e8bbaa1e898184',
    );
    for (let cut = 0; cut <= stream.length; cut++) {
      const part = stream.subarray(0, cut);
      if (cut < 360) {
        const code = cut === 0 ? 'DBN_MAGIC' : 'DBN_METADATA';
        expect(() => decode(part, 1e9)).toThrow(expect.objectContaining({ code }));
        continue;
      }
      const { records, truncated } = decode(part, 1e9);
      expect([records.length, truncated]).toEqual([
        Math.floor((cut - 360) / 56),
        (cut - 360) % 56 !== 0,
      ]);
    }
  });

  it('tells a compressed file that is cut short, at any byte', () => {
    const packed = load('test_data.mbo.v3.dbn.zst');
    for (let cut = 1; cut < packed.length; cut++) {
      const work = () => concat([...decompressZstd([packed.subarray(0, cut)])]);
      expect(work, `cut at ${cut}`).toThrow(ZstdTruncated);
    }
  });

  it('verifies the checksum', () => {
    const packed = load('test_data.mbo.v3.dbn.zst');
    packed[packed.length - 1]! ^= 1;
    expect(() => inflate(packed)).toThrow(expect.objectContaining({ code: 'DBN_ZSTD' }));
  });

  it.each(readdirSync(folder).filter((n) => n.endsWith('.dbz')))(
    'refuses the format of 2022 in words: %s',
    (name) => {
      const error = (() => {
        try {
          decode(inflate(load(name)), 1e9);
        } catch (e) {
          return e as DataError;
        }
        return null;
      })();
      expect(error?.code).toBe('DBN_MAGIC');
      expect(error?.message).toContain('DBZ');
    },
  );

  it('reads the mixed records of a live stream', () => {
    const { metadata, records } = decodeFile('LIVE__test_data.live.dbn.zst');
    expect(metadata?.schema).toBe(null);
    const counts = new Map<number, number>();
    for (const r of records) counts.set(r[1]!, (counts.get(r[1]!) ?? 0) + 1);
    expect(Object.fromEntries(counts)).toEqual({
      22: 20,
      33: 2,
      24: 9,
      32: 2,
      19: 2,
      160: 5,
      1: 2,
      0: 2,
      10: 2,
    });
  });

  const first = (name: string, k = 0) => {
    const { metadata, records } = decodeFile(name);
    const version = metadata!.version;
    return decodeRecord(runOf(records[k]!, { version }), 0);
  };
  const level = (record: DbnRecord) => Object.values(record.levels![0]!);

  it('has the golden values of the first records', () => {
    expect(first('test_data.mbo.v3.dbn.zst')).toMatchObject({
      instrument_id: 5482,
      ts_event: 1609160400000429831n,
      order_id: 647784973705n,
      price: 3722750000000n,
      size: 1,
      flags: 128,
      action: 'C',
      side: 'A',
      ts_recv: 1609160400000704060n,
      ts_in_delta: 22993,
      sequence: 1170352,
    });
    expect(first('test_data.trades.v3.dbn.zst')).toMatchObject({
      ts_event: 1609160400098821953n,
      price: 3720250000000n,
      size: 5,
      action: 'T',
      side: 'A',
      flags: 129,
      sequence: 1170380,
    });
    const tbbo = first('test_data.tbbo.v3.dbn.zst');
    expect(level(tbbo)).toEqual([3720250000000n, 3720500000000n, 26, 7, 16, 6]);
    const mbp1 = first('test_data.mbp-1.v3.dbn.zst');
    expect(level(mbp1)).toEqual([3720250000000n, 3720500000000n, 24, 11, 15, 9]);
    expect(level(first('test_data.cbbo-1s.v3.dbn.zst')).slice(4)).toEqual([1, 1]);
    const bbo = first('test_data.bbo-1s.v3.dbn.zst');
    expect(bbo).toMatchObject({ ts_recv: 1609113600000000000n, sequence: 145799, flags: 168 });
    expect(level(bbo)).toEqual([3702250000000n, 3702750000000n, 18, 13, 10, 13]);
    expect(first('test_data.ohlcv-1h.v3.dbn.zst')).toMatchObject({
      high: 372350000000000n,
      volume: 9385n,
    });
    expect(first('test_data.statistics.v3.dbn.zst')).toMatchObject({
      instrument_id: 146945,
      ts_ref: 0xffffffffffffffffn,
      price: 100000000000n,
      quantity: 0x7fffffffffffffffn,
      stat_type: 7,
      channel_id: 13,
      stat_flags: 255,
    });
    expect(first('test_data.status.v3.dbn.zst')).toMatchObject({
      action: 7,
      reason: 1,
      is_trading: 'Y',
      is_short_sell_restricted: '~',
    });
    expect(first('test_data.imbalance.v3.dbn.zst')).toMatchObject({
      ref_price: 229430000000n,
      total_imbalance_qty: 2000,
      auction_type: 'O',
      side: 'B',
      unpaired_side: 'N',
    });
    const opra = first('OPRA.PILLAR__test_data.cbbo-1s.dbn.zst', 1);
    expect(level(opra)).toEqual([100000000n, 250000000n, 1, 4, 23, 23]);
    expect(first('XNAS.ITCH__test_data.mbo.dbn.zst')).toMatchObject({
      order_id: 196851n,
      price: 502000000000n,
      flags: 130,
      ts_in_delta: 10572,
    });
  });

  it('names the fixtures that the tests above read', () => {
    expect(names.map((n) => basename(n))).toContain('multi-frame.definition.v1.dbn.frag.zst');
    expect(decodeFile('multi-frame.definition.v1.dbn.frag.zst').records.length).toBe(8);
  });
});
