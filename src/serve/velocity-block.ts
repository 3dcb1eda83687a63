/**
 * Windows of the velocity stream as they travel from the reading thread to the sockets.
 */
import type { BatchStart } from '../wire/index.ts';

/** Windows of a block: what is read, encoded and held together. */
export const BLOCK_WINDOWS = 60;

/** The part of a `batch_start` that the window itself decides. */
export type WindowState = Omit<BatchStart, 'type' | 'session' | 'lag_ms' | 'skipped' | 'thinned'>;

/** A window, ready to be sent. */
export interface EncodedWindow {
  state: WindowState;
  /** `surface_header` and binary of every surface, one after the other. */
  bytes: Uint8Array<ArrayBuffer>;
  /** Where each of them ends in `bytes`: header, binary, header, binary, ... */
  ends: number[];
}

/** Consecutive windows of a session, a second each. */
export interface VelocityBlock {
  /** Seconds of the first window's end. */
  from: number;
  windows: EncodedWindow[];
  byteLength: number;
}
