/**
 * One writer a partition: a lock file that names its process. The lock of a process that died is
 * taken over.
 */
import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { OperatingError } from '../core/index.ts';

/** Tries to take over a dead writer's lock before giving up. */
const TAKEOVER_TRIES = 3;

/** A lock that names nobody is taken for one that is just being written this long, ms. */
const BEING_WRITTEN_MS = 2000;

interface LockHolder {
  host: string;
  pid: number;
  /** When the process began, as the system counts; a number given again has another one. */
  started: string;
  thread: number;
}

/** The 22nd field of Linux's /proc/PID/stat; empty where there is none. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function isAlive(holder: LockHolder): boolean {
  if (holder.host !== hostname()) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const started = startOf(holder.pid);
  return started === '' || holder.started === '' || started === holder.started;
}

function readOptional(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function ageMs(path: string): number {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

function holderOf(text: string): LockHolder | null {
  try {
    return JSON.parse(text) as LockHolder;
  } catch {
    return null;
  }
}

/** Who holds a lock file and whether that process still runs; null when nobody does. */
export function lockHolder(path: string): { text: string; alive: boolean } | null {
  const text = readOptional(path);
  if (text === null) return null;
  const holder = holderOf(text);
  // It names nobody: cut short by a crash, or just being written.
  if (!holder) return { text: 'an unreadable lock', alive: ageMs(path) < BEING_WRITTEN_MS };
  return { text: `process ${holder.pid} on ${holder.host}`, alive: isAlive(holder) };
}

/** A lock that this thread holds. */
export class PartitionLock {
  private readonly path: string;
  private readonly content: string;

  private constructor(path: string, content: string) {
    this.path = path;
    this.content = content;
  }

  /**
   * Takes the lock.
   * @throws OperatingError PARTITION_BUSY when a living process holds it, FILE_WRITE when the
   * file cannot be made.
   */
  static take(path: string): PartitionLock {
    const own: LockHolder = {
      host: hostname(),
      pid: process.pid,
      started: startOf(process.pid),
      thread: threadId,
    };
    const content = `${JSON.stringify(own)}\n`;
    for (let tries = 0; tries <= TAKEOVER_TRIES; tries++) {
      if (create(path, content)) {
        removeAsides(path);
        return new PartitionLock(path, content);
      }
      const holder = lockHolder(path);
      if (holder?.alive) {
        throw new OperatingError('PARTITION_BUSY', `${path}: held by ${holder.text}`, {
          retryable: true,
        });
      }
      if (holder) removeDead(path);
    }
    throw new OperatingError('PARTITION_BUSY', `${path}: others took it first`, {
      retryable: true,
    });
  }

  /** @throws OperatingError PARTITION_BUSY when the lock was lost. */
  assertHeld(): void {
    if (readOptional(this.path) === this.content) return;
    throw new OperatingError('PARTITION_BUSY', `${this.path}: the lock was lost`);
  }

  release(): void {
    if (readOptional(this.path) === this.content) rmSync(this.path, { force: true });
  }
}

/** Makes the file; false when there is one. */
function create(path: string, content: string): boolean {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content, { flag: 'wx' });
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw new OperatingError('FILE_WRITE', `${path}: ${(cause as Error).message}`, { cause });
  }
}

/** What the name of a dead lock that is being put away has after it. */
const ASIDE = '.dead-';

/** Removes dead locks that were not put away to the end. */
function removeAsides(path: string): void {
  for (const name of readdirSync(dirname(path))) {
    const aside = name.startsWith(`${basename(path)}${ASIDE}`);
    if (aside) rmSync(join(dirname(path), name), { force: true });
  }
}

/** Removes a dead writer's lock; one that another put in its place meanwhile is put back. */
function removeDead(path: string): void {
  const aside = `${path}${ASIDE}${process.pid}-${threadId}`;
  try {
    renameSync(path, aside);
    if (lockHolder(aside)?.alive) linkSync(aside, path);
  } catch {
    // Another process was faster: the next try sees what it left.
  } finally {
    rmSync(aside, { force: true });
  }
}
