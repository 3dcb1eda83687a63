import { assert, DataError } from '../../core/index.ts';
import { DbnDecoder, type Metadata, ZstdStream } from '../../dbn/index.ts';
import { leastBytes, scanRecords } from './scan-records.ts';

/** Most bytes that a socket hands over at once. */
export const READ_BYTES = 128 * 1024;
/** Most decompressed bytes that come at once. */
const PIECE_BYTES = 128 * 1024;
/** Bytes that are kept for a consumer that lags, twice: what it has and what comes next. */
const BUFFER_BYTES = 1024 * 1024;
/** Bytes of a buffer at first. */
const FIRST_BUFFER_BYTES = 8192;
/** Most bytes of a header; a live session's has no symbols and is of 128. */
const MAX_HEADER_BYTES = 1024 * 1024;

/** Whole records, on four bytes; yours to change, valid until the next `take`. */
export interface RecordBatch {
  bytes: Uint8Array;
  /** Records in `bytes`. */
  count: number;
}

/**
 * The binary part of a session: bytes as they arrive in, batches of whole records out. What is
 * plain is copied once; memory grows to two buffers of 1 MiB, whatever arrives.
 *
 * `push` while `ready`; `take` until it is null. Records before damage are delivered; then `damage`
 * says what it was, and nothing more comes.
 */
export class RecordStream {
  /** The header, once it is whole. */
  metadata: Metadata | null = null;
  /** Why nothing more comes. */
  damage: DataError | null = null;

  private header: DbnDecoder | null = new DbnDecoder();
  private headerBytes = 0;
  private least: Uint16Array = leastBytes(3, false);
  private readonly zstd: ZstdStream | null;
  /** What is left of the compressed chunk at hand. */
  private pieces: Generator<Uint8Array> | null = null;
  private filling: Uint8Array = new Uint8Array(FIRST_BUFFER_BYTES);
  private filled = 0;
  private held: Uint8Array = new Uint8Array(FIRST_BUFFER_BYTES);
  /** Found by the decompressor: told once what came before it was taken. */
  private corrupt: DataError | null = null;

  /** @param compressed the session asked for zstd: await `initZstd` before. */
  constructor(compressed: boolean) {
    this.zstd = compressed ? new ZstdStream() : null;
  }

  /** True when the next chunk may be pushed; when not, `take` makes room. */
  get ready(): boolean {
    return this.pieces === null && BUFFER_BYTES - this.filled >= READ_BYTES;
  }

  /** Bytes that are not a whole record yet. */
  get trailingBytes(): number {
    return this.filled;
  }

  /** Takes the next bytes of the socket; copied. */
  push(chunk: Uint8Array): void {
    assert(this.pieces === null, 'the chunk before is used up');
    if (this.damage || this.corrupt) return;
    if (this.zstd) {
      this.pieces = this.zstd.push(chunk.slice());
      this.decompress();
    } else this.accept(chunk);
  }

  /** The whole records that have arrived, or null when there are none. */
  take(): RecordBatch | null {
    if (!this.metadata || this.damage) return null;
    const { end, count, damage } = scanRecords(this.filling, this.filled, this.least);
    if (damage !== null) {
      this.damage = new DataError('DBN_RECORD', 'The stream is damaged', { found: damage });
      this.filled = end;
    }
    if (end === 0) {
      this.damage ??= this.corrupt;
      return null;
    }
    const bytes = this.filling.subarray(0, end);
    const tail = this.filling.subarray(end, this.filled);
    this.held.set(tail);
    [this.held, this.filling] = [this.filling, this.held];
    this.filled = tail.length;
    this.decompress();
    return { bytes, count };
  }

  /** Gives the decompressor's memory back. */
  close(): void {
    this.zstd?.close();
  }

  private decompress(): void {
    try {
      while (this.pieces && BUFFER_BYTES - this.filled >= PIECE_BYTES) {
        const { value, done } = this.pieces.next();
        if (done) this.pieces = null;
        else this.accept(value);
      }
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      this.pieces = null;
      this.corrupt = error;
    }
    if (this.corrupt && !this.metadata) this.damage = this.corrupt;
  }

  private accept(piece: Uint8Array): void {
    if (this.damage) return;
    const records = this.header ? this.behindHeader(this.header, piece) : piece;
    if (records.length === 0) return;
    this.reserve(this.filled + records.length);
    this.filling.set(records, this.filled);
    this.filled += records.length;
  }

  /** What of the piece lies behind the header; nothing while the header is not whole. */
  private behindHeader(header: DbnDecoder, piece: Uint8Array): Uint8Array {
    try {
      header.write(piece);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      this.damage = error;
      return piece.subarray(piece.length);
    }
    this.metadata = header.metadata;
    if (!this.metadata) {
      this.headerBytes += piece.length;
      if (this.headerBytes > MAX_HEADER_BYTES) {
        this.damage = new DataError('DBN_METADATA', 'The header of the session is too long', {
          found: `${this.headerBytes} bytes and more`,
          expected: `at most ${MAX_HEADER_BYTES}`,
        });
      }
      return piece.subarray(piece.length);
    }
    const taken = header.deliveredBytes - this.headerBytes;
    this.header = null;
    this.least = leastBytes(this.metadata.version, this.metadata.tsOut);
    return piece.subarray(taken);
  }

  /** More room, as it is needed: a quiet session stays small. */
  private reserve(size: number): void {
    if (size <= this.filling.length) return;
    const grown = new Uint8Array(Math.max(size, this.filling.length * 2));
    grown.set(this.filling.subarray(0, this.filled));
    this.filling = grown;
  }
}
