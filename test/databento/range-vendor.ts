/**
 * A day of records, and a vendor that streams the part of it that is asked for: multi-frame zstd,
 * as the real one does.
 */
import {
  DbnEncoder,
  initZstd,
  MBO_BYTES,
  type Metadata,
  makeMetadata,
  type Schema,
  zstdCompressor,
} from '../../src/dbn/index.ts';
import type { Asked } from './scripted-server.ts';

/** Start of the day, Unix ns. */
export const DAY_NS = 1_767_571_200_000_000_000n;
const DAY_END_NS = DAY_NS + 86_400_000_000_000n;
/** Byte of `ts_recv` in a market-by-order record. */
const TS_RECV_AT = 40;

/** Market-by-order records of the given index times, ns of the day; each differs from others. */
export function mboRecords(times: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(times.length * MBO_BYTES);
  const view = new DataView(bytes.buffer);
  times.forEach((ns, i) => {
    const at = i * MBO_BYTES;
    bytes.set([MBO_BYTES / 4, 0xa0, 1, 0], at);
    view.setUint32(at + 4, 42, true);
    view.setBigUint64(at + 8, DAY_NS + BigInt(ns) - 5n, true);
    view.setBigUint64(at + 16, BigInt(i), true);
    view.setBigInt64(at + 24, 5_000_000_000_000n + BigInt((i % 40) * 250_000_000), true);
    view.setUint32(at + 32, 1 + (i % 7), true);
    bytes.set([0x80, 0, 0x41, 0x42], at + 36);
    view.setBigUint64(at + TS_RECV_AT, DAY_NS + BigInt(ns), true);
    view.setUint32(at + 52, i, true);
  });
  return bytes;
}

/** Index time of a record, Unix ns. */
function timeOf(bytes: Uint8Array, record: number): bigint {
  const at = record * MBO_BYTES + TS_RECV_AT;
  return new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(at, true);
}

/** Encodes records as the vendor sends them. */
export async function encodeRange(
  records: Uint8Array,
  options: { frameRecords?: number; metadata?: Partial<Metadata>; raw?: boolean } = {},
): Promise<Uint8Array> {
  const { frameRecords = 500, metadata = {}, raw = false } = options;
  await initZstd();
  const pieces: Uint8Array[] = [];
  const header = makeMetadata({
    dataset: 'GLBX.MDP3',
    schema: 'mbo' satisfies Schema,
    start: DAY_NS,
    end: DAY_END_NS,
    symbols: ['ESH6'],
    ...metadata,
  });
  const compress = await zstdCompressor();
  const frameBytes = frameRecords * MBO_BYTES;
  const encoder = new DbnEncoder((piece) => pieces.push(piece), header, {
    frameBytes,
    ...(raw ? {} : { compress }),
  });
  for (let at = 0; at < records.length; at += frameBytes) {
    encoder.writeBytes(records.subarray(at, at + frameBytes));
  }
  encoder.end();
  return Buffer.concat(pieces);
}

/** The records that a request asks for: by index time, and as many as it limits itself to. */
export function selected(records: Uint8Array, asked: Asked): Uint8Array {
  const { start = '', end, limit } = asked.fields;
  const from = /^\d{11,}$/.test(start) ? BigInt(start) : DAY_NS;
  const to = end && /^\d{11,}$/.test(end) ? BigInt(end) : DAY_END_NS;
  const count = records.length / MBO_BYTES;
  let first = 0;
  while (first < count && timeOf(records, first) < from) first++;
  let last = first;
  while (last < count && timeOf(records, last) < to) last++;
  if (limit) last = Math.min(last, first + Number(limit));
  return records.subarray(first * MBO_BYTES, last * MBO_BYTES);
}
