/**
 * Position of each counter in a book's tally, and what it counts, from the book's first record on.
 */
export const COUNTER = {
  /** Records with action A, whatever came of them. */
  adds: 0,
  /** Records with action C. */
  cancels: 1,
  /** Records with action M. */
  modifies: 2,
  /** Records with action T. */
  trades: 3,
  /** Records with action F. */
  fills: 4,
  /** Records with action N. */
  nones: 5,
  /** Records with action R. */
  clearRecords: 6,
  /** Records with any other action; they only close events. */
  unknownActions: 7,
  /** Cancels of an order that is not in the book. */
  unknownCancels: 8,
  /** Modifies of an order that is not in the book: added. */
  unknownModifies: 9,
  /** Fills of an order that is not in the book: hidden volume. */
  unknownFills: 10,
  /** Cancels of more than the order had left: the rest was taken. */
  overCancels: 11,
  /** Adds of an id that was live: the old order was pulled first. */
  duplicateAdds: 12,
  /** Prices between two ticks: moved to the one further from the market. */
  offGridPrices: 13,
  /** Orders and trades without a price: ignored. */
  undefinedPrices: 14,
  /** Prices beyond `MAX_TICK` ticks: ignored. */
  outOfRangePrices: 15,
  /** Records without a size: ignored. */
  undefinedSizes: 16,
  /** Sizes of 0: nothing to add, cancel or trade; a modify to 0 removes. */
  zeroSizes: 17,
  /** Adds, cancels and modifies that name no side: ignored. */
  sidelessOrders: 18,
  /** Cancels and modifies that name the other side than the order has. */
  sideMismatches: 19,
  /** Adds beyond `MAX_ORDERS` live orders: ignored, the book is suspect. */
  refusedOrders: 20,
  /** Records whose `ts_recv` is before the clock. */
  backwardClock: 21,
  /** Records whose `ts_recv` is no time: they take the clock as it stands. */
  undefinedClocks: 22,
  /** Events after which the best bid was above the best ask. */
  crossedEvents: 23,
  /** Events after which the best bid equalled the best ask. */
  lockedEvents: 24,
  /** Times the book was emptied, by a clear or by a snapshot without one. */
  clears: 25,
  /** Snapshots begun. */
  snapshots: 26,
  /** Events closed without F_LAST. */
  forcedCloses: 27,
  /** Records flagged F_MAYBE_BAD_BOOK. */
  maybeBadRecords: 28,
  /** Top-of-book records (F_TOB). */
  tobRecords: 29,
  /** Price-level records (F_MBP). */
  mbpRecords: 30,
  /** Traded lots that matched no displayed order. */
  hiddenFillLots: 31,
  /** Lots of trades with a buying aggressor. */
  buyVolume: 32,
  /** Lots of trades with a selling aggressor. */
  sellVolume: 33,
  /** Lots of trades that name no aggressor. */
  sidelessVolume: 34,
  /** Trades with a price and a size. */
  tradeCount: 35,
  /** Of these, with a buying aggressor. */
  buyTradeCount: 36,
  /** Of these, with a selling aggressor. */
  sellTradeCount: 37,
} as const;

/** Name of a counter. */
export type CounterName = keyof typeof COUNTER;

/** Every counter of a book. */
export type BookCounters = Record<CounterName, number>;

/** Names of all counters, in the order of the tally. */
export const COUNTER_NAMES = Object.keys(COUNTER) as CounterName[];

/** The tally as a plain object. */
export function namedCounters(tally: Float64Array): BookCounters {
  return Object.fromEntries(COUNTER_NAMES.map((name, i) => [name, tally[i]])) as BookCounters;
}
