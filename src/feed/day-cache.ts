/**
 * The folder of decoded days, indices and checkpoints: bounded in bytes, least recently used out
 * first.
 */
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { OperatingError } from '../core/index.ts';

interface Entry {
  path: string;
  bytes: number;
  usedMs: number;
}

/**
 * A cache folder. Entries are files, or folders that go as a whole; names with a leading dot are
 * being written.
 */
export class DayCache {
  readonly folder: string;
  private readonly maxBytes: number;
  private readonly held = new Map<string, number>();
  private drafts = 0;

  /** @throws OperatingError FILE_WRITE when the folder cannot be made. */
  constructor(folder: string, maxBytes: number) {
    this.folder = folder;
    this.maxBytes = maxBytes;
    try {
      mkdirSync(folder, { recursive: true });
    } catch (cause) {
      throw new OperatingError('FILE_WRITE', `${folder}: ${(cause as Error).message}`, { cause });
    }
  }

  /** Path of an entry. */
  path(name: string): string {
    return join(this.folder, name);
  }

  /** A path to write to; `publish` gives it its name. */
  draft(name: string): string {
    mkdirSync(this.folder, { recursive: true });
    return this.path(`.${name}.${process.pid}.${this.drafts++}`);
  }

  /** Gives a written draft its name, all at once. */
  publish(draft: string, name: string): void {
    renameSync(draft, this.path(name));
  }

  /** Keeps an entry from being dropped until `release`; marks it used. `now` is the wall time. */
  hold(name: string, now: Date): void {
    this.held.set(name, (this.held.get(name) ?? 0) + 1);
    try {
      utimesSync(this.path(name), now, now);
    } catch {
      // The mark is only a hint for eviction.
    }
  }

  /** Ends a `hold`. */
  release(name: string): void {
    const left = (this.held.get(name) ?? 0) - 1;
    if (left > 0) this.held.set(name, left);
    else this.held.delete(name);
  }

  /** Drops entries, the longest unused first, until the folder fits. */
  trim(): void {
    const entries = this.entries().sort((a, b) => a.usedMs - b.usedMs);
    let total = entries.reduce((sum, e) => sum + e.bytes, 0);
    for (const entry of entries) {
      if (total <= this.maxBytes) return;
      if (this.held.has(entry.path)) continue;
      rmSync(this.path(entry.path), { recursive: true, force: true });
      total -= entry.bytes;
    }
  }

  private entries(): Entry[] {
    return readdirSync(this.folder).flatMap((name) => {
      if (name.startsWith('.')) return [];
      const path = this.path(name);
      const stat = statSync(path, { throwIfNoEntry: false });
      if (!stat) return [];
      const bytes = stat.isDirectory() ? folderBytes(path) : stat.size;
      return [{ path: name, bytes, usedMs: stat.mtimeMs }];
    });
  }
}

function folderBytes(folder: string): number {
  let bytes = 0;
  for (const name of readdirSync(folder)) {
    bytes += statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}
