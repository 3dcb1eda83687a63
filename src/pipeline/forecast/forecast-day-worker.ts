/**
 * A thread that reads sessions for the forecast, one after the other, until it is told to end.
 */
import { parentPort } from 'node:worker_threads';
import { isKnownError, OperatingError } from '../../core/index.ts';
import { type ReadError, toReadError } from '../../lake/index.ts';
import { buffersOf } from './day-buffers.ts';
import {
  type ForecastDayRead,
  type ForecastDayRequest,
  readForecastDay,
} from './read-forecast-day.ts';

/** A session to be read; null: there are no more. */
export type DayTask = { lake: string; request: ForecastDayRequest } | null;
/** What came of it. */
export type DayOutcome = { read: ForecastDayRead } | { error: ReadError };

const port = parentPort;

function defect(error: unknown): unknown {
  if (isKnownError(error)) return error;
  return new OperatingError('INTERNAL', error instanceof Error ? error.message : String(error));
}

async function work(task: NonNullable<DayTask>): Promise<void> {
  try {
    const read = await readForecastDay(task.lake, task.request);
    const outcome: DayOutcome = { read };
    port?.postMessage(outcome, buffersOf(read.day));
  } catch (error) {
    const outcome: DayOutcome = { error: toReadError(defect(error)) };
    port?.postMessage(outcome);
  }
}

port?.on('message', (task: DayTask) => {
  if (task) void work(task);
  else port?.close();
});
