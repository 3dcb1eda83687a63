/**
 * One pass over a day file: decodes it into a plain `.dbn` where it is compressed, and makes the
 * index.
 */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { DataError, OperatingError } from '../core/index.ts';
import {
  decodeRecord,
  decompressZstd,
  initZstd,
  MboColumns,
  type Metadata,
  RTYPE,
  SymbolMap,
  utcDateOf,
  ZstdTruncated,
} from '../dbn/index.ts';
import { ActivityCounter, type DayIndex, type InstrumentActivity } from './day-index.ts';
import { FileChunks } from './file-chunks.ts';
import { MboReader, type NextChunk } from './mbo-reader.ts';

/** Rows of a batch. */
const BATCH_ROWS = 8192;
/** Bytes of the source between two progress reports. */
const PROGRESS_BYTES = 8 * 1024 * 1024;

/** What to prepare; plain data, for it travels to a worker thread. */
export interface PrepareRequest {
  path: string;
  compressed: boolean;
  /** Where the decoded bytes go; null when the file is not compressed. */
  decodedPath: string | null;
  /** 00:00 UTC that times count from, ns since the epoch. */
  originNs: string;
}

/** Told the part of the source that was read, 0..1. */
export type OnProgress = (part: number) => void;

/** @throws DataError DBN_SCHEMA when the file holds other records than market by order. */
export function checkMboSchema(metadata: Metadata, file: string): void {
  if (metadata.schema === 'mbo' || metadata.schema === null) return;
  throw new DataError('DBN_SCHEMA', 'not market-by-order records', {
    file,
    found: `schema ${metadata.schema}`,
    expected: 'schema mbo',
  });
}

function* reported(file: FileChunks, onProgress: OnProgress): Iterable<Uint8Array> {
  let next = PROGRESS_BYTES;
  for (const chunk of file) {
    if (file.offset >= next) {
      onProgress(file.offset / file.size);
      next = file.offset + PROGRESS_BYTES;
    }
    yield chunk;
  }
}

/**
 * Hands on chunks, writing them to `fd` too; a compressed file that is cut short ends where it is
 * cut.
 */
function tee(chunks: Iterable<Uint8Array>, fd: number | null): NextChunk {
  const source = chunks[Symbol.iterator]();
  return () => {
    try {
      const step = source.next();
      if (step.done) return null;
      if (fd !== null) writeAll(fd, step.value);
      return step.value;
    } catch (error) {
      if (error instanceof ZstdTruncated) return null;
      throw error;
    }
  };
}

function writeAll(fd: number, bytes: Uint8Array): void {
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
  } catch (cause) {
    throw new OperatingError('FILE_WRITE', `the cache: ${(cause as Error).message}`, { cause });
  }
}

/** A live session names its instruments by records, for its header came before them. */
function withSymbol(one: InstrumentActivity, mapped: SymbolMap, date: number): InstrumentActivity {
  const symbol = mapped.symbolOf(one.instrumentId, date);
  return symbol === null ? one : { ...one, symbol };
}

function indexOf(next: NextChunk, request: PrepareRequest): DayIndex {
  const mapped = new SymbolMap();
  const reader = new MboReader(next, {
    onOther: (run) => {
      if (run.rtype !== RTYPE.SYMBOL_MAPPING) return;
      for (let i = 0; i < run.count; i++) mapped.addRecord(decodeRecord(run, i));
    },
  });
  const metadata = reader.readMetadata();
  if (metadata) checkMboSchema(metadata, request.path);
  const headerBytes = reader.offset;
  const columns = new MboColumns(BATCH_ROWS, BigInt(request.originNs));
  const counter = new ActivityCounter();
  while (reader.fill(columns) > 0) counter.add(columns);
  const date = utcDateOf(BigInt(request.originNs));
  const end = reader.end ?? { truncated: false, trailingBytes: 0, offset: reader.offset };
  return {
    originNs: request.originNs,
    headerBytes,
    bytes: end.offset,
    records: counter.records,
    passedOver: Object.fromEntries(reader.passedOver),
    end,
    instruments: counter.instruments().map((one) => withSymbol(one, mapped, date)),
  };
}

/**
 * Reads the whole file once. The decoded file is complete and on disk when this returns.
 * @throws DataError or OperatingError that names the file.
 */
export async function prepareDay(
  request: PrepareRequest,
  onProgress: OnProgress,
): Promise<DayIndex> {
  if (request.compressed) await initZstd();
  const file = new FileChunks(request.path);
  const fd = request.decodedPath === null ? null : openSync(request.decodedPath, 'w');
  try {
    const source = reported(file, onProgress);
    const index = indexOf(tee(request.compressed ? decompressZstd(source) : source, fd), request);
    if (fd !== null) fsyncSync(fd);
    return index;
  } catch (error) {
    throw error instanceof DataError ? error.inFile(request.path) : error;
  } finally {
    file.close();
    if (fd !== null) closeSync(fd);
  }
}
