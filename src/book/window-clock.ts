/** Which seconds are windows, and which comes next. */
import { assert, NS_PER_SECOND, type NsOfDay } from '../core/index.ts';

/** A stretch of seconds that are windows: `[fromNs, toNs)`, whole seconds, ns since the origin. */
export interface WindowSpan {
  fromNs: NsOfDay;
  toNs: NsOfDay;
}

/** Walks the boundaries of the windows of spans, which ascend and do not overlap. */
export class WindowClock {
  /** The next boundary; Infinity after the last window. */
  next: NsOfDay = Number.POSITIVE_INFINITY;
  /** True when `next` ends a window, false when a window begins there after none. */
  inWindow = false;
  /** Windows of all spans. */
  readonly total: number;
  private readonly spans: readonly WindowSpan[];
  private span = -1;

  constructor(spans: readonly WindowSpan[]) {
    let last = Number.NEGATIVE_INFINITY;
    let total = 0;
    for (const { fromNs, toNs } of spans) {
      assert(fromNs >= last && toNs > fromNs, 'spans ascend and are not empty');
      assert(fromNs % NS_PER_SECOND === 0 && toNs % NS_PER_SECOND === 0, 'spans are whole seconds');
      total += (toNs - fromNs) / NS_PER_SECOND;
      last = toNs;
    }
    this.total = total;
    this.spans = spans;
    this.enterSpan();
  }

  /** Goes on from the boundary `next` to the one after it. */
  pass(): void {
    if (!this.inWindow || this.next < this.spans[this.span]!.toNs) {
      this.inWindow = true;
      this.next += NS_PER_SECOND;
      return;
    }
    const end = this.next;
    this.enterSpan();
    if (this.next === end) this.pass();
  }

  private enterSpan(): void {
    this.span++;
    this.inWindow = false;
    this.next = this.spans[this.span]?.fromNs ?? Number.POSITIVE_INFINITY;
  }
}
