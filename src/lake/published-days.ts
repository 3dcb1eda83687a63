import { access, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SUCCESS_FILE } from './manifest.ts';
import { type PartitionRef, partitionFolder, type TableRef } from './partition-ref.ts';

async function valuesIn(folder: string, key: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => name.startsWith(`${key}=`))
    .map((name) => name.slice(key.length + 1))
    .sort();
}

async function isPublished(lake: string, ref: PartitionRef): Promise<boolean> {
  const path = join(partitionFolder(lake, ref), SUCCESS_FILE);
  return access(path).then(
    () => true,
    () => false,
  );
}

/**
 * Symbols and dates of a table that were published, by symbol and date; whether they are whole is
 * not looked at. Reads folders only and leaves the thread to others meanwhile.
 */
export async function listPublishedDays(
  lake: string,
  table: TableRef,
): Promise<{ symbol: string; dt: string }[]> {
  const days: { symbol: string; dt: string }[] = [];
  const top = join(lake, table.layer, `product_type=${table.productType}`);
  for (const symbol of await valuesIn(top, 'symbol')) {
    const any = { ...table, symbol, dt: '2000-01-01' };
    for (const dt of await valuesIn(dirname(partitionFolder(lake, any)), 'dt')) {
      const isDate = /^\d{4}-\d{2}-\d{2}$/.test(dt);
      if (isDate && (await isPublished(lake, { ...any, dt }))) days.push({ symbol, dt });
    }
  }
  return days;
}
