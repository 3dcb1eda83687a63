/**
 * Reads `bronze.future_option_mbo.mbo` of a contract and day, all of it, and the contract's
 * `silver.future_mbo.book_snapshot_1s` for spot; writes
 * `silver.future_option_mbo.depth_and_flow_1s` (a row per second, right, side and listed strike
 * with depth or flow) and `silver.future_option_mbo.book_snapshot_1s` (a row per second and
 * option).
 *
 * Strikes further from spot than the product's `grid_max_ticks`, and seconds without a spot, are
 * left out and counted. Refuses nothing: what is odd in the records is counted. Meaning of the
 * columns: docs/formulas.md (one-second windows of options) and
 * contracts/silver/future_option_mbo.
 */
import { StrikeBooks } from '../../book/index.ts';
import { MboColumns } from '../../dbn/index.ts';
import { OPTION_MBO_REQUEST, readBronzeOptionMbo } from '../bronze/bronze-rows.ts';
import type { Stage } from '../stage.ts';
import { bookCounters } from './book-counters.ts';
import { optionStage } from './option-stage.ts';

/** Records that are read before they are applied: small enough to stay in the cache. */
const BATCH_RECORDS = 8192;

/** Options on futures: from every order to one-second windows. */
export const silverFutureOptionMbo: Stage = optionStage<MboColumns>({
  name: 'silver_compute_option_book_states_1s',
  version: 2,
  productType: 'future_option_mbo',
  table: 'mbo',
  underlying: 'future_mbo',
  request: OPTION_MBO_REQUEST,
  radiusTicks: (product) => product.gridMaxTicks,
  open: (reader, product, originNs, terms) => {
    const engine = new StrikeBooks(product.optionTickInt, originNs);
    return {
      engine,
      batches: readBronzeOptionMbo(reader, new MboColumns(BATCH_RECORDS, originNs), terms),
      counters: () => ({
        ...bookCounters(engine.counters),
        flow_lots_cleared: engine.clearedFlowLots,
      }),
    };
  },
});
