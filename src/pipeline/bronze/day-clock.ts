import { NS_PER_DAY } from '../../core/index.ts';
import type { RowCounts } from './batch-rows.ts';

const TWO_32 = 4294967296;

/** Watches the clock of a partition's rows: steps back, and times that are not of the day. */
export class DayClock {
  private readonly originLo: number;
  private readonly originHi: number;
  private last = Number.NEGATIVE_INFINITY;

  /** @param originNs 00:00 UTC of the day, Unix ns. */
  constructor(originNs: bigint) {
    this.originLo = Number(originNs & 0xffffffffn);
    this.originHi = Number(originNs >> 32n);
  }

  /** Looks at the times at word `w`, `w + step` and so on, in the order of the rows. */
  watch(words: Int32Array, w: number, step: number, n: number, counts: RowCounts): void {
    const { originLo, originHi } = this;
    let last = this.last;
    let steps = 0;
    let outside = 0;
    for (let i = 0, k = w; i < n; i++, k += step) {
      const ns = ((words[k + 1]! >>> 0) - originHi) * TWO_32 + ((words[k]! >>> 0) - originLo);
      if (ns < last) steps++;
      if (ns < 0 || ns >= NS_PER_DAY) outside++;
      last = ns;
    }
    this.last = last;
    counts.clock_steps += steps;
    counts.outside_day += outside;
  }
}
