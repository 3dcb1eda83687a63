import { NS_PER_MS, OperatingError } from '../core/index.ts';

/** Shortest and longest time between frames, ms of event time. */
export const MIN_THROTTLE_MS = 10;
/** See `MIN_THROTTLE_MS`. */
export const MAX_THROTTLE_MS = 1000;

/** The event-time grid that frames are due on: multiples of a step since the origin. */
export class EmissionGrid {
  /** Time between frames, ns. */
  step: number;
  /**
   * Time of the next frame, ns; Infinity while frames are off, -Infinity before the first record.
   */
  next = -Infinity;

  /** @throws OperatingError USAGE when `throttleMs` is no whole number of ms within the limits. */
  constructor(throttleMs: number) {
    this.step = stepOf(throttleMs);
  }

  /** Changes the step; the next frame is the first of the new grid after `now`. */
  setThrottle(throttleMs: number, now: number): void {
    this.step = stepOf(throttleMs);
    if (Number.isFinite(this.next)) this.seek(this.next, now);
  }

  /** The next frame is the first at or after `ts` that is after `now`. */
  seek(ts: number, now: number): void {
    const wanted = Math.ceil(ts / this.step) * this.step;
    const possible = now === -Infinity ? -Infinity : this.after(now);
    this.next = Math.max(wanted, possible);
  }

  /** First grid time after `ts`. */
  after(ts: number): number {
    return (Math.floor(ts / this.step) + 1) * this.step;
  }
}

function stepOf(throttleMs: number): number {
  const valid =
    Number.isInteger(throttleMs) && throttleMs >= MIN_THROTTLE_MS && throttleMs <= MAX_THROTTLE_MS;
  if (!valid) {
    const range = `a whole number from ${MIN_THROTTLE_MS} to ${MAX_THROTTLE_MS}`;
    throw new OperatingError('USAGE', `throttle_ms: found ${throttleMs}, expected ${range}`);
  }
  return throttleMs * NS_PER_MS;
}
