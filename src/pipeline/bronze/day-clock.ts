import { NS_PER_DAY } from '../../core/index.ts';
import type { RowCounts } from './batch-rows.ts';
import { type Origin, originOf, timeAt } from './record-clock.ts';

/** Watches the clock of a partition's rows: steps back, and times that are not of the day. */
export class DayClock {
  private readonly origin: Origin;
  private last = Number.NEGATIVE_INFINITY;

  /** @param originNs 00:00 UTC of the day, Unix ns. */
  constructor(originNs: bigint) {
    this.origin = originOf(originNs);
  }

  /** Looks at the times at word `w`, `w + step` and so on, in the order of the rows. */
  watch(words: Int32Array, w: number, step: number, n: number, counts: RowCounts): void {
    const { origin } = this;
    let last = this.last;
    let steps = 0;
    let outside = 0;
    for (let i = 0, k = w; i < n; i++, k += step) {
      const ns = timeAt(words, k, origin);
      if (ns < last) steps++;
      if (ns < 0 || ns >= NS_PER_DAY) outside++;
      last = ns;
    }
    this.last = last;
    counts.clock_steps += steps;
    counts.outside_day += outside;
  }
}
