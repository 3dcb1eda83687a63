/**
 * Where playback stands: event time against wall time, on an absolute schedule.
 *
 * A frame's due moment follows from the anchor alone, so work or timers that come late never add
 * up. Quiet stretches and closed markets pass at the same speed as everything else; a viewer that
 * does not want to wait seeks.
 */
import { NS_PER_MS, type NsOfDay } from '../core/index.ts';

/** The speed of who follows a live stream: frames come as soon as the records are there. */
export const FOLLOW = -1;

/** Maps event time to wall time and back, at a speed above 0. */
export class PlaybackClock {
  /** Playback multiple of event time. */
  speed: number;
  private anchorWallMs: number;
  private anchorNs: NsOfDay;

  constructor(speed: number, wallMs: number, atNs: NsOfDay) {
    this.speed = speed;
    this.anchorWallMs = wallMs;
    this.anchorNs = atNs;
  }

  /** Wall time at which the event instant `ns` is due, ms. */
  dueMs(ns: NsOfDay): number {
    return this.anchorWallMs + (ns - this.anchorNs) / NS_PER_MS / this.speed;
  }

  /** Event instant that is due at `wallMs`. */
  positionNs(wallMs: number): NsOfDay {
    return this.anchorNs + (wallMs - this.anchorWallMs) * NS_PER_MS * this.speed;
  }

  /** From now on `ns` is due at `wallMs`, and time passes at `speed`. */
  anchor(wallMs: number, ns: NsOfDay, speed: number = this.speed): void {
    this.anchorWallMs = wallMs;
    this.anchorNs = ns;
    this.speed = speed;
  }
}
