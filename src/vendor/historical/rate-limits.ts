/**
 * How many requests the vendor takes. Source: Databento docs, Historical API, rate limits.
 */

const MS_PER_SECOND = 1000;
const MS_PER_MINUTE = 60_000;

interface Limit {
  method: RegExp;
  requests: number;
  perMs: number;
}

/** The first that fits holds. */
const LIMITS: readonly Limit[] = [
  { method: /^batch\.submit_job$/, requests: 20, perMs: MS_PER_MINUTE },
  { method: /^batch\.list_jobs$/, requests: 20, perMs: MS_PER_SECOND },
  { method: /^metadata\./, requests: 20, perMs: MS_PER_SECOND },
  { method: /^timeseries\./, requests: 100, perMs: MS_PER_SECOND },
  { method: /^symbology\./, requests: 100, perMs: MS_PER_SECOND },
];

/** Counts requests in sliding windows. */
export class RateLimits {
  private readonly taken = new Map<Limit, number[]>();

  /** Seconds to wait, at least 1, or null when the request may pass; it counts only then. */
  refuse(method: string, nowMs: number): number | null {
    const limit = LIMITS.find((each) => each.method.test(method));
    if (!limit) return null;
    const recent = (this.taken.get(limit) ?? []).filter((at) => at > nowMs - limit.perMs);
    this.taken.set(limit, recent);
    if (recent.length < limit.requests) {
      recent.push(nowMs);
      return null;
    }
    return Math.max(1, Math.ceil((recent[0]! + limit.perMs - nowMs) / MS_PER_SECOND));
  }
}
