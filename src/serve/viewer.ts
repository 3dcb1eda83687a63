/**
 * One connected viewer: which frame it gets next, how far it is behind, and what it missed.
 *
 * A viewer reads held frames in order. When its socket is full it is conflated: nothing is queued
 * for it, and when it reads again it gets the newest frame with the lost ones counted. Memory per
 * viewer is bounded by `HIGH_WATER_BYTES` and a frame.
 */
import type { VacuumPressureServerMessage, VelocityServerMessage } from '../wire/index.ts';
import type { HeldFrames, HeldItem } from './held-frames.ts';
import { BEHIND_LIMIT_MS, HIGH_WATER_BYTES, LOW_WATER_BYTES } from './limits.ts';
import type { ServeMetrics } from './metrics.ts';
import type { FramePart, FrameWriter } from './playable.ts';

/** The socket, narrowed to what a viewer needs. */
export interface ViewerWire {
  /** Bytes accepted for sending that the network has not taken yet. */
  readonly waitingBytes: number;
  sendText(utf8: Uint8Array): void;
  /** A frame: the text that opens it, and what follows. */
  sendFrame(utf8: Uint8Array, rest: readonly FramePart[]): void;
  close(code: number, reason: string): void;
}

/** Wall time minus the moment a frame was due, ms. */
export type LagOf = (frame: HeldItem) => number;

/** A message that is not a frame. */
export type PlainMessage = VacuumPressureServerMessage | VelocityServerMessage;

/** Close codes of the stream (RFC 6455). */
export const CLOSE = { END: 1000, BAD_REQUEST: 1008, INTERNAL: 1011, TRY_LATER: 1013 } as const;

/** A connected viewer; the channel it is attached to calls `pump`. */
export class Viewer<F extends HeldItem> {
  /** Next grid index it wants. */
  cursor = 0;
  closed = false;
  private session = '';
  private readonly wire: ViewerWire;
  private readonly writer: FrameWriter<F>;
  private readonly metrics: ServeMetrics;
  private nextOrdinal = 0;
  private catchUpTo = 0;
  private since: F['before'] | null = null;
  private conflating = false;
  private behindSinceMs: number | null = null;

  /** Frames it may still get before it has enough. */
  private allowance = Number.POSITIVE_INFINITY;

  /** Told when the channel it watches fails. */
  readonly onFailure: (error: unknown) => void;

  constructor(
    wire: ViewerWire,
    writer: FrameWriter<F>,
    metrics: ServeMetrics,
    onFailure: (error: unknown) => void,
  ) {
    this.wire = wire;
    this.writer = writer;
    this.metrics = metrics;
    this.onFailure = onFailure;
  }

  /** Takes up a stream, at a grid index. */
  begin(session: string, seq: number): void {
    this.session = session;
    this.jumpTo(seq);
  }

  /** Lets it have this many more frames. */
  allow(frames: number): void {
    this.allowance = frames;
  }

  /** Sends a message that is not a frame. */
  say(message: PlainMessage): void {
    if (this.closed) return;
    this.wire.sendText(Buffer.from(JSON.stringify(message)));
  }

  /** Ends the connection; nothing is sent afterwards. */
  close(code: number, reason: string): void {
    if (this.closed) return;
    this.closed = true;
    this.wire.close(code, reason);
  }

  /** Moves to another place of the session: what was missed in between is not counted as lost. */
  jumpTo(seq: number): void {
    this.cursor = seq;
    this.since = null;
  }

  /** Takes its place among the frames of a channel. */
  enter(held: HeldFrames<F>): void {
    const ordinal = held.startAt(this.cursor);
    this.nextOrdinal = ordinal >= 0 ? ordinal : held.next;
    this.catchUpTo = held.next;
    this.conflating = false;
  }

  /** True when it has every frame there is, or all it may have. */
  hasAll(held: HeldFrames<F>): boolean {
    return this.nextOrdinal >= held.next || this.hasEnough;
  }

  /** True when it may have no more frames. */
  get hasEnough(): boolean {
    return this.allowance <= 0;
  }

  /** True when its socket takes another frame. */
  get ready(): boolean {
    return this.wire.waitingBytes <= HIGH_WATER_BYTES;
  }

  /**
   * Sends what it lacks, as far as its socket takes it; closes it when it stays behind for too
   * long.
   */
  pump(held: HeldFrames<F>, nowMs: number, lagOf: LagOf): void {
    if (this.closed || this.hasAll(held)) return;
    if (this.isStuck(nowMs)) return;
    if (this.conflating) {
      if (this.wire.waitingBytes > LOW_WATER_BYTES) return;
      this.conflating = false;
      this.send(held, held.next - 1, lagOf);
    }
    while (!this.hasAll(held)) {
      if (!this.ready) {
        this.conflating = this.nextOrdinal >= this.catchUpTo;
        return;
      }
      const lost = this.nextOrdinal < held.first;
      this.send(held, lost ? held.next - 1 : this.nextOrdinal, lagOf);
    }
  }

  private isStuck(nowMs: number): boolean {
    if (this.ready) {
      this.behindSinceMs = null;
      return false;
    }
    this.behindSinceMs ??= nowMs;
    if (nowMs - this.behindSinceMs < BEHIND_LIMIT_MS) return false;
    this.metrics.slowViewers.inc();
    this.close(CLOSE.TRY_LATER, 'the viewer did not read for too long');
    return true;
  }

  private send(held: HeldFrames<F>, ordinal: number, lagOf: LagOf): void {
    const frame = held.at(ordinal) as F;
    const skipped = ordinal - this.nextOrdinal;
    const seqGap = frame.seq - this.cursor;
    this.nextOrdinal = ordinal + 1;
    if (seqGap < 0) return;
    const direct = skipped === 0 && this.cursor === frame.coversFrom;
    const text = direct
      ? this.sharedText(held, frame, lagOf)
      : this.ownText(held, frame, skipped, lagOf);
    this.wire.sendFrame(text, this.writer.rest(frame));
    this.allowance--;
    this.cursor = frame.seq + 1;
    this.since = frame.after;
    this.metrics.frames.inc();
    if (skipped > 0) this.metrics.conflated.inc(skipped);
  }

  private sharedText(held: HeldFrames<F>, frame: F, lagOf: LagOf): Uint8Array {
    if (frame.text) return frame.text;
    const { session } = this;
    const thinned = frame.seq - frame.coversFrom;
    const since = frame.before;
    const lagMs = lagOf(frame);
    frame.text = this.writer.open({ session, frame, held, since, skipped: 0, thinned, lagMs });
    return frame.text;
  }

  private ownText(held: HeldFrames<F>, frame: F, skipped: number, lagOf: LagOf): Uint8Array {
    const { session } = this;
    const thinned = frame.seq - this.cursor - skipped;
    const since = this.since ?? frame.before;
    const lagMs = lagOf(frame);
    return this.writer.open({ session, frame, held, since, skipped, thinned, lagMs });
  }
}
