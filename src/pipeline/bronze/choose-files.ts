/**
 * What to take from each of several files of one day: a copy is read once, parts are joined, and a
 * contradiction is refused.
 */
import { DataError } from '../../core/index.ts';
import type { FileSurvey, InstrumentSurvey } from './file-survey.ts';

/** What is taken. */
export interface Choice {
  /** Per file: the instruments whose records are taken; null for all. Files of none are absent. */
  files: { path: string; keep: ReadonlySet<number> | null }[];
  counters: {
    raw_files: number;
    /** Files of which nothing is taken, for others hold the same. */
    duplicate_files: number;
    /** Records that are not taken, for another file holds the same. */
    duplicate_records: number;
  };
}

interface Taken {
  path: string;
  survey: InstrumentSurvey;
}

function same(a: InstrumentSurvey, b: InstrumentSurvey): boolean {
  return a.records === b.records && a.hashA === b.hashA && a.hashB === b.hashB;
}

function apart(a: InstrumentSurvey, b: InstrumentSurvey): boolean {
  return a.lastNs < b.firstNs || b.lastNs < a.firstNs;
}

function describe({ path, survey }: Taken): string {
  return `${survey.records} records in ${path}`;
}

function contradiction(instrumentId: number, a: Taken, b: Taken): DataError {
  return new DataError(
    'RAW_CONFLICT',
    `two files of the day differ in instrument ${instrumentId}`,
    {
      found: `${describe(a)} and ${describe(b)}, of the same hours`,
      expected: 'copies of each other, or parts that do not overlap; take one of them away',
    },
  );
}

/** True when the instrument is to be taken from this file too. */
function wanted(instrumentId: number, one: Taken, before: readonly Taken[]): boolean {
  for (const other of before) {
    if (same(one.survey, other.survey)) return false;
    if (!apart(one.survey, other.survey)) throw contradiction(instrumentId, other, one);
  }
  return true;
}

/**
 * Decides, instrument by instrument, in the order of the files.
 * @throws DataError RAW_CONFLICT naming two files that hold different records of the same time.
 */
export function chooseFiles(surveys: readonly FileSurvey[]): Choice {
  const taken = new Map<number, Taken[]>();
  const files: Choice['files'] = [];
  const counters = { raw_files: surveys.length, duplicate_files: 0, duplicate_records: 0 };
  for (const { path, instruments } of surveys) {
    const keep = new Set<number>();
    for (const [id, survey] of instruments) {
      const before = taken.get(id) ?? [];
      if (wanted(id, { path, survey }, before)) {
        keep.add(id);
        taken.set(id, [...before, { path, survey }]);
      } else {
        counters.duplicate_records += survey.records;
      }
    }
    if (keep.size > 0) files.push({ path, keep: keep.size === instruments.size ? null : keep });
    else counters.duplicate_files++;
  }
  return { files, counters };
}
