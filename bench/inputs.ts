/**
 * The files that benchmarks read: a synthetic ES market at 10,000 events a second, made once and
 * kept in `.cache/bench`, and the real ES file where SPYMASTER_CONFORMANCE_DATA names the folder
 * that holds it.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  DbnDecoder,
  DbnEncoder,
  decompressZstd,
  initZstd,
  MboColumns,
  makeMetadata,
  zstdCompressor,
} from '../src/dbn/index.ts';
import { FuturesMarket, futuresSpecs } from '../src/synth/index.ts';

const CACHE = resolve('.cache', 'bench');
const REAL_FILE = join('dbn', 'esh4-20231225.mbo.v1.dbn.zst');

/** Five minutes at midday: about 3.2 million records, 10,600 a second. */
const SYNTHETIC = {
  seed: 1,
  dt: '2026-01-05',
  signal: 0.5,
  /** Mean records a second of the whole busy session; midday has less than half of it. */
  rate: 15_000,
  /** 16:00 UTC, ns of day. */
  startNs: 16 * 3600e9,
  endNs: (16 * 3600 + 300) * 1e9,
};

/** A file to measure with: the same records uncompressed and compressed. */
export interface BenchInput {
  /** For the table: what it is. */
  name: string;
  /** Path of the uncompressed DBN file. */
  raw: string;
  /** Path of the same as zstd, in several frames. */
  zst: string;
  /** MBO records in it. */
  records: number;
}

function concatenate(pieces: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(pieces.reduce((n, piece) => n + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}

function writeWhole(path: string, bytes: Uint8Array): void {
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(`${path}.part`, bytes);
  renameSync(`${path}.part`, path);
}

function countRecords(bytes: Uint8Array): number {
  const decoder = new DbnDecoder();
  decoder.write(bytes);
  let count = 0;
  for (let run = decoder.next(); run; run = decoder.next()) count += run.count;
  return count;
}

function synthesize(raw: string, zst: string, compress: (bytes: Uint8Array) => Uint8Array): void {
  const spec = futuresSpecs('ES', SYNTHETIC.dt)[0]!;
  const market = new FuturesMarket(spec, SYNTHETIC);
  const metadata = makeMetadata({
    dataset: 'GLBX.MDP3',
    schema: 'mbo',
    start: BigInt(Date.parse(SYNTHETIC.dt)) * 1_000_000n,
    symbols: [spec.symbol],
  });
  const columns = new MboColumns(16_384);
  const pieces: Uint8Array[] = [];
  const encoder = new DbnEncoder((piece) => pieces.push(piece), metadata);
  while (market.fill(columns) > 0) encoder.writeMbo(columns);
  encoder.end();
  writeWhole(raw, concatenate(pieces));
  writeWhole(zst, concatenate(pieces.map((piece) => compress(piece))));
}

/** The synthetic ES file; made when it is not there. */
export async function syntheticInput(): Promise<BenchInput> {
  const stem = `es-10k-seed${SYNTHETIC.seed}`;
  const raw = join(CACHE, `${stem}.mbo.dbn`);
  const zst = `${raw}.zst`;
  if (!existsSync(raw) || !existsSync(zst)) {
    console.error(`making ${raw}`);
    synthesize(raw, zst, await zstdCompressor());
  }
  const name = 'synthetic ES, 10,000 events/s';
  return { name, raw, zst, records: countRecords(readFileSync(raw)) };
}

/** The real ES file, or null where there is none; then says so. */
export async function realInput(): Promise<BenchInput | null> {
  const folder = process.env['SPYMASTER_CONFORMANCE_DATA'];
  const zst = folder ? resolve(folder, REAL_FILE) : null;
  if (!zst || !existsSync(zst)) {
    console.error('NO REAL FILE: SPYMASTER_CONFORMANCE_DATA names no folder that holds it');
    return null;
  }
  await initZstd();
  const raw = join(CACHE, 'esh4-20231225.mbo.dbn');
  if (!existsSync(raw)) writeWhole(raw, concatenate([...decompressZstd([readFileSync(zst)])]));
  return { name: 'real ES, 2023-12-25', raw, zst, records: countRecords(readFileSync(raw)) };
}

/** Every input there is, the synthetic one first. */
export async function benchInputs(): Promise<BenchInput[]> {
  const real = await realInput();
  return [await syntheticInput(), ...(real ? [real] : [])];
}
