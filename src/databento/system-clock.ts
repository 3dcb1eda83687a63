/**
 * The clock that clients have unless a test gives them another.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { VendorClock } from './vendor-time.ts';

/** The machine's own clock, timers and chance. */
export const SYSTEM_CLOCK: VendorClock = {
  nowMs: () => performance.now(),
  unixNs: () => BigInt(Date.now()) * 1_000_000n,
  async wait(ms, signal) {
    try {
      await sleep(ms, undefined, signal ? { signal } : {});
    } catch (error) {
      // Node rejects with an AbortError of its own that only carries the reason as its cause.
      throw signal?.aborted ? signal.reason : error;
    }
  },
  chance: () => Math.random(),
};
