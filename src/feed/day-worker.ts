/**
 * The thread that prepares a day file, so that decompression never holds up the sockets.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { toPlainError } from './plain-error.ts';
import { type PrepareRequest, prepareDay } from './prepare-day.ts';

const port = parentPort;
if (port) {
  const onProgress = (part: number) => port.postMessage({ progress: part });
  prepareDay(workerData as PrepareRequest, onProgress).then(
    (index) => port.postMessage({ index }),
    (error: unknown) => port.postMessage({ error: toPlainError(error) }),
  );
}
