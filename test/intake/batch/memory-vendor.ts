import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type {
  BatchJob,
  DownloadRequest,
  JobFile,
  JobRequest,
  JobState,
} from '../../../src/databento/index.ts';
import type { BatchVendor } from '../../../src/intake/index.ts';
import { dateToUnixNs } from '../../../src/lake/index.ts';

/** Looks at a job after which it is in the next state. */
const STATES: readonly JobState[] = ['queued', 'processing', 'done'];

/** A vendor without sockets, for runs by the thousand: jobs move on when they are looked at. */
export class MemoryVendor implements BatchVendor {
  readonly jobs: BatchJob[] = [];
  /** Jobs made. */
  submissions = 0;
  /** Content of a file by its name. */
  content = (filename: string): Uint8Array =>
    filename.includes('definition') ? this.definitions : Buffer.from(filename);

  private readonly looks = new Map<string, number>();
  private readonly definitions: Uint8Array;

  /** @param definitions the data file of every job for definitions. */
  constructor(definitions: Uint8Array) {
    this.definitions = definitions;
  }

  async getCost(): Promise<number> {
    return 0.5;
  }

  async submitJob(request: JobRequest): Promise<BatchJob> {
    this.submissions++;
    const job: BatchJob = {
      id: `GLBX-20260105-J${this.submissions}`,
      state: 'queued',
      dataset: request.dataset,
      schema: request.schema,
      symbols: [...request.symbols],
      stypeIn: request.stypeIn,
      startNs: dateToUnixNs(String(request.start)),
      endNs: dateToUnixNs(String(request.end)),
      receivedNs: BigInt(Date.now()) * 1_000_000n + BigInt(this.submissions),
      expiresNs: null,
      costUsd: null,
      recordCount: null,
      progress: null,
      raw: {},
    };
    this.jobs.push(job);
    return job;
  }

  async listJobs(
    filter: { states?: readonly JobState[]; sinceNs?: bigint } = {},
  ): Promise<BatchJob[]> {
    const { states, sinceNs = 0n } = filter;
    const now = this.jobs.map((job) => this.look(job));
    const listed = now.filter((job) => job.receivedNs >= sinceNs);
    return listed.filter((job) => states?.includes(job.state) ?? true);
  }

  async getJob(id: string): Promise<BatchJob> {
    return this.look(this.jobs.find((job) => job.id === id)!);
  }

  async listFiles(id: string): Promise<JobFile[]> {
    const { schema } = this.jobs.find((job) => job.id === id)!;
    const names = ['metadata.json', `glbx-mdp3-20260105.${schema}.dbn`];
    return names.map((filename) => {
      const bytes = this.content(filename);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      return { filename, bytes: bytes.length, sha256, url: '' };
    });
  }

  async downloadFile({ file, path }: DownloadRequest): Promise<void> {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.part`, this.content(file.filename));
    renameSync(`${path}.part`, path);
  }

  private look(job: BatchJob): BatchJob {
    const looks = (this.looks.get(job.id) ?? 0) + 1;
    this.looks.set(job.id, looks);
    return { ...job, state: STATES[Math.min(looks, STATES.length) - 1]! };
  }
}
