/**
 * Small market-by-order files for the tests of the feed, record by record.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import {
  ACTION,
  DbnEncoder,
  FLAG,
  MboColumns,
  makeMetadata,
  SIDE,
  zstdCompressor,
} from '../../src/dbn/index.ts';

/** 2026-01-05 00:00 UTC. */
export const ORIGIN_NS = 1_767_571_200_000_000_000n;

/** A folder that goes with the test file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'spymaster-feed-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Instruments of the fixtures: ids by symbol. */
export const IDS = { ESH6: 101, ESM6: 102, 'ESH6-ESM6': 103 } as const;

const MAPPINGS = Object.entries(IDS).map(([rawSymbol, id]) => ({
  rawSymbol,
  intervals: [{ startDate: 20260105, endDate: 20260106, symbol: String(id) }],
}));

/**
 * `rows` records: ESH6 but every 7th ESM6, a second apart from 14:00, the first ten of a snapshot.
 */
export function fillRows(columns: MboColumns, rows: number): void {
  columns.originNs = ORIGIN_NS;
  columns.length = rows;
  for (let i = 0; i < rows; i++) {
    const ts = i < 10 ? 14 * 3600e9 : (14 * 3600 + i) * 1e9;
    columns.tsRecv[i] = ts;
    columns.tsEvent[i] = ts - 1000;
    columns.orderIdLo[i] = i;
    columns.orderIdHi[i] = 1;
    columns.price[i] = 6000e9 + (i % 5) * 0.25e9;
    columns.size[i] = 1 + (i % 9);
    columns.flags[i] = i < 10 ? FLAG.SNAPSHOT : FLAG.LAST;
    columns.action[i] = ACTION.ADD;
    columns.side[i] = SIDE.BID;
    columns.sequence[i] = i;
    columns.instrumentId[i] = i % 7 === 3 ? IDS.ESM6 : IDS.ESH6;
    columns.publisherId[i] = 1;
  }
}

/** How a file is written. */
export interface FileForm {
  rows: number;
  compressed?: boolean;
  schema?: 'mbo' | 'trades';
  mappings?: boolean;
  /** A record of another type between the two halves. */
  foreign?: boolean;
}

/** A record of a type that nobody knows. */
export const FOREIGN_RTYPE = 0x7f;

function foreignRecord(): Uint8Array {
  const bytes = new Uint8Array(24);
  bytes[0] = bytes.length / 4;
  bytes[1] = FOREIGN_RTYPE;
  return bytes;
}

/** The bytes of a file of such rows. */
export async function mboBytes(form: FileForm): Promise<Uint8Array> {
  const columns = new MboColumns(form.rows, ORIGIN_NS);
  fillRows(columns, form.rows);
  const metadata = makeMetadata({
    dataset: 'GLBX.MDP3',
    schema: form.schema ?? 'mbo',
    start: ORIGIN_NS,
    stypeIn: 'raw_symbol',
    stypeOut: 'instrument_id',
    symbols: form.mappings === false ? ['ESH6'] : Object.keys(IDS),
    mappings: form.mappings === false ? [] : MAPPINGS,
  });
  const pieces: Uint8Array[] = [];
  const compress = form.compressed ? { compress: await zstdCompressor() } : {};
  const encoder = new DbnEncoder((piece) => pieces.push(piece.slice()), metadata, {
    frameBytes: 64 * 1024,
    ...compress,
  });
  const half = form.rows >> 1;
  encoder.writeMbo(columns, 0, half);
  if (form.foreign) encoder.writeBytes(foreignRecord());
  encoder.writeMbo(columns, half, form.rows);
  encoder.end();
  return Buffer.concat(pieces);
}

/** Writes such a file. */
export async function writeMboFile(folder: string, name: string, form: FileForm): Promise<string> {
  const path = join(folder, name);
  writeFileSync(path, await mboBytes(form));
  return path;
}
