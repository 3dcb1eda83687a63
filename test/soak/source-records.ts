/**
 * The records of a file beside those that a client received of it: what is missing, and when.
 */
import { FLAG, MBO_BYTES, RTYPE } from '../../src/dbn/index.ts';
import { openRecords } from '../../src/feed/index.ts';

const INSTRUMENT_AT = 4;
const FLAGS_AT = 36;
const TS_RECV_AT = 40;

/** Records that were not received, one after another in the source. */
export interface MissingRecords {
  count: number;
  /** `ts_recv` of the first and the last of them, Unix ns. */
  fromNs: bigint;
  toNs: bigint;
}

/** Collects the order events of a stream of whole records; those of snapshots are left out. */
export class OrderEvents {
  private readonly pieces: Buffer[] = [];
  private room = 0;
  count = 0;
  /** Records of snapshots that were left out. */
  snapshots = 0;

  /** Takes whole records of any type. */
  add(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += bytes[at]! * 4) {
      if (bytes[at + 1] !== RTYPE.MBO) continue;
      if ((bytes[at + FLAGS_AT]! & FLAG.SNAPSHOT) !== 0) this.snapshots++;
      else this.keep(bytes, at);
    }
  }

  /** The kept records, each of `MBO_BYTES`. */
  get bytes(): Buffer {
    return Buffer.concat(this.pieces).subarray(0, this.count * MBO_BYTES);
  }

  private keep(bytes: Uint8Array, at: number): void {
    if (this.room === 0) {
      this.pieces.push(Buffer.alloc(MBO_BYTES * 65_536));
      this.room = 65_536;
    }
    const to = (65_536 - this.room) * MBO_BYTES;
    this.pieces.at(-1)!.set(bytes.subarray(at, at + MBO_BYTES), to);
    this.room--;
    this.count++;
  }
}

/** The order events of a file. */
export async function orderEventsOf(path: string): Promise<OrderEvents> {
  const events = new OrderEvents();
  const file = await openRecords(path);
  for (let run = file.next(); run; run = file.next()) {
    events.add(run.bytes.subarray(run.start, run.start + run.count * run.stride));
  }
  file.close();
  return events;
}

/**
 * What of the source, between the first and the last received record, was not received; the
 * received ones are of one instrument, and the source's others are passed over.
 * @throws Error at a received record that the source does not have there: altered, doubled, or out
 *   of order.
 */
export function missingOf(all: Buffer, received: Buffer): MissingRecords[] {
  const source = ofInstrument(all, received.readUInt32LE(INSTRUMENT_AT));
  const missing: MissingRecords[] = [];
  const tsRecv = (at: number) => source.readBigUInt64LE(at + TS_RECV_AT);
  let at = 0;
  for (let got = 0; got < received.length; got += MBO_BYTES) {
    const start = at;
    while (at < source.length && !same(source, at, received, got)) at += MBO_BYTES;
    if (at === source.length) throw new Error(`record ${got / MBO_BYTES} is not in the source`);
    if (at > start && got > 0) {
      const count = (at - start) / MBO_BYTES;
      missing.push({ count, fromNs: tsRecv(start), toNs: tsRecv(at - MBO_BYTES) });
    }
    at += MBO_BYTES;
  }
  return missing;
}

function same(a: Buffer, at: number, b: Buffer, bt: number): boolean {
  return a.compare(b, bt, bt + MBO_BYTES, at, at + MBO_BYTES) === 0;
}

function ofInstrument(all: Buffer, instrument: number): Buffer {
  const kept = Buffer.alloc(all.length);
  let to = 0;
  for (let at = 0; at < all.length; at += MBO_BYTES) {
    if (all.readUInt32LE(at + INSTRUMENT_AT) !== instrument) continue;
    all.copy(kept, to, at, at + MBO_BYTES);
    to += MBO_BYTES;
  }
  return kept.subarray(0, to);
}
