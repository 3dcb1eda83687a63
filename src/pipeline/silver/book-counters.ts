import type { BookCounters, CounterName } from '../../book/index.ts';
import type { Counters } from '../stage.ts';

/** What of a book's counters a manifest tells, under the names it does. */
const TOLD: readonly (readonly [string, CounterName])[] = [
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

/** Counters of a book of orders as a manifest has them. */
export function bookCounters(book: BookCounters): Counters {
  return Object.fromEntries(TOLD.map(([name, counter]) => [name, book[counter]]));
}
