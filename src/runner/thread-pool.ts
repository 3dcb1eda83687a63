/**
 * Worker threads that run nodes. A thread is never terminated while it works: a query of the table
 * engine may be in flight.
 */
import { Worker } from 'node:worker_threads';
import { builtModule } from '../lake/index.ts';
import type { NodeJob, NodeOutcome, NodeRunner } from './run-node.ts';

/** What a thread says. */
type Said = { progress: number } | { outcome: NodeOutcome };

/** One thread, idle or at work. */
class NodeThread {
  private readonly worker: Worker;
  private settle: ((outcome: NodeOutcome) => void) | null = null;
  private onProgress: (part: number) => void = () => {};
  /** It ended by itself: a defect, or memory that ran out. */
  dead = false;

  constructor(module: URL, stop: SharedArrayBuffer) {
    this.worker = new Worker(module, { workerData: { stop } });
    this.worker.on('message', (said: Said) => {
      if ('progress' in said) this.onProgress(said.progress);
      else this.end(said.outcome);
    });
    this.worker.on('error', (error) => this.die(error.message));
    this.worker.on('exit', (code) => this.die(`it ended with code ${code}`));
  }

  run(job: NodeJob, onProgress: (part: number) => void): Promise<NodeOutcome> {
    this.onProgress = onProgress;
    return new Promise((settle) => {
      this.settle = settle;
      this.worker.postMessage(job);
    });
  }

  async close(): Promise<void> {
    if (!this.dead) await this.worker.terminate();
  }

  private die(why: string): void {
    this.dead = true;
    const error = { code: 'INTERNAL', message: `the thread that made it failed: ${why}` };
    this.end({ outcome: 'failed', error });
  }

  private end(outcome: NodeOutcome): void {
    this.settle?.(outcome);
    this.settle = null;
  }
}

/** A pool of threads; a dead one is replaced. */
export class ThreadPool implements NodeRunner {
  readonly width: number;
  private readonly module = builtModule(import.meta.url, 'node-worker');
  private readonly stop = new SharedArrayBuffer(4);
  private readonly idle: NodeThread[] = [];

  /** @param signal when it aborts, running nodes stop at their next safe point. */
  constructor(width: number, signal: AbortSignal) {
    this.width = width;
    const flag = new Int32Array(this.stop);
    signal.addEventListener('abort', () => Atomics.store(flag, 0, 1), { once: true });
    if (signal.aborted) Atomics.store(flag, 0, 1);
  }

  async run(job: NodeJob, onProgress: (part: number) => void): Promise<NodeOutcome> {
    const thread = this.idle.pop() ?? new NodeThread(this.module, this.stop);
    const outcome = await thread.run(job, onProgress);
    if (!thread.dead) this.idle.push(thread);
    return outcome;
  }

  /** Ends the threads; call it when no node runs. */
  async close(): Promise<void> {
    for (const thread of this.idle.splice(0)) await thread.close();
  }
}
