/**
 * How many partitions a process writes at the same time, over all its threads. A write holds a
 * thread of libuv's pool from beginning to end, for it waits there for its rows; these come from
 * partitions that are read, which needs threads of the same pool. Were all of them held by writes,
 * each would wait for ever.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';

/** Threads of libuv's pool when the environment does not say. */
const DEFAULT_POOL = 4;
/** Time between two looks at whether another write ended, ms. */
const LOOK_MS = 20;
const SHARED = 'spymaster.publications';

/** Writes under way in this process: one word that all its threads share. */
const underWay = sharedWord();

/** Threads inherit the word of the thread that starts them. */
function sharedWord(): Int32Array {
  const known = getEnvironmentData(SHARED) as SharedArrayBuffer | undefined;
  const memory = known ?? new SharedArrayBuffer(4);
  if (!known) setEnvironmentData(SHARED, memory as unknown as string);
  return new Int32Array(memory);
}

/** Half of the pool writes, half reads: `UV_THREADPOOL_SIZE` of the process's start sets it. */
function mostWrites(): number {
  const pool = Number(process.env['UV_THREADPOOL_SIZE'] ?? DEFAULT_POOL) || DEFAULT_POOL;
  return Math.max(1, Math.floor(pool / 2));
}

/** Waits until one more partition may be written. Call what it gives when that is done. */
export async function takePublishPermit(): Promise<() => void> {
  for (;;) {
    const now = Atomics.load(underWay, 0);
    if (now >= mostWrites()) await sleep(LOOK_MS);
    else if (Atomics.compareExchange(underWay, 0, now, now + 1) === now) break;
  }
  return () => Atomics.sub(underWay, 0, 1);
}
