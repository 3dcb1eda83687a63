import { DataError } from '../core/index.ts';

/**
 * The bytes of an engine's checkpoint: header of four u32 (magic, version, bytes, FNV-1a of what
 * follows), then arrays, each as its length in bytes (u32 and four bytes of padding) and its
 * values, padded to 8. Little-endian.
 */

/** "SMVP". */
const MAGIC = 0x50564d53;
/** Rises with every change of what is written. */
const VERSION = 2;
const HEADER_BYTES = 16;

type Stored = Float64Array | Uint32Array | Int32Array | Uint8Array;

const padded = (bytes: number) => Math.ceil(bytes / 8) * 8;

function fnv(bytes: Uint8Array): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) h = Math.imul(h ^ bytes[i], 0x01000193);
  return h >>> 0;
}

/** The error for a checkpoint that cannot be used. */
export const damaged = (found: string) =>
  new DataError('CHECKPOINT', 'a vacuum-pressure checkpoint cannot be used', { found });

/** Lays arrays one after another. */
export class CheckpointWriter {
  private readonly parts: Uint8Array[] = [];
  private size = HEADER_BYTES;

  /** Appends an array; it is copied when `finish` is called. */
  put(values: Stored): void {
    this.parts.push(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    this.size += 8 + padded(values.byteLength);
  }

  /** The checkpoint. */
  finish(): Uint8Array {
    const bytes = new Uint8Array(this.size);
    const view = new DataView(bytes.buffer);
    let at = HEADER_BYTES;
    for (const part of this.parts) {
      view.setUint32(at, part.length, true);
      bytes.set(part, at + 8);
      at += 8 + padded(part.length);
    }
    view.setUint32(0, MAGIC, true);
    view.setUint32(4, VERSION, true);
    view.setUint32(8, this.size, true);
    view.setUint32(12, fnv(bytes.subarray(HEADER_BYTES)), true);
    return bytes;
  }
}

/** Reads the arrays back in the order they were put. @throws DataError CHECKPOINT on any damage. */
export class CheckpointReader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private at = HEADER_BYTES;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < HEADER_BYTES || this.view.getUint32(0, true) !== MAGIC) {
      throw damaged('no checkpoint at all');
    }
    const version = this.view.getUint32(4, true);
    if (version !== VERSION) throw damaged(`version ${version}, this build reads ${VERSION}`);
    if (this.view.getUint32(8, true) !== bytes.length) throw damaged('another length than stated');
    if (this.view.getUint32(12, true) !== fnv(bytes.subarray(HEADER_BYTES))) {
      throw damaged('a checksum that does not match');
    }
  }

  /** The next array's bytes, as a copy; `expected`, when given, is its length in bytes. */
  take(expected?: number): ArrayBuffer {
    if (this.at + 8 > this.bytes.length) throw damaged('fewer arrays than written');
    const length = this.view.getUint32(this.at, true);
    const from = this.at + 8;
    if (from + length > this.bytes.length) throw damaged('an array beyond the end');
    if (expected !== undefined && length !== expected) throw damaged('an array of another length');
    this.at = from + padded(length);
    return this.bytes.slice(from, from + length).buffer as ArrayBuffer;
  }
}
