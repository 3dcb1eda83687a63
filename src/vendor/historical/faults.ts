/**
 * What the stand-in can be made to do wrong, and how often.
 */

/** Every fault of the historical stand-in, with its meaning. */
export const HISTORICAL_FAULTS = {
  'rate-limit': '429 with Retry-After: 1',
  'rate-limit-bare': '429 without Retry-After',
  'server-error': '500 with a JSON detail',
  unavailable: '503 with a page of HTML',
  'gateway-timeout': '504 with a page of HTML',
  'plain-text-error': '502 with plain text',
  'not-json': '200 with text where JSON belongs',
  'auth-refused': '401, whatever the key',
  'license-refused': '403: no licence for the dataset',
  'connection-refused': 'the connection is closed without an answer',
  warning: 'an X-Warning header with two warnings',
  cut: 'the connection is cut within a body',
  'short-body': 'a body ends early as if it were whole',
  stall: 'a body stops and the connection stays open',
  'slow-body': 'a body comes in small pieces, with a wait before each',
  'truncated-download': 'a file ends early, with a Content-Length that says so',
  'corrupt-download': 'a byte of a file is another',
  'wrong-sha256': 'the listed hash of every file of a job is another',
  'range-ignored': '200 with the whole file to a request for a part',
  'submit-answer-lost': 'the job is made, then the connection is cut',
  'submit-lost': 'the connection is cut and no job is made',
  'submit-doubled': 'one submission makes two jobs',
  'list-late': 'a list of jobs lacks the newest',
  'older-spelling': 'jobs come with moments as Python prints them, and symbols as a list',
  'job-stuck': 'a job never leaves its queue',
  'job-fails': 'a job expires while it is processed, without files',
  'job-expires': 'a job expires as soon as it is done',
  'files-late': 'the files of a finished job are not listed yet',
} as const;

/** Name of a fault. */
export type HistoricalFault = keyof typeof HISTORICAL_FAULTS;

/** A fault that is to happen. */
export interface FaultOrder {
  name: HistoricalFault;
  /** Only for this method, e.g. `timeseries.get_range`; `batch/download` for files. */
  method?: string;
  /** Matching requests that are let through before; default 0. */
  skip?: number;
  /** Requests that it happens to; default 1. */
  times?: number;
  /** Bytes of the body before it, for those that act within one; default half, or 1000. */
  afterBytes?: number;
}

/** Names of faults that are faults of jobs: fixed when the job is made. */
export const JOB_FAULTS: readonly HistoricalFault[] = ['job-stuck', 'job-fails', 'job-expires'];

interface Pending {
  order: FaultOrder;
  skip: number;
  times: number;
}

/** The faults in force. */
export class FaultControl {
  private pending: Pending[] = [];
  private readonly counts = new Map<HistoricalFault, number>();

  constructor(orders: readonly FaultOrder[] = []) {
    for (const order of orders) this.add(order);
  }

  /** Has a fault happen from the next matching request on. */
  add(order: FaultOrder): void {
    this.pending.push({ order, skip: order.skip ?? 0, times: order.times ?? 1 });
  }

  /** Ends all faults. */
  clear(): void {
    this.pending = [];
  }

  /** How often a fault has happened. */
  happened(name: HistoricalFault): number {
    return this.counts.get(name) ?? 0;
  }

  /** The order of the first of these faults that is to happen to this request, used up by one. */
  take(method: string, ...names: readonly HistoricalFault[]): FaultOrder | null {
    for (const each of this.pending) {
      const { order } = each;
      if (!names.includes(order.name) || (order.method && order.method !== method)) continue;
      if (each.skip > 0) {
        each.skip--;
        continue;
      }
      each.times--;
      if (each.times <= 0) this.pending = this.pending.filter((p) => p !== each);
      this.counts.set(order.name, this.happened(order.name) + 1);
      return order;
    }
    return null;
  }
}

/**
 * Reads `NAME[@METHOD][:TIMES]`, e.g. `rate-limit@timeseries.get_range:3`; TIMES `always` never
 * ends. Null when it is none.
 */
export function parseFault(text: string): FaultOrder | null {
  const m = /^([a-z0-9-]+)(?:@([\w./]+))?(?::(\d+|always))?$/.exec(text);
  if (!m || !(m[1]! in HISTORICAL_FAULTS)) return null;
  const times = m[3] === 'always' ? Number.POSITIVE_INFINITY : Number(m[3] ?? 1);
  return { name: m[1] as HistoricalFault, times, ...(m[2] ? { method: m[2] } : {}) };
}
