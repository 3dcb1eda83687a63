/**
 * What a channel plays, and how its frames become messages: the same rules for every stream.
 */
import type { UnixNs } from '../core/index.ts';
import type { HeldFrames, HeldItem } from './held-frames.ts';
import type { WallClock } from './wall-clock.ts';

/** Computes or fetches the frames of one stream in order, and holds the newest. Close it. */
export interface Playable<F extends HeldItem> {
  readonly held: HeldFrames<F>;
  /** Next grid index. */
  readonly nextSeq: number;
  /** The last frame of the session was produced. */
  readonly ended: boolean;
  /** The next frame is on its way from elsewhere: there is nothing to do but wait. */
  readonly waiting: boolean;
  /** Of live streams: wall time less the capture time of the record that completed a frame, ms. */
  feedLagMs?(frame: F): number;
  /** Part of the work towards the first frame, 0..1. */
  readonly progress: number;
  /** Works towards the first frame somebody wants; true when there. */
  prepare(deadlineMs: number, clock: WallClock): boolean;
  /**
   * Produces frames up to grid index `upTo`; those of a multiple of `stride`, and the last of all,
   * are published.
   * @returns false when the time was up before, true when there is nothing more to do now.
   */
  produce(upTo: number, stride: number, deadlineMs: number, clock: WallClock): boolean;
  /** A second one at the same place, with the same frames held. */
  fork(): Playable<F>;
  close(): void;
}

/** Where a player begins. */
export interface PlayerStart {
  /** First grid index that somebody wants. */
  seq: number;
  /** First grid index that can be sought. */
  firstSeq: number;
  /** Grid steps between published frames. */
  stride: number;
}

/** One message of a frame. */
export interface FramePart {
  bytes: Uint8Array;
  binary: boolean;
}

/** A frame on its way to one viewer. */
export interface Delivery<F extends HeldItem> {
  session: string;
  frame: F;
  held: HeldFrames<F>;
  /** Sums at the viewer's previous frame. */
  since: F['before'];
  /** Frames this viewer lost since the previous one. */
  skipped: number;
  /** Frames left out for everybody since then. */
  thinned: number;
  lagMs: number;
}

/** Turns frames into messages. */
export interface FrameWriter<F extends HeldItem> {
  /** The text that opens a frame, as UTF-8 JSON. */
  open(delivery: Delivery<F>): Uint8Array;
  /** What follows it: the same for every viewer. */
  rest(frame: F): readonly FramePart[];
}

/** The grid of an open stream. */
export interface StreamGrid {
  /** Name of the frame sequence, 16 hex digits. */
  session: string;
  symbol: string;
  /** Session date, YYYY-MM-DD, and the zone its times are told in. */
  dt: string;
  timeZone: string;
  /** 00:00 UTC of the session date, where grid index 0 lies. */
  originNs: UnixNs;
  /** Event time between grid steps, ms. */
  throttleMs: number;
  /** First and last grid index that can be sought. */
  first: number;
  last: number;
  /** Where playback begins when nothing else is asked. */
  start: number;
  /** `last` grows, and viewers follow it. */
  live?: boolean;
}

/** The instant of a grid index, ns since the epoch, as a string. */
export function gridInstant(grid: Pick<StreamGrid, 'originNs' | 'throttleMs'>, seq: number) {
  return String(grid.originNs + BigInt(seq) * BigInt(grid.throttleMs) * 1_000_000n);
}

/** A kind of streams: everything that the machinery of sockets and playback does not know. */
export interface StreamKind<S, F extends HeldItem> {
  /** The grid of an open stream. */
  gridOf(stream: S): StreamGrid;
  /** A player from a place on. */
  open(stream: S, start: PlayerStart): Promise<Playable<F>>;
  writer: FrameWriter<F>;
  /** Wall time between frames on the wire at high speeds, ms. */
  wireIntervalMs: number;
  /** What viewers are told while a player works towards its first frame. */
  preparing: string;
}
