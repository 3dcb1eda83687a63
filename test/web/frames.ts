import {
  FRAME_COLUMNS,
  FRAME_ROWS,
  type FrameArrays,
  type GridUpdate,
} from '../../src/wire/index.ts';

/** A frame whose every column at row i is `value(name, i)`. */
export function makeArrays(value: (name: string, i: number) => number): FrameArrays {
  const types = {
    float32: Float32Array,
    int8: Int8Array,
    uint16: Uint16Array,
    uint32: Uint32Array,
  };
  return Object.fromEntries(
    FRAME_COLUMNS.map(({ name, type }) => [
      name,
      types[type].from(Array.from({ length: FRAME_ROWS }, (_, i) => value(name, i))),
    ]),
  ) as unknown as FrameArrays;
}

/** 00:00 UTC of the session that `makeHeader` speaks of, ns. */
const MIDNIGHT_NS = 1_767_571_200_000_000_000n;

/** A frame's header at a grid index of 25 ms, an ES-like price around 6947.375. */
export function makeHeader(seq: number, more: Partial<GridUpdate> = {}): GridUpdate {
  return {
    type: 'grid_update',
    session: 's1',
    seq,
    ts_ns: String(MIDNIGHT_NS + BigInt(seq) * 25_000_000n),
    event_id: seq,
    mid_price_int: '6947375000000',
    spot_ref_price_int: '6947500000000',
    best_bid_price_int: '6947250000000',
    best_ask_price_int: '6947500000000',
    book_valid: true,
    book_partial: false,
    crossed: false,
    spot_stale: false,
    lag_ms: 1,
    events: 10,
    skipped: 0,
    thinned: 0,
    trades: [],
    trades_dropped: 0,
    buy_volume: 0,
    sell_volume: 0,
    cvd: 0,
    edge: null,
    gap: null,
    ...more,
  };
}
