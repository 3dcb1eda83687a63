/**
 * A market-by-order file, raw or compressed, whole or cut short, as batches of columns.
 */
import { DataError } from '../core/index.ts';
import type { FragmentFormat, MboColumns, Metadata, StreamEnd } from '../dbn/index.ts';
import { type ChunkSource, chunksOf, threadedChunksOf } from './chunk-source.ts';
import { MboReader } from './mbo-reader.ts';
import { checkMboSchema } from './prepare-day.ts';

/** How a file is opened. */
export interface DbnFileOptions {
  /** The file holds records without a header. */
  fragment?: FragmentFormat;
}

/** An open file; read its batches once, then close it. */
export class DbnFile {
  readonly path: string;
  /** The header; null for a fragment. */
  readonly metadata: Metadata | null;
  private readonly source: ChunkSource;
  private readonly reader: MboReader;

  /** @throws DataError naming the file: no DBN, or another schema than market by order. */
  constructor(path: string, source: ChunkSource, options: DbnFileOptions) {
    this.path = path;
    this.source = source;
    this.reader = new MboReader(source.next, options);
    this.metadata = this.told(() => this.reader.readMetadata());
    if (this.metadata) checkMboSchema(this.metadata, path);
  }

  /** Records of other types that were passed over so far, by rtype. */
  get passedOver(): ReadonlyMap<number, number> {
    return this.reader.passedOver;
  }

  /** How the file ended; null before. A compressed file that is cut short counts as truncated. */
  get end(): StreamEnd | null {
    const { end } = this.reader;
    return end && { ...end, truncated: end.truncated || this.source.truncated() };
  }

  /**
   * Refills the columns from row 0.
   * @returns rows filled; 0 at the end.
   * @throws DataError, OperatingError naming the file.
   */
  fill(columns: MboColumns): number {
    return this.told(() => this.reader.fill(columns));
  }

  /** The columns, refilled for each batch. */
  *batches(columns: MboColumns): Generator<MboColumns> {
    while (this.fill(columns) > 0) yield columns;
  }

  /** Like `batches`, and lets other work go on while it waits for bytes. */
  async *batchesAsync(columns: MboColumns): AsyncGenerator<MboColumns> {
    for (;;) {
      await this.source.ready?.();
      if (this.fill(columns) === 0) return;
      yield columns;
    }
  }

  /** Gives file and thread back. */
  close(): void {
    this.source.close();
  }

  private told<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw error instanceof DataError ? error.inFile(this.path) : error;
    }
  }
}

function open(path: string, source: ChunkSource, options: DbnFileOptions): DbnFile {
  try {
    return new DbnFile(path, source, options);
  } catch (error) {
    source.close();
    throw error;
  }
}

/**
 * Opens a `.dbn` or compressed file; everything happens on the caller's thread.
 * @throws DataError, OperatingError naming the file.
 */
export async function openDbn(path: string, options: DbnFileOptions = {}): Promise<DbnFile> {
  return open(path, await chunksOf(path), options);
}

/**
 * Like `openDbn`, with decompression in a thread of its own: the caller decodes and computes
 * meanwhile.
 * @throws DataError, OperatingError naming the file.
 */
export async function openDbnThreaded(
  path: string,
  options: DbnFileOptions = {},
): Promise<DbnFile> {
  return open(path, await threadedChunksOf(path), options);
}
