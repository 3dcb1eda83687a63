/**
 * A thread that runs nodes, one at a time, with a module graph of its own.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { STAGES } from '../pipeline/index.ts';
import { type NodeJob, runNode } from './run-node.ts';

/** Shortest time between two reports of progress, ms. */
const PROGRESS_EVERY_MS = 200;

const port = parentPort;
const stop = new Int32Array((workerData as { stop: SharedArrayBuffer }).stop);

async function work(job: NodeJob): Promise<void> {
  let last = 0;
  const onProgress = (part: number) => {
    const now = performance.now();
    if (now - last < PROGRESS_EVERY_MS) return;
    last = now;
    port?.postMessage({ progress: part });
  };
  const stopped = () => Atomics.load(stop, 0) !== 0;
  port?.postMessage({ outcome: await runNode(STAGES, job, { stopped, onProgress }) });
}

port?.on('message', (job: NodeJob) => void work(job));
