import { DataError } from '../core/index.ts';

/**
 * Expected kind of a field: `?` after it allows null. `a` is an array, `o` an object, `i` a decimal
 * integer string.
 */
export type Kind = 's' | 'n' | 'b' | 'a' | 'o' | 'i' | 's?' | 'n?' | 'o?' | 'i?' | 'id';

/** What is relied on of each message type. */
export type MessageFields = Record<string, Record<string, Kind>>;

/** Messages that every stream sends. */
export const SHARED_FIELDS = {
  playback: { paused: 'b', speed: 'n', at_ns: 'i' },
  preparing: { what: 's', progress: 'n?' },
  gap: { from_seq: 'n', to_seq: 'n', reason: 's' },
  session_activity: { start_ns: 'i', step_seconds: 'n', events: 'a' },
  error: { code: 's', message: 's', hint: 's' },
  end: {},
  pong: { id: 'id' },
} as const satisfies MessageFields;

/** What every stream's `runtime_config` says of its product, day and playback. */
export const SHARED_CONFIG_FIELDS = {
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
  speed: 'n',
  paused: 'b',
  config_version: 's',
  server_version: 's',
} as const satisfies MessageFields[string];

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
 * Reads a text message and checks the fields that are relied on; null for a type that `fields` does
 * not list.
 * @throws DataError WIRE when the text is not JSON, or a field is missing or of another kind.
 */
export function readMessage(text: string, fields: MessageFields): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new DataError('WIRE', 'a text frame is not JSON', { found: text.slice(0, 60) });
  }
  const message = value as Record<string, unknown> | null;
  const type = typeof message === 'object' ? message?.['type'] : undefined;
  if (typeof type !== 'string') throw new DataError('WIRE', 'a message without a type');
  if (!Object.hasOwn(fields, type)) return null;
  for (const [name, kind] of Object.entries(fields[type]!)) {
    if (!isKind(message![name], kind)) {
      const found = String(JSON.stringify(message![name])).slice(0, 60);
      throw new DataError('WIRE', `field ${name} of ${type}`, { found });
    }
  }
  return message;
}
