import { describe, expect, it } from 'vitest';
import { Prng } from '../../src/core/index.ts';
import {
  DbnDecoder,
  DbnEncoder,
  type DbnVersion,
  decodeRecord,
  decompressZstd,
  encodeMetadata,
  initZstd,
  MboColumns,
  makeMetadata,
  RTYPE,
  readMbo,
  runBytes,
  runOf,
  upgradeRecord,
  zstdCompressor,
} from '../../src/dbn/index.ts';
import { concat, RTYPES, sampleRecord } from './sample-records.ts';

const metadata = makeMetadata({ dataset: 'XNAS.ITCH', tsOut: false });

describe('the encoder', () => {
  it('writes again what a decoder read, byte for byte', () => {
    for (const version of [1, 2, 3] as DbnVersion[]) {
      const random = new Prng(version);
      const header = encodeMetadata({ ...metadata, version });
      const records = RTYPES.map((rtype) => sampleRecord(rtype, version, false, random));
      const stream = concat([header, ...records]);
      const decoder = new DbnDecoder();
      decoder.write(stream);
      const pieces: Uint8Array[] = [];
      const encoder = new DbnEncoder((piece) => pieces.push(piece), decoder.metadata!, {
        frameBytes: 600,
      });
      for (let run = decoder.next(); run; run = decoder.next()) encoder.writeRun(run);
      encoder.end();
      expect(pieces.length).toBeGreaterThan(3);
      expect(Buffer.compare(concat(pieces), stream)).toBe(0);
    }
  });

  it('writes another version where asked', () => {
    const old = runOf(sampleRecord(RTYPE.DEFINITION, 1, false, new Prng(4)), { version: 1 });
    const pieces: Uint8Array[] = [];
    const encoder = new DbnEncoder(
      (p) => pieces.push(p),
      { ...metadata, version: 1 },
      {
        version: 3,
      },
    );
    encoder.writeRun(old);
    encoder.end();
    expect(pieces[0]).toEqual(encodeMetadata({ ...metadata, version: 1 }, 3));
    expect(pieces[1]).toEqual(upgradeRecord(old, 0));
  });

  it('writes columns and objects in order, however the frames fall', () => {
    const rows = Array.from({ length: 50 }, (_, i) => ({
      rtype: RTYPE.MBO,
      publisher_id: 2,
      instrument_id: 3,
      ts_event: BigInt(i),
      ts_recv: BigInt(i),
      price: 5n,
      sequence: i,
    }));
    const encoded = new DbnEncoder(() => {}, metadata);
    expect(() => encoded.writeRecord({ ...rows[0]!, ts_out: 1n })).toThrow('ts_out');
    const all: Uint8Array[] = [];
    const direct = new DbnEncoder((p) => all.push(p), metadata);
    for (const row of rows) direct.writeRecord(row);
    direct.end();
    const run = runOf(all[1]!);
    const columns = new MboColumns(50);
    readMbo(run, 0, 50, columns);
    for (const frameBytes of [56, 100, 560, 10_000]) {
      const pieces: Uint8Array[] = [];
      const encoder = new DbnEncoder((p) => pieces.push(p), metadata, { frameBytes });
      encoder.writeMbo(columns, 0, 20);
      encoder.writeRecord(decodeRecord(run, 20));
      encoder.writeMbo(columns, 21);
      encoder.end();
      expect(Buffer.compare(concat(pieces.slice(1)), runBytes(run))).toBe(0);
    }
  });

  it('makes a zstd frame of the header and one of each piece', async () => {
    await initZstd();
    const compress = await zstdCompressor();
    const frames: Uint8Array[] = [];
    const encoder = new DbnEncoder((frame) => frames.push(frame), metadata, { compress });
    const records = [1, 2, 3].map((n) => sampleRecord(RTYPE.MBO, 3, false, new Prng(n)));
    encoder.writeBytes(records[0]!);
    encoder.endFrame();
    encoder.endFrame();
    encoder.writeBytes(concat(records.slice(1)));
    encoder.end();
    const inflated = frames.map((frame) => concat([...decompressZstd([frame])]));
    expect(inflated).toEqual([encodeMetadata(metadata), records[0], concat(records.slice(1))]);
    const joined = concat([...decompressZstd([concat(frames)])]);
    expect(Buffer.compare(joined, concat(inflated))).toBe(0);
  });
});
