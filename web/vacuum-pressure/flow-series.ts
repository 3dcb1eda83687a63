import { FRAME_K, type FrameArrays, type GridUpdate } from '../../src/wire/index.ts';

/** Points of a small line. */
const MAX_POINTS = 480;
/** Event time between points, ms. */
const POINT_MS = 250;
/** Rows on each side of spot that the order-flow imbalance proxy looks at. */
export const IMBALANCE_ROWS = 5;
/** Window of the event rate, ms of event time. */
const RATE_WINDOW_MS = 1000;
/** Shortest time that says something about the event rate, ms of event time. */
const RATE_LEAST_MS = 250;

/**
 * Order-flow imbalance, by proxy: building minus draining near the touch, bids minus asks, lots/s.
 * Positive: support builds or resistance drains. It describes the last two seconds and forecasts
 * nothing.
 */
export function flowImbalance(a: FrameArrays): number {
  let sum = 0;
  for (let i = FRAME_K - IMBALANCE_ROWS; i <= FRAME_K + IMBALANCE_ROWS; i++) {
    sum += a.bid_pressure[i]! - a.bid_vacuum[i]! - (a.ask_pressure[i]! - a.ask_vacuum[i]!);
  }
  return sum;
}

/**
 * The small lines: order-flow imbalance, cumulative volume delta and event rate, a point each
 * quarter second.
 */
export class FlowSeries {
  /** Time columns of the points. */
  readonly columns: number[] = [];
  readonly imbalance: number[] = [];
  readonly cvd: number[] = [];
  readonly eventRate: number[] = [];
  private recent: { column: number; steps: number; events: number }[] = [];

  /** Adds a frame; it becomes a point when a quarter second has passed since the last one. */
  take(header: GridUpdate, arrays: FrameArrays, columnMs: number): void {
    const steps = 1 + header.skipped + header.thinned;
    this.recent.push({ column: header.seq, steps, events: header.events });
    const window = Math.max(1, Math.round(RATE_WINDOW_MS / columnMs));
    while (this.recent.length > 1 && this.recent[0]!.column <= header.seq - window) {
      this.recent.shift();
    }
    const last = this.columns.at(-1);
    if (last !== undefined && (header.seq - last) * columnMs < POINT_MS) return;
    this.columns.push(header.seq);
    this.imbalance.push(flowImbalance(arrays));
    this.cvd.push(header.cvd);
    this.eventRate.push(this.rate(columnMs));
    if (this.columns.length > MAX_POINTS) {
      for (const line of this.lines()) line.shift();
    }
  }

  /** Events a second of event time over the last second; NaN until a quarter of one has passed. */
  rate(columnMs: number): number {
    const events = this.recent.reduce((sum, r) => sum + r.events, 0);
    const steps = this.recent.reduce((sum, r) => sum + r.steps, 0);
    const ms = steps * columnMs;
    return ms < RATE_LEAST_MS ? Number.NaN : (events * 1000) / ms;
  }

  /** Forgets what lies at or after a column. */
  truncateFrom(column: number): void {
    while (this.columns.length > 0 && this.columns.at(-1)! >= column) {
      for (const line of this.lines()) line.pop();
    }
    this.recent = [];
  }

  /** Forgets everything. */
  clear(): void {
    for (const line of this.lines()) line.length = 0;
    this.recent = [];
  }

  private lines(): number[][] {
    return [this.columns, this.imbalance, this.cvd, this.eventRate];
  }
}
