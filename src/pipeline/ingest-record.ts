/**
 * What an ingest published for a root and day: bronze has one partition a contract, and only the
 * record says which they all are. It is written when the ingest has ended and removed before the
 * next begins. It lies outside the partitions, in `.runner/ingests`: a lake that lost it makes the
 * same bytes again.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  checkSymbolSegment,
  type PartitionRef,
  type ProductType,
  writeFileAtomic,
} from '../lake/index.ts';

/** An ingest: a root or ticker and a day. */
export interface IngestKey {
  lake: string;
  productType: ProductType;
  /** Root or ticker. */
  symbol: string;
  dt: string;
}

function pathOf({ lake, productType, symbol, dt }: IngestKey): string {
  const folder = join(lake, '.runner', 'ingests', productType, checkSymbolSegment(symbol));
  return join(folder, `${checkSymbolSegment(dt)}.json`);
}

/** Notes that an ingest has ended and what it published. */
export function writeIngestRecord(key: IngestKey, published: readonly PartitionRef[]): void {
  const path = pathOf(key);
  mkdirSync(dirname(path), { recursive: true });
  const json = JSON.stringify({ partitions: published }, null, 2);
  writeFileAtomic(path, [new TextEncoder().encode(`${json}\n`)]);
}

/** Forgets an ingest: from here on it has not ended. */
export function removeIngestRecord(key: IngestKey): void {
  rmSync(pathOf(key), { force: true });
}

/** Partitions that an ingest published; null when it has not ended. */
export function ingestedPartitions(key: IngestKey): PartitionRef[] | null {
  try {
    const { partitions } = JSON.parse(readFileSync(pathOf(key), 'utf8'));
    return Array.isArray(partitions) && partitions.length > 0 ? partitions : null;
  } catch {
    return null;
  }
}
