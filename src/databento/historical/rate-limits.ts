/**
 * The vendor's published limits, kept on our side so that its own are rarely met.
 * Source: Databento docs, Historical API, rate limits.
 */
import type { VendorClock } from '../vendor-time.ts';

/** Requests that may begin within any window of time. */
interface WindowLimit {
  requests: number;
  windowMs: number;
}

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;

/** Published limits, by group of methods. */
const LIMITS = {
  timeseries: { requests: 100, windowMs: SECOND_MS },
  symbology: { requests: 100, windowMs: SECOND_MS },
  metadata: { requests: 20, windowMs: SECOND_MS },
  list: { requests: 20, windowMs: SECOND_MS },
  submit: { requests: 20, windowMs: MINUTE_MS },
  /** Nothing is published for files: as many as there may be connections. */
  download: { requests: 100, windowMs: SECOND_MS },
} as const satisfies Record<string, WindowLimit>;

/** Groups of methods that share a limit. */
export type RateGroup = keyof typeof LIMITS;

/** Connections that may be open at a time. */
export const MAX_CONNECTIONS = 100;

/** Places in line for one group: the n-th request starts a window after the (n - limit)-th. */
class Window {
  private readonly limit: WindowLimit;
  private readonly starts: number[] = [];
  private next = 0;

  constructor(limit: WindowLimit) {
    this.limit = limit;
  }

  /** Takes a place. @returns how long until it may start, ms. */
  take(nowMs: number): number {
    const before = this.starts[this.next];
    const start = before === undefined ? nowMs : Math.max(nowMs, before + this.limit.windowMs);
    this.starts[this.next] = start;
    this.next = (this.next + 1) % this.limit.requests;
    return start - nowMs;
  }
}

/** Holds requests back so that no window of time sees more of a group than are allowed. */
export class RateLimits {
  private readonly clock: VendorClock;
  private readonly windows = new Map<RateGroup, Window>();

  constructor(clock: VendorClock) {
    this.clock = clock;
  }

  /** Resolves when a request of the group may start; in order of asking. */
  async admit(group: RateGroup, signal?: AbortSignal): Promise<void> {
    let window = this.windows.get(group);
    if (!window) {
      window = new Window(LIMITS[group]);
      this.windows.set(group, window);
    }
    const waitMs = window.take(this.clock.nowMs());
    if (waitMs > 0) await this.clock.wait(waitMs, signal);
  }
}
