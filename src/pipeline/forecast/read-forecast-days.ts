/**
 * Several sessions for the forecast, read by threads of their own.
 */
import { Worker } from 'node:worker_threads';
import { OperatingError } from '../../core/index.ts';
import { builtModule, fromReadError } from '../../lake/index.ts';
import type { DayOutcome, DayTask } from './forecast-day-worker.ts';
import type { ForecastDayRead, ForecastDayRequest } from './read-forecast-day.ts';

/** How days are read. */
export interface ReadDaysOptions {
  /** Days at the same time. */
  workers: number;
  /** When it aborts, no further day is begun. */
  signal: AbortSignal;
  /** Told each day as it is there, in any order. */
  onDay?: (read: ForecastDayRead) => void;
}

/** What the thread answers to one task. */
function answer(worker: Worker, task: DayTask): Promise<ForecastDayRead> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      act();
    };
    const onMessage = (outcome: DayOutcome) =>
      settle(() =>
        'read' in outcome ? resolve(outcome.read) : reject(fromReadError(outcome.error)),
      );
    const die = (why: string) =>
      settle(() => reject(new OperatingError('INTERNAL', `the thread that reads days: ${why}`)));
    const onError = (error: Error) => die(error.message);
    const onExit = (code: number) => die(`it ended with code ${code}`);
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage(task);
  });
}

/**
 * Reads sessions; the answer is in the order of the requests. The first failure is thrown once the
 * days that were begun have ended.
 * @throws what `readForecastDay` throws; the signal's reason when it aborts.
 */
export async function readForecastDays(
  lake: string,
  requests: readonly ForecastDayRequest[],
  options: ReadDaysOptions,
): Promise<ForecastDayRead[]> {
  const module = builtModule(import.meta.url, 'forecast-day-worker');
  const days: ForecastDayRead[] = new Array(requests.length);
  let next = 0;
  let failed = false;
  const run = async () => {
    const worker = new Worker(module);
    try {
      while (next < requests.length && !failed) {
        options.signal.throwIfAborted();
        const at = next++;
        const read = await answer(worker, { lake, request: requests[at]! });
        days[at] = read;
        options.onDay?.(read);
      }
    } catch (error) {
      failed = true;
      throw error;
    } finally {
      worker.postMessage(null);
      worker.unref();
    }
  };
  const width = Math.max(1, Math.min(options.workers, requests.length));
  const threads = await Promise.allSettled(Array.from({ length: width }, run));
  for (const thread of threads) if (thread.status === 'rejected') throw thread.reason;
  return days;
}
