/**
 * One DBN file of a served folder, raw or compressed, read on the caller's thread.
 */
import { DataError } from '../core/index.ts';
import {
  DbnDecoder,
  isZstd,
  type Metadata,
  type RecordRun,
  type StreamEnd,
  ZstdStream,
} from '../dbn/index.ts';
import { FileChunks } from '../feed/index.ts';

/** Bytes read at a time: small, for many files may be open at once. */
const READ_BYTES = 128 * 1024;

/** An open file: read its runs once, then close it. `initZstd` of dbn must have been awaited. */
export class DataFileReader {
  readonly path: string;
  /** The header. */
  readonly metadata: Metadata;
  /** How the file ended; null before. A compressed file that is cut short counts as truncated. */
  end: StreamEnd | null = null;
  private readonly decoder = new DbnDecoder();
  private readonly file: FileChunks;
  private readonly zstd: ZstdStream | null;
  private pieces: Iterator<Uint8Array> | null = null;

  /** @throws DataError naming the file when it has no DBN header. */
  constructor(path: string) {
    this.path = path;
    this.file = new FileChunks(path, 0, READ_BYTES);
    let zstd: ZstdStream | null = null;
    try {
      const first = this.file.next() ?? new Uint8Array(0);
      zstd = isZstd(first) ? new ZstdStream() : null;
      this.zstd = zstd;
      this.pieces = this.piecesOf(first);
      while (!this.decoder.metadata) this.feed();
      this.metadata = this.decoder.metadata;
    } catch (error) {
      this.file.close();
      zstd?.close();
      throw error instanceof DataError ? error.inFile(path) : error;
    }
  }

  /**
   * The next run, valid until the next call; null at the end.
   * @throws DataError, OperatingError naming the file.
   */
  next(): RecordRun | null {
    try {
      while (!this.end) {
        const run = this.decoder.next();
        if (run) return run;
        this.feed();
      }
      return null;
    } catch (error) {
      throw error instanceof DataError ? error.inFile(this.path) : error;
    }
  }

  /** Gives the file back; a second call does nothing. */
  close(): void {
    this.file.close();
    this.zstd?.close();
  }

  private *piecesOf(chunk: Uint8Array): Generator<Uint8Array> {
    if (this.zstd) yield* this.zstd.push(chunk);
    else yield chunk;
  }

  private feed(): void {
    for (;;) {
      const piece = this.pieces?.next();
      if (piece && !piece.done) {
        this.decoder.write(piece.value);
        return;
      }
      const chunk = this.file.next();
      if (!chunk) break;
      this.pieces = this.piecesOf(chunk);
    }
    const end = this.decoder.end();
    this.end = { ...end, truncated: end.truncated || (this.zstd?.midFrame ?? false) };
  }
}
