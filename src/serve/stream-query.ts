/**
 * The query of `/v1/vacuum-pressure/stream`: every parameter, its range and its default, as a
 * table.
 */
import { isKnownError } from '../core/index.ts';
import {
  checkSymbolSegment,
  type ProductType,
  parseDate,
  parseProductType,
} from '../lake/index.ts';
import { MAX_SPEED } from '../wire/index.ts';
import { MAX_BUCKET_TICKS, MAX_THROTTLE_MS, MIN_SPEED, MIN_THROTTLE_MS } from './limits.ts';
import { RequestError } from './request-error.ts';

/** Where a stream's records come from. */
export type StreamSource = 'file' | 'synthetic';

/** A frame of an earlier connection. */
export interface ResumePoint {
  session: string;
  /** Last grid index that was received. */
  seq: number;
}

/** A checked request for a stream. */
export interface StreamRequest {
  productType: ProductType;
  symbol: string;
  /** YYYY-MM-DD. */
  dt: string;
  /** Playback multiple; 0 = as fast as it is read. */
  speed: number;
  /** `HH:MM` or `HH:MM:SS` of the product's zone; null = where the records begin. */
  startTime: string | null;
  throttleMs: number;
  source: StreamSource;
  /** Ticks in a row; null = the product's. */
  bucketTicks: number | null;
  resumeFrom: ResumePoint | null;
}

/**
 * What a server fills in for parameters that a request leaves out; null = the request must say it.
 */
export interface StreamDefaults {
  product_type?: string;
  symbol?: string;
  dt?: string;
  speed?: string;
  start_time?: string;
  throttle_ms?: string;
  source?: string;
  bucket_ticks?: string;
}

/** A query as Fastify parses it: repeated names come as arrays. */
export type RawQuery = Record<string, string | string[] | undefined>;

const EXAMPLE = '?product_type=future_mbo&symbol=ESH6&dt=2026-01-05&start_time=09:30&speed=1';
const NAMES = [
  'product_type',
  'symbol',
  'dt',
  'speed',
  'start_time',
  'throttle_ms',
  'source',
  'bucket_ticks',
  'resume_from',
  'token',
] as const;
type Name = (typeof NAMES)[number];

const TIME = /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/;
const RESUME = /^([0-9a-f]{16}):(\d{1,10})$/;

function wrong(name: Name, value: string, hint: string): RequestError {
  const message = value
    ? `${name}: "${value.slice(0, 40)}" is not understood`
    : `${name} is missing`;
  return new RequestError('USAGE', message, hint);
}

function checkNames(query: RawQuery): void {
  for (const [name, value] of Object.entries(query)) {
    if (!NAMES.includes(name as Name)) {
      const message = `no parameter "${name.slice(0, 40)}"`;
      throw new RequestError('USAGE', message, `parameters: ${NAMES.join(', ')}`);
    }
    if (Array.isArray(value)) {
      throw new RequestError('USAGE', `${name} is given ${value.length} times`, 'give it once');
    }
  }
}

function numberIn(name: Name, text: string, min: number, max: number, whole: boolean): number {
  const value = /^\d{1,9}(\.\d{1,9})?$/.test(text) ? Number(text) : Number.NaN;
  const fits = value >= min && value <= max && (!whole || Number.isInteger(value));
  if (fits) return value;
  throw wrong(name, text, `${whole ? 'a whole number' : 'a number'} from ${min} to ${max}`);
}

/** @throws RequestError unless `speed` is 0 or in range. */
export function checkSpeed(speed: number): number {
  if (speed === 0 || (speed >= MIN_SPEED && speed <= MAX_SPEED)) return speed;
  const hint = `0 (as fast as it is read), or ${MIN_SPEED} to ${MAX_SPEED}`;
  throw wrong('speed', String(speed), hint);
}

function checked<T>(name: Name, value: string, hint: string, check: (value: string) => T): T {
  if (!value) throw wrong(name, value, hint);
  try {
    return check(value);
  } catch (error) {
    if (isKnownError(error)) throw new RequestError('USAGE', `${name}: ${error.message}`, hint);
    throw error;
  }
}

function parseSource(text: string): StreamSource {
  if (text === 'file' || text === 'synthetic') return text;
  if (text === 'live') {
    const message = 'source=live: the vendor live source is not available yet';
    throw new RequestError('SOURCE_UNAVAILABLE', message, 'use source=file or source=synthetic');
  }
  throw wrong('source', text, 'file, synthetic or live');
}

function parseResume(text: string): ResumePoint | null {
  if (!text) return null;
  const parts = RESUME.exec(text);
  if (!parts) throw wrong('resume_from', text, 'SESSION:SEQ of the last frame received');
  return { session: parts[1] as string, seq: Number(parts[2]) };
}

/**
 * Reads and checks a query; whatever it leaves out comes from the defaults.
 * @throws RequestError naming the parameter, with a hint.
 */
export function parseStreamQuery(query: RawQuery, defaults: StreamDefaults): StreamRequest {
  checkNames(query);
  const get = (name: Name) => {
    const given = query[name] ?? (defaults as Record<string, string | undefined>)[name] ?? '';
    return given as string;
  };
  const startTime = get('start_time');
  if (startTime && !TIME.test(startTime)) throw wrong('start_time', startTime, 'HH:MM or HH:MM:SS');
  const bucket = get('bucket_ticks');
  return {
    productType: checked(
      'product_type',
      get('product_type') || 'future_mbo',
      EXAMPLE,
      parseProductType,
    ),
    symbol: checked('symbol', get('symbol'), EXAMPLE, checkSymbolSegment),
    dt: checked('dt', get('dt'), EXAMPLE, parseDate),
    speed: checkSpeed(numberIn('speed', get('speed') || '1', 0, MAX_SPEED, false)),
    startTime: startTime || null,
    throttleMs: numberIn(
      'throttle_ms',
      get('throttle_ms') || '25',
      MIN_THROTTLE_MS,
      MAX_THROTTLE_MS,
      true,
    ),
    source: parseSource(get('source') || 'file'),
    bucketTicks: bucket ? numberIn('bucket_ticks', bucket, 1, MAX_BUCKET_TICKS, true) : null,
    resumeFrom: parseResume(get('resume_from')),
  };
}
