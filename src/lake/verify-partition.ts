/**
 * Whether a published partition is what its manifest says, file by file; every damage by name.
 */
import { join, relative } from 'node:path';
import { DataError, isKnownError } from '../core/index.ts';
import { loadContract } from './contract-file.ts';
import {
  DATA_FILE,
  type LineageInput,
  MANIFEST_FILE,
  type PartitionManifest,
  SUCCESS_FILE,
} from './manifest.ts';
import { connectDuckDb, loadDuckDb } from './parquet-database.ts';
import {
  fileIdentity,
  namesIn,
  parsePromises,
  promisedManifests,
  readIfThere,
  readManifest,
  STAGED_MANIFEST,
  sha256Of,
  sha256OfFile,
} from './partition-files.ts';
import { lockHolder } from './partition-lock.ts';
import { datasetName, type PartitionRef, parseDataset, partitionFolder } from './partition-ref.ts';
import { isLeftover, partitionLockPath } from './publish-repair.ts';
import type { TableContract } from './table-contract.ts';
import { contentHash } from './table-hash.ts';
import { readContent } from './table-scan.ts';

/** What can be wrong with a partition, and how bad it is. */
export const FINDINGS = {
  not_published: 'damage',
  success_damaged: 'damage',
  manifest_missing: 'damage',
  manifest_damaged: 'damage',
  manifest_misplaced: 'damage',
  data_missing: 'damage',
  data_truncated: 'damage',
  data_damaged: 'damage',
  content_differs: 'damage',
  contract_broken: 'damage',
  contract_missing: 'damage',
  contract_changed: 'stale',
  input_changed: 'stale',
  input_gone: 'stale',
  input_damaged: 'damage',
  publish_interrupted: 'leftover',
  leftover_file: 'leftover',
  dead_lock: 'leftover',
  foreign_file: 'foreign',
} as const;
/** Name of a finding. */
export type FindingName = keyof typeof FINDINGS;

/** Something that is wrong. */
export interface Finding {
  name: FindingName;
  /**
   * `damage`: the partition cannot be trusted. `stale`: whole, but not what it would be now.
   * `leftover`: of a publication that was interrupted; the next one puts it away. `foreign`: not
   * of this lake.
   */
  severity: (typeof FINDINGS)[FindingName];
  /** Path within the lake. */
  path: string;
  /** What was found and expected. */
  why: string;
}

/** A partition that was looked at. */
export interface VerifiedPartition {
  ref: PartitionRef;
  rows: number;
  bytes: number;
  findings: Finding[];
}

/** How thoroughly. */
export interface VerifyOptions {
  /**
   * Reads and hashes every byte, and every value against the contract; else only files, lengths
   * and lineage.
   */
  full: boolean;
  /** Where contracts lie; those of this package by default. */
  contracts?: string;
}

/** Hashes that were taken already, by path: raw files are inputs of many partitions. */
export type HashMemory = Map<string, string>;

/** Makes findings of one partition. */
class PartitionVerifier {
  readonly findings: Finding[] = [];
  private readonly lake: string;
  private readonly ref: PartitionRef;
  private readonly folder: string;
  private readonly options: VerifyOptions;
  private readonly hashes: HashMemory;

  constructor(lake: string, ref: PartitionRef, options: VerifyOptions, hashes: HashMemory) {
    this.lake = lake;
    this.ref = ref;
    this.folder = partitionFolder(lake, ref);
    this.options = options;
    this.hashes = hashes;
  }

  async verify(): Promise<VerifiedPartition> {
    const manifest = this.checkFiles();
    if (manifest) {
      const intact = this.checkData(manifest);
      await this.checkContract(manifest, intact);
      for (const input of manifest.inputs) this.checkInput(input);
    }
    const { ref, findings } = this;
    return { ref, rows: manifest?.rows ?? 0, bytes: manifest?.bytes ?? 0, findings };
  }

  private add(name: FindingName, file: string, why: string): null {
    const path = relative(this.lake, join(this.folder, file));
    this.findings.push({ name, severity: FINDINGS[name], path, why });
    return null;
  }

  private checkFiles(): PartitionManifest | null {
    const names = namesIn(this.folder);
    const published = [DATA_FILE, MANIFEST_FILE, SUCCESS_FILE];
    const busy = this.checkLock();
    for (const name of names) {
      if (published.includes(name)) continue;
      if (!isLeftover(name)) this.add('foreign_file', name, 'not a file of a partition');
      else if (!busy) this.add('leftover_file', name, 'left by a publication that was interrupted');
    }
    const success = readIfThere(join(this.folder, SUCCESS_FILE));
    if (success === null) {
      return busy ? null : this.add('not_published', SUCCESS_FILE, 'it is not there');
    }
    const promised = parsePromises(success);
    if (!promised) return this.add('success_damaged', SUCCESS_FILE, 'its bytes changed');
    if (promised.length > 1 && !busy) {
      const why = 'the data was being replaced; what is here is whole, the old or the new';
      this.add('publish_interrupted', SUCCESS_FILE, why);
    }
    return this.chooseManifest(promised);
  }

  private checkLock(): boolean {
    const path = partitionLockPath(this.folder);
    const holder = lockHolder(path);
    if (!holder) return false;
    if (holder.alive) return true;
    this.add('dead_lock', relative(this.folder, path), `${holder.text} died`);
    return false;
  }

  /** The manifest of the data that is there. */
  private chooseManifest(promised: readonly string[]): PartitionManifest | null {
    const text = readIfThere(join(this.folder, MANIFEST_FILE));
    const staged = readIfThere(join(this.folder, STAGED_MANIFEST));
    if (text === null && staged === null) {
      return this.add('manifest_missing', MANIFEST_FILE, 'it is not there');
    }
    if (text !== null && !promised.includes(sha256Of(text))) {
      const why = `sha256 ${sha256Of(text)}, ${SUCCESS_FILE} says ${promised.join(' or ')}`;
      return this.add('manifest_damaged', MANIFEST_FILE, why);
    }
    const found = promisedManifests(this.folder, promised).map((f) => f.manifest);
    const bytes = Number(fileIdentity(join(this.folder, DATA_FILE)).split(':')[2]);
    const sized = found.filter((m) => m.bytes === bytes);
    const chosen = sized.find((m) => m.sha256 === this.hashOf(DATA_FILE)) ?? found[0];
    return chosen ? this.checkPlace(chosen) : null;
  }

  /** A manifest copied from elsewhere is whole, but says so. */
  private checkPlace(manifest: PartitionManifest): PartitionManifest {
    const { ref } = this;
    const says = `${manifest.dataset} ${manifest.symbol} ${manifest.dt}`;
    const is = `${datasetName(ref)} ${ref.symbol} ${ref.dt}`;
    if (says !== is) this.add('manifest_misplaced', MANIFEST_FILE, `it is of ${says}`);
    return manifest;
  }

  private hashOf(file: string): string {
    const path = join(this.folder, file);
    const key = `${path} ${fileIdentity(path)}`;
    const hash = this.hashes.get(key) ?? sha256OfFile(path);
    this.hashes.set(key, hash);
    return hash;
  }

  private checkData(manifest: PartitionManifest): boolean {
    const identity = fileIdentity(join(this.folder, DATA_FILE));
    if (identity === 'none') {
      this.add('data_missing', DATA_FILE, 'it is not there');
      return false;
    }
    const bytes = Number(identity.split(':')[2]);
    if (bytes !== manifest.bytes) {
      this.add('data_truncated', DATA_FILE, `${bytes} bytes, the manifest says ${manifest.bytes}`);
      return false;
    }
    if (!this.options.full || this.hashOf(DATA_FILE) === manifest.sha256) return true;
    const why = `sha256 ${this.hashOf(DATA_FILE)}, the manifest says ${manifest.sha256}`;
    this.add('data_damaged', DATA_FILE, why);
    return false;
  }

  private async checkContract(manifest: PartitionManifest, intact: boolean): Promise<void> {
    let contract: TableContract;
    try {
      contract = loadContract(this.ref, this.options.contracts);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      this.add('contract_missing', MANIFEST_FILE, error.message);
      return;
    }
    if (contract.sha256 !== manifest.contractSha256) {
      this.add('contract_changed', MANIFEST_FILE, 'the contract is another now');
    }
    if (this.options.full && intact) await this.checkContent(manifest, contract);
  }

  private async checkContent(manifest: PartitionManifest, contract: TableContract): Promise<void> {
    const duck = await loadDuckDb();
    const connection = await connectDuckDb(duck);
    try {
      const path = join(this.folder, DATA_FILE);
      const { fields, key } = contract;
      const read = await readContent(connection, path, fields, key, datasetName(this.ref));
      const hash = contentHash(read.rows, read.hashes);
      if (read.rows !== manifest.rows || hash !== manifest.contentHash) {
        const why = `${read.rows} rows of hash ${hash}, the manifest says ${manifest.rows} of`;
        this.add('content_differs', DATA_FILE, `${why} ${manifest.contentHash}`);
      }
    } catch (error) {
      if (!isKnownError(error)) throw error;
      const name = error.code === 'CONTRACT' ? 'contract_broken' : 'data_damaged';
      this.add(name, DATA_FILE, error.message);
    } finally {
      connection.closeSync();
    }
  }

  private checkInput(input: LineageInput): void {
    if (input.role === 'partition') this.checkPartitionInput(input);
    else this.checkRawInput(input);
  }

  private checkPartitionInput(input: LineageInput & { role: 'partition' }): void {
    const name = `${input.dataset} ${input.symbol} ${input.dt}`;
    try {
      const ref = { ...parseDataset(input.dataset), symbol: input.symbol, dt: input.dt };
      if (readManifest(this.lake, ref).sha256 === input.sha256) return;
      this.add('input_changed', MANIFEST_FILE, `${name} was made anew`);
    } catch (error) {
      if (!isKnownError(error)) throw error;
      const gone = error.code === 'PARTITION_MISSING';
      const why = gone ? `${name} is gone` : `${name}: ${error.message}`;
      this.add(gone ? 'input_gone' : 'input_damaged', MANIFEST_FILE, why);
    }
  }

  private checkRawInput(input: LineageInput & { file: string }): void {
    const path = join(this.lake, input.file);
    const identity = fileIdentity(path);
    if (identity === 'none') {
      this.add('input_gone', MANIFEST_FILE, `${input.file} is gone`);
      return;
    }
    const same = Number(identity.split(':')[2]) === input.bytes;
    if (same && (!this.options.full || this.rawHash(path, identity) === input.sha256)) return;
    this.add('input_changed', MANIFEST_FILE, `${input.file} changed`);
  }

  private rawHash(path: string, identity: string): string {
    const key = `${path} ${identity}`;
    const hash = this.hashes.get(key) ?? sha256OfFile(path);
    this.hashes.set(key, hash);
    return hash;
  }
}

/**
 * Verifies one partition: files, bytes, contract, lineage. A partition that is just being written
 * is judged by what readers see.
 * @param hashes shared by the partitions of one run.
 */
export function verifyPartition(
  lake: string,
  ref: PartitionRef,
  options: VerifyOptions = { full: true },
  hashes: HashMemory = new Map(),
): Promise<VerifiedPartition> {
  return new PartitionVerifier(lake, ref, options, hashes).verify();
}
