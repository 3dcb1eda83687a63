/**
 * The text before each Arrow frame, from a held frame and what the viewer had before it.
 */
import type { GridUpdate, WireTrade } from '../wire/index.ts';
import type { HeldFrame, HeldFrames, SessionTotals } from './held-frames.ts';
import { MAX_TRADES_PER_FRAME } from './limits.ts';

/** What one viewer is told with a frame, beside the frame's own state. */
export interface Delivery {
  session: string;
  frame: HeldFrame;
  /** Totals at the viewer's previous frame. */
  since: SessionTotals;
  trades: WireTrade[];
  skipped: number;
  thinned: number;
  lagMs: number;
}

/** The `grid_update` message of a delivery, as UTF-8 JSON. */
export function encodeGridUpdate(d: Delivery): Uint8Array {
  const { frame, since } = d;
  const { seq, ts_ns, ...state } = frame.state;
  const message: GridUpdate = {
    type: 'grid_update',
    session: d.session,
    seq,
    ts_ns,
    ...state,
    lag_ms: Math.round(d.lagMs * 1000) / 1000,
    events: frame.after.events - since.events,
    skipped: d.skipped,
    thinned: d.thinned,
    trades: d.trades,
    trades_dropped: Math.max(0, frame.after.trades - since.trades - d.trades.length),
    buy_volume: frame.after.bought - since.bought,
    sell_volume: frame.after.sold - since.sold,
  };
  return Buffer.from(JSON.stringify(message));
}

/** Trades of the held frames in `[fromOrdinal, toOrdinal]`: the latest that fit in one message. */
export function mergeTrades(held: HeldFrames, fromOrdinal: number, toOrdinal: number): WireTrade[] {
  const trades: WireTrade[] = [];
  for (let ordinal = toOrdinal; ordinal >= Math.max(fromOrdinal, held.first); ordinal--) {
    const more = held.at(ordinal)?.trades ?? [];
    const room = MAX_TRADES_PER_FRAME - trades.length;
    trades.unshift(...more.slice(Math.max(0, more.length - room)));
    if (trades.length === MAX_TRADES_PER_FRAME) break;
  }
  return trades;
}
