import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  Worker,
} from 'node:worker_threads';
import { DataError, OperatingError } from '../core/index.ts';
import { builtModule } from '../lake/index.ts';
import { makeRing, RING_STATE, RingReader } from './chunk-ring.ts';
import { fromPlainError, type PlainError } from './plain-error.ts';

/**
 * The decompressed bytes of a zstd file, made in a thread of its own while the caller works on what
 * came before. At most 4 MiB wait between the two. Close it.
 */
export class ThreadedChunks {
  /** The compressed file ends inside a frame; everything before was handed out. */
  truncated = false;
  private readonly path: string;
  private readonly worker: Worker;
  private readonly ring: RingReader;
  private readonly errors: MessagePort;
  private stopped = false;

  constructor(path: string) {
    this.path = path;
    const memory = makeRing();
    const { port1, port2 } = new MessageChannel();
    this.ring = new RingReader(memory);
    this.errors = port1;
    this.worker = new Worker(builtModule(import.meta.url, 'decompress-worker'), {
      workerData: { path, ring: memory, errors: port2 },
      transferList: [port2],
    });
    this.worker.on('exit', () => {
      this.stopped = true;
    });
    this.worker.unref();
  }

  /**
   * The next chunk, valid until the next call; null at the end. Holds the thread while it waits.
   * @throws DataError, OperatingError naming the file, after everything before the damage was
   *   handed out.
   */
  next(): Uint8Array | null {
    for (;;) {
      const ended = this.ring.state;
      const chunk = this.ring.take();
      if (chunk) return chunk;
      if (ended !== RING_STATE.RUNNING) return this.finish(ended);
      this.ring.wait();
    }
  }

  /** Part of the file that was read, 0..1; up to 4 MiB ahead of what was handed out. */
  get progress(): number {
    return this.ring.progress;
  }

  /** Waits until `next` has something to give, without holding the thread. */
  async ready(): Promise<void> {
    if (this.stopped) return;
    // Waiting must keep the program alive; a thread that nobody waits for must not.
    this.worker.ref();
    await this.ring.waitAsync();
    this.worker.unref();
  }

  /** Stops the thread. */
  close(): void {
    this.ring.cancel();
    this.errors.close();
    void this.worker.terminate();
  }

  private finish(state: number): null {
    if (state === RING_STATE.ENDED) return null;
    const received = receiveMessageOnPort(this.errors) as { message: PlainError } | undefined;
    if (!received) {
      throw new OperatingError('FILE_READ', `${this.path}: the decompressing thread stopped`);
    }
    const { message } = received;
    if (message.truncated) {
      this.truncated = true;
      return null;
    }
    const error = fromPlainError(message);
    throw error instanceof DataError ? error.inFile(this.path) : error;
  }
}
