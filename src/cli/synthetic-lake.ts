/**
 * Days of the synthetic market in a raw lake: the vendor's files, and what the generator knew
 * beside them.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataError } from '../core/index.ts';
import { type FrameCompressor, zstdCompressor } from '../dbn/index.ts';
import {
  AtomicFile,
  dateToUnixNs,
  findRawDays,
  listSessions,
  rawDefinitionFolder,
  rawTableFolder,
  SYNTHETIC_MARKER,
  writeFileAtomic,
  writeParquet,
} from '../lake/index.ts';
import {
  FuturesDay,
  frontSymbol,
  futuresFileName,
  futuresSpecs,
  synthesizeDefinitions,
  synthesizeStatistics,
} from '../synth/index.ts';
import type { SafePoint } from './command.ts';
import { type Progress, showProgress } from './progress.ts';
import { programVersion } from './version.ts';

/** One day of one root. */
export interface SyntheticDay {
  root: string;
  /** Session date, YYYY-MM-DD. */
  dt: string;
  seed: number;
  /** How far the book tells the next move, 0..1. */
  signal: number;
  /** Mean events a second in the busy session. */
  rate: number;
  /** Part of the UTC day, ns since 00:00; the whole when absent. */
  startNs?: number;
  endNs?: number;
}

/** What was written. */
export interface WrittenDay {
  dt: string;
  /** The front contract. */
  symbol: string;
  path: string;
  bytes: number;
  /** It was there already and was left as it is. */
  kept: boolean;
}

/**
 * Readies the folder of a root.
 * @throws DataError USAGE when it holds files that the synthetic market did not write: real and
 * made data never mix.
 */
function claimFolder(lake: string, root: string): void {
  const folder = rawTableFolder(lake, 'future_mbo', root);
  const marker = join(folder, SYNTHETIC_MARKER);
  if (existsSync(marker)) return;
  const here = listSessions(lake).find((s) => s.root === root && s.productType === 'future_mbo');
  if (here && here.dates.length > 0) {
    throw new DataError('USAGE', `${folder} holds real data; choose another --lake`);
  }
}

function markSynthetic(lake: string, day: SyntheticDay): void {
  const folder = rawTableFolder(lake, 'future_mbo', day.root);
  const content = { synthetic: true, writer: `spymaster ${programVersion()}` };
  writeFileSync(join(folder, SYNTHETIC_MARKER), `${JSON.stringify(content)}\n`);
}

async function writeRecords(
  path: string,
  market: FuturesDay,
  day: SyntheticDay,
  progress: Progress,
  point: SafePoint,
): Promise<number> {
  const start = day.startNs ?? 0;
  const length = (day.endNs ?? 86_400e9) - start;
  const file = new AtomicFile(path);
  try {
    for (const piece of market.pieces()) {
      file.write(piece);
      progress.at(Math.min(1, Math.max(0, ((market.markets[0]?.nextNs ?? 0) - start) / length)));
      await point.reach();
    }
    file.commit();
  } finally {
    file.discard();
    progress.end();
  }
  return file.bytes;
}

/** Definitions lie in a folder of their root, for the vendor's name does not tell roots apart. */
function writeReferenceFiles(
  lake: string,
  market: FuturesDay,
  day: SyntheticDay,
  compress: FrameCompressor,
): void {
  const { root, dt } = day;
  const definitions = join(rawDefinitionFolder(lake, 'glbx'), `synthetic-${root}`);
  const statistics = rawTableFolder(lake, 'future_mbo', root, 'statistics');
  writeFileAtomic(
    join(definitions, futuresFileName(dt, 'definition')),
    synthesizeDefinitions(root, dt, compress),
  );
  writeFileAtomic(
    join(statistics, futuresFileName(dt, 'statistics')),
    synthesizeStatistics(market.markets, day, compress),
  );
}

async function writeTruth(lake: string, market: FuturesDay, day: SyntheticDay): Promise<void> {
  const truth = market.takeTruth();
  const folder = join(rawTableFolder(lake, 'future_mbo', day.root, 'truth'), `dt=${day.dt}`);
  await writeParquet(
    join(folder, 'truth.parquet'),
    [
      { name: 'ts_recv', type: 'int64' },
      { name: 'p_up', type: 'float64' },
      { name: 'moves_per_second', type: 'float64' },
      { name: 'direction', type: 'int8' },
      { name: 'ticks', type: 'int16' },
    ],
    [
      {
        rows: truth.length,
        columns: [truth.tsRecv, truth.pUp, truth.movesPerSecond, truth.direction, truth.ticks],
        bias: [dateToUnixNs(day.dt), 0n, 0n, 0n, 0n],
      },
    ],
    { symbol: frontSymbol(day.root, day.dt), seed: String(day.seed), signal: String(day.signal) },
  );
}

/**
 * Writes one day, unless it is there.
 * @throws DataError USAGE when the folder holds real data.
 */
export async function writeSyntheticDay(
  lake: string,
  day: SyntheticDay,
  options: { overwrite: boolean; point: SafePoint },
): Promise<WrittenDay> {
  claimFolder(lake, day.root);
  const folder = rawTableFolder(lake, 'future_mbo', day.root);
  const symbol = frontSymbol(day.root, day.dt);
  const path = join(folder, futuresFileName(day.dt, 'mbo'));
  if (!options.overwrite && existsSync(path)) {
    const bytes = findRawDays(lake, 'future_mbo', day.root).find((d) => d.path === path)?.bytes;
    return { dt: day.dt, symbol, path, bytes: bytes ?? 0, kept: true };
  }
  const specs = futuresSpecs(day.root, day.dt);
  const compress = await zstdCompressor();
  const market = new FuturesDay(specs, { ...day, compress });
  const progress = await showProgress(`${day.dt} ${symbol}`);
  const bytes = await writeRecords(path, market, day, progress, options.point);
  markSynthetic(lake, day);
  writeReferenceFiles(lake, market, day, compress);
  await writeTruth(lake, market, day);
  return { dt: day.dt, symbol, path, bytes, kept: false };
}
