/**
 * Reads `bronze.equity_option_cmbp_1.cmbp_1` of a ticker and day, all of it, and the ticker's
 * `silver.equity_mbo.book_snapshot_1s` for spot; writes
 * `silver.equity_option_cmbp_1.depth_and_flow_1s` (a row per second, right, side and listed strike
 * with depth or flow of the consolidated quote) and
 * `silver.equity_option_cmbp_1.book_snapshot_1s` (a row per second and option).
 *
 * Strikes further from spot than `STRIKE_RADIUS_TICKS`, and seconds without a spot, are left out
 * and counted. Refuses nothing: what is odd in the records is counted. Meaning of the columns:
 * docs/formulas.md (one-second windows of options, consolidated quotes) and
 * contracts/silver/equity_option_cmbp_1.
 */
import { QuoteBook, type QuoteCounterName } from '../../book/index.ts';
import { Cmbp1Columns } from '../../dbn/index.ts';
import { CMBP_1_REQUEST, readBronzeCmbp1 } from '../bronze/bronze-rows.ts';
import type { Stage } from '../stage.ts';
import { optionStage } from './option-stage.ts';

/** Strikes that are stored lie within this many ticks of spot: 25 dollars. */
const STRIKE_RADIUS_TICKS = 2500;
/** Records that are read before they are applied: small enough to stay in the cache. */
const BATCH_RECORDS = 8192;

/** What of the quotes' counters a partition's manifest tells, under the names it does. */
const QUOTE_COUNTERS: readonly (readonly [string, QuoteCounterName])[] = [
  ['crossed_quotes', 'crossedQuotes'],
  ['locked_quotes', 'lockedQuotes'],
  ['zero_sizes', 'zeroSizes'],
  ['undefined_prices', 'undefinedPrices'],
  ['undefined_sizes', 'undefinedSizes'],
  ['out_of_range_prices', 'outOfRangePrices'],
  ['clears', 'clears'],
  ['snapshot_records', 'snapshotRecords'],
  ['maybe_bad_records', 'maybeBadRecords'],
  ['clock_steps', 'backwardClock'],
  ['undefined_clocks', 'undefinedClocks'],
  ['sideless_volume', 'sidelessVolume'],
  ['hidden_fill_lots', 'hiddenFillLots'],
  ['unplaced_fill_lots', 'unplacedFillLots'],
  ['flow_lots_cleared', 'clearedFlowLots'],
];

/** Options on equities: from consolidated quotes to one-second windows. */
export const silverEquityOptionCmbp1: Stage = optionStage<Cmbp1Columns>({
  name: 'silver_compute_equity_option_book_states_1s',
  version: 2,
  productType: 'equity_option_cmbp_1',
  table: 'cmbp_1',
  underlying: 'equity_mbo',
  request: CMBP_1_REQUEST,
  radiusTicks: () => STRIKE_RADIUS_TICKS,
  open: (reader, _product, originNs, terms) => {
    const engine = new QuoteBook();
    return {
      engine,
      batches: readBronzeCmbp1(reader, new Cmbp1Columns(BATCH_RECORDS, originNs), terms),
      counters: () => {
        const all = engine.counters;
        return Object.fromEntries(QUOTE_COUNTERS.map(([name, counter]) => [name, all[counter]]));
      },
    };
  },
});
