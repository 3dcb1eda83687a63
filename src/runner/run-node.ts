/**
 * One node, run: what a worker thread does, or a test in its own thread.
 */
import { isKnownError } from '../core/index.ts';
import {
  type Counters,
  runStage,
  type Stage,
  StageAbandoned,
  StageSkipped,
  type StageTask,
} from '../pipeline/index.ts';

/** A node as it is handed to whoever runs it. */
export interface NodeJob {
  id: string;
  stage: string;
  task: StageTask;
  overwrite: boolean;
}

/** An error as it is told, remembered and listed. */
export interface NodeError {
  code: string;
  message: string;
}

/** How a node ended. */
export type NodeOutcome =
  /** It was made. */
  | {
      outcome: 'done';
      rows: number;
      bytes: number;
      partitions: number;
      rowsRead: number;
      counters: Counters;
      /** Why nothing was published, of a day that holds nothing; else null. */
      nothing: string | null;
    }
  /** It was complete after all. */
  | { outcome: 'unchanged' }
  /** There is nothing to make it of: why, in words. */
  | { outcome: 'skipped'; why: string }
  /** Another process is making it; it can be tried again. */
  | { outcome: 'busy'; error: NodeError }
  /** It stopped because it was asked to; nothing was published. */
  | { outcome: 'abandoned' }
  | { outcome: 'failed'; error: NodeError };

/** Runs nodes somewhere. */
export interface NodeRunner {
  /** Nodes that can run at the same time. */
  readonly width: number;
  run(job: NodeJob, onProgress: (part: number) => void): Promise<NodeOutcome>;
  close(): Promise<void>;
}

function outcomeOfError(error: unknown): NodeOutcome {
  if (error instanceof StageAbandoned) return { outcome: 'abandoned' };
  if (error instanceof StageSkipped) return { outcome: 'skipped', why: error.message };
  const message = error instanceof Error ? error.message : String(error);
  if (!isKnownError(error)) return { outcome: 'failed', error: { code: 'INTERNAL', message } };
  const told = { code: error.code, message };
  return { outcome: error.code === 'PARTITION_BUSY' ? 'busy' : 'failed', error: told };
}

/** Runs a node of a catalogue to its end; whatever happens is an outcome. */
export async function runNode(
  stages: readonly Stage[],
  job: NodeJob,
  control: { stopped: () => boolean; onProgress: (part: number) => void },
): Promise<NodeOutcome> {
  const stage = stages.find((s) => s.name === job.stage);
  if (!stage) {
    const error = { code: 'INTERNAL', message: `no stage ${job.stage} in the catalogue` };
    return { outcome: 'failed', error };
  }
  try {
    const report = await runStage(stage, job.task, { ...control, overwrite: job.overwrite });
    if (!report) return { outcome: 'unchanged' };
    const { published, counters, rowsRead, nothing = null } = report;
    return {
      outcome: 'done',
      rows: published.reduce((sum, p) => sum + p.rows, 0),
      bytes: published.reduce((sum, p) => sum + p.bytes, 0),
      partitions: published.length,
      rowsRead,
      counters,
      nothing,
    };
  } catch (error) {
    return outcomeOfError(error);
  }
}
