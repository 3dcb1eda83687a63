/**
 * Long work in short turns: heavy jobs share the event loop with sockets and never hold it longer
 * than a slice.
 */
import { SLICE_MS } from './limits.ts';
import type { WallClock } from './wall-clock.ts';

/**
 * A turn of work: returns true when the job is done. It looks at the clock itself and stops at
 * `deadlineMs`.
 */
export type Turn = (deadlineMs: number) => boolean;

interface Job {
  turn: Turn;
  done: () => void;
  failed: (error: unknown) => void;
}

/** Runs jobs in turn, one slice of all of them together per round of the event loop. */
export class Slices {
  private readonly clock: WallClock;
  private readonly jobs: Job[] = [];
  private running = false;

  constructor(clock: WallClock) {
    this.clock = clock;
  }

  /** Runs `turn` until it returns true. Rejects with what it throws. */
  run(turn: Turn): Promise<void> {
    return new Promise((done, failed) => {
      this.jobs.push({ turn, done, failed });
      this.wake();
    });
  }

  private wake(): void {
    if (this.running) return;
    this.running = true;
    this.clock.soon(() => this.round());
  }

  private round(): void {
    const deadlineMs = this.clock.nowMs() + SLICE_MS;
    do {
      const job = this.jobs.shift();
      if (!job) break;
      const share = (deadlineMs - this.clock.nowMs()) / (this.jobs.length + 1);
      this.take(job, this.clock.nowMs() + share);
    } while (this.clock.nowMs() < deadlineMs);
    this.running = false;
    if (this.jobs.length > 0) this.wake();
  }

  private take(job: Job, deadlineMs: number): void {
    try {
      if (job.turn(deadlineMs)) job.done();
      else this.jobs.push(job);
    } catch (error) {
      job.failed(error);
    }
  }
}
