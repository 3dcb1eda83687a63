/**
 * A file's decompressed bytes, whatever it is stored as.
 */
import { decompressZstd, initZstd, isZstd, ZstdTruncated } from '../dbn/index.ts';
import { FileChunks } from './file-chunks.ts';
import type { NextChunk } from './mbo-reader.ts';
import { ThreadedChunks } from './threaded-chunks.ts';

/** Bytes from somewhere, with its end. */
export interface ChunkSource {
  next: NextChunk;
  /** Waits until `next` would not hold the thread. */
  ready?: () => Promise<void>;
  /** True once the compressed stream turned out to be cut short. */
  truncated: () => boolean;
  /** Part of the file that was read, 0..1. */
  progress: () => number;
  close: () => void;
}

function isCompressed(path: string): boolean {
  const file = new FileChunks(path, 0, 64);
  try {
    return isZstd(file.next() ?? new Uint8Array(0));
  } finally {
    file.close();
  }
}

function partOf({ offset, size }: FileChunks): number {
  return size > 0 ? offset / size : 1;
}

function plainSource(path: string): ChunkSource {
  const file = new FileChunks(path);
  return {
    next: () => file.next(),
    truncated: () => false,
    progress: () => partOf(file),
    close: () => file.close(),
  };
}

function zstdSource(path: string): ChunkSource {
  const file = new FileChunks(path);
  const pieces = decompressZstd(file);
  let truncated = false;
  const next = () => {
    try {
      const step = pieces.next();
      return step.done ? null : step.value;
    } catch (error) {
      if (!(error instanceof ZstdTruncated)) throw error;
      truncated = true;
      return null;
    }
  };
  const progress = () => partOf(file);
  return { next, truncated: () => truncated, progress, close: () => file.close() };
}

function threadedSource(path: string): ChunkSource {
  const chunks = new ThreadedChunks(path);
  return {
    next: () => chunks.next(),
    ready: () => chunks.ready(),
    truncated: () => chunks.truncated,
    progress: () => chunks.progress,
    close: () => chunks.close(),
  };
}

/** Bytes of a file, decompressed on the caller's thread. @throws DataError, OperatingError */
export async function chunksOf(path: string): Promise<ChunkSource> {
  if (!isCompressed(path)) return plainSource(path);
  await initZstd();
  return zstdSource(path);
}

/** Like `chunksOf`, decompressed in a thread of its own. @throws DataError, OperatingError */
export async function threadedChunksOf(path: string): Promise<ChunkSource> {
  const source = isCompressed(path) ? threadedSource(path) : plainSource(path);
  await source.ready?.();
  return source;
}
