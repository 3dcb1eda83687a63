import { NS_PER_DAY, NS_PER_SECOND } from '../../core/index.ts';
import type { RecordRun } from '../../dbn/index.ts';
import { clockWord, type Origin, originOf, timeAt } from './record-clock.ts';

/** How far into its UTC day a day's data goes: told by the records of every instrument in it. */
export class DayCoverage {
  private readonly origin: Origin;
  private lastNs = -1;

  /** @param originNs 00:00 UTC of the day, Unix ns. */
  constructor(originNs: bigint) {
    this.origin = originOf(originNs);
  }

  /** Looks at records; a time that is not of the day, or undefined, tells nothing. */
  watch({ words, start, stride, count, rtype }: RecordRun): void {
    const { origin } = this;
    let last = this.lastNs;
    let w = (start >> 2) + clockWord(rtype);
    for (let i = 0; i < count; i++, w += stride >> 2) {
      const ns = timeAt(words, w, origin);
      if (ns > last && ns < NS_PER_DAY) last = ns;
    }
    this.lastNs = last;
  }

  /** Whole seconds of the day, up to and with that of the last record; 0 without any. */
  get seconds(): number {
    return this.lastNs < 0 ? 0 : Math.floor(this.lastNs / NS_PER_SECOND) + 1;
  }
}
