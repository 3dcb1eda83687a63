/**
 * What belongs to a frame as a whole, as numbers; `grid-update.ts` turns it into the fields of a
 * `grid_update`.
 */
export interface FrameHeader {
  /** Index on the event-time grid: emission time = origin + seq x throttle. */
  seq: number;
  /** Emission time, ns since the origin (00:00 UTC of the session date). */
  ts: number;
  /** Count of the book's completed events. */
  eventId: number;
  /** Best bid and ask, 1e-9 currency; null when the side is empty. */
  bestBid: number | null;
  bestAsk: number | null;
  /** Exact middle of best bid and ask, 1e-9 currency; null when a side is empty. */
  mid: number | null;
  /**
   * Middle rounded half-up to a tick, or the last known one, 1e-9 currency; null when none was ever
   * known.
   */
  spot: number | null;
  /** `spot` in ticks; row k = 0 is its bucket. Meaningless while `spot` is null. */
  spotTick: number;
  /** A side is empty: `spot` is the last known one. */
  spotStale: boolean;
  bookValid: boolean;
  /** The book was started mid-session without a snapshot. */
  bookPartial: boolean;
  /** Best bid above best ask. */
  crossed: boolean;
  /** Best bid equal to best ask. */
  locked: boolean;
  /** Lots bought and sold by aggressors, and trades, since the session's first record. */
  buyVolume: number;
  sellVolume: number;
  tradeCount: number;
  /** Records applied since the session's first. */
  records: number;
  /** Running median of |net edge| of the session so far, lots/s: the scale of the edge. */
  edgeScale: number;
}

/** A header of a frame that was never read out. */
export function emptyFrameHeader(): FrameHeader {
  return {
    seq: 0,
    ts: 0,
    eventId: 0,
    bestBid: null,
    bestAsk: null,
    mid: null,
    spot: null,
    spotTick: 0,
    spotStale: true,
    bookValid: false,
    bookPartial: false,
    crossed: false,
    locked: false,
    buyVolume: 0,
    sellVolume: 0,
    tradeCount: 0,
    records: 0,
    edgeScale: 0,
  };
}

/** Bytes of `canonicalHeader`. */
export const CANONICAL_HEADER_BYTES = 112;

const orNaN = (x: number | null) => (x === null ? Number.NaN : x);

/**
 * Writes the header as bytes that are equal exactly when the headers are, for the hash of a run
 * (the frame's Arrow bytes follow it): float64 little-endian in the order of `FrameHeader`, NaN for
 * null, then the flags.
 */
export function canonicalHeader(h: FrameHeader, into: DataView): void {
  const numbers = [
    h.seq,
    h.ts,
    h.eventId,
    orNaN(h.bestBid),
    orNaN(h.bestAsk),
    orNaN(h.mid),
    orNaN(h.spot),
    h.spotTick,
    h.buyVolume,
    h.sellVolume,
    h.tradeCount,
    h.records,
    h.edgeScale,
  ];
  const flags = [h.spotStale, h.bookValid, h.bookPartial, h.crossed, h.locked];
  for (let i = 0; i < numbers.length; i++) into.setFloat64(8 * i, numbers[i], true);
  let bits = 0;
  for (let i = 0; i < flags.length; i++) bits |= flags[i] ? 1 << i : 0;
  into.setFloat64(8 * numbers.length, bits, true);
}
