/**
 * Messages of the velocity stream (port 8001), shared by server and page. A window of one second is
 * a `batch_start`, then per surface a `surface_header` and the binary frame (one Arrow IPC stream)
 * that belongs to it. docs/streams.md describes them.
 */
import type {
  GapNotice,
  PlaybackState,
  Pong,
  Preparing,
  SessionActivity,
  StreamEnd,
  StreamError,
  StreamGap,
  StreamMode,
} from './vacuum-pressure-messages.ts';

/** Surfaces of a window, in the order they are sent. */
export const VELOCITY_SURFACES = ['snap', 'velocity', 'options', 'forecast'] as const;

/** One of `VELOCITY_SURFACES`. */
export type VelocitySurface = (typeof VELOCITY_SURFACES)[number];

/** Whether the forecast may be believed: `none` = there are no parameters that fit this stream. */
export type ForecastStatus = 'proven' | 'unproven' | 'none';

/** What a horizon's forecast was worth on the days held out. */
export interface HorizonSkill {
  horizon_s: number;
  /** 1 - log-loss / log-loss of the best baseline; above 0 is better than it; null = unknown. */
  skill: number | null;
  /** 95 % interval of the skill; null with too few days held out. */
  low: number | null;
  high: number | null;
  /** The best baseline's name; empty when there is none. */
  baseline: string;
}

/** What a viewer is told about the forecast before the first window. */
export interface ForecastNotice {
  /** Forecast rows will be sent. */
  available: boolean;
  status: ForecastStatus;
  /** Why there is none, or why it is unproven: in words; empty when proven. */
  reason: string;
  /** First 12 hex digits of the parameters' hash; null without parameters. */
  parameters_version: string | null;
  /** Days held out on which `skill` was measured. */
  holdout_days: number;
  /** What the streamed day was to the fit; null = the fit has not seen it, or there is none. */
  day_role: 'train' | 'calibrate' | 'holdout' | null;
  /** Hours of the day that were fitted and judged, exchange time; outside them it is unproven. */
  proven_hours: { from: string; to: string; time_zone: string } | null;
  skill: HorizonSkill[];
}

/** First message of a velocity stream. */
export interface VelocityConfig {
  type: 'runtime_config';
  stream: 'velocity';
  session: string;
  product_type: string;
  symbol: string;
  symbol_root: string;
  dt: string;
  mode: StreamMode;
  time_zone: string;
  price_scale: 1e-9;
  tick_size: number;
  tick_size_int: string;
  bucket_ticks: number;
  price_decimals: number;
  contract_multiplier: number;
  qty_unit: 'contracts' | 'shares';
  /** Ticks on each side of spot that surfaces reach. */
  grid_max_ticks: number;
  /** First and last window end that can be sought, ns since epoch, as strings. */
  range_start_ns: string;
  range_end_ns: string;
  speed: number;
  paused: boolean;
  /** Columns of every surface. */
  schema: Record<VelocitySurface, { name: string; type: string; unit: string }[]>;
  /** The options' surface: whose it is, or why there is none. */
  options: { available: boolean; symbol: string | null; reason: string };
  forecast: ForecastNotice;
  config_version: string;
  server_version: string;
}

/** Opens a window. */
export interface BatchStart {
  type: 'batch_start';
  session: string;
  /** Window end, s since 00:00 UTC of the session date. */
  seq: number;
  window_end_ts_ns: string;
  surfaces: VelocitySurface[];
  /** 1e-9 units as strings; null when a side is missing. */
  mid_price_int: string | null;
  spot_ref_price_int: string | null;
  best_bid_price_int: string | null;
  best_ask_price_int: string | null;
  book_valid: boolean;
  crossed: boolean;
  spot_stale: boolean;
  buy_volume: number;
  sell_volume: number;
  trade_count: number;
  /** Wall time minus the moment this window was due on the playback clock, ms. */
  lag_ms: number;
  /** Windows this viewer lost because it did not read fast enough. */
  skipped: number;
  /** Windows left out for everybody, because playback is faster than the wire's rate. */
  thinned: number;
  gap: StreamGap | null;
}

/** Where the path of least resistance lies at a window's end; null = unknown. */
export interface RunDiagnostics {
  wall_up_ticks: number | null;
  wall_down_ticks: number | null;
  vacuum_up: number | null;
  vacuum_down: number | null;
  reinforce_up: number | null;
  reinforce_down: number | null;
  run_score_up: number | null;
  run_score_down: number | null;
  force: number | null;
  damping: number | null;
  physics_confidence: number | null;
}

/** Announces the binary frame that follows. */
export interface SurfaceHeader {
  type: 'surface_header';
  session: string;
  seq: number;
  surface: VelocitySurface;
  rows: number;
  /** Bytes of the binary frame. */
  bytes: number;
  /** Of `forecast` only. */
  forecast?: {
    forecast_available: boolean;
    status: ForecastStatus;
    reason: string;
    diagnostics: RunDiagnostics | null;
  };
}

/** A text message from the velocity server. */
export type VelocityServerMessage =
  | VelocityConfig
  | BatchStart
  | SurfaceHeader
  | PlaybackState
  | Preparing
  | GapNotice
  | SessionActivity
  | StreamError
  | StreamEnd
  | Pong;
