/**
 * What raw days a lake holds: files are found at any depth, for the vendor's jobs arrive as
 * folders.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DataError, OperatingError } from '../core/index.ts';
import {
  checkSymbolSegment,
  PRODUCT_TYPES,
  type ProductType,
  rawSourceFolder,
  rawTableFolder,
  recordsTableOf,
  SYNTHETIC_MARKER,
} from './raw-paths.ts';
import { parseDate } from './session-time.ts';

/**
 * Files below one raw table that are looked at; more than this is a folder that is no raw table.
 */
const MAX_FILES_PER_TABLE = 200_000;
/** Depth of folders below a raw table. */
const MAX_DEPTH = 16;
/** Dates named in a DATE_NOT_FOUND message. */
const MAX_DATES_NAMED = 12;

/** How a raw file is stored; in order of preference when several hold the same content. */
export const RAW_FORMATS = ['dbn', 'dbn.zst', 'parquet'] as const;
/** One of `RAW_FORMATS`. */
export type RawFormat = (typeof RAW_FORMATS)[number];

/** A raw file of one day. */
export interface RawDay {
  productType: ProductType;
  /** Name of the lake's symbol folder: a root or a ticker. */
  root: string;
  /** UTC date that the file covers, YYYY-MM-DD. */
  dt: string;
  path: string;
  format: RawFormat;
  /** File size. */
  bytes: number;
  /** Written by the synthetic market. */
  synthetic: boolean;
}

/** A root or ticker of the lake and the days it has. */
export interface LakeSession {
  productType: ProductType;
  root: string;
  /** YYYY-MM-DD, ascending. */
  dates: string[];
  synthetic: boolean;
}

const DAY_FILE = /(?:^|\D)(20\d{2})-?(\d{2})-?(\d{2})(?:\D|$)/;
const SCHEMA_PART = /\.(mbo|cmbp-1|statistics|definition|mbp-10|mbp-1|tbbo|trades)(?:\.|$)/;

function formatOf(name: string): RawFormat | null {
  return RAW_FORMATS.find((f) => name.endsWith(`.${f}`)) ?? null;
}

function dateOf(name: string): string | null {
  const d = DAY_FILE.exec(name);
  return d ? `${d[1]}-${d[2]}-${d[3]}` : null;
}

function holdsRecords(name: string, productType: ProductType): boolean {
  const schema = SCHEMA_PART.exec(name)?.[1];
  return !schema || schema === (recordsTableOf(productType) === 'cmbp_1' ? 'cmbp-1' : 'mbo');
}

function listFiles(folder: string, depth = 0, into: string[] = []): string[] {
  if (depth > MAX_DEPTH) return into;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const isFolder = entry.isSymbolicLink()
      ? statSync(path, { throwIfNoEntry: false })?.isDirectory()
      : entry.isDirectory();
    if (isFolder) listFiles(path, depth + 1, into);
    else into.push(path);
    if (into.length > MAX_FILES_PER_TABLE) {
      throw new OperatingError('FILE_READ', `${folder}: more than ${MAX_FILES_PER_TABLE} files`);
    }
  }
  return into;
}

function preferred(a: RawDay, b: RawDay): number {
  const format = RAW_FORMATS.indexOf(a.format) - RAW_FORMATS.indexOf(b.format);
  const depth = a.path.split('/').length - b.path.split('/').length;
  return a.dt.localeCompare(b.dt) || format || depth || a.path.localeCompare(b.path);
}

function daysIn(lake: string, productType: ProductType, root: string): RawDay[] {
  const folder = rawTableFolder(lake, productType, root);
  if (!existsSync(folder)) return [];
  const synthetic = existsSync(join(folder, SYNTHETIC_MARKER));
  const days: RawDay[] = [];
  for (const path of listFiles(folder)) {
    const name = basename(path);
    const dt = dateOf(name);
    const format = formatOf(name);
    if (name.startsWith('.') || !dt || !format || !holdsRecords(name, productType)) continue;
    const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    days.push({ productType, root, dt, path, format, bytes, synthetic });
  }
  return days.sort(preferred);
}

/** Roots or tickers of a product type that have a folder in the lake, ascending. */
export function rawRoots(lake: string, productType: ProductType): string[] {
  const folder = join(rawSourceFolder(lake), `product_type=${productType}`);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.startsWith('symbol='))
    .map((name) => name.slice('symbol='.length))
    .filter((root) => existsSync(rawTableFolder(lake, productType, root)))
    .sort();
}

function rootFolderOf(lake: string, productType: ProductType, symbol: string): string {
  const roots = rawRoots(lake, productType);
  const isFuture = productType.startsWith('future');
  const shortest = isFuture ? 1 : symbol.length;
  for (let n = symbol.length; n >= shortest; n--) {
    const prefix = symbol.slice(0, n);
    if (roots.includes(prefix)) return prefix;
  }
  throw new DataError('SYMBOL_NOT_FOUND', `no raw data for ${symbol} in the lake`, {
    file: join(rawSourceFolder(lake), `product_type=${productType}`),
    found: roots.length > 0 ? roots.join(' ') : 'nothing',
    expected: `a folder symbol=ROOT; write one with \`spymaster synth\` or copy files there`,
  });
}

/** All raw day files of a root or of the root of a contract, by date, best format first. */
export function findRawDays(lake: string, productType: ProductType, symbol: string): RawDay[] {
  const root = rootFolderOf(lake, productType, checkSymbolSegment(symbol));
  return daysIn(lake, productType, root);
}

/**
 * The raw file of one day. An uncompressed file is preferred to a compressed one; Parquet is the
 * fallback.
 * @param symbol a root, a contract of it (the lake's folder is the longest prefix there is) or a
 * ticker.
 * @throws DataError SYMBOL_NOT_FOUND naming the roots there are, DATE_NOT_FOUND naming the dates
 * there are.
 */
export function findRawDay(
  lake: string,
  productType: ProductType,
  symbol: string,
  dt: string,
): RawDay {
  const days = findRawDays(lake, productType, symbol);
  const day = days.find((d) => d.dt === parseDate(dt));
  if (day) return day;
  const dates = [...new Set(days.map((d) => d.dt))];
  const more = dates.length - MAX_DATES_NAMED;
  const named = dates.slice(-MAX_DATES_NAMED).join(' ') + (more > 0 ? ` and ${more} earlier` : '');
  throw new DataError('DATE_NOT_FOUND', `no ${productType} data of ${symbol} for ${dt}`, {
    file: rawTableFolder(lake, productType, days[0]?.root ?? checkSymbolSegment(symbol)),
    found: named || 'no day file',
    expected: `a file with ${dt.replaceAll('-', '')} in its name`,
  });
}

/** Everything that can be streamed from a lake: roots and tickers with their dates. */
export function listSessions(lake: string): LakeSession[] {
  const sessions: LakeSession[] = [];
  for (const productType of PRODUCT_TYPES) {
    for (const root of rawRoots(lake, productType)) {
      const days = daysIn(lake, productType, root);
      const dates = [...new Set(days.map((d) => d.dt))];
      sessions.push({ productType, root, dates, synthetic: days[0]?.synthetic ?? false });
    }
  }
  return sessions;
}
