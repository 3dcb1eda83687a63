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

/**
 * Makes the series of a server in a registry of its own.
 * @param stream what their names begin with after `spymaster_`.
 */
export function createMetrics(stream: 'vacuum_pressure' | 'velocity'): ServeMetrics {
  const registry = new Registry();
  const registers = [registry];
  const named = (name: string, help: string) => ({
    name: `spymaster_${stream}_${name}`,
    help,
    registers,
  });
  const counter = (name: string, help: string) => new PromCounter(named(name, help));
  const gauge = (name: string, help: string) => new Gauge(named(name, help));
  return {
    registry,
    frames: counter('frames_sent_total', 'Frames sent, counted per viewer.'),
    conflated: counter('frames_skipped_total', 'Frames lost to viewers that read slowly.'),
    thinned: counter('frames_thinned_total', 'Frames left out at high playback speed.'),
    computed: counter('frames_computed_total', 'Frames computed, sent or not.'),
    records: counter('records_total', 'Records applied by the engines.'),
    slowViewers: counter('slow_viewers_total', 'Viewers closed for staying behind.'),
    errors: new PromCounter({
      ...named('errors_total', 'Streams that ended with an error, by code.'),
      labelNames: ['code'],
    }),
    viewers: gauge('viewers', 'Viewers connected.'),
    channels: gauge('engines', 'Engines playing or parked.'),
    frameBytes: counter('sent_bytes_total', 'Bytes handed to sockets.'),
    lateness: new Histogram({
      ...named(
        'frame_lag_seconds',
        'Wall time between the moment a frame was due and its production.',
      ),
      buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5],
    }),
  };
}
