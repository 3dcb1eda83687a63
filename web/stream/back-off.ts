/** Waiting times between attempts to connect. */
export interface BackOff {
  /** First wait, ms. */
  firstMs: number;
  /** Longest wait, ms. */
  maxMs: number;
  /** Growth from one attempt to the next. */
  factor: number;
}

/** Half a second at first, ten seconds at most. */
export const DEFAULT_BACK_OFF: BackOff = { firstMs: 500, maxMs: 10_000, factor: 1.8 };

/**
 * Wait before attempt number `attempt` (from 0), ms. `random` in [0, 1) spreads the viewers of a
 * server that comes back: the wait is between half and the whole of the step.
 */
export function waitBefore(attempt: number, random: number, b: BackOff = DEFAULT_BACK_OFF): number {
  const step = Math.min(b.maxMs, b.firstMs * b.factor ** attempt);
  return step * (0.5 + 0.5 * random);
}
