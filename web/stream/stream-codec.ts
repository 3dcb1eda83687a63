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
} from '../../src/wire/index.ts';

/** What the description of any stream says: enough to label what follows. See docs/streams.md. */
export interface StreamConfig {
  type: 'runtime_config';
  session: string;
  product_type: string;
  symbol: string;
  dt: string;
  mode: StreamMode;
  time_zone: string;
  tick_size_int: string;
  bucket_ticks: number;
  price_decimals: number;
  range_start_ns: string | null;
  range_end_ns: string | null;
  speed: number;
  paused: boolean;
  config_version: string;
  server_version: string;
}

/** What the head of a frame of any stream says about its place and the book. */
export interface FrameHead {
  session: string;
  /** Time column. */
  seq: number;
  mid_price_int: string | null;
  spot_ref_price_int: string | null;
  best_bid_price_int: string | null;
  best_ask_price_int: string | null;
  book_valid: boolean;
  book_partial?: boolean;
  crossed: boolean;
  spot_stale: boolean;
  lag_ms: number;
  skipped: number;
  thinned: number;
  gap: StreamGap | null;
}

/** A whole frame: its head and whatever it carries. */
export interface StreamFrame {
  header: FrameHead;
}

/** Text messages that are not the head of a frame. */
export type StreamMessage<C extends StreamConfig = StreamConfig> =
  | C
  | PlaybackState
  | Preparing
  | GapNotice
  | SessionActivity
  | StreamError
  | StreamEnd
  | Pong;

/**
 * Reads what a server sends. It remembers heads until their binaries have come, so each connection
 * starts with `reset`. Both readers throw DataError WIRE for what is not of the protocol.
 */
export interface StreamCodec<C extends StreamConfig, F extends StreamFrame> {
  /** Forgets what is half read. */
  reset(): void;
  /** The message, or null when it is (part of) a frame's head or of a newer protocol. */
  readText(text: string): StreamMessage<C> | null;
  /** The frame that this binary completes; null when more of it is to come. */
  readBinary(data: ArrayBuffer): F | null;
}
