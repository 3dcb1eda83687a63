import { DataError } from '../core/index.ts';
import type { VacuumPressureServerMessage } from './vacuum-pressure-messages.ts';

/**
 * Expected kind of a field: `?` after it allows null. `a` is an array, `o` an object, `i` a decimal
 * integer string.
 */
type Kind = 's' | 'n' | 'b' | 'a' | 'o' | 'i' | 's?' | 'n?' | 'o?' | 'i?' | 'id';

/**
 * What the page relies on, per message type. Fields beyond these are allowed: the server may be
 * newer.
 */
const FIELDS: Record<VacuumPressureServerMessage['type'], Record<string, Kind>> = {
  runtime_config: {
    session: 's',
    product_type: 's',
    symbol: 's',
    symbol_root: 's',
    dt: 's',
    mode: 's',
    time_zone: 's',
    price_scale: 'n',
    tick_size: 'n',
    tick_size_int: 'i',
    bucket_ticks: 'n',
    price_decimals: 'n',
    contract_multiplier: 'n',
    qty_unit: 's',
    grid_rows: 'n',
    throttle_ms: 'n',
    range_start_ns: 'i?',
    range_end_ns: 'i?',
    speed: 'n',
    paused: 'b',
    schema: 'a',
    config_version: 's',
    coefficients: 'o',
    server_version: 's',
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
  playback: { paused: 'b', speed: 'n', at_ns: 'i' },
  preparing: { what: 's', progress: 'n?' },
  gap: { from_seq: 'n', to_seq: 'n', reason: 's' },
  session_activity: { start_ns: 'i', step_seconds: 'n', events: 'a' },
  error: { code: 's', message: 's', hint: 's' },
  end: {},
  pong: { id: 'id' },
};

const INTEGER = /^-?\d{1,20}$/;

function isKind(value: unknown, kind: Kind): boolean {
  if (kind.endsWith('?') && value === null) return true;
  switch (kind[0]) {
    case 's':
      return typeof value === 'string';
    case 'n':
      return typeof value === 'number';
    case 'b':
      return typeof value === 'boolean';
    case 'a':
      return Array.isArray(value);
    case 'o':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    default:
      if (kind === 'id') return typeof value === 'string' || typeof value === 'number';
      return typeof value === 'string' && INTEGER.test(value);
  }
}

/**
 * Reads a server's text message. Null for a type this build does not know (a newer server); fields
 * it does not know are kept.
 * @throws DataError WIRE when the text is not JSON or a field that the page relies on is missing or
 *   of another kind.
 */
export function parseServerMessage(text: string): VacuumPressureServerMessage | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new DataError('WIRE', 'a text frame is not JSON', { found: text.slice(0, 60) });
  }
  const message = value as Record<string, unknown> | null;
  const type = typeof message === 'object' ? message?.['type'] : undefined;
  if (typeof type !== 'string') throw new DataError('WIRE', 'a message without a type');
  if (!Object.hasOwn(FIELDS, type)) return null;
  const fields = FIELDS[type as VacuumPressureServerMessage['type']];
  for (const [name, kind] of Object.entries(fields)) {
    if (!isKind(message![name], kind)) {
      const found = String(JSON.stringify(message![name])).slice(0, 60);
      throw new DataError('WIRE', `field ${name} of ${type}`, { found });
    }
  }
  return message as unknown as VacuumPressureServerMessage;
}
