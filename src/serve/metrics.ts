/**
 * What an operator can watch: counters and gauges in the Prometheus text format.
 */
import { type Counter, Gauge, Histogram, Counter as PromCounter, Registry } from 'prom-client';

/** The registry and its series; one per server. */
export interface ServeMetrics {
  registry: Registry;
  frames: Counter;
  conflated: Counter;
  thinned: Counter;
  computed: Counter;
  records: Counter;
  slowViewers: Counter;
  errors: Counter<'code'>;
  viewers: Gauge;
  channels: Gauge;
  frameBytes: Counter;
  lateness: Histogram;
}

const NAME = 'spymaster_vacuum_pressure';

function counter(registry: Registry, name: string, help: string): Counter {
  return new PromCounter({ name: `${NAME}_${name}`, help, registers: [registry] });
}

function gauge(registry: Registry, name: string, help: string): Gauge {
  return new Gauge({ name: `${NAME}_${name}`, help, registers: [registry] });
}

/** Makes the series of a server in a registry of its own. */
export function createMetrics(): ServeMetrics {
  const registry = new Registry();
  return {
    registry,
    frames: counter(registry, 'frames_sent_total', 'Frames sent, counted per viewer.'),
    conflated: counter(
      registry,
      'frames_skipped_total',
      'Frames lost to viewers that read slowly.',
    ),
    thinned: counter(registry, 'frames_thinned_total', 'Frames left out at high playback speed.'),
    computed: counter(registry, 'frames_computed_total', 'Frames computed, sent or not.'),
    records: counter(registry, 'records_total', 'Records applied by the engines.'),
    slowViewers: counter(registry, 'slow_viewers_total', 'Viewers closed for staying behind.'),
    errors: new PromCounter({
      name: `${NAME}_errors_total`,
      help: 'Streams that ended with an error, by code.',
      labelNames: ['code'],
      registers: [registry],
    }),
    viewers: gauge(registry, 'viewers', 'Viewers connected.'),
    channels: gauge(registry, 'engines', 'Engines playing or parked.'),
    frameBytes: counter(registry, 'sent_bytes_total', 'Bytes handed to sockets.'),
    lateness: new Histogram({
      name: `${NAME}_frame_lag_seconds`,
      help: 'Wall time between the moment a frame was due and its production.',
      buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5],
      registers: [registry],
    }),
  };
}
