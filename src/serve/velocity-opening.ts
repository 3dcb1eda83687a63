/**
 * What a viewer of the velocity stream is told before the first window.
 */
import { ACTIVITY_STEP_SECONDS } from '../feed/index.ts';
import {
  type SessionActivity,
  VELOCITY_COLUMNS,
  VELOCITY_SURFACES,
  type VelocityConfig,
} from '../wire/index.ts';
import { gridInstant } from './playable.ts';
import type { PlaybackStart } from './stream-session.ts';
import { gridOfVelocity, type VelocityStream } from './velocity-stream.ts';

function schema(): VelocityConfig['schema'] {
  const surfaces = VELOCITY_SURFACES.map((surface) => {
    const columns = VELOCITY_COLUMNS[surface];
    return [surface, columns.map(({ name, type, unit }) => ({ name, type, unit }))];
  });
  return Object.fromEntries(surfaces) as VelocityConfig['schema'];
}

/** The `runtime_config` of a stream. */
export function velocityConfig(
  stream: VelocityStream,
  playback: PlaybackStart,
  serverVersion: string,
): VelocityConfig {
  const { product, facts } = stream;
  const grid = gridOfVelocity(stream);
  return {
    type: 'runtime_config',
    stream: 'velocity',
    session: stream.session,
    product_type: stream.productType,
    symbol: stream.symbol,
    symbol_root: product.root,
    dt: stream.dt,
    mode: stream.mode,
    time_zone: grid.timeZone,
    price_scale: 1e-9,
    tick_size: Number(product.tickSize),
    tick_size_int: String(product.tickSizeInt),
    bucket_ticks: product.bucketTicks,
    price_decimals: product.decimals,
    contract_multiplier: product.multiplier,
    qty_unit: product.qtyUnit,
    grid_max_ticks: product.gridMaxTicks,
    range_start_ns: gridInstant(grid, grid.first),
    range_end_ns: gridInstant(grid, grid.last),
    speed: playback.speed,
    paused: playback.paused,
    schema: schema(),
    options: facts.options,
    forecast: facts.forecast,
    config_version: stream.configVersion,
    server_version: serverVersion,
  };
}

/** The activity of a stream's session. */
export function velocityActivity(stream: VelocityStream): SessionActivity {
  const { start, events } = stream.facts.activity;
  return {
    type: 'session_activity',
    start_ns: String(stream.originNs + BigInt(start) * 1_000_000_000n),
    step_seconds: ACTIVITY_STEP_SECONDS,
    events,
  };
}
