/** Requests as they came, for tests to count and people to read; without the key. */

/** Requests kept: older ones are forgotten. */
const MAX_ENTRIES = 10_000;

/** A request. */
export interface LoggedRequest {
  requestId: string;
  method: string;
  /** Its fields. */
  params: Readonly<Record<string, string>>;
  range: string | null;
  userAgent: string | null;
  /** Last five characters of the key; null without one. */
  keyEnding: string | null;
  /** Null until it is answered, and when it never is. */
  status: number | null;
  /** Bytes of the body that were handed to the socket. */
  bytes: number;
}

/** The requests so far. */
export class RequestLog {
  readonly entries: LoggedRequest[] = [];

  add(entry: LoggedRequest): void {
    this.entries.push(entry);
    if (this.entries.length > MAX_ENTRIES) this.entries.shift();
  }

  /** How often a method was called. */
  count(method: string): number {
    return this.entries.filter((e) => e.method === method).length;
  }
}
