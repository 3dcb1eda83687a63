/** The days that files have data of. */
import type { DataFile } from '../data-folder-index.ts';
import { dayOf } from '../data-folder-time.ts';

/** The first day of any file and the day behind the last; an empty span without files. */
export function datasetDays(files: readonly DataFile[]): { first: number; end: number } {
  const firsts = files.map((f) => dayOf(f.firstNs));
  const lasts = files.map((f) => dayOf(f.lastNs));
  if (files.length === 0) return { first: 0, end: 0 };
  return { first: Math.min(...firsts), end: Math.max(...lasts) + 1 };
}

/** Every day that a file reaches into, ascending. */
export function daysWithData(files: readonly DataFile[]): number[] {
  const days = new Set<number>();
  for (const file of files) {
    for (let day = dayOf(file.firstNs); day <= dayOf(file.lastNs); day++) days.add(day);
  }
  return [...days].sort((a, b) => a - b);
}
