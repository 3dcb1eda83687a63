/**
 * The two effects that the clients have beside their sockets: passed in, so that tests decide both.
 */

/** Wall clock, waiting and chance. */
export interface VendorClock {
  /** Milliseconds that only grow. */
  nowMs(): number;
  /** Wall time, Unix ns. */
  unixNs(): bigint;
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted before. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
  /** A number in [0, 1), for jitter. */
  chance(): number;
}
