/** What a quote book met, by place in its tally. Market oddities are counted, never refused. */
export const QUOTE_COUNTER = {
  /** Records applied. */
  records: 0,
  /** Changes of a side's price or size. */
  quoteChanges: 1,
  /** Changes of a side's venue while price and size stayed: no flow. */
  venueChanges: 2,
  /** Records that left a best bid above the best ask. */
  crossedQuotes: 3,
  /** Records that left a best bid equal to the best ask. */
  lockedQuotes: 4,
  /** Sides with a price and no size: empty. */
  zeroSizes: 5,
  /** Sides or trades without a price but with a size: ignored. */
  undefinedPrices: 6,
  /** Sides or trades whose size is undefined: ignored. */
  undefinedSizes: 7,
  /** Prices that a float64 does not hold exactly: ignored. */
  outOfRangePrices: 8,
  /** Records with action R. */
  clears: 9,
  /** Records flagged F_SNAPSHOT: a state, not flow. */
  snapshotRecords: 10,
  /** Records flagged F_MAYBE_BAD_BOOK. */
  maybeBadRecords: 11,
  /** Records whose `ts_recv` is before the clock. */
  backwardClock: 12,
  /** Records whose `ts_recv` is no time: they take the clock as it stands. */
  undefinedClocks: 13,
  /** Trades with a price and a size. */
  trades: 14,
  /** Lots of trades whose aggressor the venue does not name. */
  sidelessVolume: 15,
  /** Traded lots at a side of the quote that its displayed quantity did not answer for. */
  hiddenFillLots: 16,
  /** Traded lots that hit neither side: inside the spread, or at a locked price without a side. */
  unplacedFillLots: 17,
  /** Lots of flow forgotten because a clear or snapshot came in the same window. */
  clearedFlowLots: 18,
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
