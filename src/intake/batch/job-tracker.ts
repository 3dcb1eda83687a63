/**
 * The file that remembers which jobs were asked for, `{jobs: {KEY: JOB}, pending_downloads: []}`:
 * one process at a time, written whole after every change.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { DataError, isKnownError, OperatingError } from '../../core/index.ts';
import { PartitionLock, writeFileAtomic } from '../../lake/index.ts';
import { type TrackedJob, trackedJobSchema } from './tracked-job.ts';

/** Version of the file; the predecessor's has none. */
const TRACKER_VERSION = 2;
/** Where jobs of a tracker that does not say so were asked for. */
const VENDOR_URL = 'https://hist.databento.com';
/** Largest tracker that is read, bytes. */
const MAX_TRACKER_BYTES = 512 * 1024 * 1024;

const trackerSchema = z.looseObject({
  version: z.number().int().optional(),
  historical_url: z.string().optional(),
  jobs: z.record(z.string(), trackedJobSchema),
  pending_downloads: z.array(z.string()),
});

/** What a tracker's file says. */
export interface TrackerContent {
  /** The API that its jobs are of. */
  historicalUrl: string;
  /** By key, in the order in which they were first wanted. */
  jobs: Map<string, TrackedJob>;
  /** Keys of jobs whose files wait. */
  pending: string[];
}

/** Writes a file whole; tests let it fail. */
export type WriteWhole = (path: string, bytes: Uint8Array) => void;

const writeWhole: WriteWhole = (path, bytes) => {
  writeFileAtomic(path, [bytes]);
};

function refused(path: string, found: string, expected: string): DataError {
  return new DataError('TRACKER', 'this job tracker cannot be used; it is left as it is', {
    file: path,
    found,
    expected,
  });
}

function parseTracker(path: string, text: string): z.infer<typeof trackerSchema> {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    const expected = 'JSON; restore a copy, or move it away and the jobs are found at the vendor';
    throw refused(path, (cause as Error).message, expected);
  }
  const version = (content as { version?: unknown } | null)?.version ?? TRACKER_VERSION;
  if (typeof version === 'number' && version > TRACKER_VERSION) {
    throw refused(path, `version ${version}`, `at most ${TRACKER_VERSION}; update spymaster`);
  }
  const parsed = trackerSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const found = `${issue?.path.join(' ') || 'the whole'}: ${issue?.message}`;
  throw refused(path, found, '{"jobs": {KEY: JOB}, "pending_downloads": [KEY]}');
}

/**
 * Reads a tracker as it is, without asking for it; a file that is not there is an empty one.
 * @throws DataError TRACKER when it is damaged or of a later version.
 */
export function readTracker(path: string): TrackerContent {
  if (!existsSync(path)) return { historicalUrl: '', jobs: new Map(), pending: [] };
  const bytes = readFileSync(path);
  if (bytes.length > MAX_TRACKER_BYTES) {
    throw refused(path, `${bytes.length} bytes`, `at most ${MAX_TRACKER_BYTES}`);
  }
  const content = parseTracker(path, bytes.toString('utf8'));
  const jobs = new Map(Object.entries(content.jobs));
  const done = [...jobs].filter(([, job]) => job.state === 'done').map(([key]) => key);
  const pending = content.pending_downloads.filter((key) => done.includes(key));
  return {
    historicalUrl: content.historical_url ?? VENDOR_URL,
    jobs,
    pending: [...new Set([...pending, ...done])],
  };
}

function takeLock(path: string): PartitionLock {
  mkdirSync(dirname(path), { recursive: true });
  try {
    return PartitionLock.take(`${path}.lock`);
  } catch (cause) {
    if (!isKnownError(cause) || cause.code !== 'PARTITION_BUSY') throw cause;
    const text = `${cause.message}; wait for it, or choose another --tracker`;
    throw new OperatingError('TRACKER_BUSY', text, { retryable: true, cause });
  }
}

/** A tracker that this process holds; what is changed is on disk when the call returns. */
export class JobTracker {
  readonly path: string;
  private readonly content: TrackerContent;
  private readonly lock: PartitionLock;
  private readonly write: WriteWhole;

  private constructor(path: string, content: TrackerContent, lock: PartitionLock, w: WriteWhole) {
    this.path = path;
    this.content = content;
    this.lock = lock;
    this.write = w;
  }

  /**
   * Takes the tracker of jobs at an API.
   * @throws OperatingError TRACKER_BUSY when a living process holds it. @throws DataError TRACKER
   * when it cannot be understood, USAGE when its jobs were asked for elsewhere.
   */
  static open(path: string, historicalUrl: string, write: WriteWhole = writeWhole): JobTracker {
    const lock = takeLock(path);
    try {
      const content = readTracker(path);
      const url = historicalUrl.replace(/\/+$/, '');
      if (content.jobs.size > 0 && content.historicalUrl !== url) {
        throw new DataError('USAGE', 'the tracker has jobs of another API', {
          file: path,
          found: content.historicalUrl,
          expected: `${url}; choose another --tracker for it`,
        });
      }
      return new JobTracker(path, { ...content, historicalUrl: url }, lock, write);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Jobs by key. Changed through `set` only. */
  get jobs(): ReadonlyMap<string, TrackedJob> {
    return this.content.jobs;
  }

  /** Keys of jobs whose files wait, oldest first. */
  get pending(): readonly string[] {
    return this.content.pending;
  }

  /** Puts entries in place of those of their keys. */
  set(...entries: readonly (readonly [key: string, job: TrackedJob])[]): void {
    const waiting = new Set(this.content.pending);
    for (const [key, job] of entries) {
      this.content.jobs.set(key, job);
      if (job.state === 'done') waiting.add(key);
      else waiting.delete(key);
    }
    this.content.pending = [...waiting];
    if (entries.length > 0) this.save();
  }

  /** Lets others have it. */
  close(): void {
    this.lock.release();
  }

  private save(): void {
    this.lock.assertHeld();
    const { historicalUrl, jobs, pending } = this.content;
    const content = {
      version: TRACKER_VERSION,
      historical_url: historicalUrl,
      jobs: Object.fromEntries(jobs),
      pending_downloads: pending,
    };
    const text = `${JSON.stringify(content, null, 2)}\n`;
    this.write(this.path, new TextEncoder().encode(text));
  }
}
