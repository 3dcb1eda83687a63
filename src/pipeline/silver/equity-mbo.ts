/**
 * Reads `bronze.equity_mbo.mbo` of a ticker and day, all of it; writes
 * `silver.equity_mbo.depth_and_flow_1s` (a row per second, side and tick with depth or flow around
 * spot; gold gathers ticks into buckets) and `silver.equity_mbo.book_snapshot_1s` (a row per second
 * of the session).
 *
 * Refuses nothing: what is odd in the records is counted. Meaning of the columns:
 * contracts/silver/equity_mbo.
 */
import type { Stage } from '../stage.ts';
import { mboStage } from './mbo-stage.ts';

/** Equities: from every order to one-second windows. */
export const silverEquityMbo: Stage = mboStage({
  name: 'silver_compute_equity_book_states_1s',
  version: 2,
  productType: 'equity_mbo',
});
