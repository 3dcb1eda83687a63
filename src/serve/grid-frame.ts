import type { FrameFields, GridUpdate, WireTrade } from '../wire/index.ts';
import type { HeldItem } from './held-frames.ts';

/**
 * Sums since the session's start, as of a frame: differences of two give any interval's figures.
 */
export interface SessionTotals {
  /** Book events. */
  events: number;
  /** Lots bought and sold by aggressors. */
  bought: number;
  sold: number;
  /** Trades. */
  trades: number;
}

/** The part of a `grid_update` that is the same for every viewer. */
export type FrameState = Omit<FrameFields, 'type'> & Pick<GridUpdate, 'cvd' | 'edge' | 'gap'>;

/** A frame of the vacuum-pressure stream, ready to be sent. */
export interface GridFrame extends HeldItem {
  state: FrameState;
  /** The Arrow stream; shared by all viewers, never written again. */
  arrow: Uint8Array;
  /** Trades since the previous held frame, at most the wire's limit. */
  trades: WireTrade[];
  /** Capture time of the record that completed it, ns since the origin. */
  heardNs: number;
  before: SessionTotals;
  after: SessionTotals;
}
