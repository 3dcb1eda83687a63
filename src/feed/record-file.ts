/**
 * A DBN file of any schema, raw or compressed, as runs of records where they lie.
 */
import { DataError } from '../core/index.ts';
import { DbnDecoder, type Metadata, type RecordRun, type StreamEnd } from '../dbn/index.ts';
import { type ChunkSource, threadedChunksOf } from './chunk-source.ts';

/** An open file; read its runs once, then close it. */
export class RecordFile {
  readonly path: string;
  /** The header. */
  readonly metadata: Metadata;
  /** How the file ended; null before. A compressed file that is cut short counts as truncated. */
  end: StreamEnd | null = null;
  private readonly source: ChunkSource;
  private readonly decoder = new DbnDecoder();

  /** @throws DataError naming the file when it has no DBN header. */
  constructor(path: string, source: ChunkSource) {
    this.path = path;
    this.source = source;
    this.metadata = this.told(() => this.readHeader());
  }

  /** Part of the file that was read, 0..1. */
  get progress(): number {
    return this.source.progress();
  }

  /**
   * The next run of records of any type, valid until the next call; null at the end. Holds the
   * thread while it waits for bytes.
   * @throws DataError, OperatingError naming the file.
   */
  next(): RecordRun | null {
    return this.told(() => {
      while (!this.end) {
        const run = this.decoder.next();
        if (run) return run;
        this.feed();
      }
      return null;
    });
  }

  /** Gives file and thread back. */
  close(): void {
    this.source.close();
  }

  private readHeader(): Metadata {
    while (!this.decoder.metadata) this.feed();
    return this.decoder.metadata;
  }

  private feed(): void {
    const chunk = this.source.next();
    if (chunk) {
      this.decoder.write(chunk);
      return;
    }
    const end = this.decoder.end();
    this.end = { ...end, truncated: end.truncated || this.source.truncated() };
  }

  private told<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw error instanceof DataError ? error.inFile(this.path) : error;
    }
  }
}

/**
 * Opens a file, with decompression in a thread of its own.
 * @throws DataError, OperatingError naming the file.
 */
export async function openRecords(path: string): Promise<RecordFile> {
  const source = await threadedChunksOf(path);
  try {
    return new RecordFile(path, source);
  } catch (error) {
    source.close();
    throw error;
  }
}
