/**
 * Days of the synthetic market in a raw lake: the vendor's files, and what the generator knew
 * beside them.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataError } from '../core/index.ts';
import { zstdCompressor } from '../dbn/index.ts';
import {
  AtomicFile,
  dateToUnixNs,
  findRawDays,
  listSessions,
  type ProductType,
  rawDefinitionFolder,
  rawTableFolder,
  SYNTHETIC_MARKER,
  writeFileAtomic,
  writeParquet,
} from '../lake/index.ts';
import { dayFileName, type PricePath, type TruthColumns } from '../synth/index.ts';
import type { SafePoint } from './command.ts';
import { type Progress, showProgress } from './progress.ts';
import { DAY_MAKERS, type DayFiles, type SyntheticDay } from './synthetic-day.ts';
import { programVersion } from './version.ts';

/** What was written. */
export interface WrittenDay {
  dt: string;
  /** The front contract or the ticker. */
  symbol: string;
  path: string;
  bytes: number;
  /** It was there already and was left as it is. */
  kept: boolean;
  /** The price path behind the day, when it was drawn. */
  driver?: PricePath;
}

/** How a day is written. */
export interface SyntheticWriteOptions {
  overwrite: boolean;
  point: SafePoint;
  /** The driver's path on that date, from a day of the same flags. */
  driver?: PricePath | undefined;
}

const typeOf = (day: SyntheticDay): ProductType => day.productType ?? 'future_mbo';

/**
 * Readies the folder of a root.
 * @throws DataError USAGE when it holds files that the synthetic market did not write: real and
 * made data never mix.
 */
function claimFolder(lake: string, day: SyntheticDay): void {
  const productType = typeOf(day);
  const folder = rawTableFolder(lake, productType, day.root);
  if (existsSync(join(folder, SYNTHETIC_MARKER))) return;
  const sessions = listSessions(lake);
  const here = sessions.find((s) => s.root === day.root && s.productType === productType);
  if (here && here.dates.length > 0) {
    throw new DataError('USAGE', `${folder} holds real data; choose another --lake`);
  }
}

function markSynthetic(folder: string): void {
  const content = { synthetic: true, writer: `spymaster ${programVersion()}` };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, SYNTHETIC_MARKER), `${JSON.stringify(content)}\n`);
}

/** Draws the record file; it appears when what lies beside it does. */
async function writeRecords(
  path: string,
  files: DayFiles,
  day: SyntheticDay,
  progress: Progress,
  options: { point: SafePoint; beside: () => Promise<void> },
): Promise<number> {
  const start = day.startNs ?? 0;
  const length = (day.endNs ?? 86_400e9) - start;
  const file = new AtomicFile(path);
  try {
    for (const piece of files.pieces) {
      file.write(piece);
      progress.at(Math.min(1, Math.max(0, (files.at() - start) / length)));
      await options.point.reach();
    }
    await options.beside();
    file.commit();
  } finally {
    file.discard();
    progress.end();
  }
  return file.bytes;
}

/** Definitions lie in a folder of their root, for the vendor's name does not tell roots apart. */
function writeReferenceFiles(lake: string, files: DayFiles, day: SyntheticDay): void {
  const { root, dt } = day;
  const { dataset, venue } = DAY_MAKERS[typeOf(day)];
  const definitions = join(rawDefinitionFolder(lake, venue), `synthetic-${root}`);
  const definition = dayFileName(dataset, dt, 'definition');
  writeFileAtomic(join(definitions, definition), files.definitions());
  markSynthetic(definitions);
  if (files.statistics === null) return;
  const statistics = rawTableFolder(lake, typeOf(day), root, 'statistics');
  writeFileAtomic(join(statistics, dayFileName(dataset, dt, 'statistics')), files.statistics());
  markSynthetic(statistics);
}

async function writeTruth(
  lake: string,
  symbol: string,
  truth: TruthColumns,
  day: SyntheticDay,
): Promise<void> {
  const folder = rawTableFolder(lake, typeOf(day), day.root, 'truth');
  await writeParquet(
    join(folder, `dt=${day.dt}`, 'truth.parquet'),
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
    { symbol, seed: String(day.seed), signal: String(day.signal) },
  );
  markSynthetic(folder);
}

/**
 * Writes one day, unless it is there.
 * @throws DataError USAGE when the folder holds real data.
 */
export async function writeSyntheticDay(
  lake: string,
  day: SyntheticDay,
  options: SyntheticWriteOptions,
): Promise<WrittenDay> {
  const productType = typeOf(day);
  claimFolder(lake, day);
  const folder = rawTableFolder(lake, productType, day.root);
  const maker = DAY_MAKERS[typeOf(day)];
  const symbol = maker.symbolOf(day);
  const path = join(folder, dayFileName(maker.dataset, day.dt, maker.schema));
  if (!options.overwrite && existsSync(path)) {
    const bytes = findRawDays(lake, productType, day.root).find((d) => d.path === path)?.bytes;
    return { dt: day.dt, symbol, path, bytes: bytes ?? 0, kept: true };
  }
  const files = maker.make(day, await zstdCompressor(), options.driver);
  const progress = await showProgress(`${day.dt} ${symbol}`);
  const beside = async () => {
    markSynthetic(folder);
    writeReferenceFiles(lake, files, day);
    if (files.truth !== null) await writeTruth(lake, symbol, files.truth(), day);
  };
  const { point } = options;
  const bytes = await writeRecords(path, files, day, progress, { point, beside });
  return { dt: day.dt, symbol, path, bytes, kept: false, driver: files.path };
}
