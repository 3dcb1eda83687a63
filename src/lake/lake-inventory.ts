/**
 * What a lake holds: published partitions with their manifests, and raw files as they lie there.
 */
import { type Dirent, existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import { isKnownError, OperatingError } from '../core/index.ts';
import { DATA_FILE, type PartitionManifest } from './manifest.ts';
import { readManifest } from './partition-files.ts';
import { LAYERS, type Layer, type PartitionRef, partitionFolder } from './partition-ref.ts';
import { RAW_FORMATS, type RawFormat } from './raw-days.ts';
import { PRODUCT_TYPES, type ProductType, rawSourceFolder } from './raw-paths.ts';

/** Files below `raw` that are looked at; more than this is a folder that is no lake. */
const MAX_RAW_FILES = 1_000_000;
/** Depth of folders below `raw`. */
const MAX_RAW_DEPTH = 24;

/** Which partitions are wanted; what is not given does not matter. */
export interface PartitionFilter {
  layers?: readonly Layer[];
  productTypes?: readonly ProductType[];
  table?: string;
  symbol?: (symbol: string) => boolean;
  dt?: (dt: string) => boolean;
}

/** A partition's folder and what it says of itself. */
export interface PartitionEntry {
  ref: PartitionRef;
  /** `incomplete`: nothing was published yet. `damaged`: its files do not belong together. */
  state: 'complete' | 'incomplete' | 'damaged';
  /** Why it is not complete; empty when it is. */
  why: string;
  dataPath: string;
  /** Null unless complete. */
  manifest: PartitionManifest | null;
}

function valuesIn(folder: string, key: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name.startsWith(`${key}=`))
    .map((entry) => entry.name.slice(key.length + 1))
    .sort();
}

function entryOf(lake: string, ref: PartitionRef): PartitionEntry {
  const dataPath = join(partitionFolder(lake, ref), DATA_FILE);
  try {
    return { ref, state: 'complete', why: '', dataPath, manifest: readManifest(lake, ref) };
  } catch (error) {
    if (!isKnownError(error)) throw error;
    const state = error.code === 'PARTITION_MISSING' ? 'incomplete' : 'damaged';
    return { ref, state, why: error.message, dataPath, manifest: null };
  }
}

function* refsOf(
  lake: string,
  layer: Layer,
  productType: ProductType,
  filter: PartitionFilter,
): Generator<PartitionRef> {
  const top = join(lake, layer, `product_type=${productType}`);
  for (const symbol of valuesIn(top, 'symbol')) {
    if (filter.symbol && !filter.symbol(symbol)) continue;
    const tables = join(top, `symbol=${symbol}`);
    for (const table of valuesIn(tables, 'table')) {
      if (filter.table !== undefined && filter.table !== table) continue;
      for (const dt of valuesIn(join(tables, `table=${table}`), 'dt')) {
        const isDate = /^\d{4}-\d{2}-\d{2}$/.test(dt);
        if (isDate && (filter.dt?.(dt) ?? true)) yield { layer, productType, symbol, table, dt };
      }
    }
  }
}

/** Partitions by layer, product type, symbol, table and date; data files are not opened. */
export function listPartitions(lake: string, filter: PartitionFilter = {}): PartitionEntry[] {
  const entries: PartitionEntry[] = [];
  for (const layer of filter.layers ?? LAYERS) {
    for (const productType of filter.productTypes ?? PRODUCT_TYPES) {
      for (const ref of refsOf(lake, layer, productType, filter)) entries.push(entryOf(lake, ref));
    }
  }
  return entries;
}

/** A raw file and what its place and name say. */
export interface RawHolding {
  /** `market_by_order_dbn`, `cmbp_1`, `statistics`, … or `definition`. */
  table: string;
  /** Null for definitions. */
  productType: string | null;
  /** Root or ticker; the venue of definitions. */
  symbol: string;
  /** UTC date in its path, YYYY-MM-DD; null when there is none. */
  dt: string | null;
  format: RawFormat;
  /** File size. */
  bytes: number;
  path: string;
}

const DATE = /(?:^|\D)(20\d{2})-?(\d{2})-?(\d{2})(?=\D|$)/;

function partOf(path: string, key: string): string | null {
  const part = path.split(sep).find((name) => name.startsWith(`${key}=`));
  return part === undefined ? null : part.slice(key.length + 1);
}

function holdingOf(root: string, path: string): RawHolding | null {
  const name = basename(path);
  const format = RAW_FORMATS.find((f) => name.endsWith(`.${f}`));
  if (!format || name.startsWith('.')) return null;
  const inside = relative(root, path);
  const date = DATE.exec(name) ?? DATE.exec(inside);
  return {
    table: partOf(inside, 'table') ?? partOf(inside, 'dataset') ?? 'unknown',
    productType: partOf(inside, 'product_type'),
    symbol: partOf(inside, 'symbol') ?? partOf(inside, 'venue') ?? '',
    dt: date ? `${date[1]}-${date[2]}-${date[3]}` : null,
    format,
    bytes: statSync(path, { throwIfNoEntry: false })?.size ?? 0,
    path,
  };
}

function isFolder(entry: Dirent, path: string): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function filesBelow(folder: string, depth: number, into: string[]): string[] {
  if (depth > MAX_RAW_DEPTH || !existsSync(folder)) return into;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (isFolder(entry, path)) filesBelow(path, depth + 1, into);
    else into.push(path);
    if (into.length > MAX_RAW_FILES) {
      throw new OperatingError('FILE_READ', `${folder}: more than ${MAX_RAW_FILES} files`);
    }
  }
  return into;
}

/** Raw files of the vendor below a lake, whatever their folder: by table, symbol, date and path. */
export function listRawHoldings(lake: string): RawHolding[] {
  const root = rawSourceFolder(lake);
  const order = (h: RawHolding) =>
    [h.productType ?? '', h.table, h.symbol, h.dt ?? '', h.path].join('\0');
  return filesBelow(root, 0, [])
    .map((path) => holdingOf(root, path))
    .filter((holding) => holding !== null)
    .sort((a, b) => (order(a) < order(b) ? -1 : 1));
}
