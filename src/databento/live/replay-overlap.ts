import { UNDEF_TIMESTAMP } from '../../dbn/index.ts';
import type { DeliveredWindow } from './delivered-window.ts';
import { type EventMarks, replayMarginNs, replayTimeOf } from './event-marks.ts';
import { leaveOut, pickRecords } from './leave-out.ts';
import { RecordSet } from './record-set.ts';
import type { RecordBatch } from './record-stream.ts';

/**
 * Leaves out what comes again behind a replay's end: a gateway may go on a little before where the
 * replay has stopped. Over for a record type at its first record that is later than all before.
 */
export class ReplayOverlap {
  /** Records left out so far. */
  dropped = 0;
  private readonly set: RecordSet;
  /** Latest time of the records that were delivered, Unix ns, by type. */
  private readonly newest = new Map<number, bigint>();

  /**
   * @param window what was delivered, the replay included.
   * @param rtypes types whose replays are complete.
   */
  constructor(
    window: DeliveredWindow,
    marks: EventMarks,
    rtypes: Iterable<number>,
    tsOut: boolean,
  ) {
    for (const rtype of rtypes) {
      const newest = marks.of(rtype);
      if (newest !== null) this.newest.set(rtype, newest);
    }
    const recent = pickRecords(window.pieces(), (words, at) => {
      const rtype = (words[at]! >>> 8) & 0xff;
      const newest = this.newest.get(rtype);
      return newest !== undefined && replayTimeOf(words, at) >= newest - replayMarginNs(rtype);
    });
    this.set = new RecordSet(recent, tsOut);
  }

  /** Types that are still looked at. */
  get rtypes(): Iterable<number> {
    return this.newest.keys();
  }

  /** True when there is no more to do. */
  get over(): boolean {
    return this.newest.size === 0;
  }

  /** Takes out of the batch what it brings again, in place. */
  apply(batch: RecordBatch): RecordBatch {
    const kept = leaveOut(batch, (words, at) => this.isAgain(words, at));
    this.dropped += batch.count - kept.count;
    return kept;
  }

  private isAgain(words: Uint32Array, at: number): boolean {
    const rtype = (words[at]! >>> 8) & 0xff;
    const newest = this.newest.get(rtype);
    if (newest === undefined) return false;
    if (this.set.take(words, at)) return true;
    const ns = replayTimeOf(words, at);
    if (ns > newest && ns !== UNDEF_TIMESTAMP) this.newest.delete(rtype);
    return false;
  }
}
