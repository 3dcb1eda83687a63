/**
 * Which files hold a raw day, and how they are read together.
 */
import { rtypeOf, type Schema } from '../../dbn/index.ts';
import { dateToUnixNs, findRawDay, findRawDays, type RawDay } from '../../lake/index.ts';
import type { StageTask } from '../stage.ts';
import { type Choice, chooseFiles } from './choose-files.ts';
import type { DaySource } from './day-source.ts';
import { openDbnSource } from './dbn-source.ts';
import { type FileSurvey, surveyFile } from './file-survey.ts';
import { mergeSources } from './merged-source.ts';
import { openParquetSource } from './parquet-source.ts';
import { originOf } from './record-clock.ts';

/** What is read. */
export interface DayForm {
  schema: Schema;
  /** Bytes of a record without a trailer. */
  recordBytes: number;
}

/**
 * The files that hold a day, best first; Parquet only where there is no DBN.
 * @throws DataError SYMBOL_NOT_FOUND, DATE_NOT_FOUND naming what there is.
 */
export function dayFiles({ lake, productType, symbol, dt }: StageTask): RawDay[] {
  const best = findRawDay(lake, productType, symbol, dt);
  const all = findRawDays(lake, productType, symbol).filter((d) => d.dt === dt);
  const isParquet = best.format === 'parquet';
  return all.filter((d) => (d.format === 'parquet') === isParquet);
}

function openFile(file: RawDay, task: StageTask, form: DayForm): Promise<DaySource> {
  if (file.format === 'parquet') return openParquetSource(file.path, task, form.schema);
  return openDbnSource(file.path, form.schema);
}

async function survey(file: RawDay, task: StageTask, form: DayForm): Promise<FileSurvey> {
  const source = await openFile(file, task, form);
  const origin = originOf(dateToUnixNs(task.dt));
  try {
    return surveyFile(file.path, source, rtypeOf(form.schema), form.recordBytes, origin);
  } finally {
    source.close();
  }
}

function withCounters(source: DaySource, counters: Choice['counters']): DaySource {
  return { ...source, counters: () => ({ ...counters, ...source.counters() }) };
}

/**
 * Opens a day. One file is read as it is; several are looked at first, whole, to tell copies from
 * parts.
 * @throws DataError RAW_CONFLICT when they contradict each other; what a damaged file throws.
 */
export async function openDay(
  files: readonly RawDay[],
  task: StageTask,
  form: DayForm,
): Promise<DaySource> {
  const [only] = files;
  if (files.length === 1 && only) {
    const counters = { raw_files: 1, duplicate_files: 0, duplicate_records: 0 };
    return withCounters(await openFile(only, task, form), counters);
  }
  const surveys: FileSurvey[] = [];
  for (const file of files) surveys.push(await survey(file, task, form));
  const choice = chooseFiles(surveys);
  const parts: { source: DaySource; keep: ReadonlySet<number> | null }[] = [];
  try {
    for (const { path, keep } of choice.files) {
      const file = files.find((f) => f.path === path)!;
      parts.push({ source: await openFile(file, task, form), keep });
    }
  } catch (error) {
    for (const { source } of parts) source.close();
    throw error;
  }
  const [first] = parts;
  if (parts.length === 1 && first?.keep === null) {
    return withCounters(first.source, choice.counters);
  }
  const origin = originOf(dateToUnixNs(task.dt));
  return withCounters(mergeSources(parts, rtypeOf(form.schema), origin), choice.counters);
}
