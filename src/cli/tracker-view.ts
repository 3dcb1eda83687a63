/**
 * What the trackers of downloads say of raw files, beside what is there.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { isKnownError } from '../core/index.ts';
import { readTracker } from '../intake/index.ts';
import { note } from './output.ts';

/** Where `download` keeps its trackers. */
export const DEFAULT_TRACKERS = ['logs/futures_jobs.json', 'logs/equity_options_jobs.json'];

/** One tracker, counted. */
export interface TrackerCount {
  path: string;
  jobs: number;
  /** Jobs by state. */
  states: Record<string, number>;
  /** Files that it says were downloaded and that are not there. */
  missing: string[];
}

/** All trackers that there are. */
export interface TrackerView {
  trackers: TrackerCount[];
  /** Key of the job that brought a file; null when no tracker knows it. */
  jobOf(path: string): string | null;
}

function countOf(path: string, jobs: Map<string, string>): TrackerCount {
  const count: TrackerCount = { path, jobs: 0, states: {}, missing: [] };
  for (const [key, job] of readTracker(path).jobs) {
    count.jobs++;
    count.states[job.state] = (count.states[job.state] ?? 0) + 1;
    for (const file of job.files ?? []) {
      jobs.set(resolve(file), key);
      if (!existsSync(file)) count.missing.push(file);
    }
  }
  return count;
}

/** Reads trackers; one that is not there is passed over, one that is damaged is told. */
export function viewTrackers(paths: readonly string[]): TrackerView {
  const jobs = new Map<string, string>();
  const trackers: TrackerCount[] = [];
  for (const path of paths) {
    if (!existsSync(path)) continue;
    try {
      trackers.push(countOf(path, jobs));
    } catch (error) {
      if (!isKnownError(error)) throw error;
      note(error.message);
    }
  }
  return { trackers, jobOf: (path) => jobs.get(resolve(path)) ?? null };
}

/** A tracker in a line. */
export function describeTracker({ path, jobs, states, missing }: TrackerCount): string {
  const counted = Object.entries(states).map(([state, n]) => `${n} ${state}`);
  const gone = missing.length > 0 ? `; ${missing.length} files are not there any more` : '';
  return `${path}: ${jobs} jobs: ${counted.join(', ') || 'none'}${gone}`;
}
