/**
 * The frames a channel still holds: viewers that join late, resume or fall behind are served from
 * here.
 */

/** What every published frame has, whatever it shows. */
export interface HeldItem {
  /** Grid index. */
  seq: number;
  /**
   * First grid index that this frame stands for: above it, `seq - coversFrom` frames were left out.
   */
  coversFrom: number;
  /** Position in the channel's sequence of published frames. */
  ordinal: number;
  /** Sums since the session's start, as of the previous held frame and as of this one. */
  before: unknown;
  after: unknown;
  /** The encoded text for viewers that had the previous held frame; made on first use. */
  text: Uint8Array | null;
}

/** The newest frames of a channel, by ordinal. */
export class HeldFrames<F extends HeldItem> {
  /** Ordinal of the next frame to come. */
  next = 0;
  private readonly slots: (F | undefined)[];

  /** @param capacity frames that are held; an older one is dropped for a newer. */
  constructor(capacity: number) {
    this.slots = new Array(capacity);
  }

  /** Ordinal of the oldest frame held; equals `next` when there is none. */
  get first(): number {
    return Math.max(0, this.next - this.slots.length);
  }

  /** The newest frame, if any. */
  get newest(): F | undefined {
    return this.at(this.next - 1);
  }

  /** The frame of an ordinal; undefined when it is not held. */
  at(ordinal: number): F | undefined {
    if (ordinal < this.first || ordinal >= this.next) return undefined;
    return this.slots[ordinal % this.slots.length];
  }

  /** Adds the newest frame; its ordinal is set here. */
  push(frame: F): void {
    frame.ordinal = this.next;
    this.slots[this.next % this.slots.length] = frame;
    this.next++;
  }

  /**
   * The ordinal at which a viewer that wants grid index `seq` next can start without a hole, or -1.
   * That is a frame of just this index, or one that stands for it as the first.
   */
  startAt(seq: number): number {
    let lo = this.first;
    let hi = this.next;
    while (lo < hi) {
      const mid = (lo + hi) >>> 1;
      if ((this.at(mid) as F).seq < seq) lo = mid + 1;
      else hi = mid;
    }
    const frame = this.at(lo);
    return frame && (frame.seq === seq || frame.coversFrom === seq) ? lo : -1;
  }

  /** A second holder of the same frames, for a channel that goes its own way from here. */
  fork(): HeldFrames<F> {
    const copy = new HeldFrames<F>(this.slots.length);
    for (let ordinal = this.first; ordinal < this.next; ordinal++) {
      copy.push({ ...(this.at(ordinal) as F), text: null });
    }
    return copy;
  }
}
