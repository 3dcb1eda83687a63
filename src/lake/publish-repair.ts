/**
 * What a publication that stopped half-way left behind, and how it is put right: forward when the
 * new data is in its place, else back. Every step may itself be interrupted and done again.
 */
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { syncFolder, writeFileAtomic } from './atomic-file.ts';
import { DATA_FILE, MANIFEST_FILE, parseManifest, SUCCESS_FILE } from './manifest.ts';
import {
  namesIn,
  promisedHashes,
  promiseOf,
  readIfThere,
  STAGED_MANIFEST,
  STAGED_SUCCESS,
  sha256Of,
  sha256OfFile,
} from './partition-files.ts';
import { PartitionLock } from './partition-lock.ts';
import { type PartitionRef, partitionFolder } from './partition-ref.ts';

/** Where the lock of a partition lies: beside its folder, hidden. */
export function partitionLockPath(folder: string): string {
  const at = folder.lastIndexOf('/') + 1;
  return `${folder.slice(0, at)}.${folder.slice(at)}.lock`;
}

/** Names in a partition's folder that only a publication under way, or a dead one, leaves. */
export function isLeftover(name: string): boolean {
  if (name === STAGED_MANIFEST || name === STAGED_SUCCESS) return true;
  return name.startsWith('.') && name.endsWith('.tmp');
}

/** Writes `_SUCCESS`: the manifests that it promises, a line each. */
export function writeSuccess(folder: string, promised: readonly string[]): void {
  const text = promised.map(promiseOf).join('');
  writeFileAtomic(join(folder, SUCCESS_FILE), [Buffer.from(text)]);
}

/** Gives the staged manifest and `_SUCCESS` their names. */
export function finishPublication(folder: string, manifestSha256: string): void {
  const staged = join(folder, STAGED_MANIFEST);
  if (readIfThere(staged) !== null) renameSync(staged, join(folder, MANIFEST_FILE));
  syncFolder(folder);
  writeStagedSuccess(folder, manifestSha256);
}

function writeStagedSuccess(folder: string, manifestSha256: string): void {
  const staged = join(folder, STAGED_SUCCESS);
  if (readIfThere(staged) === promiseOf(manifestSha256)) {
    renameSync(staged, join(folder, SUCCESS_FILE));
    syncFolder(folder);
  } else {
    writeSuccess(folder, [manifestSha256]);
  }
}

/** Whether the data in its place is what the staged manifest says. */
function isStagedDataThere(folder: string): string | null {
  const text = readIfThere(join(folder, STAGED_MANIFEST));
  const data = join(folder, DATA_FILE);
  if (text === null || !namesIn(folder).includes(DATA_FILE)) return null;
  try {
    const { sha256 } = parseManifest(text, folder);
    return sha256 === sha256OfFile(data) ? sha256Of(text) : null;
  } catch {
    return null;
  }
}

/**
 * Puts a partition's folder right; the caller holds its lock.
 * @returns names of what was found and done, none when there was nothing to do.
 */
export function repairFolder(folder: string): string[] {
  const found = namesIn(folder).filter(isLeftover);
  const promised = promisedHashes(folder);
  const manifest = readIfThere(join(folder, MANIFEST_FILE));
  const forward = promised && isStagedDataThere(folder);
  if (forward && promised.includes(forward)) {
    finishPublication(folder, forward);
  } else if (promised && promised.length > 1 && manifest !== null) {
    // Either the old manifest, before the data was replaced, or the new one, after it was.
    if (promised.includes(sha256Of(manifest))) writeSuccess(folder, [sha256Of(manifest)]);
    found.push(SUCCESS_FILE);
  }
  for (const name of namesIn(folder).filter(isLeftover)) rmSync(join(folder, name));
  if (found.length > 0) syncFolder(folder);
  return found;
}

/** Whether a publication may have stopped half-way, or be under way: looks and writes nothing. */
function isUnsettled(folder: string): boolean {
  if (namesIn(folder).some(isLeftover) || readIfThere(partitionLockPath(folder)) !== null)
    return true;
  return (promisedHashes(folder)?.length ?? 0) > 1;
}

/**
 * Ends or undoes a publication that was interrupted. What readers see stays as it is.
 * @returns names of the files that were left over.
 * @throws OperatingError PARTITION_BUSY when another process is publishing.
 */
export function repairPartition(lake: string, ref: PartitionRef): string[] {
  const folder = partitionFolder(lake, ref);
  if (!isUnsettled(folder)) return [];
  const lock = PartitionLock.take(partitionLockPath(folder));
  try {
    return repairFolder(folder);
  } finally {
    lock.release();
  }
}
