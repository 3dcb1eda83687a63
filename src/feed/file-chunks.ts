/**
 * A file's bytes in chunks of one size, read synchronously into one buffer; what the disk says
 * becomes an error with the name.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { DataError, OperatingError } from '../core/index.ts';

/**
 * Bytes of a chunk: large enough that a system call costs nothing, small enough for the cache. A
 * multiple of 8.
 */
export const CHUNK_BYTES = 512 * 1024;

function readFailed(path: string, cause: unknown): DataError | OperatingError {
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new DataError('FILE_NOT_FOUND', 'no such file', { file: path });
  }
  const reason = code === 'EISDIR' ? 'it is a folder' : (cause as Error).message;
  return new OperatingError('FILE_READ', `${path}: cannot be read: ${reason}`, { cause });
}

/** An open file, read from any offset; the chunk handed out is valid until the next one. */
export class FileChunks {
  readonly path: string;
  /** Size when it was opened, bytes. */
  readonly size: number;
  /** Time of the last change when it was opened, ns since the epoch. */
  readonly modifiedNs: bigint;
  /** Offset of the next byte to read. */
  offset: number;
  private readonly fd: number;
  private readonly buffer: Uint8Array;
  private open = true;

  /** @throws DataError FILE_NOT_FOUND, OperatingError FILE_READ. */
  constructor(path: string, offset = 0, chunkBytes = CHUNK_BYTES) {
    this.path = path;
    this.offset = offset;
    try {
      this.fd = openSync(path, 'r');
      const stat = fstatSync(this.fd, { bigint: true });
      if (stat.isDirectory()) throw Object.assign(new Error('folder'), { code: 'EISDIR' });
      this.size = Number(stat.size);
      this.modifiedNs = stat.mtimeNs;
    } catch (cause) {
      throw readFailed(path, cause);
    }
    this.buffer = new Uint8Array(chunkBytes);
  }

  /**
   * The next chunk, or null at the end of the file.
   * @throws OperatingError FILE_READ when the file was cut shorter since it was opened.
   */
  next(): Uint8Array | null {
    let n: number;
    try {
      n = readSync(this.fd, this.buffer, 0, this.buffer.length, this.offset);
    } catch (cause) {
      throw readFailed(this.path, cause);
    }
    if (n === 0) {
      this.checkWhole();
      return null;
    }
    this.offset += n;
    return this.buffer.subarray(0, n);
  }

  /** The remaining chunks. */
  *[Symbol.iterator](): IterableIterator<Uint8Array> {
    for (let chunk = this.next(); chunk; chunk = this.next()) yield chunk;
  }

  /** Gives the file back; a second call does nothing. */
  close(): void {
    if (this.open) closeSync(this.fd);
    this.open = false;
  }

  private checkWhole(): void {
    if (this.offset >= this.size) return;
    const sizes = `it had ${this.size} bytes and ends at ${this.offset}`;
    const message = `${this.path}: the file changed while it was read: ${sizes}`;
    throw new OperatingError('FILE_READ', message);
  }
}
