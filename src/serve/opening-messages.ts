/**
 * What a viewer is told before the first frame.
 */
import { ACTIVITY_STEP_SECONDS } from '../feed/index.ts';
import { FRAME_COLUMNS, type RuntimeConfig, type SessionActivity } from '../wire/index.ts';
import { gridInstant } from './playable.ts';
import { gridOfStream, type OpenStream } from './stream.ts';

/** The `runtime_config` of a stream. */
export function runtimeConfig(
  stream: OpenStream,
  playback: { speed: number; paused: boolean },
  serverVersion: string,
): RuntimeConfig {
  const { product, source } = stream;
  const grid = gridOfStream(stream);
  return {
    type: 'runtime_config',
    session: stream.session,
    product_type: stream.productType,
    symbol: source.symbol,
    symbol_root: product.root,
    dt: stream.dt,
    mode: source.mode,
    time_zone: product.session.timeZone,
    price_scale: 1e-9,
    tick_size: Number(product.tickSize),
    tick_size_int: String(product.tickSizeInt),
    bucket_ticks: stream.bucketTicks,
    price_decimals: product.decimals,
    contract_multiplier: product.multiplier,
    qty_unit: product.qtyUnit,
    grid_rows: 101,
    throttle_ms: stream.throttleMs,
    range_start_ns: gridInstant(grid, grid.first),
    range_end_ns: gridInstant(grid, grid.last),
    speed: playback.speed,
    paused: playback.paused,
    schema: FRAME_COLUMNS.map(({ name, type, unit }) => ({ name, type, unit })),
    config_version: stream.configVersion,
    coefficients: { ...stream.coefficients },
    server_version: serverVersion,
  };
}

/** The activity of a stream's session, from its first bar with records on. */
export function sessionActivity({ source }: OpenStream): SessionActivity {
  const first = Math.floor(source.firstNs / (ACTIVITY_STEP_SECONDS * 1e9));
  const startNs = BigInt(first * ACTIVITY_STEP_SECONDS) * 1_000_000_000n;
  return {
    type: 'session_activity',
    start_ns: String(source.originNs + startNs),
    step_seconds: ACTIVITY_STEP_SECONDS,
    events: source.bars.slice(first),
  };
}
