/**
 * Verifies every partition of a lake, and what lies between them.
 */
import { statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { listPartitions, type PartitionFilter } from './lake-inventory.ts';
import { namesIn } from './partition-files.ts';
import { lockHolder } from './partition-lock.ts';
import { LAYERS } from './partition-ref.ts';
import { checkSymbolSegment, PRODUCT_TYPES } from './raw-paths.ts';
import { parseDate } from './session-time.ts';
import {
  FINDINGS,
  type Finding,
  type FindingName,
  type HashMemory,
  type VerifiedPartition,
  type VerifyOptions,
  verifyPartition,
} from './verify-partition.ts';

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function isValid(check: (text: string) => unknown, text: string): boolean {
  try {
    check(text);
    return true;
  } catch {
    return false;
  }
}

/** Walks `name=value` folders and notes what is none. */
class LakeWalk {
  readonly findings: Finding[] = [];
  private readonly lake: string;

  constructor(lake: string) {
    this.lake = lake;
  }

  walk(): Finding[] {
    for (const layer of LAYERS) {
      this.each(join(this.lake, layer), 'product_type', isProductType, (inType) => {
        this.each(inType, 'symbol', isSymbol, (inSymbol) => {
          this.each(inSymbol, 'table', isSymbol, (inTable) => {
            this.each(inTable, 'dt', isDate, () => {});
          });
        });
      });
    }
    return this.findings;
  }

  private each(
    folder: string,
    name: string,
    valid: (value: string) => boolean,
    visit: (path: string) => void,
  ): void {
    const prefix = `${name}=`;
    for (const entry of namesIn(folder)) {
      const path = join(folder, entry);
      const value = entry.slice(prefix.length);
      if (entry.startsWith(prefix) && valid(value) && isFolder(path)) visit(path);
      else this.judge(path, entry);
    }
  }

  private judge(path: string, entry: string): void {
    // The lock of a partition that is there is judged with it.
    const [, partition, aside] = /^\.(dt=.*)\.lock(\.dead-.*)?$/.exec(entry) ?? [];
    if (!partition) {
      this.add('foreign_file', path, 'not a folder of a table');
    } else if (aside || !isFolder(join(path, '..', partition))) {
      if (!lockHolder(path)?.alive) this.add('dead_lock', path, 'its process died');
    }
  }

  private add(name: FindingName, path: string, why: string): void {
    const inside = relative(this.lake, path);
    this.findings.push({ name, severity: FINDINGS[name], path: inside, why });
  }
}

function isProductType(text: string): boolean {
  return (PRODUCT_TYPES as readonly string[]).includes(text);
}

function isSymbol(text: string): boolean {
  return isValid(checkSymbolSegment, text);
}

function isDate(text: string): boolean {
  return isValid(parseDate, text);
}

/**
 * What lies in a lake's layers and is no partition's: foreign files and folders, locks of dead
 * writers.
 */
export function findForeign(lake: string): Finding[] {
  return new LakeWalk(lake).walk();
}

/**
 * Verifies the partitions of a lake one after another, published or not; what lies between them
 * tells `findForeign`.
 */
export async function* verifyLake(
  lake: string,
  filter: PartitionFilter = {},
  options: VerifyOptions = { full: true },
): AsyncGenerator<VerifiedPartition> {
  const hashes: HashMemory = new Map();
  for (const { ref } of listPartitions(lake, filter)) {
    yield await verifyPartition(lake, ref, options, hashes);
  }
}
