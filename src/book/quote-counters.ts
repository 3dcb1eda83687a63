/** What a quote book met, by place in its tally. Market oddities are counted, never refused. */
export const QUOTE_COUNTER = {
  /** Changes of a side's price or size. */
  quoteChanges: 0,
  /** Changes of a side's venue while price and size stayed: no flow. */
  venueChanges: 1,
  /** Records that left a best bid above the best ask. */
  crossedQuotes: 2,
  /** Records that left a best bid equal to the best ask. */
  lockedQuotes: 3,
  /** Sides with a price and no size: empty. */
  zeroSizes: 4,
  /** Sides or trades without a price but with a size: ignored. */
  undefinedPrices: 5,
  /** Sides or trades whose size is undefined: ignored. */
  undefinedSizes: 6,
  /** Prices that a float64 does not hold exactly: ignored. */
  outOfRangePrices: 7,
  /** Records with action R. */
  clears: 8,
  /** Records flagged F_SNAPSHOT: a state, not flow. */
  snapshotRecords: 9,
  /** Records flagged F_MAYBE_BAD_BOOK. */
  maybeBadRecords: 10,
  /** Records whose `ts_recv` is before the clock. */
  backwardClock: 11,
  /** Records whose `ts_recv` is no time: they take the clock as it stands. */
  undefinedClocks: 12,
  /** Trades with a price and a size. */
  trades: 13,
  /** Lots of trades whose aggressor the venue does not name. */
  sidelessVolume: 14,
  /** Traded lots at a side of the quote that its displayed quantity did not answer for. */
  hiddenFillLots: 15,
  /** Traded lots that hit neither side: inside the spread, or at a locked price without a side. */
  unplacedFillLots: 16,
  /** Lots of flow forgotten because a clear or snapshot came in the same window. */
  clearedFlowLots: 17,
} as const;

/** Name of a counter of a quote book. */
export type QuoteCounterName = keyof typeof QUOTE_COUNTER;

/** Every counter of a quote book. */
export type QuoteCounters = Record<QuoteCounterName, number>;

/** Names of all counters, in the order of the tally. */
export const QUOTE_COUNTER_NAMES = Object.keys(QUOTE_COUNTER) as QuoteCounterName[];

/** The tally as a plain object. */
export function namedQuoteCounters(tally: Float64Array): QuoteCounters {
  const entries = QUOTE_COUNTER_NAMES.map((name, i) => [name, tally[i]]);
  return Object.fromEntries(entries) as QuoteCounters;
}
