/**
 * The thread that reads and decompresses a file into a ring.
 */
import { workerData } from 'node:worker_threads';
import { decompressZstd, initZstd } from '../dbn/index.ts';
import { RING_STATE, type RingMemory, RingWriter } from './chunk-ring.ts';
import { FileChunks } from './file-chunks.ts';
import { toPlainError } from './plain-error.ts';

/** What the thread is started with. */
export interface DecompressRequest {
  path: string;
  ring: RingMemory;
  /** Where an error goes, before the ring says that it failed. */
  errors: import('node:worker_threads').MessagePort;
}

async function run({ path, ring, errors }: DecompressRequest): Promise<void> {
  const writer = new RingWriter(ring);
  let file: FileChunks | null = null;
  try {
    await initZstd();
    file = new FileChunks(path);
    const { size } = file;
    for (const piece of decompressZstd(file)) {
      if (!writer.write(piece)) return;
      writer.tellProgress(size > 0 ? file.offset / size : 1);
    }
    writer.end(RING_STATE.ENDED);
  } catch (error) {
    errors.postMessage(toPlainError(error));
    writer.end(RING_STATE.FAILED);
  } finally {
    file?.close();
    errors.close();
  }
}

if (workerData) void run(workerData as DecompressRequest);
