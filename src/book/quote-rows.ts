/**
 * The way of a consolidated quote into the quote book. Rules: docs/formulas.md (consolidated
 * quotes).
 */
import { ASK, BID, type NsOfDay } from '../core/index.ts';
import * as dbn from '../dbn/index.ts';
import * as flow from './flow-log.ts';
import { QUOTE_COUNTER } from './quote-counters.ts';
import type { QuoteState } from './quote-state.ts';
import * as strikes from './strike-seconds.ts';

/**
 * A trade waits this long for the quote it hit to change; then no displayed quantity answers for
 * it.
 */
export const QUOTE_ANSWER_NS = 1e9;

// Constants of other modules, as constants of this one: the compiler folds only these.
const { TRADE, CLEAR } = dbn.ACTION;
const SNAPSHOT = dbn.FLAG.SNAPSHOT;
const MAYBE_BAD = dbn.FLAG.MAYBE_BAD_BOOK;
const UNDEF_SIZE = dbn.UNDEF_ORDER_SIZE;
const NO_PRICE = strikes.NO_PRICE;
const REST_NS = flow.REST_NS;
const MAX_CLOCK_NS = 2 ** 53;
const MAX_PRICE = Number.MAX_SAFE_INTEGER;

/**
 * Applies rows `[from, to)`, whose instruments' slots are in `slots`; stops before the first row
 * whose clock reaches `stopNs`. Returns the first row not applied.
 */
export function applyQuoteRows(
  b: QuoteState,
  c: dbn.Cmbp1Columns,
  slots: Int32Array,
  from: number,
  to: number,
  stopNs: NsOfDay,
): number {
  const {
    tsRecv,
    action,
    flags,
    bidPrice,
    askPrice,
    bidSize,
    askSize,
    bidPublisher,
    askPublisher,
  } = c;
  const { price, qty, venue, tally } = b;
  const { seen, valid } = b.seconds;
  let now = b.now;
  let i = from;
  for (; i < to; i++) {
    const ts = tsRecv[i]!;
    if (ts > now) {
      if (ts <= MAX_CLOCK_NS) {
        if (ts >= stopNs) break;
        now = ts;
        b.now = ts;
      } else tally[QUOTE_COUNTER.undefinedClocks]!++;
    } else if (now >= stopNs) break;
    else if (ts < now) tally[QUOTE_COUNTER.backwardClock]!++;
    const slot = slots[i]!;
    const act = action[i]!;
    const flag = flags[i]!;
    seen[slot] = 1;
    if ((flag & MAYBE_BAD) !== 0) tally[QUOTE_COUNTER.maybeBadRecords]!++;
    if (act === CLEAR) {
      clearQuotes(b, slot);
      continue;
    }
    if (act === TRADE) trade(b, c, i, slot);
    const bid = slot * 2 + BID;
    const ask = slot * 2 + ASK;
    const bidLots = bidSize[i]!;
    const askLots = askSize[i]!;
    const bidNow = isQuote(bidPrice[i]!, bidLots)
      ? bidPrice[i]!
      : noQuote(b, bidPrice[i]!, bidLots);
    const askNow = isQuote(askPrice[i]!, askLots)
      ? askPrice[i]!
      : noQuote(b, askPrice[i]!, askLots);
    const bidQty = bidNow === NO_PRICE ? 0 : bidLots;
    const askQty = askNow === NO_PRICE ? 0 : askLots;
    valid[slot] = 1;
    if ((flag & SNAPSHOT) !== 0) {
      restore(b, slot, bidNow, bidQty, askNow, askQty);
    } else {
      if (bidNow !== price[bid] || bidQty !== qty[bid]) change(b, bid, bidNow, bidQty);
      else if (bidPublisher[i] !== venue[bid] && bidQty !== 0) tally[QUOTE_COUNTER.venueChanges]!++;
      if (askNow !== price[ask] || askQty !== qty[ask]) change(b, ask, askNow, askQty);
      else if (askPublisher[i] !== venue[ask] && askQty !== 0) tally[QUOTE_COUNTER.venueChanges]!++;
    }
    venue[bid] = bidPublisher[i]!;
    venue[ask] = askPublisher[i]!;
    if (bidNow >= askNow) countCrossed(b, bid, ask);
  }
  return i;
}

/** Counts a bid at or above the ask, when both are there. */
function countCrossed(b: QuoteState, bid: number, ask: number): void {
  if (b.qty[bid] === 0 || b.qty[ask] === 0) return;
  const locked = b.price[bid] === b.price[ask];
  b.tally[locked ? QUOTE_COUNTER.lockedQuotes : QUOTE_COUNTER.crossedQuotes]!++;
}

function isQuote(price: number, lots: number): boolean {
  return price <= MAX_PRICE && price >= -MAX_PRICE && lots !== 0 && lots !== UNDEF_SIZE;
}

/** Counts why a side of a record is no quote; an empty side as the vendor sends it is none. */
function noQuote(b: QuoteState, price: number, lots: number): number {
  if (price === NO_PRICE) {
    if (lots !== 0 && lots !== UNDEF_SIZE) b.tally[QUOTE_COUNTER.undefinedPrices]!++;
  } else if (lots === 0) b.tally[QUOTE_COUNTER.zeroSizes]!++;
  else if (lots === UNDEF_SIZE) b.tally[QUOTE_COUNTER.undefinedSizes]!++;
  else b.tally[QUOTE_COUNTER.outOfRangePrices]!++;
  return NO_PRICE;
}

/** A side's new price and size: what left is pull, or fill as far as trades wait for it. */
function change(b: QuoteState, at: number, price: number, lots: number): void {
  const { seconds, now } = b;
  const old = b.qty[at]!;
  const samePrice = price === b.price[at];
  const gone = samePrice ? Math.max(0, old - lots) : old;
  const came = samePrice ? Math.max(0, lots - old) : lots;
  let fill = 0;
  if (b.pending[at] !== 0) {
    const answers = samePrice || leftTheMarket(at, b.price[at]!, price);
    if (answers && now - b.pendingAt[at]! <= QUOTE_ANSWER_NS) {
      fill = Math.min(b.pending[at]!, gone);
      seconds.fill[at]! += fill;
      b.pending[at]! -= fill;
    }
    settlePending(b, at);
  }
  const pull = gone - fill;
  if (pull !== 0) {
    seconds.pull[at]! += pull;
    if (now - b.since[at]! >= REST_NS) seconds.pullRest[at]! += pull;
  }
  seconds.add[at]! += came;
  b.tally[QUOTE_COUNTER.quoteChanges]!++;
  place(b, at, price, lots);
}

/** True when a side went from a price to a worse one or to none; a better one hides the old. */
function leftTheMarket(at: number, from: number, to: number): boolean {
  if (to === NO_PRICE) return true;
  return (at & 1) === BID ? to < from : to > from;
}

function place(b: QuoteState, at: number, price: number, lots: number): void {
  if (price !== b.price[at]) {
    b.price[at] = price;
    b.since[at] = b.now;
  }
  b.qty[at] = lots;
}

/** What still waits has met no displayed quantity. */
function settlePending(b: QuoteState, at: number): void {
  const left = b.pending[at]!;
  if (left === 0) return;
  b.pending[at] = 0;
  b.seconds.hidden[at]! += left;
  b.tally[QUOTE_COUNTER.hiddenFillLots]! += left;
}

/** Settles the trades of a side that have waited too long at `endNs`. */
export function settleLate(b: QuoteState, at: number, endNs: NsOfDay): void {
  if (b.pending[at] !== 0 && endNs - b.pendingAt[at]! > QUOTE_ANSWER_NS) settlePending(b, at);
}

/** Quantities begin anew: what waits is settled, the window's flows are forgotten. */
function restart(b: QuoteState, slot: number): void {
  settlePending(b, slot * 2 + BID);
  settlePending(b, slot * 2 + ASK);
  b.tally[QUOTE_COUNTER.clearedFlowLots]! += b.seconds.dropFlows(slot);
}

/** A record of a snapshot: the quote is a state, not flow. */
function restore(
  b: QuoteState,
  slot: number,
  bidPrice: number,
  bidQty: number,
  askPrice: number,
  askQty: number,
): void {
  restart(b, slot);
  b.tally[QUOTE_COUNTER.snapshotRecords]!++;
  place(b, slot * 2 + BID, bidPrice, bidQty);
  place(b, slot * 2 + ASK, askPrice, askQty);
}

function clearQuotes(b: QuoteState, slot: number): void {
  b.tally[QUOTE_COUNTER.clears]!++;
  restart(b, slot);
  place(b, slot * 2 + BID, NO_PRICE, 0);
  place(b, slot * 2 + ASK, NO_PRICE, 0);
  b.seconds.valid[slot] = 0;
}

/** `T`: volume now, and a fill as far as the quote it hit shrinks at its next change. */
function trade(b: QuoteState, c: dbn.Cmbp1Columns, i: number, slot: number): void {
  const { seconds, tally } = b;
  const lots = c.size[i]!;
  const price = c.price[i]!;
  if (!isQuote(price, lots)) {
    noQuote(b, price, lots);
    return;
  }
  const code = c.side[i]!;
  const named = code === dbn.SIDE.BID ? ASK : code === dbn.SIDE.ASK ? BID : 2;
  const hit = named === 2 ? quoteHit(b, slot, price) : named;
  tally[QUOTE_COUNTER.trades]!++;
  if (named === ASK) seconds.buyVolume[slot]! += lots;
  else if (named === BID) seconds.sellVolume[slot]! += lots;
  else tally[QUOTE_COUNTER.sidelessVolume]! += lots;
  seconds.tradeCount[slot]!++;
  seconds.volume[slot]! += lots;
  seconds.turnover[slot]! += price * lots;
  seconds.lastTrade[slot] = price;
  if (hit === 2) {
    tally[QUOTE_COUNTER.unplacedFillLots]! += lots;
    return;
  }
  const at = slot * 2 + hit;
  settleLate(b, at, b.now);
  if (price === b.price[at]) {
    b.pending[at]! += lots;
    b.pendingAt[at] = b.now;
  } else {
    seconds.hidden[at]! += lots;
    tally[QUOTE_COUNTER.hiddenFillLots]! += lots;
  }
}

/** Side of the quote that a trade without an aggressor was at or beyond; 2 when none or both. */
function quoteHit(b: QuoteState, slot: number, price: number): number {
  const bid = b.price[slot * 2 + BID]!;
  const atBid = bid !== NO_PRICE && price <= bid;
  const atAsk = price >= b.price[slot * 2 + ASK]!;
  if (atBid === atAsk) return 2;
  return atAsk ? ASK : BID;
}
