/**
 * From a raw day to the published bronze partition: sorting out, Parquet, read-back and manifest
 * included. Beside it the vendor's client and pandas (bench/python/bronze_parquet.py), which do
 * less: no sorting out, no read-back.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  DbnDecoder,
  encodeMetadata,
  initZstd,
  type Metadata,
  makeMetadata,
  zstdCompressor,
} from '../src/dbn/index.ts';
import { loadProducts, productOf, rawTableFolder } from '../src/lake/index.ts';
import { bronzeFutureMbo, runStage } from '../src/pipeline/index.ts';
import { bench, report } from './harness.ts';
import { type BenchInput, benchInputs } from './inputs.ts';

const PIECE_BYTES = 4 * 1024 * 1024;
/** From the specification, records a second. */
const AT_LEAST = 1_500_000;
const RUNS = 3;

/** A day as the vendor sends it: with symbol mappings, which the benchmarks' own file lacks. */
function withMappings(bytes: Uint8Array, dt: string): Uint8Array {
  const decoder = new DbnDecoder();
  decoder.write(bytes);
  const metadata: Metadata = decoder.metadata!;
  if (metadata.mappings.length > 0) return bytes;
  const headerBytes = decoder.deliveredBytes;
  const run = decoder.next()!;
  const id = run.words[(run.start >> 2) + 1]!;
  const startDate = Number(dt.replaceAll('-', ''));
  const intervals = [{ startDate, endDate: startDate + 1, symbol: String(id) }];
  const mappings = [{ rawSymbol: metadata.symbols[0]!, intervals }];
  const { dataset, schema, start } = metadata;
  const header = encodeMetadata(makeMetadata({ dataset, schema, start, mappings }));
  return Buffer.concat([header, bytes.subarray(headerBytes)]);
}

async function writeDay(lake: string, raw: string, dt: string): Promise<string> {
  const compress = await zstdCompressor();
  const bytes = withMappings(new Uint8Array(readFileSync(raw)), dt);
  const frames: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    frames.push(compress(bytes.subarray(at, at + PIECE_BYTES)));
  }
  const folder = rawTableFolder(lake, 'future_mbo', 'ES');
  mkdirSync(folder, { recursive: true });
  const name = `glbx-mdp3-${dt.replaceAll('-', '')}.mbo.dbn.zst`;
  writeFileSync(join(folder, name), Buffer.concat(frames));
  return join(folder, name);
}

/** The vendor's client over the same file. */
function measureClient(group: string, path: string, folder: string, records: number): void {
  const python = process.env['SPYMASTER_INTEROP_PYTHON'];
  if (!python) {
    console.error('VENDOR BASELINE DID NOT RUN: SPYMASTER_INTEROP_PYTHON is not set');
    return;
  }
  const program = resolve('bench', 'python', 'bronze_parquet.py');
  const args = [program, path, folder, String(records)];
  const result = spawnSync(python, args, { encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`vendor baseline failed:\n${result.stderr}`);
  for (const line of result.stdout.trim().split('\n')) {
    const { name, seconds } = JSON.parse(line) as { name: string; seconds: number[] };
    const best = Math.min(...seconds);
    report({
      group,
      name,
      unit: 'records',
      count: records,
      perSecond: records / best,
      slowest: records / Math.max(...seconds),
      fastest: records / best,
      nsEach: (best / records) * 1e9,
      megabytesPerSecond: null,
      bytesEach: null,
      residentMegabytes: null,
      atLeast: null,
      note: 'Python, the best of its runs',
    });
  }
}

async function measure({ name, raw, records }: BenchInput): Promise<void> {
  const dt = name.startsWith('real') ? '2023-12-25' : '2026-01-05';
  const lake = mkdtempSync(join(tmpdir(), 'spymaster-bench-bronze-'));
  const product = productOf(loadProducts(), 'ES');
  const task = { lake, productType: 'future_mbo', symbol: 'ES', dt, product } as const;
  try {
    const group = `From .dbn.zst to bronze, ${name}`;
    const path = await writeDay(lake, raw, dt);
    await bench({
      group,
      name: 'ingest, published',
      unit: 'records',
      count: records,
      atLeast: AT_LEAST,
      runs: RUNS,
      run: async () => {
        await runStage(bronzeFutureMbo, { ...task, session: 'regular' }, { overwrite: true });
      },
    });
    measureClient(group, path, lake, records);
  } finally {
    rmSync(lake, { recursive: true, force: true });
  }
}

await initZstd();
for (const input of await benchInputs()) await measure(input);
