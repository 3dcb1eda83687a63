/**
 * Reads `bronze.future_mbo.mbo` of a contract and day, all of it; writes
 * `silver.future_mbo.depth_and_flow_1s` (a row per second, side and tick with depth or flow around
 * spot) and `silver.future_mbo.book_snapshot_1s` (a row per second of the session).
 *
 * Refuses nothing: what is odd in the records is counted. Meaning of the columns:
 * contracts/silver/future_mbo.
 */
import type { Stage } from '../stage.ts';
import { mboStage } from './mbo-stage.ts';

/** Futures: from every order to one-second windows. */
export const silverFutureMbo: Stage = mboStage({
  name: 'silver_compute_book_states_1s',
  version: 2,
  productType: 'future_mbo',
});
