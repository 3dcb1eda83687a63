import { assert } from '../core/index.ts';
import { convertRun } from './convert-record.ts';
import { encodeMetadata } from './encode-metadata.ts';
import type { MboColumns } from './mbo-columns.ts';
import { MBO_BYTES, writeMbo } from './mbo-records.ts';
import type { Metadata } from './metadata.ts';
import { type DbnRecord, encodeRecord } from './record-object.ts';
import type { RecordRun } from './record-run.ts';
import { TS_OUT_BYTES } from './record-size.ts';
import type { DbnVersion } from './version.ts';
import type { FrameCompressor } from './zstd-compress.ts';

/** Records gathered before they are handed on, bytes: one zstd frame's worth. */
const DEFAULT_FRAME_BYTES = 4 * 1024 * 1024;

/** How a stream is written. */
export interface DbnEncoderOptions {
  /** Version of header and records; the metadata's when not given. */
  version?: DbnVersion;
  /**
   * Makes each piece a zstd frame, the header one of its own as the vendor does; raw when not
   * given.
   */
  compress?: FrameCompressor;
  /** Records gathered before a piece is made, bytes. */
  frameBytes?: number;
}

/**
 * Metadata and records in, pieces of a DBN stream out to `sink`, in order; a piece is the sink's to
 * keep.
 *
 * The header is written at once; `end` writes what is still held. Without I/O.
 */
export class DbnEncoder {
  private readonly sink: (piece: Uint8Array) => void;
  private readonly compress: FrameCompressor | undefined;
  private readonly version: DbnVersion;
  private readonly tsOut: boolean;
  private buffer: Uint8Array;
  private filled = 0;

  constructor(
    sink: (piece: Uint8Array) => void,
    metadata: Metadata,
    options: DbnEncoderOptions = {},
  ) {
    this.sink = sink;
    this.compress = options.compress;
    this.version = options.version ?? metadata.version;
    this.tsOut = metadata.tsOut;
    this.buffer = new Uint8Array(options.frameBytes ?? DEFAULT_FRAME_BYTES);
    this.emit(encodeMetadata(metadata, this.version));
  }

  /** Appends one record. @throws DataError DBN_ENCODE when it does not fit its layout. */
  writeRecord(record: DbnRecord): void {
    assert((record.ts_out !== undefined) === this.tsOut, 'ts_out is there as the header says');
    this.writeBytes(encodeRecord(record, this.version));
  }

  /** Appends rows `[from, to)` as MBO records. */
  writeMbo(columns: MboColumns, from = 0, to = columns.length): void {
    const stride = MBO_BYTES + (this.tsOut ? TS_OUT_BYTES : 0);
    for (let row = from; row < to; ) {
      const room = Math.floor((this.buffer.length - this.filled) / stride);
      if (room === 0 || this.filled % 4 !== 0) {
        this.endFrame();
        assert(this.buffer.length >= stride, 'a frame holds a record');
        continue;
      }
      const end = Math.min(to, row + room);
      writeMbo(columns, row, end, this.buffer, this.filled, this.tsOut);
      this.filled += (end - row) * stride;
      row = end;
    }
  }

  /**
   * Appends a run, in the encoder's version; unknown types as they are.
   * @throws DataError DBN_ENCODE when an older version cannot hold a record.
   */
  writeRun(run: RecordRun): void {
    assert(run.tsOut === this.tsOut, 'ts_out is there as the header says');
    const { bytes, start, stride, count } = convertRun(run, this.version);
    const atOnce = Math.max(1, Math.floor(this.buffer.length / stride));
    for (let i = 0; i < count; i += atOnce) {
      const end = Math.min(count, i + atOnce);
      this.writeBytes(bytes.subarray(start + i * stride, start + end * stride));
    }
  }

  /** Appends whole records that are already bytes of this version, such as `runBytes` of a run. */
  writeBytes(records: Uint8Array): void {
    if (this.filled + records.length > this.buffer.length) this.endFrame();
    if (records.length > this.buffer.length) {
      this.emit(records.slice());
      return;
    }
    this.buffer.set(records, this.filled);
    this.filled += records.length;
  }

  /** Ends the frame, as the vendor does after each UTC day; nothing when it is empty. */
  endFrame(): void {
    if (this.filled === 0) return;
    this.emit(this.buffer.slice(0, this.filled));
    this.filled = 0;
  }

  /** Hands on what is still held; nothing may be written after it. */
  end(): void {
    this.endFrame();
    this.buffer = new Uint8Array(0);
  }

  private emit(bytes: Uint8Array): void {
    this.sink(this.compress ? this.compress(bytes) : bytes);
  }
}
