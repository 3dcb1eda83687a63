/**
 * The text before each Arrow frame, from a held frame and what the viewer had before it.
 */
import type { GridUpdate, WireTrade } from '../wire/index.ts';
import type { GridFrame } from './grid-frame.ts';
import type { HeldFrames } from './held-frames.ts';
import { MAX_TRADES_PER_FRAME } from './limits.ts';
import type { Delivery, FrameWriter } from './playable.ts';

function encodeGridUpdate(d: Delivery<GridFrame>): Uint8Array {
  const { frame } = d;
  const since = d.since as GridFrame['before'];
  const trades = mergeTrades(d.held, frame.ordinal - d.skipped, frame.ordinal);
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
    trades,
    trades_dropped: Math.max(0, frame.after.trades - since.trades - trades.length),
    buy_volume: frame.after.bought - since.bought,
    sell_volume: frame.after.sold - since.sold,
  };
  return Buffer.from(JSON.stringify(message));
}

/** Trades of the held frames in `[fromOrdinal, toOrdinal]`: the latest that fit in one message. */
function mergeTrades(
  held: HeldFrames<GridFrame>,
  fromOrdinal: number,
  toOrdinal: number,
): WireTrade[] {
  const trades: WireTrade[] = [];
  for (let ordinal = toOrdinal; ordinal >= Math.max(fromOrdinal, held.first); ordinal--) {
    const more = held.at(ordinal)?.trades ?? [];
    const room = MAX_TRADES_PER_FRAME - trades.length;
    trades.unshift(...more.slice(Math.max(0, more.length - room)));
    if (trades.length === MAX_TRADES_PER_FRAME) break;
  }
  return trades;
}

/** Frames of the vacuum-pressure stream: a `grid_update` and one binary. */
export const GRID_WRITER: FrameWriter<GridFrame> = {
  open: encodeGridUpdate,
  rest: (frame) => [{ bytes: frame.arrow, binary: true }],
};
