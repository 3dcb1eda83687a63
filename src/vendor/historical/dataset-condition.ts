/** Which days of a dataset there are. */
import { statSync } from 'node:fs';
import type { DataFile } from '../data-folder-index.ts';
import { isoDayOf } from '../data-folder-time.ts';
import { daysWithData } from './dataset-days.ts';

/** A row of `metadata.get_dataset_condition` and of a job's condition.json. */
export interface DayCondition {
  date: string;
  condition: 'available' | 'degraded' | 'pending' | 'missing';
  last_modified_date: string | null;
}

/** The days `[first, end)`, each; without bounds: those that have data. */
export function conditionsOf(
  files: readonly DataFile[],
  bounds: { first: number; end: number } | null,
): DayCondition[] {
  const there = new Set(daysWithData(files));
  const days = bounds ? range(bounds.first, bounds.end) : [...there];
  const changed = files.map((f) => statSync(f.path).mtimeMs);
  const modified = new Date(Math.max(0, ...changed)).toISOString().slice(0, 10);
  return days.map((day) => ({
    date: isoDayOf(day),
    condition: there.has(day) ? 'available' : 'missing',
    last_modified_date: there.has(day) ? modified : null,
  }));
}

function range(first: number, end: number): number[] {
  return Array.from({ length: Math.max(0, end - first) }, (_, i) => first + i);
}
