/**
 * The query of `/v1/vacuum-pressure/stream`: every parameter, its range and its default.
 */
import { MAX_BUCKET_TICKS, MAX_THROTTLE_MS, MIN_THROTTLE_MS } from './limits.ts';
import {
  type PlaybackRequest,
  QueryParameters,
  type RawQuery,
  wrongParameter,
} from './query-parameters.ts';
import { RequestError } from './request-error.ts';

/** Where a stream's records come from. */
export type StreamSource = 'file' | 'synthetic';

/** A checked request for a stream. */
export interface StreamRequest extends PlaybackRequest {
  throttleMs: number;
  source: StreamSource;
  /** Ticks in a row; null = the product's. */
  bucketTicks: number | null;
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

function parseSource(text: string): StreamSource {
  if (text === 'file' || text === 'synthetic') return text;
  if (text === 'live') {
    const message = 'source=live: the vendor live source is not available yet';
    throw new RequestError('SOURCE_UNAVAILABLE', message, 'use source=file or source=synthetic');
  }
  throw wrongParameter('source', text, 'file, synthetic or live');
}

/**
 * Reads and checks a query; whatever it leaves out comes from the defaults.
 * @throws RequestError naming the parameter, with a hint.
 */
export function parseStreamQuery(query: RawQuery, defaults: StreamDefaults): StreamRequest {
  const given = new QueryParameters(query, { ...defaults }, NAMES);
  const bucket = given.text('bucket_ticks');
  return {
    ...given.playback(),
    throttleMs: given.number('throttle_ms', 25, MIN_THROTTLE_MS, MAX_THROTTLE_MS, true),
    source: parseSource(given.text('source') || 'file'),
    bucketTicks: bucket ? given.number('bucket_ticks', 0, 1, MAX_BUCKET_TICKS, true) : null,
  };
}
