import type { StreamCodec, StreamConfig, StreamEndpoint, StreamFrame } from '../stream/index.ts';
import type { SurfaceField } from '../surface/index.ts';
import type { ReadOutRow } from './read-cell.ts';
import type { ViewState } from './url-state.ts';

/** What tells one page from another, besides what its controller does. */
export interface PagePlan<C extends StreamConfig, F extends StreamFrame> {
  /** The page's name in words. */
  name: string;
  endpoint: StreamEndpoint;
  codec: StreamCodec<C, F>;
  fields: readonly SurfaceField[];
  readOut: readonly ReadOutRow[];
  /** The view of an address without parameters. */
  defaults: ViewState;
  /** Event time across the surface at zoom 1, s. */
  baseSeconds: number;
  /** The other page. */
  other: { path: string; label: string };
}
