import type { FrameHeader } from './frame-header.ts';
import type { GridUpdate } from './vacuum-pressure-messages.ts';

/** The fields of a `grid_update` that the frame itself decides; the rest depend on the viewer. */
export type FrameFields = Pick<
  GridUpdate,
  | 'type'
  | 'seq'
  | 'ts_ns'
  | 'event_id'
  | 'mid_price_int'
  | 'spot_ref_price_int'
  | 'best_bid_price_int'
  | 'best_ask_price_int'
  | 'book_valid'
  | 'book_partial'
  | 'crossed'
  | 'spot_stale'
>;

/** An integer Number as decimal digits, whatever its size. */
const integer = (x: number | null) => (x === null ? null : BigInt(Math.floor(x)).toString());

/** Turns a frame's header into wire fields. `originNs`: Unix ns that `header.ts` counts from. */
export function frameFields(header: FrameHeader, originNs: bigint): FrameFields {
  return {
    type: 'grid_update',
    seq: header.seq,
    ts_ns: (originNs + BigInt(header.ts)).toString(),
    event_id: header.eventId,
    mid_price_int: integer(header.mid),
    spot_ref_price_int: integer(header.spot),
    best_bid_price_int: integer(header.bestBid),
    best_ask_price_int: integer(header.bestAsk),
    book_valid: header.bookValid,
    book_partial: header.bookPartial,
    crossed: header.crossed,
    spot_stale: header.spotStale,
  };
}
