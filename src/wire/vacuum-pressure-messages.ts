/**
 * Messages of the vacuum-pressure stream (port 8002), shared by server and page. Text frames are
 * JSON of these types; a binary frame is one Arrow IPC stream and belongs to the `grid_update`
 * before it. docs/streams.md describes them.
 */

/** Where the records come from, told as it is. */
export type StreamMode = 'replay' | 'live' | 'synthetic';

/** First message of a stream: everything a viewer needs to label what follows. */
export interface RuntimeConfig {
  type: 'runtime_config';
  /** Identity of the frame sequence: same records, grid and configuration give the same session. */
  session: string;
  product_type: string;
  symbol: string;
  symbol_root: string;
  /** Session date, YYYY-MM-DD. */
  dt: string;
  mode: StreamMode;
  /** IANA zone that the session's clock is shown in. */
  time_zone: string;
  /** Currency per price unit: prices on the wire are integers of 1e-9. */
  price_scale: 1e-9;
  /** Tick in currency units. */
  tick_size: number;
  /** Tick in 1e-9 units, as a string. */
  tick_size_int: string;
  bucket_ticks: number;
  price_decimals: number;
  contract_multiplier: number;
  qty_unit: 'contracts' | 'shares';
  grid_rows: 101;
  /** Event time between frames, ms. */
  throttle_ms: number;
  /** First and last instant that can be sought, ns since epoch, as strings; null while unknown. */
  range_start_ns: string | null;
  range_end_ns: string | null;
  /** Playback multiple of event time; 0 = as fast as it goes. */
  speed: number;
  paused: boolean;
  schema: { name: string; type: string; unit: string }[];
  /** First 12 hex digits of the hash of product, grid and coefficients. */
  config_version: string;
  coefficients: Record<string, number>;
  server_version: string;
}

/** A trade since the previous frame that this viewer was sent. */
export interface WireTrade {
  /** ns since epoch, as a string. */
  ts_ns: string;
  /** 1e-9 units, as a string. */
  price_int: string;
  size: number;
  /** Aggressor: `B` bought, `A` sold, `N` unknown. */
  side: 'B' | 'A' | 'N';
}

/** One of the levels or flows that carry the net edge, largest first. */
export interface EdgeReason {
  /** Which way it argues. */
  direction: 'up' | 'down';
  /** What it is: liquidity building or draining on a side. */
  kind: 'ask_vacuum' | 'bid_pressure' | 'bid_vacuum' | 'ask_pressure';
  /** Row of the level, ticks (buckets) from spot. */
  k: number;
  /** 1e-9 units, as a string. */
  price_int: string;
  /** Weighted contribution to the edge, lots/s. */
  contribution: number;
}

/** Directional read-out: a description of now, never a forecast. */
export interface NetEdge {
  /** Weighted mean, lots/s, before scaling. */
  up_raw: number;
  down_raw: number;
  /** Scaled by the session's running median absolute value. */
  up: number;
  down: number;
  regime: 'up' | 'down' | 'chop' | 'fragile' | 'quiet';
  reasons: EdgeReason[];
}

/** A cause for which frames are missing or not comparable; drawn as hatched time. */
export interface StreamGap {
  from_ns: string;
  to_ns: string;
  cause: string;
}

/** Per frame, before its Arrow binary. */
export interface GridUpdate {
  type: 'grid_update';
  session: string;
  /** Index on the event-time grid: emission time = session 00:00 UTC + seq x throttle_ms. */
  seq: number;
  ts_ns: string;
  /** The engine's count of events so far. */
  event_id: number;
  /** 1e-9 units as strings; null when a side is missing. `mid` may be a half tick. */
  mid_price_int: string | null;
  spot_ref_price_int: string | null;
  best_bid_price_int: string | null;
  best_ask_price_int: string | null;
  book_valid: boolean;
  /** The book was started mid-session without a snapshot. */
  book_partial: boolean;
  crossed: boolean;
  /** Spot is the last known one: a side is missing now. */
  spot_stale: boolean;
  /**
   * Wall time minus the moment this frame was due on the playback clock, ms; where a live stream is
   * followed, minus the capture time of the record that completed it.
   */
  lag_ms: number;
  /** Book events since the previous frame sent to this viewer. */
  events: number;
  /**
   * Frames this viewer lost since the previous one it was sent, because it did not read fast
   * enough.
   */
  skipped: number;
  /** Frames left out for everybody, because playback runs faster than the wire's frame rate. */
  thinned: number;
  trades: WireTrade[];
  /** Trades beyond the wire's limit a frame, merged away: count and lots. */
  trades_dropped: number;
  /** Lots bought and sold by aggressors since the previous frame sent to this viewer. */
  buy_volume: number;
  sell_volume: number;
  /** Cumulative aggressor delta of the session, lots. */
  cvd: number;
  edge: NetEdge | null;
  gap: StreamGap | null;
}

/** The answer to a control message, and the playback state after it. */
export interface PlaybackState {
  type: 'playback';
  paused: boolean;
  speed: number;
  /** Position on the event clock, ns since epoch, as a string. */
  at_ns: string;
  /** Of a live stream: played at its edge, where frames are made; false after going back. */
  following?: boolean;
  /** Why the control changed nothing, in words. */
  note?: string;
}

/** Work before the first frame (first pass over a file, restoring a checkpoint). */
export interface Preparing {
  type: 'preparing';
  what: string;
  /** 0..1, or null when the amount is unknown. */
  progress: number | null;
}

/** The place asked for by `resume_from` is not held any more. */
export interface GapNotice {
  type: 'gap';
  from_seq: number;
  to_seq: number;
  reason: string;
}

/** Activity of the session for the seek slider's background. */
export interface SessionActivity {
  type: 'session_activity';
  start_ns: string;
  /** Width of a bar. */
  step_seconds: number;
  /** Events in each bar. */
  events: number[];
}

/** Fatal for the connection: the server closes after it (1008 bad request, 1011 internal). */
export interface StreamError {
  type: 'error';
  code: string;
  message: string;
  hint: string;
}

/** End of the data. The server closes with 1000 after it. */
export interface StreamEnd {
  type: 'end';
}

/** Reply to `ping`. */
export interface Pong {
  type: 'pong';
  id: string | number;
}

/** A text message from the server. */
export type VacuumPressureServerMessage =
  | RuntimeConfig
  | GridUpdate
  | PlaybackState
  | Preparing
  | GapNotice
  | SessionActivity
  | StreamError
  | StreamEnd
  | Pong;

/** A text message from a client. */
export type ClientMessage =
  | { type: 'pause' }
  | { type: 'resume' }
  | { type: 'speed'; value: number }
  | { type: 'seek'; to: string }
  | { type: 'ping'; id: string | number };
