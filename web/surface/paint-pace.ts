/**
 * Time from a paint to the next animation frame beyond which the machine is behind, ms: two frames
 * at 60 Hz.
 */
const SLOW_MS = 40;
/** Part of a slow paint's time that is left to everything else before the next one. */
const REST = 0.6;
/** Longest rest, ms. */
const MAX_REST_MS = 250;

/**
 * Runs a paint at most once an animation frame, and less often where painting is slow (software
 * rendering, a busy machine), so that input and data are always served.
 */
export class PaintPace {
  private readonly paint: () => void;
  private frame = 0;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private restUntil = 0;

  /** @param paint called in an animation frame after `request`. */
  constructor(paint: () => void) {
    this.paint = paint;
  }

  /** Asks for a paint; any number of times costs one. */
  request(): void {
    if (this.frame !== 0 || this.timer !== null) return;
    const rest = this.restUntil - performance.now();
    if (rest <= 0) {
      this.frame = requestAnimationFrame(() => this.run());
      return;
    }
    this.timer = setTimeout(() => {
      this.timer = null;
      this.frame = requestAnimationFrame(() => this.run());
    }, rest);
  }

  /** Takes back what was asked for. */
  stop(): void {
    cancelAnimationFrame(this.frame);
    if (this.timer !== null) clearTimeout(this.timer);
    this.frame = 0;
    this.timer = null;
  }

  private run(): void {
    this.frame = 0;
    const began = performance.now();
    this.paint();
    requestAnimationFrame(() => {
      const now = performance.now();
      const took = now - began;
      this.restUntil = took > SLOW_MS ? now + Math.min(MAX_REST_MS, took * REST) : 0;
    });
  }
}
