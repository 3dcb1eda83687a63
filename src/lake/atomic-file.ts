import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { OperatingError } from '../core/index.ts';

/**
 * The sibling that a file is written to before it gets its name: hidden, so that no reader takes it
 * for data.
 */
export function temporarySibling(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
}

/**
 * Makes a folder's entries durable (a rename in it included); a file system that cannot is left as
 * it is.
 */
export function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } catch {
    // Some network file systems refuse to sync a folder: the rename still stands.
  } finally {
    closeSync(fd);
  }
}

/** Gives a finished temporary file its name and makes that durable. */
export function publishFile(temporary: string, path: string): void {
  renameSync(temporary, path);
  syncFolder(dirname(path));
}

/**
 * A file that appears whole or not at all: written beside its name, synced, then renamed. Whoever
 * opens it calls `commit` or `discard`; a process that dies leaves only the hidden temporary file.
 */
export class AtomicFile {
  /** The name it gets. */
  readonly path: string;
  /** Bytes written so far. */
  bytes = 0;
  private readonly temporary: string;
  private fd: number;

  /** @throws OperatingError FILE_WRITE when the folder or the file cannot be made. */
  constructor(path: string) {
    this.path = path;
    this.temporary = temporarySibling(path);
    try {
      mkdirSync(dirname(path), { recursive: true });
      this.fd = openSync(this.temporary, 'w');
    } catch (cause) {
      throw new OperatingError('FILE_WRITE', `${path}: ${(cause as Error).message}`, { cause });
    }
  }

  /** Appends bytes; blocks until the system has taken them. */
  write(chunk: Uint8Array): void {
    let at = 0;
    try {
      while (at < chunk.length) at += writeSync(this.fd, chunk, at);
    } catch (cause) {
      throw new OperatingError('FILE_WRITE', `${this.path}: ${(cause as Error).message}`, {
        cause,
      });
    }
    this.bytes += chunk.length;
  }

  /** Makes the content durable and gives it its name. */
  commit(): void {
    fsyncSync(this.fd);
    closeSync(this.fd);
    this.fd = -1;
    publishFile(this.temporary, this.path);
  }

  /** Forgets the content; safe to call after `commit` or twice. */
  discard(): void {
    if (this.fd < 0) return;
    closeSync(this.fd);
    this.fd = -1;
    rmSync(this.temporary, { force: true });
  }
}

/** Writes a whole file through `AtomicFile`. */
export function writeFileAtomic(path: string, pieces: Iterable<Uint8Array>): number {
  const file = new AtomicFile(path);
  try {
    for (const piece of pieces) file.write(piece);
    file.commit();
  } finally {
    file.discard();
  }
  return file.bytes;
}
