/**
 * Raw lakes of a few records for the tests of bronze.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import {
  compressZstdFrame,
  type DbnRecord,
  encodeMetadata,
  encodeRecord,
  initZstd,
  makeMetadata,
  RTYPE,
  type Schema,
} from '../../src/dbn/index.ts';
import {
  loadProducts,
  type ProductType,
  productOf,
  type RawTable,
  rawDefinitionFolder,
  rawTableFolder,
} from '../../src/lake/index.ts';
import type { StageTask } from '../../src/pipeline/index.ts';

/** The day of the fixtures. */
export const DT = '2026-01-05';
/** Its 00:00 UTC. */
export const ORIGIN_NS = 1_767_571_200_000_000_000n;

/** A folder that goes with the test file. */
export function temporaryLake(): string {
  const folder = mkdtempSync(join(tmpdir(), 'spymaster-bronze-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A task of a root or ticker. */
export function taskOf(lake: string, productType: ProductType, symbol: string): StageTask {
  const product = productOf(loadProducts(), symbol);
  return { lake, productType, symbol, dt: DT, product, session: 'regular' };
}

/** An MBO record; `at` in ns of the day. */
export function mbo(instrumentId: number, at: number, fields: Partial<DbnRecord> = {}): DbnRecord {
  return {
    rtype: RTYPE.MBO,
    publisher_id: 1,
    instrument_id: instrumentId,
    ts_event: ORIGIN_NS + BigInt(at) - 1000n,
    ts_recv: ORIGIN_NS + BigInt(at),
    order_id: BigInt(at) + (1n << 60n),
    price: 6_000_250_000_000n,
    size: 3,
    flags: 0x80,
    channel_id: 7,
    action: 'A',
    side: 'B',
    ts_in_delta: -12,
    sequence: 99,
    ...fields,
  };
}

/** A file's form. */
export interface FileForm {
  schema: Schema | null;
  records: readonly DbnRecord[];
  /** Instrument ids by symbol, for the header. */
  symbols?: Record<string, number>;
  compressed?: boolean;
  version?: 1 | 2 | 3;
  dataset?: string;
  /** Bytes taken off the end of the decompressed stream. */
  cut?: number;
}

/** The bytes of a file. */
export async function fileBytes(form: FileForm): Promise<Uint8Array> {
  const { schema, records, symbols = {}, version = 3, dataset = 'GLBX.MDP3' } = form;
  const mappings = Object.entries(symbols).map(([rawSymbol, id]) => ({
    rawSymbol,
    intervals: [{ startDate: 20260105, endDate: 20260106, symbol: String(id) }],
  }));
  const header = encodeMetadata(makeMetadata({ version, dataset, schema, mappings }));
  const parts = [header, ...records.map((r) => encodeRecord(r, version))];
  const bytes = new Uint8Array(Buffer.concat(parts)).subarray(0, -(form.cut ?? 0) || undefined);
  if (!form.compressed) return bytes;
  await initZstd();
  return compressZstdFrame(bytes);
}

/** Writes a raw day file; `name` may have folders. */
export async function writeRaw(
  lake: string,
  where: { productType: ProductType; symbol: string; name: string; table?: RawTable },
  form: FileForm,
): Promise<string> {
  const folder = rawTableFolder(lake, where.productType, where.symbol, where.table);
  return write(join(folder, where.name), await fileBytes(form));
}

/** Writes a file of definitions. */
export async function writeDefinitions(
  lake: string,
  venue: 'glbx' | 'xnas' | 'opra',
  records: readonly DbnRecord[],
  name = 'glbx-mdp3-20260105.definition.dbn',
): Promise<string> {
  const form = { schema: 'definition', records } as const;
  return write(join(rawDefinitionFolder(lake, venue), name), await fileBytes(form));
}

/** Writes bytes, folders and all. */
export function write(path: string, bytes: Uint8Array): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  return path;
}

/** The day file that most tests write: orders of the futures of ES. */
export const ES_DAY = {
  productType: 'future_mbo',
  symbol: 'ES',
  name: 'glbx-mdp3-20260105.mbo.dbn',
} as const;

/** Instrument ids of `ES_DAY`, by symbol. */
export const ES_IDS = { ESH6: 1, ESM6: 2, 'ESH6-ESM6': 3, 'UD:1V: VT 2827124': 4, MESH6: 5 };

/** A definition of an option on a future that expires at 21:00 UTC of the fixtures' day. */
export function optionDefinition(
  instrumentId: number,
  symbol: string,
  fields: Partial<DbnRecord> = {},
): DbnRecord {
  return {
    rtype: RTYPE.DEFINITION,
    publisher_id: 1,
    instrument_id: instrumentId,
    ts_event: ORIGIN_NS,
    ts_recv: ORIGIN_NS,
    raw_symbol: symbol,
    instrument_class: 'C',
    underlying: 'ESH6',
    strike_price: 6_000_000_000_000n,
    expiration: ORIGIN_NS + 75_600_000_000_000n,
    ...fields,
  };
}
