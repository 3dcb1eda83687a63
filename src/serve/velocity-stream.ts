/**
 * An open velocity stream, and its grid: one window a second.
 */
import type { UnixNs } from '../core/index.ts';
import type { Product, ProductType } from '../lake/index.ts';
import type { StreamMode } from '../wire/index.ts';
import type { StreamGrid } from './playable.ts';
import type { VelocityDayFacts, VelocityDayRequest } from './velocity-day.ts';

/** Event time between windows, ms. */
export const WINDOW_MS = 1_000;

/** Everything that windows depend on, besides the place and the speed of playback. */
export interface VelocityStream {
  /** Identity of the window sequence, 16 hex digits. */
  readonly session: string;
  readonly productType: ProductType;
  readonly product: Product;
  /** Contract or ticker. */
  readonly symbol: string;
  readonly dt: string;
  readonly mode: StreamMode;
  /** 00:00 UTC of the session date. */
  readonly originNs: UnixNs;
  /** First 12 hex digits of the hash of product, model constants and parameters. */
  readonly configVersion: string;
  readonly facts: VelocityDayFacts;
  /** What the reading thread is asked with. */
  readonly request: VelocityDayRequest;
  /** Set once the lake's files turned out to be damaged. */
  failure: unknown;
}

/** The grid of a stream. */
export function gridOfVelocity(stream: VelocityStream): StreamGrid {
  const { session, symbol, dt, product, originNs, facts } = stream;
  return {
    session,
    symbol,
    dt,
    timeZone: product.session.timeZone,
    originNs,
    throttleMs: WINDOW_MS,
    first: facts.first,
    last: facts.last,
    start: facts.first,
  };
}
