import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { JobTracker, readTracker, type TrackedJob } from '../../../src/intake/index.ts';
import { scratch } from './small-market.ts';

const URL = 'https://hist.databento.com';
const KEY = 'GLBX.MDP3|mbo|ES|2026-01-05|futures';

const JOB: TrackedJob = {
  job_id: 'GLBX-20260106-AAAA',
  dataset: 'GLBX.MDP3',
  schema: 'mbo',
  symbol: 'ES',
  date_str: '2026-01-05',
  symbols_count: 1,
  stype_in: 'parent',
  state: 'submitted',
  submitted_at: '2026-01-06T10:00:00.000001Z',
  product_type: 'futures',
};

/** A tracker as the predecessor wrote it. */
const OLD = {
  jobs: {
    [KEY]: { ...JOB, state: 'done', updated_at: '2026-01-06T10:10:00Z', whatever: [1] },
    'GLBX.MDP3|mbo|ES|2026-01-06|futures': { ...JOB, state: 'error', error: 'it said no' },
  },
  pending_downloads: [KEY],
};

function trackerFile(content: unknown): string {
  const path = join(scratch(), 'logs', 'futures_jobs.json');
  mkdirSync(join(path, '..'));
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

describe('a tracker', () => {
  test('of the predecessor is read, and what it says beyond us is kept', () => {
    const path = trackerFile(OLD);
    const tracker = JobTracker.open(path, URL);
    expect(tracker.pending).toEqual([KEY]);
    tracker.set(['new', { ...JOB, state: 'intended', job_id: null }]);
    tracker.close();
    const written = JSON.parse(readFileSync(path, 'utf8'));
    expect(written).toMatchObject({ ...OLD, version: 2, historical_url: URL });
    expect(Object.keys(written.jobs)).toEqual([...Object.keys(OLD.jobs), 'new']);
  });

  test('that is not there is empty, and is made by the first change', () => {
    const path = join(scratch(), 'logs', 'jobs.json');
    const tracker = JobTracker.open(path, `${URL}/`);
    expect(tracker.jobs.size).toBe(0);
    expect(existsSync(path)).toBe(false);
    tracker.set([KEY, { ...JOB, state: 'done' }]);
    expect(readTracker(path)).toMatchObject({ historicalUrl: URL, pending: [KEY] });
    tracker.set([KEY, { ...JOB, state: 'downloaded' }]);
    expect(readTracker(path).pending).toEqual([]);
    tracker.close();
    expect(readdirSync(join(path, '..'))).toEqual(['jobs.json']);
  });

  test('is held by one process at a time', () => {
    const path = trackerFile(OLD);
    const held = JobTracker.open(path, URL);
    expect(() => JobTracker.open(path, URL)).toThrow(
      expect.objectContaining({ code: 'TRACKER_BUSY' }),
    );
    held.close();
    JobTracker.open(path, URL).close();
  });

  test('of a process that died is taken over', () => {
    const path = trackerFile(OLD);
    const dead = { host: hostname(), pid: 2 ** 22 + 1, started: '1', thread: 0 };
    writeFileSync(`${path}.lock`, JSON.stringify(dead));
    JobTracker.open(path, URL).close();
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  test('whose lock is taken away is not written', () => {
    const path = trackerFile(OLD);
    const tracker = JobTracker.open(path, URL);
    writeFileSync(`${path}.lock`, 'another');
    expect(() => tracker.set([KEY, JOB])).toThrow(/the lock was lost/);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(OLD);
  });

  test('of jobs at another API is refused', () => {
    const path = trackerFile({ ...OLD, historical_url: 'http://127.0.0.1:8003' });
    expect(() => JobTracker.open(path, URL)).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringContaining('8003') }),
    );
    JobTracker.open(path, 'http://127.0.0.1:8003/').close();
  });

  test.each([
    ['cut short', JSON.stringify(OLD).slice(0, 100), /JSON/],
    ['empty', '', /JSON/],
    ['something else', '[]', /jobs/],
    ['null', 'null', /whole/],
    ['without a state', { ...OLD, jobs: { [KEY]: { ...JOB, state: 7 } } }, /state/],
    ['of a later version', { ...OLD, version: 3 }, /version 3/],
  ])('that is %s is refused and left as it is', (_what, content, message) => {
    const path = trackerFile(content);
    const before = readFileSync(path, 'utf8');
    const open = () => JobTracker.open(path, URL);
    expect(open).toThrow(expect.objectContaining({ code: 'TRACKER' }));
    expect(open).toThrow(message);
    expect(readFileSync(path, 'utf8')).toBe(before);
    expect(existsSync(`${path}.lock`)).toBe(false);
  });
});
