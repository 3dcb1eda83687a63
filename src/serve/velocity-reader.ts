/**
 * The server's side of the reading thread: asks it for days and blocks, and starts it again when it
 * died.
 */
import { Worker } from 'node:worker_threads';
import { OperatingError } from '../core/index.ts';
import { builtModule, fromReadError, type ReadError } from '../lake/index.ts';
import type { VelocityBlock } from './velocity-block.ts';
import type { VelocityDayFacts, VelocityDayRequest } from './velocity-day.ts';

/** What the thread is asked for. */
export type VelocityTask =
  | { id: number; type: 'open'; request: VelocityDayRequest }
  | {
      id: number;
      type: 'block';
      /** `facts.key` of the day as the stream began. */
      key: string;
      request: VelocityDayRequest;
      session: string;
      from: number;
      to: number;
    };

/** What it answers; `ready` and `damaged` come unasked. */
export type VelocityAnswer =
  | { id: -1; type: 'ready' }
  | { id: number; type: 'day'; symbol: string; facts: VelocityDayFacts }
  | { id: number; type: 'block'; block: VelocityBlock }
  | { id: number; type: 'failed'; error: ReadError }
  | { id: -1; type: 'damaged'; key: string; error: ReadError };

/** A task without its number. */
type Asked<T extends VelocityTask['type']> = Omit<
  Extract<VelocityTask, { type: T }>,
  'id' | 'type'
>;

interface Waiting {
  done: (answer: VelocityAnswer) => void;
  failed: (error: unknown) => void;
}

/** Time in which the thread may end its last query, ms. */
const STOP_LIMIT_MS = 5_000;

/** Reads days on a thread of its own. Close it. */
export class VelocityReader {
  private readonly waiting = new Map<number, Waiting>();
  private readonly onDamaged: (key: string, error: unknown) => void;
  private readonly started: Promise<void>;
  private worker: Worker | null = null;
  private tasks = 0;
  private closed = false;

  /** @param onDamaged told when the bytes of an open day are not what its manifest says. */
  constructor(onDamaged: (key: string, error: unknown) => void) {
    this.onDamaged = onDamaged;
    const worker = this.start();
    this.worker = worker;
    this.started = new Promise((done) => {
      worker.once('message', () => done());
      worker.once('exit', () => done());
    });
  }

  /** Resolves once the thread answers without delay. */
  ready(): Promise<void> {
    return this.started;
  }

  /** Opens a day as it is now. @throws what `resolveSymbol` and `openVelocityDay` throw. */
  async open(request: VelocityDayRequest): Promise<{ symbol: string; facts: VelocityDayFacts }> {
    const answer = await this.ask({ id: this.tasks++, type: 'open', request });
    const { symbol, facts } = answer as Extract<VelocityAnswer, { type: 'day' }>;
    return { symbol, facts };
  }

  /** Reads a block. @throws what `VelocityDay.block` throws. */
  async block(asked: Asked<'block'>): Promise<VelocityBlock> {
    const answer = await this.ask({ id: this.tasks++, type: 'block', ...asked });
    return (answer as Extract<VelocityAnswer, { type: 'block' }>).block;
  }

  /** Ends the thread once its query is done: one in flight must not be cut off. */
  async close(): Promise<void> {
    this.closed = true;
    const { worker } = this;
    if (!worker) return;
    const exit = new Promise<void>((done) => worker.once('exit', () => done()));
    worker.postMessage({ type: 'stop' });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((done) => {
      timer = setTimeout(done, STOP_LIMIT_MS);
    });
    await Promise.race([exit, late]);
    clearTimeout(timer);
    worker.unref();
  }

  private ask(task: VelocityTask): Promise<VelocityAnswer> {
    if (this.closed) return Promise.reject(new OperatingError('INTERNAL', 'the server stops'));
    return new Promise((done, failed) => {
      this.waiting.set(task.id, { done, failed });
      this.worker ??= this.start();
      this.worker.postMessage(task);
    });
  }

  private start(): Worker {
    const worker = new Worker(builtModule(import.meta.url, 'velocity-worker'));
    worker.on('message', (answer: VelocityAnswer) => this.take(answer));
    worker.on('error', (cause) => this.lose(worker, cause));
    worker.on('exit', () => this.lose(worker, new Error('it ended')));
    return worker;
  }

  private take(answer: VelocityAnswer): void {
    if (answer.type === 'ready') return;
    if (answer.type === 'damaged') {
      this.onDamaged(answer.key, fromReadError(answer.error));
      return;
    }
    const waiting = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if (answer.type === 'failed') waiting?.failed(fromReadError(answer.error));
    else waiting?.done(answer);
  }

  /** Whoever waits is told; the next task starts another thread. */
  private lose(worker: Worker, cause: unknown): void {
    if (this.worker !== worker) return;
    this.worker = null;
    const message = `the reading thread failed: ${(cause as Error).message}`;
    const error = new OperatingError('INTERNAL', message, { cause, retryable: true });
    for (const { failed } of this.waiting.values()) failed(error);
    this.waiting.clear();
  }
}
