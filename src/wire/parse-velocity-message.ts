import {
  type MessageFields,
  readMessage,
  SHARED_CONFIG_FIELDS,
  SHARED_FIELDS,
} from './message-fields.ts';
import type { VelocityServerMessage } from './velocity-messages.ts';

/** What the page relies on, per message type. Fields beyond these are allowed. */
const FIELDS = {
  ...SHARED_FIELDS,
  runtime_config: {
    ...SHARED_CONFIG_FIELDS,
    stream: 's',
    grid_max_ticks: 'n',
    range_start_ns: 'i',
    range_end_ns: 'i',
    schema: 'o',
    options: 'o',
    forecast: 'o',
  },
  batch_start: {
    session: 's',
    seq: 'n',
    window_end_ts_ns: 'i',
    surfaces: 'a',
    mid_price_int: 'i?',
    spot_ref_price_int: 'i?',
    best_bid_price_int: 'i?',
    best_ask_price_int: 'i?',
    book_valid: 'b',
    crossed: 'b',
    spot_stale: 'b',
    buy_volume: 'n',
    sell_volume: 'n',
    trade_count: 'n',
    lag_ms: 'n',
    skipped: 'n',
    thinned: 'n',
    gap: 'o?',
  },
  surface_header: { session: 's', seq: 'n', surface: 's', rows: 'n', bytes: 'n' },
} as const satisfies MessageFields & Record<VelocityServerMessage['type'], object>;

/**
 * Reads a velocity server's text message. Null for a type this build does not know; fields it does
 * not know are kept.
 * @throws DataError WIRE when the text is not JSON or a field that the page relies on is missing or
 *   of another kind.
 */
export function parseVelocityMessage(text: string): VelocityServerMessage | null {
  return readMessage(text, FIELDS) as VelocityServerMessage | null;
}
