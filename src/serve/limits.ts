/**
 * Every limit of the servers, with its unit. Reasons stand beside the numbers; docs/operating.md
 * lists them.
 */

/** Viewers connected at once; one more is told to come back later (1013). */
export const MAX_VIEWERS = 500;
/** Engines that play or are parked at once; each holds a book (about 10 to 60 MB on a busy day). */
export const MAX_CHANNELS = 32;

/**
 * Frames a channel holds for viewers that join late or resume: 6.4 s at 40 frames/s, about 4.5 MB.
 */
export const HELD_FRAMES = 256;
/** Trades listed in one `grid_update`; more are merged into `trades_dropped`. */
export const MAX_TRADES_PER_FRAME = 64;
/** Wall time between frames on the wire, ms, unless the viewer asked for a finer grid. */
export const WIRE_INTERVAL_MS = 25;
/**
 * Frames computed before the one a viewer resumes at, so that its neighbours find theirs held too.
 */
export const PREROLL_FRAMES = 40;
/**
 * A viewer slightly ahead of a channel waits for it instead of getting an engine of its own, wall
 * ms.
 */
export const JOIN_AHEAD_MS = 2_000;
/**
 * Held frames of at most this much wall time are sent at once to a viewer that goes on after a
 * pause, ms.
 */
export const CONTINUE_MS = 1_000;

/** Windows a velocity channel holds, likewise: about 1.5 MB. */
export const HELD_WINDOWS = 64;
/** Wall time between velocity windows on the wire, ms: all of them up to a speed of 100. */
export const VELOCITY_WIRE_INTERVAL_MS = 10;
/**
 * Encoded velocity windows that are held for whoever wants them next, bytes: about 45 minutes of a
 * busy day.
 */
export const VELOCITY_BLOCK_BYTES = 64 * 1024 * 1024;
/** Most `skip_minutes`: a day. */
export const MAX_SKIP_MINUTES = 1_440;

/** Bytes waiting in a viewer's socket above which it gets no more frames until they have left. */
export const HIGH_WATER_BYTES = 256 * 1024;
/** Bytes waiting in a viewer's socket at which a conflated viewer gets frames again. */
export const LOW_WATER_BYTES = 64 * 1024;
/** A viewer that stays behind this long is closed with 1013, ms. */
export const BEHIND_LIMIT_MS = 30_000;
/** After a close was sent, the socket is destroyed at the latest after this, ms. */
export const CLOSE_GRACE_MS = 2_000;

/** Wall time between looks at a live source that had nothing new, ms. */
export const LIVE_POLL_MS = 1;
/**
 * A viewer of a live stream that comes back at most this many frames behind goes on where it was;
 * one that was away longer goes on at the live edge, and is told.
 */
export const LIVE_RESUME_FRAMES = 200;
/** A seek to at most this long before the live edge goes to it, ms of event time. */
export const LIVE_EDGE_MS = 1_000;
/** A live symbol whose first record takes longer than this is given up, ms. */
export const LIVE_WAIT_MS = 60_000;
/** A live connection that nobody has watched for this long is closed, ms. */
export const LIVE_IDLE_MS = 60_000;
/** Bytes of a live session that are kept for going back; at more, it ends and begins anew. */
export const LIVE_SPOOL_BYTES = 20 * 1024 * 1024 * 1024;

/** Longest turn of work on the event loop, ms. */
export const SLICE_MS = 8;
/** A channel this far behind its schedule moves the schedule instead of hurrying after it, ms. */
export const REANCHOR_LAG_MS = 1_000;
/** Channels without viewers that keep their engine. */
export const MAX_PARKED = 4;
/** How long a channel without viewers keeps its engine, ms. */
export const PARKED_LIMIT_MS = 15_000;
/** Wall time between two `preparing` messages, ms. */
export const PREPARING_INTERVAL_MS = 200;

/**
 * Largest message of a client, bytes: a text of the longest kind in UTF-8; a longer one closes the
 * connection (1009).
 */
export const MAX_CLIENT_MESSAGE_BYTES = 4_096;
/** Messages a client may send in a burst. */
export const CLIENT_MESSAGE_BURST = 40;
/** Rate at which that allowance returns, per second. */
export const CLIENT_MESSAGES_PER_SECOND = 20;
/** WebSocket pings, ms apart; a client that answers none of two is gone. */
export const KEEPALIVE_MS = 15_000;

/** Smallest `throttle_ms`: event time between frames, ms. */
export const MIN_THROTTLE_MS = 10;
/** Largest `throttle_ms`, ms. */
export const MAX_THROTTLE_MS = 1_000;
/** Smallest playback multiple above 0; a slower one would hold an engine for nothing. */
export const MIN_SPEED = 0.01;
/** Largest bucket, ticks. */
export const MAX_BUCKET_TICKS = 1_000;

/** Work between two engine checkpoints, in records: a seek computes at most this again (0.05 s). */
export const CHECKPOINT_RECORDS = 250_000;
/** Checkpoints held in memory, bytes; the least recently used ones go first. */
export const CHECKPOINT_MEMORY_BYTES = 64 * 1024 * 1024;
/** Checkpoints and decoded days on disk, bytes. */
export const CACHE_BYTES = 20 * 1024 * 1024 * 1024;
