import type { VendorClock } from '../vendor-time.ts';

/** How long something may take. */
export interface Limit {
  clock: VendorClock;
  ms: number;
  signal: AbortSignal;
}

/**
 * The work's own result, when it comes in time; what it does later is ignored.
 * @throws Error that names the time when it does not; the signal's reason when it is aborted.
 */
export async function within<T>(work: Promise<T>, limit: Limit): Promise<T> {
  const { clock, ms, signal } = limit;
  work.catch(() => {});
  signal.throwIfAborted();
  const done = new AbortController();
  const late = clock.wait(ms, AbortSignal.any([signal, done.signal])).then(() => {
    throw new Error(`nothing within ${ms / 1000} s`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    done.abort();
  }
}
