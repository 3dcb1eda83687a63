/**
 * The outer form of a checkpoint: magic, version, length, CRC-32 and a sequence of little-endian
 * values.
 */
import { DataError } from '../core/index.ts';

/** "SMBK", little-endian. */
const MAGIC = 0x4b424d53;
/** Raised whenever the meaning of the bytes changes; other versions are refused. */
const VERSION = 1;
/** Magic, version, body length (float64), CRC-32 of the body. */
const HEADER_BYTES = 20;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

/** CRC-32 (IEEE 802.3) of the bytes. */
function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (let i = 0; i < bytes.length; i++) crc = CRC_TABLE[(crc ^ bytes[i]) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** Grows as values are written; `finish` seals it. */
export class CheckpointWriter {
  private bytes = new Uint8Array(4096);
  private view = new DataView(this.bytes.buffer);
  private at = HEADER_BYTES;

  i32(value: number): void {
    this.room(4);
    this.view.setInt32(this.at, value, true);
    this.at += 4;
  }

  f64(value: number): void {
    this.room(8);
    this.view.setFloat64(this.at, value, true);
    this.at += 8;
  }

  /** The whole checkpoint, header included; the writer is done. */
  finish(): Uint8Array {
    const body = this.bytes.subarray(HEADER_BYTES, this.at);
    this.view.setUint32(0, MAGIC, true);
    this.view.setUint32(4, VERSION, true);
    this.view.setFloat64(8, body.length, true);
    this.view.setUint32(16, crc32(body), true);
    return this.bytes.slice(0, this.at);
  }

  private room(extra: number): void {
    if (this.at + extra <= this.bytes.length) return;
    const wider = new Uint8Array(this.bytes.length * 2);
    wider.set(this.bytes);
    this.bytes = wider;
    this.view = new DataView(wider.buffer);
  }
}

/** Reads back what a `CheckpointWriter` wrote. Every fault is a `DataError` CHECKPOINT. */
export class CheckpointReader {
  private readonly view: DataView;
  private at = HEADER_BYTES;

  /** @throws DataError CHECKPOINT when the bytes are not a whole checkpoint of this version. */
  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < HEADER_BYTES || this.view.getUint32(0, true) !== MAGIC) {
      throw damaged('these bytes are no book checkpoint');
    }
    const version = this.view.getUint32(4, true);
    if (version !== VERSION) {
      throw new DataError('CHECKPOINT', 'the checkpoint is of another version', {
        found: String(version),
        expected: String(VERSION),
      });
    }
    const length = this.view.getFloat64(8, true);
    if (length !== bytes.length - HEADER_BYTES) throw damaged('the checkpoint is cut short');
    if (crc32(bytes.subarray(HEADER_BYTES)) !== this.view.getUint32(16, true)) {
      throw damaged('the checksum does not match');
    }
  }

  i32(): number {
    this.need(4);
    this.at += 4;
    return this.view.getInt32(this.at - 4, true);
  }

  f64(): number {
    this.need(8);
    this.at += 8;
    return this.view.getFloat64(this.at - 8, true);
  }

  /** A count of things of `bytesEach` bytes that must still follow. */
  count(bytesEach: number): number {
    const n = this.i32();
    if (n < 0) throw damaged('a negative count');
    this.need(n * bytesEach);
    return n;
  }

  /** @throws DataError CHECKPOINT when bytes are left over. */
  end(): void {
    if (this.at !== this.view.byteLength) throw damaged('bytes are left over');
  }

  private need(bytes: number): void {
    if (this.at + bytes > this.view.byteLength) throw damaged('the checkpoint ends too early');
  }
}

/** The error for bytes that cannot be what they say. */
export function damaged(what: string): DataError {
  return new DataError('CHECKPOINT', `the book checkpoint cannot be used: ${what}`);
}
