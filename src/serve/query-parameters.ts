/**
 * Parameters of a stream's query: which there are, what each may be, and words for what is wrong.
 */
import { isKnownError } from '../core/index.ts';
import {
  checkSymbolSegment,
  type ProductType,
  parseDate,
  parseProductType,
} from '../lake/index.ts';
import { MAX_SPEED } from '../wire/index.ts';
import { MIN_SPEED } from './limits.ts';
import { RequestError } from './request-error.ts';

/** A frame of an earlier connection. */
export interface ResumePoint {
  session: string;
  /** Last grid index that was received. */
  seq: number;
}

/** What every request for a stream says. */
export interface PlaybackRequest {
  productType: ProductType;
  symbol: string;
  /** YYYY-MM-DD. */
  dt: string;
  /** Playback multiple; 0 = as fast as it is read. */
  speed: number;
  /** `HH:MM` or `HH:MM:SS` of the product's zone; null = where the stream begins. */
  startTime: string | null;
  /** Minutes left out from there on. */
  skipMinutes: number;
  resumeFrom: ResumePoint | null;
}

/** A query as Fastify parses it: repeated names come as arrays. */
export type RawQuery = Record<string, string | string[] | undefined>;

/** What a server fills in for parameters that a request leaves out, by name. */
export type QueryDefaults = Record<string, string | undefined>;

const EXAMPLE = '?product_type=future_mbo&symbol=ESH6&dt=2026-01-05&start_time=09:30&speed=1';
const TIME = /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/;
const RESUME = /^([0-9a-f]{16}):(\d{1,10})$/;

/** A parameter that is missing or not understood. */
export function wrongParameter(name: string, value: string, hint: string): RequestError {
  const message = value
    ? `${name}: "${value.slice(0, 40)}" is not understood`
    : `${name} is missing`;
  return new RequestError('USAGE', message, hint);
}

/** @throws RequestError unless `speed` is 0 or in range. */
export function checkSpeed(speed: number): number {
  if (speed === 0 || (speed >= MIN_SPEED && speed <= MAX_SPEED)) return speed;
  const hint = `0 (as fast as it is read), or ${MIN_SPEED} to ${MAX_SPEED}`;
  throw wrongParameter('speed', String(speed), hint);
}

function checkNames(query: RawQuery, names: readonly string[]): void {
  for (const [name, value] of Object.entries(query)) {
    if (!names.includes(name)) {
      const message = `no parameter "${name.slice(0, 40)}"`;
      throw new RequestError('USAGE', message, `parameters: ${names.join(', ')}`);
    }
    if (Array.isArray(value)) {
      throw new RequestError('USAGE', `${name} is given ${value.length} times`, 'give it once');
    }
  }
}

/** The parameters of one request, defaults filled in. */
export class QueryParameters {
  private readonly query: RawQuery;
  private readonly defaults: QueryDefaults;

  /** @throws RequestError for a name that is not in `names`, or is given twice. */
  constructor(query: RawQuery, defaults: QueryDefaults, names: readonly string[]) {
    checkNames(query, names);
    this.query = query;
    this.defaults = defaults;
  }

  /** A parameter as text; empty when nobody says it. */
  text(name: string): string {
    return (this.query[name] ?? this.defaults[name] ?? '') as string;
  }

  /** A number in a range, `missing` when nobody says it. @throws RequestError */
  number(name: string, missing: number, min: number, max: number, whole = false): number {
    const text = this.text(name) || String(missing);
    const value = /^\d{1,9}(\.\d{1,9})?$/.test(text) ? Number(text) : Number.NaN;
    const fits = value >= min && value <= max && (!whole || Number.isInteger(value));
    if (fits) return value;
    const hint = `${whole ? 'a whole number' : 'a number'} from ${min} to ${max}`;
    throw wrongParameter(name, text, hint);
  }

  /** What every stream's request says. @throws RequestError */
  playback(): PlaybackRequest {
    const startTime = this.text('start_time');
    if (startTime && !TIME.test(startTime)) {
      throw wrongParameter('start_time', startTime, 'HH:MM or HH:MM:SS');
    }
    return {
      productType: this.checked('product_type', parseProductType, 'future_mbo'),
      symbol: this.checked('symbol', checkSymbolSegment),
      dt: this.checked('dt', parseDate),
      speed: checkSpeed(this.number('speed', 1, 0, MAX_SPEED)),
      startTime: startTime || null,
      skipMinutes: 0,
      resumeFrom: this.resume(),
    };
  }

  private checked<T>(name: string, check: (value: string) => T, missing = ''): T {
    const value = this.text(name) || missing;
    if (!value) throw wrongParameter(name, value, EXAMPLE);
    try {
      return check(value);
    } catch (error) {
      if (!isKnownError(error)) throw error;
      throw new RequestError('USAGE', `${name}: ${error.message}`, EXAMPLE);
    }
  }

  private resume(): ResumePoint | null {
    const text = this.text('resume_from');
    if (!text) return null;
    const parts = RESUME.exec(text);
    const hint = 'SESSION:SEQ of the last frame received';
    if (!parts) throw wrongParameter('resume_from', text, hint);
    return { session: parts[1] as string, seq: Number(parts[2]) };
  }
}
