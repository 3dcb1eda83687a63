/** What a book counted: one number a name, from the book's first record on. */
export const COUNTER_NAMES = [
  'adds',
  'cancels',
  'modifies',
  'trades',
  'fills',
  'nones',
  'clearRecords',
  'unknownActions',
  'unknownCancels',
  'unknownModifies',
  'unknownFills',
  'overCancels',
  'duplicateAdds',
  'offGridPrices',
  'undefinedPrices',
  'outOfRangePrices',
  'undefinedSizes',
  'zeroSizes',
  'sidelessOrders',
  'sideMismatches',
  'refusedOrders',
  'backwardClock',
  'undefinedClocks',
  'crossedEvents',
  'lockedEvents',
  'clears',
  'snapshots',
  'forcedCloses',
  'maybeBadRecords',
  'tobRecords',
  'mbpRecords',
  'hiddenFillLots',
  'buyVolume',
  'sellVolume',
  'sidelessVolume',
  'tradeCount',
  'buyTradeCount',
  'sellTradeCount',
] as const;

/** Name of a counter; docs/formulas.md says what each counts. */
export type CounterName = (typeof COUNTER_NAMES)[number];

/** Every counter of a book. */
export type BookCounters = Record<CounterName, number>;

/** Position of each counter in a book's tally. */
export const COUNTER = Object.fromEntries(COUNTER_NAMES.map((name, i) => [name, i])) as Record<
  CounterName,
  number
>;

/** The tally as a plain object. */
export function namedCounters(tally: Float64Array): BookCounters {
  return Object.fromEntries(COUNTER_NAMES.map((name, i) => [name, tally[i]])) as BookCounters;
}
