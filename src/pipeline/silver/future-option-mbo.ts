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
import { type BookCounters, type CounterName, StrikeBooks } from '../../book/index.ts';
import { MboColumns } from '../../dbn/index.ts';
import { OPTION_MBO_REQUEST, readBronzeOptionMbo } from '../bronze/bronze-rows.ts';
import type { Stage } from '../stage.ts';
import { optionStage } from './option-stage.ts';

/** Records that are read before they are applied: small enough to stay in the cache. */
const BATCH_RECORDS = 8192;

/** What of the books' counters a partition's manifest tells, under the names it does. */
const BOOK_COUNTERS: readonly (readonly [string, CounterName])[] = [
  ['unknown_cancels', 'unknownCancels'],
  ['unknown_modifies', 'unknownModifies'],
  ['unknown_fills', 'unknownFills'],
  ['over_cancels', 'overCancels'],
  ['duplicate_adds', 'duplicateAdds'],
  ['off_grid_prices', 'offGridPrices'],
  ['undefined_prices', 'undefinedPrices'],
  ['out_of_range_prices', 'outOfRangePrices'],
  ['undefined_sizes', 'undefinedSizes'],
  ['zero_sizes', 'zeroSizes'],
  ['sideless_orders', 'sidelessOrders'],
  ['side_mismatches', 'sideMismatches'],
  ['refused_orders', 'refusedOrders'],
  ['unknown_actions', 'unknownActions'],
  ['clock_steps', 'backwardClock'],
  ['undefined_clocks', 'undefinedClocks'],
  ['crossed_events', 'crossedEvents'],
  ['locked_events', 'lockedEvents'],
  ['clears', 'clears'],
  ['snapshots', 'snapshots'],
  ['forced_closes', 'forcedCloses'],
  ['maybe_bad_records', 'maybeBadRecords'],
  ['hidden_fill_lots', 'hiddenFillLots'],
];

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
      counters: () => {
        const all: BookCounters = engine.counters;
        const told = BOOK_COUNTERS.map(([name, counter]) => [name, all[counter]]);
        return { ...Object.fromEntries(told), flow_lots_cleared: engine.clearedFlowLots };
      },
    };
  },
});
