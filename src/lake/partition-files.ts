/**
 * A partition's files and what they say together, at every moment of a publication: the data file
 * is replaced by one rename, and `_SUCCESS` promises the old manifest and the new one while that
 * happens. Whoever reads takes the promised manifest whose data is there.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DataError, OperatingError } from '../core/index.ts';
import {
  DATA_FILE,
  MANIFEST_FILE,
  type PartitionManifest,
  parseManifest,
  SUCCESS_FILE,
} from './manifest.ts';
import { datasetName, type PartitionRef, partitionFolder } from './partition-ref.ts';

/** The manifest that waits for its data. */
export const STAGED_MANIFEST = `.${MANIFEST_FILE}.staged`;
/** The `_SUCCESS` that waits for its manifest. */
export const STAGED_SUCCESS = `.${SUCCESS_FILE}.staged`;

/** Bytes hashed at a time. */
const HASH_BYTES = 1024 * 1024;
/** Looks again at files that another process may just be replacing. */
const RESOLVE_TRIES = 5;

/** Sha256 of a text or bytes, hex. */
export function sha256Of(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Sha256 of a file, hex. @throws OperatingError FILE_READ */
export function sha256OfFile(path: string): string {
  const hash = createHash('sha256');
  const buffer = new Uint8Array(HASH_BYTES);
  try {
    const fd = openSync(path, 'r');
    try {
      for (;;) {
        const n = readSync(fd, buffer);
        if (n === 0) return hash.digest('hex');
        hash.update(buffer.subarray(0, n));
      }
    } finally {
      closeSync(fd);
    }
  } catch (cause) {
    throw new OperatingError('FILE_READ', `${path}: ${(cause as Error).message}`, { cause });
  }
}

/** The text of a file; null when there is none. */
export function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new OperatingError('FILE_READ', `${path}: ${(cause as Error).message}`, { cause });
  }
}

/** Names in a folder, sorted; none when there is no folder. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

/** A manifest and the hash of its bytes. */
export interface FoundManifest {
  manifest: PartitionManifest;
  sha256: string;
  /** It is the staged one: its publication did not end. */
  staged: boolean;
}

/** Digits of the check that ends a line of `_SUCCESS`: a flipped bit in it then shows by itself. */
const CHECK_DIGITS = 8;

/** A line of `_SUCCESS`: the sha256 of a manifest, and a check of the line itself. */
export function promiseOf(manifestSha256: string): string {
  return `${manifestSha256} ${sha256Of(manifestSha256).slice(0, CHECK_DIGITS)}\n`;
}

/** The manifests' sha256 that the text of a `_SUCCESS` promises; null when it is damaged. */
export function parsePromises(text: string): string[] | null {
  const hashes = text
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split(' ')[0]!);
  const intact = hashes.length > 0 && hashes.map(promiseOf).join('') === text;
  return intact ? hashes : null;
}

/**
 * Sha256 of the manifests that `_SUCCESS` promises: one, or the old and the new; none when it is
 * damaged; null when it is not there.
 */
export function promisedHashes(folder: string): string[] | null {
  const text = readIfThere(join(folder, SUCCESS_FILE));
  return text === null ? null : (parsePromises(text) ?? []);
}

/** The manifests of a folder that `_SUCCESS` promises. @throws DataError PARTITION_DAMAGED */
export function promisedManifests(folder: string, promised: readonly string[]): FoundManifest[] {
  const found: FoundManifest[] = [];
  for (const name of [MANIFEST_FILE, STAGED_MANIFEST]) {
    const text = readIfThere(join(folder, name));
    if (text === null || !promised.includes(sha256Of(text))) continue;
    const staged = name === STAGED_MANIFEST;
    const manifest = parseManifest(text, join(folder, name));
    found.push({ manifest, sha256: sha256Of(text), staged });
  }
  return found;
}

/** Which file a path names now: another one after any replacement. */
export function fileIdentity(path: string): string {
  try {
    const s = statSync(path, { bigint: true });
    return `${s.dev}:${s.ino}:${s.size}:${s.mtimeNs}`;
  } catch {
    return 'none';
  }
}

/** A partition that can be read. */
export interface ResolvedPartition {
  folder: string;
  dataPath: string;
  manifest: PartitionManifest;
  /** Of the data file when it was looked at. */
  identity: string;
  /** A publication ended half-way; what is here is whole all the same. */
  interrupted: boolean;
}

function resolveOnce(folder: string, name: string, hashed: boolean): ResolvedPartition {
  const promised = promisedHashes(folder);
  if (!promised) {
    throw new DataError('PARTITION_MISSING', name, {
      file: folder,
      found: `no ${SUCCESS_FILE}`,
      expected: 'a published partition',
    });
  }
  const dataPath = join(folder, DATA_FILE);
  const refuse = (file: string, found: string, expected: string): never => {
    throw new DataError('PARTITION_DAMAGED', name, { file: join(folder, file), found, expected });
  };
  if (promised.length === 0) return refuse(SUCCESS_FILE, 'other bytes', 'the hash of a manifest');
  const candidates = promisedManifests(folder, promised);
  if (candidates.length === 0) {
    const lost = readIfThere(join(folder, MANIFEST_FILE)) === null;
    const found = lost ? 'no manifest' : 'other bytes';
    return refuse(MANIFEST_FILE, found, `the manifest that ${SUCCESS_FILE} names`);
  }
  const identity = fileIdentity(dataPath);
  if (identity === 'none') return refuse(DATA_FILE, 'no file', 'the data file');
  const bytes = Number(identity.split(':')[2]);
  const sized = candidates.filter((c) => c.manifest.bytes === bytes);
  if (sized.length === 0) {
    const expected = `${candidates[0]!.manifest.bytes} bytes`;
    return refuse(DATA_FILE, `${bytes} bytes`, expected);
  }
  const needsHash = hashed || sized.length > 1;
  const sha256 = needsHash ? sha256OfFile(dataPath) : '';
  const chosen = needsHash ? sized.find((c) => c.manifest.sha256 === sha256) : sized[0];
  if (!chosen) return refuse(DATA_FILE, `sha256 ${sha256}`, sized[0]!.manifest.sha256);
  const interrupted = promised.length > 1 || chosen.staged;
  return { folder, dataPath, manifest: chosen.manifest, identity, interrupted };
}

/**
 * Finds the manifest of what a partition holds now, old or new, whatever a writer is doing.
 * @param hashed whether the data file's bytes are compared with the manifest, not only its length.
 * @throws DataError PARTITION_MISSING when nothing was published, PARTITION_DAMAGED when files do
 * not belong together.
 */
export function resolvePartition(
  lake: string,
  ref: PartitionRef,
  hashed: boolean,
): ResolvedPartition {
  const folder = partitionFolder(lake, ref);
  const name = `${datasetName(ref)} ${ref.symbol} ${ref.dt}`;
  for (let tries = 1; ; tries++) {
    try {
      return resolveOnce(folder, name, hashed);
    } catch (error) {
      const moving = error instanceof DataError && error.code === 'PARTITION_DAMAGED';
      if (!moving || tries === RESOLVE_TRIES) throw error;
    }
  }
}

/**
 * The manifest of a published partition; the data file's length is compared, not its bytes.
 * @throws DataError PARTITION_MISSING, PARTITION_DAMAGED
 */
export function readManifest(lake: string, ref: PartitionRef): PartitionManifest {
  return resolvePartition(lake, ref, false).manifest;
}
