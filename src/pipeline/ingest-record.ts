/**
 * What an ingest published for a root and day: bronze has one partition a contract, and only the
 * record says which they all are, or that there was nothing to publish. It is written when the
 * ingest has ended and removed before the next begins. It lies outside the partitions, in
 * `.runner/ingests`: a lake that lost it makes the same bytes again.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  checkSymbolSegment,
  type Lineage,
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

/** That a day had nothing to publish: no manifest tells why, and of what. */
export interface EmptyIngest {
  /** In words. */
  why: string;
  lineage: Lineage;
}

interface IngestRecord {
  partitions: PartitionRef[];
  empty?: EmptyIngest;
}

function pathOf({ lake, productType, symbol, dt }: IngestKey): string {
  const folder = join(lake, '.runner', 'ingests', productType, checkSymbolSegment(symbol));
  return join(folder, `${checkSymbolSegment(dt)}.json`);
}

function write(key: IngestKey, record: IngestRecord): void {
  const path = pathOf(key);
  mkdirSync(dirname(path), { recursive: true });
  const json = JSON.stringify(record, null, 2);
  writeFileAtomic(path, [new TextEncoder().encode(`${json}\n`)]);
}

/** Notes that an ingest has ended and what it published. */
export function writeIngestRecord(key: IngestKey, published: PartitionRef[]): void {
  write(key, { partitions: published });
}

/** Notes that an ingest has ended and had nothing to publish. */
export function writeEmptyIngest(key: IngestKey, empty: EmptyIngest): void {
  write(key, { partitions: [], empty });
}

/** Forgets an ingest: from here on it has not ended. */
export function removeIngestRecord(key: IngestKey): void {
  rmSync(pathOf(key), { force: true });
}

function read(key: IngestKey): IngestRecord | null {
  try {
    const record = JSON.parse(readFileSync(pathOf(key), 'utf8')) as IngestRecord;
    const told = Array.isArray(record.partitions) && (record.partitions.length > 0 || record.empty);
    return told ? record : null;
  } catch {
    return null;
  }
}

/** Partitions that an ingest published; null when it has not ended. */
export function ingestedPartitions(key: IngestKey): PartitionRef[] | null {
  return read(key)?.partitions ?? null;
}

/** Why an ingest that has ended had nothing to publish; null when it had, or has not ended. */
export function emptyIngest(key: IngestKey): EmptyIngest | null {
  return read(key)?.empty ?? null;
}
