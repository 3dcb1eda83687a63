import {
  type MessageFields,
  readMessage,
  SHARED_CONFIG_FIELDS,
  SHARED_FIELDS,
} from './message-fields.ts';
import type { VacuumPressureServerMessage } from './vacuum-pressure-messages.ts';

/**
 * What the page relies on, per message type. Fields beyond these are allowed: the server may be
 * newer.
 */
const FIELDS = {
  ...SHARED_FIELDS,
  runtime_config: {
    ...SHARED_CONFIG_FIELDS,
    grid_rows: 'n',
    throttle_ms: 'n',
    range_start_ns: 'i?',
    range_end_ns: 'i?',
    schema: 'a',
    coefficients: 'o',
  },
  grid_update: {
    session: 's',
    seq: 'n',
    ts_ns: 'i',
    event_id: 'n',
    mid_price_int: 'i?',
    spot_ref_price_int: 'i?',
    best_bid_price_int: 'i?',
    best_ask_price_int: 'i?',
    book_valid: 'b',
    book_partial: 'b',
    crossed: 'b',
    spot_stale: 'b',
    lag_ms: 'n',
    events: 'n',
    skipped: 'n',
    trades: 'a',
    trades_dropped: 'n',
    buy_volume: 'n',
    sell_volume: 'n',
    cvd: 'n',
    edge: 'o?',
    gap: 'o?',
  },
} as const satisfies MessageFields & Record<VacuumPressureServerMessage['type'], object>;

/**
 * Reads a server's text message. Null for a type this build does not know (a newer server); fields
 * it does not know are kept.
 * @throws DataError WIRE when the text is not JSON or a field that the page relies on is missing or
 *   of another kind.
 */
export function parseServerMessage(text: string): VacuumPressureServerMessage | null {
  return readMessage(text, FIELDS) as VacuumPressureServerMessage | null;
}
