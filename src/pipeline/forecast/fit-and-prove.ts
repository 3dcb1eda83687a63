/**
 * A fit and its proof in a thread: they take a minute of full days, in which the caller stays
 * awake.
 */
import { Worker } from 'node:worker_threads';
import { OperatingError } from '../../core/index.ts';
import type { FittedForecast, ForecastDay, ForecastProof } from '../../forecast/index.ts';
import { builtModule, fromReadError, type ReadError } from '../../lake/index.ts';
import { buffersOf } from './day-buffers.ts';

/** What is to be done. */
export interface FitTask {
  /** Given away: the caller's arrays are empty afterwards. */
  days: readonly ForecastDay[];
  /** Dates of the three parts. */
  split: { train: string[]; calibrate: string[]; holdout: string[] };
  /** What is to be proven; null: fit it first. */
  fitted: FittedForecast | null;
  /** Whether the proof walks forward, which takes longest. */
  walk: boolean;
}

/** A fit and its proof. */
export interface ProvenFit {
  fitted: FittedForecast;
  proof: ForecastProof;
}

/** What the thread says: how far it is, then how it ended. */
export type FitAnswer = { begun: 'fit' | 'proof' } | { done: ProvenFit } | { error: ReadError };

/**
 * Fits and proves in a thread of its own.
 * @param onBegin told what has begun.
 * @throws DataError FORECAST_FIT when the days cannot be learnt from; the signal's reason when it
 *   aborts.
 */
export async function fitAndProve(
  task: FitTask,
  signal: AbortSignal,
  onBegin: (what: 'fit' | 'proof') => void = () => {},
): Promise<ProvenFit> {
  signal.throwIfAborted();
  const worker = new Worker(builtModule(import.meta.url, 'forecast-fit-worker'));
  const ended = new AbortController();
  try {
    return await new Promise<ProvenFit>((resolve, reject) => {
      const stop = () => reject(signal.reason);
      signal.addEventListener('abort', stop, { once: true, signal: ended.signal });
      worker.on('message', (answer: FitAnswer) => {
        if ('begun' in answer) onBegin(answer.begun);
        else if ('done' in answer) resolve(answer.done);
        else reject(fromReadError(answer.error));
      });
      const die = (why: string) =>
        reject(new OperatingError('INTERNAL', `the thread that fits: ${why}`));
      worker.on('error', (error) => die(error.message));
      worker.on('exit', (code) => die(`it ended with code ${code}`));
      worker.postMessage(task, [...new Set(task.days.flatMap(buffersOf))]);
    });
  } finally {
    ended.abort();
    // It only computes: there is no query in flight that ending it could hurt.
    await worker.terminate();
  }
}
