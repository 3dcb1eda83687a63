/**
 * A day file that can be read from any record: decoded once, indexed once, shared by all who read
 * it.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Worker } from 'node:worker_threads';
import { DataError, OperatingError, type UnixNs } from '../core/index.ts';
import { isZstd, type Metadata } from '../dbn/index.ts';
import { builtModule } from '../lake/index.ts';
import type { DayCache } from './day-cache.ts';
import type { DayIndex } from './day-index.ts';
import { DayReader } from './day-reader.ts';
import { FileChunks } from './file-chunks.ts';
import { type SelectedInstrument, selectInstrument } from './instrument-selection.ts';
import type { InstrumentKey } from './keep-instrument.ts';
import { MboReader } from './mbo-reader.ts';
import { fromPlainError, type PlainError } from './plain-error.ts';
import type { OnProgress, PrepareRequest } from './prepare-day.ts';

/** Counts changes of the index's form: an index of another version is made anew. */
const INDEX_VERSION = 2;
/** Bytes at either end of a file that take part in its identity. */
const IDENTITY_BYTES = 65_536;

/** How a day is opened. */
export interface SeekableDayOptions {
  /** 00:00 UTC of the session date, ns since the epoch. */
  originNs: UnixNs;
  cache: DayCache;
  /** Wall time, for the cache's marks of use. */
  now: () => Date;
  onProgress?: OnProgress;
  /** Ends the first reading of the file. */
  signal?: AbortSignal;
}

interface Identified {
  identity: string;
  compressed: boolean;
}

/** An open day; `close` it when nobody reads any more. */
export class SeekableDay {
  readonly path: string;
  /** 16 hex digits: the same for the same content of the same file. */
  readonly identity: string;
  readonly index: DayIndex;
  readonly metadata: Metadata;
  private readonly decodedPath: string;
  private readonly decodedBytes: number;
  private readonly release: () => void;

  private constructor(
    path: string,
    identified: Identified,
    index: DayIndex,
    decodedPath: string,
    release: () => void,
  ) {
    this.path = path;
    this.identity = identified.identity;
    this.index = index;
    this.decodedPath = decodedPath;
    this.release = release;
    const { metadata, size } = readHeader(decodedPath, path);
    this.metadata = metadata;
    this.decodedBytes = size;
  }

  /**
   * Opens a `.dbn` or compressed day. The first time the file is read whole, in a thread of its
   * own.
   * @throws DataError, OperatingError naming the file.
   */
  static async open(path: string, options: SeekableDayOptions): Promise<SeekableDay> {
    const identified = identify(path);
    const { cache } = options;
    const decodedName = `${identified.identity}.dbn`;
    const indexName = `${identified.identity}.${options.originNs}.index.json`;
    const held = identified.compressed ? [decodedName, indexName] : [indexName];
    for (const name of held) cache.hold(name, options.now());
    const release = () => {
      for (const name of held) cache.release(name);
    };
    const decodedPath = identified.compressed ? cache.path(decodedName) : path;
    try {
      const index =
        storedIndex(cache, indexName, decodedPath) ??
        (await prepare(path, identified, { ...options, decodedName, indexName }));
      return new SeekableDay(path, identified, index, decodedPath, release);
    } catch (error) {
      release();
      throw error;
    }
  }

  /**
   * Changes when the file does: its path with its size and time of change. @throws DataError,
   * OperatingError
   */
  static keyOf(path: string): string {
    const file = new FileChunks(path);
    file.close();
    return `${path}|${file.size}|${file.modifiedNs}`;
  }

  /** The instrument that a symbol or root means on a date. @throws DataError SYMBOL_NOT_FOUND */
  select(symbol: string, dt: string): SelectedInstrument {
    const { metadata, index } = this;
    try {
      return selectInstrument({ metadata, instruments: index.instruments }, symbol, dt);
    } catch (error) {
      throw error instanceof DataError ? error.inFile(this.path) : error;
    }
  }

  /**
   * Reads an instrument's records from the record at byte `offset` of the decoded file on (default:
   * the first).
   * @throws OperatingError FILE_READ when the file changed since it was indexed.
   */
  reader(key: InstrumentKey, offset: number = this.index.headerBytes): DayReader {
    const file = new FileChunks(this.decodedPath, offset);
    if (file.size !== this.decodedBytes) {
      file.close();
      throw new OperatingError(
        'FILE_READ',
        `${this.path}: the file changed: it had ${this.decodedBytes} bytes and now ${file.size}`,
      );
    }
    const { version, tsOut } = this.metadata;
    return new DayReader(file, key, { version, tsOut }, this.path);
  }

  /** False when the decoded file is gone: the day must be opened anew. */
  get usable(): boolean {
    return existsSync(this.decodedPath);
  }

  /** Lets the cache drop the decoded file. Open readers stay valid. */
  close(): void {
    this.release();
  }
}

function identify(path: string): Identified {
  const head = new FileChunks(path, 0, IDENTITY_BYTES);
  try {
    const first = head.next() ?? new Uint8Array(0);
    const compressed = isZstd(first);
    const hash = createHash('sha256');
    hash.update(`${basename(path)}|${head.size}|${head.modifiedNs}|`).update(first);
    head.offset = Math.max(0, head.size - IDENTITY_BYTES);
    hash.update(head.next() ?? new Uint8Array(0));
    return { identity: hash.digest('hex').slice(0, 16), compressed };
  } finally {
    head.close();
  }
}

function storedIndex(cache: DayCache, name: string, decodedPath: string): DayIndex | null {
  try {
    const stored = JSON.parse(readFileSync(cache.path(name), 'utf8'));
    if (stored.version !== INDEX_VERSION) return null;
    const file = new FileChunks(decodedPath);
    file.close();
    return file.size === stored.decodedBytes ? stored.index : null;
  } catch {
    return null;
  }
}

async function prepare(
  path: string,
  identified: Identified,
  o: SeekableDayOptions & { decodedName: string; indexName: string },
): Promise<DayIndex> {
  const draft = identified.compressed ? o.cache.draft(o.decodedName) : null;
  const request: PrepareRequest = {
    path,
    compressed: identified.compressed,
    decodedPath: draft,
    originNs: String(o.originNs),
  };
  try {
    const index = await runWorker(request, o.onProgress ?? (() => {}), o.signal);
    if (draft) o.cache.publish(draft, o.decodedName);
    const decoded = new FileChunks(draft ? o.cache.path(o.decodedName) : path);
    decoded.close();
    const stored = { version: INDEX_VERSION, decodedBytes: decoded.size, index };
    const indexDraft = o.cache.draft(o.indexName);
    writeFileSync(indexDraft, JSON.stringify(stored));
    o.cache.publish(indexDraft, o.indexName);
    o.cache.trim();
    return index;
  } finally {
    if (draft) rmSync(draft, { force: true });
  }
}

function runWorker(
  request: PrepareRequest,
  onProgress: OnProgress,
  signal?: AbortSignal,
): Promise<DayIndex> {
  const worker = new Worker(builtModule(import.meta.url, 'day-worker'), { workerData: request });
  return new Promise<DayIndex>((resolve, reject) => {
    worker.on('message', (m: { progress?: number; index?: DayIndex; error?: PlainError }) => {
      if (m.progress !== undefined) onProgress(m.progress);
      if (m.index) resolve(m.index);
      if (m.error) reject(fromPlainError(m.error));
    });
    worker.on('error', reject);
    signal?.addEventListener('abort', () => void worker.terminate(), { once: true });
    worker.on('exit', () => reject(new OperatingError('INTERNAL', 'the day worker stopped')));
  });
}

function readHeader(decodedPath: string, path: string): { metadata: Metadata; size: number } {
  const file = new FileChunks(decodedPath);
  try {
    const metadata = new MboReader(() => file.next()).readMetadata();
    if (metadata) return { metadata, size: file.size };
    throw new DataError('DBN_METADATA', 'the file has no header', { file: path });
  } finally {
    file.close();
  }
}
