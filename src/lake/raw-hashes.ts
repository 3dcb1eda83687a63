/**
 * Hashes of raw files, remembered by path, size and time of change, so that planning does not read
 * gigabytes again. The memory lies in the lake's `.cache` and may be lost at any time.
 */
import { mkdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import { OperatingError } from '../core/index.ts';
import { publishFile, temporarySibling } from './atomic-file.ts';
import type { LineageInput } from './manifest.ts';
import { sha256OfFile } from './partition-files.ts';

/** Files that are remembered, at most. */
const MAX_REMEMBERED = 20_000;

interface Remembered {
  size: number;
  /** Time of change, ns since 1970, as text. */
  mtimeNs: string;
  sha256: string;
}

function cachePath(lake: string): string {
  return join(lake, '.cache', 'raw-hashes.json');
}

function readCache(lake: string): Map<string, Remembered> {
  try {
    const json = JSON.parse(readFileSync(cachePath(lake), 'utf8')) as Record<string, Remembered>;
    return new Map(Object.entries(json));
  } catch {
    return new Map();
  }
}

function remember(lake: string, name: string, entry: Remembered): void {
  // Read again: another process may have added to it meanwhile.
  const cache = readCache(lake);
  cache.delete(name);
  cache.set(name, entry);
  const kept = [...cache].slice(-MAX_REMEMBERED);
  const path = cachePath(lake);
  try {
    mkdirSync(join(lake, '.cache'), { recursive: true });
    const temporary = temporarySibling(path);
    writeFileSync(temporary, `${JSON.stringify(Object.fromEntries(kept), null, 1)}\n`);
    publishFile(temporary, path);
  } catch {
    // A lake that cannot be written to is hashed anew each time.
  }
}

/** A raw file's name in manifests: its path within the lake, else its absolute path. */
export function rawFileName(lake: string, path: string): string {
  const inside = relative(lake, path);
  const leaves = inside.startsWith('..') || isAbsolute(inside);
  return (leaves ? realpathSync(path) : inside).split(sep).join('/');
}

/**
 * A raw file as an input of a partition.
 * @throws OperatingError FILE_READ when it cannot be read.
 */
export function rawInput(
  lake: string,
  path: string,
  role: 'records' | 'definitions',
): LineageInput {
  try {
    const s = statSync(path, { bigint: true });
    const file = rawFileName(lake, path);
    const size = Number(s.size);
    const mtimeNs = String(s.mtimeNs);
    const known = readCache(lake).get(file);
    if (known && known.size === size && known.mtimeNs === mtimeNs) {
      return { role, file, bytes: size, sha256: known.sha256 };
    }
    const sha256 = sha256OfFile(path);
    remember(lake, file, { size, mtimeNs, sha256 });
    return { role, file, bytes: size, sha256 };
  } catch (cause) {
    if (cause instanceof OperatingError) throw cause;
    throw new OperatingError('FILE_READ', `${path}: ${(cause as Error).message}`, { cause });
  }
}

/** A published partition as an input of another. */
export function partitionInput(manifest: {
  dataset: string;
  symbol: string;
  dt: string;
  bytes: number;
  sha256: string;
}): LineageInput {
  const { dataset, symbol, dt, bytes, sha256 } = manifest;
  return { role: 'partition', dataset, symbol, dt, bytes, sha256 };
}
