/**
 * The query of `/v1/velocity/stream`: every parameter, its range and its default.
 */
import { MAX_SKIP_MINUTES } from './limits.ts';
import { type PlaybackRequest, QueryParameters, type RawQuery } from './query-parameters.ts';
import { RequestError } from './request-error.ts';

/** What a server fills in for parameters that a request leaves out. */
export interface VelocityDefaults {
  product_type?: string;
  symbol?: string;
  dt?: string;
  speed?: string;
  start_time?: string;
  skip_minutes?: string;
}

const NAMES = [
  'product_type',
  'symbol',
  'dt',
  'speed',
  'start_time',
  'skip_minutes',
  'resume_from',
  'token',
] as const;

/**
 * Reads and checks a query; whatever it leaves out comes from the defaults.
 * @throws RequestError naming the parameter, with a hint.
 */
export function parseVelocityQuery(query: RawQuery, defaults: VelocityDefaults): PlaybackRequest {
  const given = new QueryParameters(query, { ...defaults }, NAMES);
  const request = {
    ...given.playback(),
    skipMinutes: given.number('skip_minutes', 0, 0, MAX_SKIP_MINUTES),
  };
  const { productType } = request;
  if (productType === 'future_mbo' || productType === 'equity_mbo') return request;
  const message = `product_type: ${productType} is shown with what it is options on`;
  throw new RequestError('USAGE', message, 'future_mbo or equity_mbo');
}
