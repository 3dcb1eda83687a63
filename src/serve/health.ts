/**
 * Whether the server does its work well, with reasons where it does not.
 */
import { existsSync } from 'node:fs';
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { Gauge } from 'prom-client';
import { MAX_VIEWERS } from './limits.ts';
import type { ServeMetrics } from './metrics.ts';

/** Event loop delay (99th percentile) above which the server calls itself degraded, ms. */
const LOOP_DELAY_LIMIT_MS = 50;
/** Resolution of the delay's measurement, ms. */
const LOOP_RESOLUTION_MS = 10;

/** The answer of `GET /health`. */
export interface Health {
  status: 'ready' | 'degraded';
  reasons: string[];
  viewers: number;
  engines: number;
  server_version: string;
}

/** Watches the event loop and the process; `close` it. */
export class HealthWatch {
  private readonly delay: IntervalHistogram;

  constructor(metrics: ServeMetrics) {
    this.delay = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
    this.delay.enable();
    const registers = [metrics.registry];
    const delayMs = () => this.loopDelayMs;
    new Gauge({
      name: 'spymaster_event_loop_delay_seconds',
      help: '99th percentile of the event loop delay since the last scrape.',
      registers,
      collect() {
        this.set(delayMs() / 1000);
      },
    });
    new Gauge({
      name: 'spymaster_resident_bytes',
      help: 'Resident memory of the process.',
      registers,
      collect() {
        this.set(process.memoryUsage.rss());
      },
    });
  }

  /** What is wrong now, in words. */
  reasons(lake: string, viewers: number): string[] {
    const reasons: string[] = [];
    if (!existsSync(lake)) reasons.push(`there is no lake at ${lake}`);
    if (viewers >= MAX_VIEWERS) reasons.push(`all ${MAX_VIEWERS} places for viewers are taken`);
    const delayMs = this.loopDelayMs;
    if (delayMs > LOOP_DELAY_LIMIT_MS) {
      reasons.push(`the event loop is ${Math.round(delayMs)} ms late (p99)`);
    }
    return reasons;
  }

  /** Begins a new period of measurement. */
  reset(): void {
    this.delay.reset();
  }

  close(): void {
    this.delay.disable();
  }

  private get loopDelayMs(): number {
    return Math.max(0, this.delay.percentile(99) / 1e6 - LOOP_RESOLUTION_MS);
  }
}
