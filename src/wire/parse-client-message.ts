import { DataError } from '../core/index.ts';
import type { ClientMessage } from './vacuum-pressure-messages.ts';

/** Longest text message a client may send, UTF-16 code units. */
export const MAX_CLIENT_MESSAGE_CHARS = 1024;
/** Fastest playback, multiples of event time; 0 means as fast as it goes. */
export const MAX_SPEED = 100_000;
/** Longest `id` of a ping, code units. */
export const MAX_PING_ID_CHARS = 64;

const TIME_OF_DAY = /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?$/;

type Fields = Record<string, unknown>;

const fail = (found: string, expected: string): never => {
  throw new DataError('WIRE', 'message not understood', { found, expected });
};

const shown = (value: unknown) => {
  const text = typeof value === 'string' ? `"${value}"` : String(JSON.stringify(value));
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
};

function parseFields(text: string): Fields {
  if (text.length > MAX_CLIENT_MESSAGE_CHARS) {
    fail(`${text.length} characters`, `at most ${MAX_CLIENT_MESSAGE_CHARS}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    fail(shown(text), 'JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    fail(shown(value), 'a JSON object with "type"');
  }
  return value as Fields;
}

function only(fields: Fields, allowed: readonly string[]): void {
  for (const key of Object.keys(fields)) {
    if (!allowed.includes(key)) fail(`field ${shown(key)}`, `only ${allowed.join(', ')}`);
  }
}

function parseSpeed(fields: Fields): ClientMessage {
  only(fields, ['type', 'value']);
  const { value } = fields;
  if (typeof value !== 'number' || !(value >= 0 && value <= MAX_SPEED)) {
    return fail(`value ${shown(value)}`, `a number from 0 (as fast as it goes) to ${MAX_SPEED}`);
  }
  return { type: 'speed', value };
}

function parseSeek(fields: Fields): ClientMessage {
  only(fields, ['type', 'to']);
  const { to } = fields;
  if (typeof to !== 'string' || !TIME_OF_DAY.test(to)) {
    return fail(`to ${shown(to)}`, 'HH:MM or HH:MM:SS, optionally with a fraction');
  }
  return { type: 'seek', to };
}

function parsePing(fields: Fields): ClientMessage {
  only(fields, ['type', 'id']);
  const { id } = fields;
  const valid =
    (typeof id === 'string' && id.length <= MAX_PING_ID_CHARS) ||
    (typeof id === 'number' && Number.isFinite(id));
  if (!valid) fail(`id ${shown(id)}`, `a number, or at most ${MAX_PING_ID_CHARS} characters`);
  return { type: 'ping', id: id as string | number };
}

/**
 * Reads a client's text message, strictly: unknown types and fields are refused.
 * @throws DataError WIRE that says what was found and what was expected.
 */
export function parseClientMessage(text: string): ClientMessage {
  const fields = parseFields(text);
  switch (fields['type']) {
    case 'pause':
    case 'resume':
      only(fields, ['type']);
      return { type: fields['type'] };
    case 'speed':
      return parseSpeed(fields);
    case 'seek':
      return parseSeek(fields);
    case 'ping':
      return parsePing(fields);
    default:
      return fail(`type ${shown(fields['type'])}`, 'pause, resume, speed, seek or ping');
  }
}
