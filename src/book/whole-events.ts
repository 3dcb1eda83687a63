/**
 * Where events end in a stream of records: the rules of apply-rows.ts, read ahead, so that a window
 * can be closed before the first record of an event that ends in a later one.
 */
import type { NsOfDay } from '../core/index.ts';
import { FLAG, type MboColumns } from '../dbn/index.ts';
import { EVENT_OPEN_LIMIT_NS, MAX_CLOCK_NS } from './apply-rows.ts';

/** Records of one event at most: a longer one is closed by force. */
export const MAX_EVENT_ROWS = 1_048_576;

const LAST = FLAG.LAST;

/** Reads ahead over the rows of one instrument; see the file comment. */
export class WholeEvents {
  /** Rows before this one are of events that close before the time asked for. */
  end = 0;
  /** Clock of the next event's close, at or after the time asked for; Infinity: not in sight. */
  due: NsOfDay = Number.POSITIVE_INFINITY;
  /** True when the rows before `end` were cut at `MAX_EVENT_ROWS`: there is more to look at. */
  cut = false;
  /** Clock of the last row looked at. */
  now: NsOfDay = Number.NEGATIVE_INFINITY;
  /** True when the rows from `end` on begin an event whose end is not in sight. */
  open = false;
  private openedAt: NsOfDay = 0;
  /** Rows of the open event in earlier batches. */
  private held = 0;

  /** Looks for the first event that closes at or after `stop`, no event being open at `from`. */
  seek(c: MboColumns, from: number, to: number, stop: NsOfDay): void {
    const { tsRecv, flags } = c;
    let { now } = this;
    let clockAtEnd = now;
    let openedAt = 0;
    let open = false;
    let end = from;
    let j = from;
    let due = Number.POSITIVE_INFINITY;
    this.cut = false;
    for (; j < to; j++) {
      const ts = tsRecv[j];
      const forward = ts > now && ts <= MAX_CLOCK_NS;
      const long = j - end >= MAX_EVENT_ROWS;
      if (open && (long || (forward && ts - openedAt > EVENT_OPEN_LIMIT_NS))) {
        if (now >= stop) break;
        open = false;
        end = j;
        clockAtEnd = now;
        if (long) {
          this.cut = true;
          break;
        }
      }
      if (forward) now = ts;
      if (!open) {
        open = true;
        openedAt = now;
      }
      if ((flags[j] & LAST) === 0) continue;
      if (now >= stop) break;
      open = false;
      end = j + 1;
      clockAtEnd = now;
    }
    if (j < to) {
      if (!this.cut) due = now;
      now = clockAtEnd;
      open = false;
    }
    this.now = now;
    this.open = open;
    this.openedAt = openedAt;
    this.held = to - end;
    this.end = end;
    this.due = due;
  }

  /** Goes on with an open event: sets `end` to where it ends, `to` when it is still open. */
  seekEnd(c: MboColumns, from: number, to: number): void {
    const { tsRecv, flags } = c;
    let j = from;
    while (j < to && this.open) {
      const ts = tsRecv[j];
      const forward = ts > this.now && ts <= MAX_CLOCK_NS;
      const late = forward && ts - this.openedAt > EVENT_OPEN_LIMIT_NS;
      if (late || this.held >= MAX_EVENT_ROWS) {
        this.open = false;
        break;
      }
      if (forward) this.now = ts;
      if ((flags[j] & LAST) !== 0) this.open = false;
      this.held++;
      j++;
    }
    this.end = j;
  }
}
