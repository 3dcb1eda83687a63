/**
 * Where the market is: a position on the time line of the recorded data.
 */
import { performance } from 'node:perf_hooks';

const NS_PER_MS = 1e6;

/** Wall clock and waiting: passed in, so that tests decide both. */
export interface GatewayClock {
  /** Milliseconds that only grow. */
  nowMs(): number;
  /** Wall time, Unix ns. */
  unixNs(): bigint;
}

/** The clock of the machine. */
export const machineClock: GatewayClock = {
  nowMs: () => performance.now(),
  unixNs: () => BigInt(Date.now()) * 1_000_000n,
};

/**
 * The market's time. At a speed above 0 it runs from the moment of `open`, whoever reads; at speed
 * 0 it stands at the furthest record that anyone was sent.
 */
export class MarketClock {
  readonly speed: number;
  private readonly startNs: bigint;
  private readonly clock: GatewayClock;
  private openedMs: number | null = null;
  private furthestNs: bigint;

  /** @param speed market seconds a second, 0 = as fast as readers take it. */
  constructor(startNs: bigint, speed: number, clock: GatewayClock) {
    this.startNs = startNs;
    this.furthestNs = startNs;
    this.speed = speed;
    this.clock = clock;
  }

  /** Lets it run; a second call does nothing. */
  open(): void {
    this.openedMs ??= this.clock.nowMs();
  }

  /** Where the market is, Unix ns of the recording. */
  get nowNs(): bigint {
    if (this.speed === 0) return this.furthestNs;
    if (this.openedMs === null) return this.startNs;
    const elapsedMs = this.clock.nowMs() - this.openedMs;
    return this.startNs + BigInt(Math.floor(elapsedMs * this.speed * NS_PER_MS));
  }

  /** Says that records before `ns` were sent; matters at speed 0 only. */
  reached(ns: bigint): void {
    if (ns > this.furthestNs) this.furthestNs = ns;
  }

  /** Milliseconds of the wall until the market is at `ns`. */
  msUntil(ns: bigint): number {
    if (this.speed === 0) return 0;
    return Math.max(0, Number(ns - this.nowNs) / NS_PER_MS / this.speed);
  }
}
