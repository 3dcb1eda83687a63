/**
 * Hands the rows of one instrument on as whole events, each side of a boundary in time: an event
 * belongs to where it closes, and an event that is open at the end of a batch is held until its end
 * has come. What is handed on depends on the records and the boundaries only, not on batches.
 */
import type { NsOfDay } from '../core/index.ts';
import { MboColumns } from '../dbn/index.ts';
import { copyRow } from './copy-row.ts';
import { WholeEvents } from './whole-events.ts';

const HELD_ROWS = 256;

/** Who takes the events. */
export interface EventTaker {
  /** The next boundary, ns since the origin; Infinity: it wants no more. */
  readonly nextNs: NsOfDay;
  /** Takes rows `[from, to)`: whole events that close before `nextNs`. */
  take(columns: MboColumns, from: number, to: number): void;
  /**
   * The next event closes at `now`, at or after `nextNs`.
   * @returns true when `nextNs` is beyond `now`; false: it cannot go on now, and is told again.
   */
  passTo(now: NsOfDay): boolean;
}

/** The walk; see the file comment. */
export class EventWalk {
  private readonly taker: EventTaker;
  private readonly events = new WholeEvents();
  /** Rows of an event that began in an earlier batch; `heldRows` of them. */
  private held: MboColumns;
  private heldRows = 0;

  constructor(taker: EventTaker, originNs: bigint) {
    this.taker = taker;
    this.held = new MboColumns(HELD_ROWS, originNs);
  }

  /**
   * Consumes rows `[from, to)`, all of the one instrument.
   * @returns the next row to consume: before `to` only while the taker cannot go on.
   */
  advance(columns: MboColumns, from: number, to: number): number {
    const { events, taker } = this;
    let i = from;
    if (this.heldRows > 0) {
      i = this.hold(columns, i, to);
      if (events.open || !this.takeHeld()) return i;
    }
    while (i < to && taker.nextNs !== Number.POSITIVE_INFINITY) {
      events.seek(columns, i, to, taker.nextNs);
      if (events.end > i) taker.take(columns, i, events.end);
      i = events.end;
      if (events.cut) continue;
      if (events.due === Number.POSITIVE_INFINITY) break;
      if (!taker.passTo(events.due)) return i;
    }
    if (taker.nextNs === Number.POSITIVE_INFINITY) return to;
    return this.hold(columns, i, to);
  }

  /**
   * The end of the data: an event left open counts as closed, and all boundaries are passed.
   * @returns false while the taker cannot go on: call it again.
   */
  finish(): boolean {
    if (this.heldRows > 0 && !this.takeHeld()) return false;
    return this.taker.passTo(Number.MAX_VALUE);
  }

  /** Keeps rows of the open event for the next batch; returns the first that is of another. */
  private hold(columns: MboColumns, from: number, to: number): number {
    const { events } = this;
    if (this.heldRows > 0) events.seekEnd(columns, from, to);
    const end = this.heldRows > 0 ? events.end : to;
    const rows = this.heldRows + end - from;
    if (rows > this.held.capacity) this.growHeld(rows);
    for (let i = from; i < end; i++) copyRow(columns, i, this.held, this.heldRows++);
    return end;
  }

  private growHeld(rows: number): void {
    const grown = new MboColumns(Math.max(rows, this.held.capacity * 2), this.held.originNs);
    for (let i = 0; i < this.heldRows; i++) copyRow(this.held, i, grown, i);
    this.held = grown;
  }

  /** Hands the held event on in its own place; false while the taker cannot go on. */
  private takeHeld(): boolean {
    if (!this.taker.passTo(this.events.now)) return false;
    this.taker.take(this.held, 0, this.heldRows);
    this.heldRows = 0;
    return true;
  }
}
