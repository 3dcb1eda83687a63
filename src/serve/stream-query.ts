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

/** Where a stream's records come from. */
export type StreamSource = 'file' | 'live' | 'synthetic';

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

/** Stands for the date of a live stream until its first record tells it. */
export const LIVE_DT = '1970-01-01';

function parseSource(text: string): StreamSource {
  if (text === '') return 'file';
  if (text === 'file' || text === 'live' || text === 'synthetic') return text;
  throw wrongParameter('source', text, 'file, synthetic or live');
}

/**
 * Reads and checks a query; whatever it leaves out comes from the defaults.
 * @throws RequestError naming the parameter, with a hint.
 */
export function parseStreamQuery(query: RawQuery, defaults: StreamDefaults): StreamRequest {
  const source = parseSource(new QueryParameters(query, { ...defaults }, NAMES).text('source'));
  const { dt: _dt, speed: _speed, start_time: _start, ...others } = defaults;
  // A live stream is of today and at the market's speed, whatever the server's files are.
  const own = source === 'live' ? { ...others, dt: LIVE_DT } : defaults;
  const given = new QueryParameters(query, { ...own }, NAMES);
  const bucket = given.text('bucket_ticks');
  const playback = given.playback();
  if (source === 'live' && playback.speed !== 1) {
    throw wrongParameter('speed', given.text('speed'), 'a live stream has speed 1');
  }
  return {
    ...playback,
    throttleMs: given.number('throttle_ms', 25, MIN_THROTTLE_MS, MAX_THROTTLE_MS, true),
    source,
    bucketTicks: bucket ? given.number('bucket_ticks', 0, 1, MAX_BUCKET_TICKS, true) : null,
  };
}
