/**
 * The part of a file that has arrived: hidden beside its place, kept from try to try, hashed as it
 * grows.
 */
import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { OperatingError } from '../../core/index.ts';
import { publishFile } from '../../lake/index.ts';

/** Bytes hashed at a time. */
const HASH_BYTES = 1024 * 1024;

/** Where the part of a file lies. */
export function partPath(path: string): string {
  return join(dirname(path), `.${basename(path)}.part`);
}

/** An open part. */
export class PartFile {
  /** Bytes that have arrived, all of them hashed. */
  bytes = 0;
  private readonly path: string;
  private readonly file: FileHandle;
  private hash: Hash = createHash('sha256');

  private constructor(path: string, file: FileHandle) {
    this.path = path;
    this.file = file;
  }

  /**
   * Opens the part of a file, or begins it; what is there is hashed.
   * @throws OperatingError FILE_WRITE; the signal's reason.
   */
  static open(path: string, signal?: AbortSignal): Promise<PartFile> {
    return told(path, async () => {
      await mkdir(dirname(path), { recursive: true });
      const part = new PartFile(path, await open(partPath(path), 'a+'));
      try {
        await part.hashAll(signal);
        return part;
      } catch (error) {
        await part.close();
        throw error;
      }
    });
  }

  /** Appends a chunk. @throws OperatingError FILE_WRITE */
  append(chunk: Uint8Array): Promise<void> {
    return told(this.path, async () => {
      for (let at = 0; at < chunk.length; ) {
        const { bytesWritten } = await this.file.write(chunk, at);
        // What was written is counted at once: a full disk may take the half of a chunk.
        this.hash.update(chunk.subarray(at, at + bytesWritten));
        this.bytes += bytesWritten;
        at += bytesWritten;
      }
    });
  }

  /** Forgets what has arrived. @throws OperatingError FILE_WRITE */
  restart(): Promise<void> {
    return told(this.path, async () => {
      await this.file.truncate(0);
      this.hash = createHash('sha256');
      this.bytes = 0;
    });
  }

  /** Sha256 of what has arrived, lower-case hex. */
  sha256(): string {
    return this.hash.copy().digest('hex');
  }

  /** Makes the part durable and gives it its name. @throws OperatingError FILE_WRITE */
  publish(): Promise<void> {
    return told(this.path, async () => {
      await this.file.sync();
      await this.file.close();
      publishFile(partPath(this.path), this.path);
    });
  }

  /** Removes the part. */
  async discard(): Promise<void> {
    await this.close();
    await rm(partPath(this.path), { force: true });
  }

  /** Leaves the part where it is, for the next try; may be called again. */
  async close(): Promise<void> {
    await this.file.close().catch(() => {});
  }

  private async hashAll(signal: AbortSignal | undefined): Promise<void> {
    const buffer = new Uint8Array(HASH_BYTES);
    const { size } = await this.file.stat();
    while (this.bytes < size) {
      signal?.throwIfAborted();
      const { bytesRead } = await this.file.read(buffer, 0, buffer.length, this.bytes);
      if (bytesRead === 0) return;
      this.hash.update(buffer.subarray(0, bytesRead));
      this.bytes += bytesRead;
    }
  }
}

async function told<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (typeof code !== 'string' || error instanceof OperatingError) throw error;
    throw new OperatingError('FILE_WRITE', `${path}: ${message}`, { cause: error });
  }
}

/**
 * Whether a file is there with these bytes.
 * @throws OperatingError FILE_READ; the signal's reason.
 */
export async function isWholeFile(
  path: string,
  bytes: number,
  sha256: string,
  signal?: AbortSignal,
): Promise<boolean> {
  try {
    const file = await open(path, 'r');
    try {
      if ((await file.stat()).size !== bytes) return false;
      const hash = createHash('sha256');
      for await (const chunk of file.createReadStream({ highWaterMark: HASH_BYTES, signal })) {
        hash.update(chunk);
      }
      return hash.digest('hex') === sha256;
    } finally {
      await file.close();
    }
  } catch (error) {
    signal?.throwIfAborted();
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw new OperatingError('FILE_READ', `${path}: ${message}`, { cause: error });
  }
}
