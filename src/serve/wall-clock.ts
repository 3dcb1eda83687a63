/**
 * Wall time, the only place the servers get it from: tests hand in another.
 */

/** What a pending timer is cancelled with. */
export interface Timer {
  cancel(): void;
}

/** Time and timers. */
export interface WallClock {
  /** Monotone milliseconds; the origin means nothing. */
  nowMs(): number;
  /** Runs `run` once, `delayMs` from now. */
  after(delayMs: number, run: () => void): Timer;
  /** Runs `run` when pending input and output had their turn. */
  soon(run: () => void): void;
}

/** The machine's clock. */
export const systemClock: WallClock = {
  nowMs: () => performance.now(),
  after(delayMs, run) {
    const handle = setTimeout(run, delayMs);
    return { cancel: () => clearTimeout(handle) };
  },
  soon: (run) => void setImmediate(run),
};
