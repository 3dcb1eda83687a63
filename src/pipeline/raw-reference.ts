/**
 * What definitions and statistics say of futures contracts: ids, expiries, open interest.
 */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { columnsOf, INSTRUMENT_CLASS, type RecordRun, RTYPE } from '../dbn/index.ts';
import { openRecords } from '../feed/index.ts';
import {
  addDays,
  dateToUnixNs,
  nsToSessionDate,
  type Product,
  rawDefinitionFolder,
  rawTableFolder,
} from '../lake/index.ts';

/** Days that are looked back and ahead for definitions: contracts outlive this by far. */
const NEAR_DAYS = 45;
/** Code of databento/dbn `StatType`. */
const OPEN_INTEREST = 9;

/** Contracts of a root as the definitions have them. */
export interface ContractTerms {
  /** Last trading date by symbol, exchange time. */
  expiries: Map<string, string>;
  /** Symbol by instrument id, of the day asked for only. */
  names: Map<number, string>;
}

/** Reference files of a folder at any depth, by the date in their name. */
function filesByDate(folder: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  if (!existsSync(folder)) return found;
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const day = /(20\d{2})-?(\d{2})-?(\d{2})\D/.exec(basename(entry));
    if (!day || !/\.dbn(\.zst)?$/.test(entry) || basename(entry).startsWith('.')) continue;
    const dt = `${day[1]}-${day[2]}-${day[3]}`;
    found.set(dt, [...(found.get(dt) ?? []), join(folder, entry)]);
  }
  return found;
}

async function forEachRun(path: string, rtype: number, take: (run: RecordRun) => void) {
  const file = await openRecords(path);
  try {
    for (let run = file.next(); run; run = file.next()) if (run.rtype === rtype) take(run);
  } finally {
    file.close();
  }
}

function takeDefinitions(run: RecordRun, product: Product, dt: string, terms: ContractTerms) {
  const { raw_symbol, expiration, instrument_class, instrument_id } = columnsOf(run, {
    originNs: dateToUnixNs(dt),
    fields: ['raw_symbol', 'expiration', 'instrument_class', 'instrument_id'],
  }) as {
    raw_symbol: string[];
    expiration: Float64Array;
    instrument_class: Uint8Array;
    instrument_id: Uint32Array;
  };
  const future = INSTRUMENT_CLASS.FUTURE.charCodeAt(0);
  for (let i = 0; i < run.count; i++) {
    const symbol = raw_symbol[i]!;
    if (instrument_class[i] !== future || !symbol.startsWith(product.root)) continue;
    terms.expiries.set(symbol, nsToSessionDate(dt, expiration[i]!, product.session.timeZone));
    terms.names.set(instrument_id[i]!, symbol);
  }
}

/** Dates with definitions, the nearest to `dt` first, an earlier one before a later one. */
function datesNear(files: ReadonlyMap<string, unknown>, dt: string): string[] {
  const dates: string[] = [];
  for (let days = 0; days <= NEAR_DAYS; days++) {
    for (const date of new Set([addDays(dt, -days), addDays(dt, days)])) {
      if (files.has(date)) dates.push(date);
    }
  }
  return dates;
}

/**
 * Contracts of a root by the definitions of the date, or of the nearest date that has some.
 * @throws DataError, OperatingError naming a file that cannot be read.
 */
export async function contractTerms(
  lake: string,
  product: Product,
  dt: string,
): Promise<ContractTerms> {
  const files = filesByDate(rawDefinitionFolder(lake, 'glbx'));
  for (const date of datesNear(files, dt)) {
    const terms: ContractTerms = { expiries: new Map(), names: new Map() };
    for (const path of files.get(date) ?? []) {
      await forEachRun(path, RTYPE.DEFINITION, (run) => takeDefinitions(run, product, dt, terms));
    }
    if (date !== dt) terms.names.clear();
    if (terms.expiries.size > 0) return terms;
  }
  return { expiries: new Map(), names: new Map() };
}

/** Open interest by instrument id of a date's statistics; empty when there are none. */
export async function openInterestById(
  lake: string,
  product: Product,
  dt: string,
): Promise<Map<number, number>> {
  const folder = rawTableFolder(lake, 'future_mbo', product.root, 'statistics');
  const found = new Map<number, number>();
  for (const path of filesByDate(folder).get(dt) ?? []) {
    await forEachRun(path, RTYPE.STATISTICS, (run) => {
      const { instrument_id, stat_type, quantity } = columnsOf(run, {
        fields: ['instrument_id', 'stat_type', 'quantity'],
      });
      for (let i = 0; i < run.count; i++) {
        if (stat_type?.[i] !== OPEN_INTEREST) continue;
        found.set(Number(instrument_id?.[i]), Number(quantity?.[i]));
      }
    });
  }
  return found;
}
