/**
 * From the gaps that a live session tells to the stretches of time that records are missing in, by
 * the times of the records around them alone: whoever plays the records later finds the same.
 */
import type { LiveGap } from '../../databento/index.ts';
import type { RecordingGap } from './recording-notes.ts';

/** Collects gaps; told of every record's time, in order. */
export class GapLedger {
  private lastNs: bigint | null = null;
  private open: LiveGap | null = null;

  /** A gap begins. Of several before the next record, the first says why. */
  begin(gap: LiveGap): void {
    this.open ??= gap;
  }

  /** True while a gap waits for the record behind it. */
  get isOpen(): boolean {
    return this.open !== null;
  }

  /** The gap that no record ended, up to when the session says; null when there is none. */
  rest(): RecordingGap | null {
    const { open } = this;
    if (!open) return null;
    const { toNs } = open;
    return this.pass(toNs, toNs);
  }

  /** Times of records: of the first of a piece, and of its last. Returns the gap that they end. */
  pass(firstNs: bigint, lastNs: bigint): RecordingGap | null {
    const { open, lastNs: before } = this;
    if (before === null || lastNs > before) this.lastNs = lastNs;
    this.open = null;
    if (!open) return null;
    const { cause, recovery, text } = open;
    const fromNs = before ?? open.fromNs ?? firstNs;
    return { fromNs, toNs: firstNs > fromNs ? firstNs : fromNs, cause, recovery, text };
  }
}
