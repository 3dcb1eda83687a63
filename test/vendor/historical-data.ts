/**
 * A small folder of DBN for the stand-ins: every schema, two days, two futures and their
 * definitions, in several versions and compressions.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Prng } from '../../src/core/index.ts';
import {
  DbnEncoder,
  type DbnRecord,
  type DbnVersion,
  encodeRecord,
  type FrameCompressor,
  layoutOf,
  makeMetadata,
  rtypeOf,
  SCHEMAS,
  type Schema,
  zstdCompressor,
} from '../../src/dbn/index.ts';
import { sampleRecord } from '../dbn/sample-records.ts';

/** The dataset of the folder. */
export const DATASET = 'GLBX.MDP3';
/** Its days, a Monday and a Tuesday. */
export const DAYS = ['2026-01-05', '2026-01-06'] as const;
/** The day behind the last. */
export const END_DAY = '2026-01-07';
/** Symbols and ids of its instruments, in order of expiry. */
export const INSTRUMENTS = [
  { symbol: 'ESH6', id: 101 },
  { symbol: 'ESM6', id: 102 },
] as const;
/** Records of each instrument, schema and day. */
export const RECORDS = 10;
/** A key that is shaped like one and belongs to nobody. */
export const KEY = 'db-standin0000000000000000DEMO01';

const NS_PER_DAY = 86_400_000_000_000n;
const NS_PER_HOUR = 3_600_000_000_000n;
const NO_SCHEMAS: readonly Schema[] = ['ohlcv-eod', 'definition'];

/** Schemas of the folder. */
export const FOLDER_SCHEMAS = SCHEMAS.filter((schema) => !NO_SCHEMAS.includes(schema));

/** First moment of a day, Unix ns. */
export function startOf(day: string): bigint {
  return BigInt(Date.parse(day)) * 1_000_000n;
}

/** A file's bytes: header, then records, one frame each where it is compressed. */
export function dbnBytes(
  schema: Schema,
  day: string,
  records: readonly Uint8Array[],
  options: { version?: DbnVersion; compress?: FrameCompressor; named?: boolean } = {},
): Uint8Array {
  const pieces: Uint8Array[] = [];
  const { version = 3, compress, named = true } = options;
  const date = Number(day.replaceAll('-', ''));
  const mappings = INSTRUMENTS.map(({ symbol, id }) => ({
    rawSymbol: symbol,
    intervals: [{ startDate: date, endDate: date + 1, symbol: String(id) }],
  }));
  const metadata = makeMetadata({
    version,
    dataset: DATASET,
    schema,
    start: startOf(day),
    end: startOf(day) + NS_PER_DAY,
    symbols: named ? INSTRUMENTS.map(({ symbol }) => symbol) : ['ALL_SYMBOLS'],
    mappings: named ? mappings : [],
  });
  const encoder = new DbnEncoder((piece) => pieces.push(piece), metadata, {
    version,
    ...(compress ? { compress } : {}),
  });
  for (const record of records) encoder.writeBytes(record);
  encoder.end();
  return Buffer.concat(pieces);
}

/** Random records of a schema, an hour apart from midnight on, the instruments in turn. */
export function dayRecords(schema: Schema, day: string, random: Prng): Uint8Array[] {
  const rtype = rtypeOf(schema);
  const layout = layoutOf(rtype, 3)!;
  const timeAt = layout.fields.find((f) => f.name === 'ts_recv')?.at ?? 8;
  const records: Uint8Array[] = [];
  for (let i = 0; i < RECORDS * INSTRUMENTS.length; i++) {
    const record = sampleRecord(rtype, 3, false, random);
    const view = new DataView(record.buffer);
    view.setUint16(2, 1, true);
    view.setUint32(4, INSTRUMENTS[i % INSTRUMENTS.length]!.id, true);
    view.setBigUint64(timeAt, startOf(day) + BigInt(i) * NS_PER_HOUR, true);
    // What older versions have no room for would not be sent in them.
    const quantity = layout.fields.find((f) => f.name === 'quantity');
    if (quantity) view.setBigInt64(quantity.at, BigInt(i), true);
    records.push(record);
  }
  return records;
}

function definition(i: number, day: string): DbnRecord {
  const { symbol, id } = INSTRUMENTS[i]!;
  return {
    rtype: 0x13,
    publisher_id: 1,
    instrument_id: id,
    ts_event: startOf(day),
    ts_recv: startOf(day),
    raw_symbol: symbol,
    asset: 'ES',
    instrument_class: 'F',
    expiration: startOf(i === 0 ? '2026-03-20' : '2026-06-18'),
    security_update_action: 'A',
  };
}

/** A folder that is removed by `remove`. */
export interface TestFolder {
  path: string;
  /** Records by schema, in order. */
  records: ReadonlyMap<Schema, readonly Uint8Array[]>;
  remove(): void;
}

/** Writes the folder. */
export async function makeTestFolder(): Promise<TestFolder> {
  const compress = await zstdCompressor();
  const path = mkdtempSync(join(tmpdir(), 'spymaster-vendor-data-'));
  const random = new Prng(20_260_105);
  const all = new Map<Schema, Uint8Array[]>();
  mkdirSync(join(path, 'deep', 'er'), { recursive: true });
  for (const [n, schema] of FOLDER_SCHEMAS.entries()) {
    for (const [d, day] of DAYS.entries()) {
      const records = dayRecords(schema, day, random);
      all.set(schema, [...(all.get(schema) ?? []), ...records]);
      const isRaw = (n + d) % 3 === 0;
      const bytes = dbnBytes(schema, day, records, isRaw ? {} : { compress });
      const name = `glbx-mdp3-${day.replaceAll('-', '')}.${schema}.dbn${isRaw ? '' : '.zst'}`;
      writeFileSync(join(path, d === 0 ? '' : 'deep/er', name), bytes);
    }
  }
  const definitions = INSTRUMENTS.map((_, i) => encodeRecord(definition(i, DAYS[0])));
  const defined = dbnBytes('definition', DAYS[0], definitions, { compress });
  writeFileSync(join(path, 'definitions.dbn.zst'), defined);
  all.set('definition', definitions);
  return { path, records: all, remove: () => rmSync(path, { recursive: true, force: true }) };
}
