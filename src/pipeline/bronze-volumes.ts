/**
 * Traded volume by contract of a day, from its bronze: two columns of each partition are read.
 */
import { join } from 'node:path';
import {
  connectDuckDb,
  listPartitions,
  loadDuckDb,
  type PartitionRef,
  partitionFolder,
  readManifest,
  sqlText,
} from '../lake/index.ts';
import { contractMonth } from './contract-expiry.ts';
import type { BronzeVolumes } from './contract-facts.ts';
import { ingestedPartitions } from './ingest-record.ts';

async function volumeOf(path: string): Promise<number> {
  const connection = await connectDuckDb(await loadDuckDb());
  try {
    const result = await connection.runAndReadAll(
      `SELECT coalesce(sum(size), 0) FROM read_parquet(${sqlText(path)}) WHERE action = 'T'`,
    );
    return Number(result.getRows()[0]?.[0]);
  } finally {
    connection.closeSync();
  }
}

function areThere(lake: string, refs: readonly PartitionRef[]): boolean {
  try {
    for (const ref of refs) readManifest(lake, ref);
    return true;
  } catch {
    return false;
  }
}

/** Every partition of the root's contracts that lies there, when no raw file can tell more. */
function lonePartitions(lake: string, root: string, dt: string): PartitionRef[] | null {
  const entries = listPartitions(lake, {
    layers: ['bronze'],
    productTypes: ['future_mbo'],
    symbol: (symbol) => contractMonth(symbol, root, dt) !== null,
    dt: (day) => day === dt,
  });
  const refs = [...entries].filter((e) => e.state === 'complete').map((e) => e.ref);
  return refs.length > 0 ? refs : null;
}

/**
 * Volumes of a lake's bronze; null for a day whose ingest has not ended.
 */
export function bronzeVolumes(lake: string): BronzeVolumes {
  return async (product, dt, hasRaw) => {
    const key = { lake, productType: 'future_mbo', symbol: product.root, dt } as const;
    const refs =
      ingestedPartitions(key) ?? (hasRaw ? null : lonePartitions(lake, product.root, dt));
    if (!refs || !areThere(lake, refs)) return null;
    const volumes = new Map<string, number>();
    for (const ref of refs) {
      const path = join(partitionFolder(lake, ref), 'part-00000.parquet');
      volumes.set(ref.symbol, await volumeOf(path));
    }
    return volumes;
  };
}
