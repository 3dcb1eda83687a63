/**
 * A DBN file of any schema as runs of records, for the commands that look at files: raw or zstd, whole or cut short.
 */
import { DataError } from '../core/index.ts';
import {
  DbnDecoder,
  type DbnVersion,
  decompressZstd,
  initZstd,
  isZstd,
  type Metadata,
  type RecordRun,
  type StreamEnd,
  ZstdTruncated,
} from '../dbn/index.ts';
import { FileChunks } from '../feed/index.ts';

/** How the file ended, once all of it was read. */
export interface SourceEnd extends StreamEnd {
  /** The compressed stream is cut short: it ends inside a zstd frame. */
  compressedTruncated: boolean;
}

/** How to read what has no header. */
export interface SourceOptions {
  /** The file holds records without a header, in this DBN version. */
  fragmentVersion?: DbnVersion | undefined;
}

/** An open file; iterate `runs` once, then close it. */
export class DbnSource {
  readonly path: string;
  /** Bytes of the file. */
  readonly fileBytes: number;
  readonly compressed: boolean;
  /** The header; null for a fragment. */
  readonly metadata: Metadata | null;
  /** Version of the records. */
  readonly version: DbnVersion;
  readonly tsOut: boolean;
  /** Set when `runs` is used up. */
  end: SourceEnd | null = null;

  private readonly file: FileChunks;
  private readonly chunks: Iterator<Uint8Array>;
  private readonly decoder: DbnDecoder;
  private compressedTruncated = false;

  private constructor(file: FileChunks, options: SourceOptions) {
    const { fragmentVersion } = options;
    const first = file.next() ?? new Uint8Array(0);
    this.file = file;
    this.path = file.path;
    this.fileBytes = file.size;
    this.compressed = isZstd(first);
    const all = withFirst(first, file);
    this.chunks = this.compressed ? decompressZstd(all) : all;
    this.decoder = new DbnDecoder(fragmentVersion ? { version: fragmentVersion } : undefined);
    while (!this.decoder.metadata && !fragmentVersion && this.feed()) {
      // The header may be longer than a chunk.
    }
    if (!this.decoder.metadata && !fragmentVersion) this.finish();
    this.metadata = this.decoder.metadata;
    this.version = this.metadata?.version ?? fragmentVersion ?? 3;
    this.tsOut = this.metadata?.tsOut ?? false;
  }

  /**
   * Opens a file and reads its header.
   * @throws DataError or OperatingError that names the file.
   */
  static async open(path: string, options: SourceOptions = {}): Promise<DbnSource> {
    await initZstd();
    const file = new FileChunks(path);
    try {
      return new DbnSource(file, options);
    } catch (error) {
      file.close();
      throw error instanceof DataError ? error.inFile(path) : error;
    }
  }

  /**
   * The runs of the file; each is valid until the next is asked for.
   * @throws DataError that names the file, after everything before the damage was delivered.
   */
  *runs(): Generator<RecordRun> {
    try {
      do {
        for (let run = this.decoder.next(); run; run = this.decoder.next()) yield run;
      } while (this.feed());
      this.finish();
    } catch (error) {
      throw error instanceof DataError ? error.inFile(this.path) : error;
    }
  }

  /** Part of the file that was read, 0..1. */
  get progress(): number {
    return this.fileBytes === 0 ? 1 : this.file.offset / this.fileBytes;
  }

  /** Gives the file back. */
  close(): void {
    this.file.close();
  }

  private feed(): boolean {
    try {
      const chunk = this.chunks.next();
      if (chunk.done) return false;
      this.decoder.write(chunk.value);
      return true;
    } catch (error) {
      if (!(error instanceof ZstdTruncated)) throw error;
      this.compressedTruncated = true;
      return false;
    }
  }

  private finish(): void {
    const end = this.decoder.end();
    const { compressedTruncated } = this;
    this.end = { ...end, truncated: end.truncated || compressedTruncated, compressedTruncated };
  }
}

function* withFirst(first: Uint8Array, file: FileChunks): Generator<Uint8Array> {
  yield first;
  yield* file;
}

/** What a truncated file is told as, in one line; null for a whole one. */
export function truncationNote(path: string, end: StreamEnd | null): string | null {
  if (!end?.truncated) return null;
  const cut = end.trailingBytes > 0 ? `${end.trailingBytes} bytes of a record` : 'nothing';
  return `spymaster: ${path}: truncated: whole records end at byte ${end.offset}, ${cut} follow`;
}
