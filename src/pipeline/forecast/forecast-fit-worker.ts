/**
 * A thread that fits and proves a forecast, once.
 */
import { parentPort } from 'node:worker_threads';
import { isKnownError, OperatingError } from '../../core/index.ts';
import { fitForecast, proveFitted } from '../../forecast/index.ts';
import { toReadError } from '../../lake/index.ts';
import type { FitAnswer, FitTask } from './fit-and-prove.ts';

const port = parentPort;

function say(answer: FitAnswer): void {
  port?.postMessage(answer);
}

function work({ days, split, fitted, walk }: FitTask): void {
  const of = (dates: readonly string[]) => days.filter(({ dt }) => dates.includes(dt));
  const parts = {
    train: of(split.train),
    calibrate: of(split.calibrate),
    holdout: of(split.holdout),
  };
  if (!fitted) say({ begun: 'fit' });
  const fit = fitted ?? fitForecast(parts.train, parts.calibrate);
  say({ begun: 'proof' });
  say({ done: { fitted: fit, proof: proveFitted(fit, parts, walk) } });
}

port?.once('message', (task: FitTask) => {
  try {
    work(task);
  } catch (error) {
    const defect = new OperatingError('INTERNAL', (error as Error).message ?? String(error));
    say({ error: toReadError(isKnownError(error) ? error : defect) });
  }
});
