/**
 * Sha256 of raw files, remembered by path, size and time of change: planning must not read 16 GB
 * again. The memory, `.cache/raw-hashes` in the lake, is safe to lose.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { OperatingError } from '../core/index.ts';
import { type LineageInput, sha256OfFile, writeFileAtomic } from '../lake/index.ts';

/** What is remembered of a file. */
interface KnownHash {
  file: string;
  bytes: number;
  /** `mtimeNs`, as text. */
  modified: string;
  sha256: string;
}

function readKnown(path: string): KnownHash | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as KnownHash;
  } catch {
    return null;
  }
}

function remember(path: string, known: KnownHash): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileAtomic(path, [new TextEncoder().encode(`${JSON.stringify(known)}\n`)]);
  } catch {
    // The memory only saves time.
  }
}

/** A raw file as lineage has it. @throws OperatingError FILE_READ when it cannot be read. */
export function rawLineage(
  lake: string,
  path: string,
  role: 'records' | 'definitions',
): LineageInput {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (!stat) throw new OperatingError('FILE_READ', `${path}: no such file`);
  const file = relative(lake, path).split(sep).join('/');
  const name = createHash('sha256').update(file).digest('hex').slice(0, 32);
  const memory = join(lake, '.cache', 'raw-hashes', `${name}.json`);
  const bytes = Number(stat.size);
  const modified = String(stat.mtimeNs);
  const known = readKnown(memory);
  if (known?.file === file && known.bytes === bytes && known.modified === modified) {
    return { role, file, bytes, sha256: known.sha256 };
  }
  const sha256 = sha256OfFile(path);
  remember(memory, { file, bytes, modified, sha256 });
  return { role, file, bytes, sha256 };
}
