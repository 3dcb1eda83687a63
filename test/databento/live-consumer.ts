/** A consumer of live items that writes down what it was given. */
import { ApiKey, type LiveItem, type VendorClock } from '../../src/databento/index.ts';

/** The key of the published digest example. */
export const TEST_KEY = new ApiKey('db-unittestapikey1234567890FFFFF');

/** Waits shorter than this are over at once: pauses are, timeouts are not. */
const HURRIED_BELOW_MS = 10_000;

/** A clock that stands still until a test moves it; pauses between attempts cost no time. */
export class ManualClock implements VendorClock {
  /** Pauses that were asked for, ms. */
  readonly pauses: number[] = [];
  private now = 0;
  private waits: { until: number; done: () => void }[] = [];

  nowMs(): number {
    return this.now;
  }

  unixNs(): bigint {
    return 1_767_700_000_000_000_000n;
  }

  chance(): number {
    return 0.5;
  }

  wait(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = () => reject(signal!.reason);
      const done = () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      if (signal?.aborted) return abort();
      signal?.addEventListener('abort', abort, { once: true });
      if (ms >= HURRIED_BELOW_MS) {
        this.waits.push({ until: this.now + ms, done });
        return;
      }
      this.pauses.push(ms);
      setImmediate(() => {
        this.now += ms;
        done();
      });
    });
  }

  /** Lets time pass. */
  pass(ms: number): void {
    this.now += ms;
    const due = this.waits.filter((wait) => wait.until <= this.now);
    this.waits = this.waits.filter((wait) => wait.until > this.now);
    for (const wait of due) wait.done();
  }
}

/** What a session delivered: items in order, records copied. */
export interface Delivered {
  /** Each item but records, and `records N` for those; neighbours are joined. */
  story: string[];
  items: LiveItem[];
  /** All records, in order. */
  bytes: Uint8Array;
  /** What ended the iteration, if anything was thrown. */
  error: Error | null;
}

/** Iterates to the end; `each` may look at an item and act. */
export async function consume(
  session: AsyncIterable<LiveItem>,
  each: (item: LiveItem) => void | Promise<void> = () => {},
): Promise<Delivered> {
  const pieces: Uint8Array[] = [];
  const items: LiveItem[] = [];
  const story: string[] = [];
  let error: Error | null = null;
  try {
    for await (const item of session) {
      if (item.type === 'records') pieces.push(item.bytes.slice());
      items.push(item.type === 'records' ? { ...item, bytes: item.bytes.slice() } : item);
      tell(story, item);
      await each(item);
    }
  } catch (thrown) {
    error = thrown as Error;
  }
  return { story, items, bytes: new Uint8Array(Buffer.concat(pieces)), error };
}

function tell(story: string[], item: LiveItem): void {
  if (item.type === 'notice' && item.what === 'connecting') return;
  if (item.type !== 'records') story.push(words(item));
  else {
    const before = /^records (\d+)$/.exec(story.at(-1) ?? '');
    if (before) story.pop();
    story.push(`records ${Number(before?.[1] ?? 0) + item.count}`);
  }
}

function words(item: Exclude<LiveItem, { type: 'records' }>): string {
  switch (item.type) {
    case 'connected':
      return `connected ${item.connection}`;
    case 'mapping':
      return `mapping ${item.instrumentId} ${item.stypeInSymbol}=${item.symbol}`;
    case 'notice':
      return `notice ${item.what}`;
    case 'gap':
      return `gap ${item.cause} ${item.recovery} ${item.schemas.join(',')}`;
  }
}
