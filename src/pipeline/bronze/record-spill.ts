/**
 * Records of many partitions, kept apart until each one's turn comes: in memory, and beyond a limit
 * in one temporary file.
 */
import { closeSync, mkdirSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { OperatingError } from '../../core/index.ts';
import type { RecordRun } from '../../dbn/index.ts';

/** Bytes of records held in memory. */
const MAX_HELD_BYTES = 192 * 1024 * 1024;
/** Bytes of a partition's first piece of memory; later ones double. */
const FIRST_PIECE_BYTES = 1024;
/** Bytes of a piece, at most. */
const MAX_PIECE_BYTES = 1024 * 1024;

interface Piece {
  bytes: Uint8Array;
  used: number;
}

interface Kept {
  /** Where the spilled records of the partition lie, in their order. */
  spilled: { at: number; bytes: number }[];
  pieces: Piece[];
}

/** Records by partition, in the order they came. */
export class RecordSpill {
  private readonly path: string;
  private readonly recordBytes: number;
  private readonly maxHeldBytes: number;
  private readonly kept: Kept[] = [];
  private held = 0;
  private fd: number | null = null;
  private written = 0;

  /**
   * @param path of the temporary file; it loses its name as soon as it is open, so that nothing is
   *   left however the program ends.
   */
  constructor(path: string, recordBytes: number, maxHeldBytes: number = MAX_HELD_BYTES) {
    this.path = path;
    this.recordBytes = recordBytes;
    this.maxHeldBytes = maxHeldBytes;
  }

  /** Bytes of records that went to the temporary file. */
  get spilledBytes(): number {
    return this.written;
  }

  /** Bytes of records in memory. */
  get heldBytes(): number {
    return this.held;
  }

  /** Keeps records `[from, to)` of a run for partition `k`. Trailers are dropped. */
  append(k: number, run: RecordRun, from: number, to: number): void {
    const { recordBytes } = this;
    const kept = this.kept[k] ?? { spilled: [], pieces: [] };
    this.kept[k] = kept;
    for (let i = from; i < to; ) {
      const piece = this.pieceWithRoom(kept);
      const room = Math.floor((piece.bytes.length - piece.used) / recordBytes);
      const n = Math.min(room, to - i);
      this.copy(run, i, n, piece);
      i += n;
    }
    if (this.held > this.maxHeldBytes) this.spill();
  }

  /** The records of a partition as runs, in the order they came; then they are forgotten. */
  *read(k: number): Generator<RecordRun> {
    const kept = this.kept[k];
    if (!kept) return;
    for (const { at, bytes } of kept.spilled) yield* this.readBack(at, bytes);
    for (const piece of kept.pieces) yield this.runOf(piece.bytes, piece.used);
    this.forget(kept);
  }

  /** Gives memory and file back. */
  close(): void {
    if (this.fd !== null) closeSync(this.fd);
    this.fd = null;
    this.kept.length = 0;
  }

  private pieceWithRoom(kept: Kept): Piece {
    const { pieces } = kept;
    const last = pieces.at(-1);
    if (last && last.bytes.length - last.used >= this.recordBytes) return last;
    const size = Math.min(MAX_PIECE_BYTES, last ? last.bytes.length * 2 : FIRST_PIECE_BYTES);
    const piece = { bytes: new Uint8Array(size), used: 0 };
    pieces.push(piece);
    this.held += size;
    return piece;
  }

  private copy(run: RecordRun, from: number, count: number, piece: Piece): void {
    const { recordBytes } = this;
    const { bytes, stride } = run;
    const start = run.start + from * stride;
    if (stride === recordBytes) {
      piece.bytes.set(bytes.subarray(start, start + count * stride), piece.used);
    } else {
      for (let i = 0, at = start; i < count; i++, at += stride) {
        piece.bytes.set(bytes.subarray(at, at + recordBytes), piece.used + i * recordBytes);
      }
    }
    piece.used += count * recordBytes;
  }

  private spill(): void {
    try {
      for (const kept of this.kept) if (kept) this.spillOne(kept);
    } catch (cause) {
      throw new OperatingError('FILE_WRITE', `${this.path}: ${(cause as Error).message}`, {
        cause,
      });
    }
  }

  private spillOne(kept: Kept): void {
    this.fd ??= openNameless(this.path);
    const start = this.written;
    for (const { bytes, used } of kept.pieces) {
      for (let at = 0; at < used; ) {
        const n = writeSync(this.fd, bytes, at, used - at, this.written);
        at += n;
        this.written += n;
      }
    }
    if (this.written > start) kept.spilled.push({ at: start, bytes: this.written - start });
    this.forget(kept);
  }

  private forget(kept: Kept): void {
    for (const { bytes } of kept.pieces) this.held -= bytes.length;
    kept.pieces = [];
  }

  private *readBack(at: number, bytes: number): Generator<RecordRun> {
    const most = Math.floor(MAX_PIECE_BYTES / this.recordBytes) * this.recordBytes;
    const buffer = new Uint8Array(Math.min(most, bytes));
    for (let done = 0; done < bytes; ) {
      const want = Math.min(buffer.length, bytes - done);
      this.readFully(buffer, want, at + done);
      yield this.runOf(buffer, want);
      done += want;
    }
  }

  private readFully(buffer: Uint8Array, want: number, at: number): void {
    for (let got = 0; got < want; ) {
      const n = readSync(this.fd!, buffer, got, want - got, at + got);
      if (n === 0) throw new OperatingError('FILE_READ', `${this.path}: it was cut short`);
      got += n;
    }
  }

  private runOf(bytes: Uint8Array, used: number): RecordRun {
    const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
    const { recordBytes: stride } = this;
    const count = used / stride;
    const rtype = bytes[1]!;
    return { rtype, stride, count, start: 0, bytes, words, offset: 0, version: 3, tsOut: false };
  }
}

function openNameless(path: string): number {
  mkdirSync(dirname(path), { recursive: true });
  const fd = openSync(path, 'w+');
  rmSync(path);
  return fd;
}
