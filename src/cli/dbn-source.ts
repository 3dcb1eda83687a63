/**
 * A DBN file of any schema as runs of records, for the commands that look at files: raw or zstd,
 * whole or cut short.
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
  end: StreamEnd | null = null;

  private readonly file: FileChunks;
  private readonly chunks: Iterator<Uint8Array>;
  private readonly decoder: DbnDecoder;
  private cut: ZstdTruncated | null = null;

  private constructor(file: FileChunks, options: SourceOptions) {
    const { fragmentVersion } = options;
    const first = file.next() ?? new Uint8Array(0);
    this.file = file;
    this.path = file.path;
    this.fileBytes = file.size;
    if (isLegacy(first)) throw legacyFile();
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
      this.cut = error;
      return false;
    }
  }

  private finish(): void {
    if (this.cut && this.decoder.deliveredBytes === 0) throw this.cut;
    const end = this.decoder.end();
    this.end = { ...end, truncated: end.truncated || this.cut !== null };
  }
}

/** The format before DBN: a skippable zstd frame that begins "DBZ". */
function isLegacy(first: Uint8Array): boolean {
  return isZstd(first) && String.fromCharCode(...first.subarray(8, 11)) === 'DBZ';
}

function legacyFile(): DataError {
  return new DataError('DBN_MAGIC', 'a file in the legacy DBZ format of 2022', {
    offset: 0,
    expected: 'DBN: the vendor’s tools convert it',
  });
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
