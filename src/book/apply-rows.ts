/**
 * The way of a record into a book: clock, snapshot and event bookkeeping around the order
 * operations.
 */
import { ASK, BID, type NsOfDay, type Side } from '../core/index.ts';
import {
  ACTION,
  FLAG,
  type MboColumns,
  SIDE,
  UNDEF_ORDER_SIZE,
  UNDEF_PRICE_F64,
} from '../dbn/index.ts';
import { clearSide, setAggregate } from './aggregate-levels.ts';
import type { BookState } from './book-state.ts';
import { COUNTER } from './counters.ts';
import { MAX_TICK } from './level-ladder.ts';
import {
  addOrder,
  bookHiddenFill,
  cancelOrder,
  modifyOrder,
  noteFill,
} from './order-operations.ts';
import { applyOrdinary } from './ordinary-rows.ts';
import { AGGRESSOR } from './trade-log.ts';

/**
 * An event whose F_LAST does not come counts as closed when the clock is this far beyond its first
 * record.
 */
export const EVENT_OPEN_LIMIT_NS = 1e9;
/**
 * Clocks beyond this (104 days from the origin) are not times: the record takes the clock as it
 * stands.
 */
export const MAX_CLOCK_NS = 2 ** 53;

/** Largest price that a float64 column holds exactly, 1e-9 currency. */
const MAX_PRICE = Number.MAX_SAFE_INTEGER;
const NO_PLACE = -2147483648;
const LAST = FLAG.LAST;
const SNAPSHOT = FLAG.SNAPSHOT;
const AGGREGATE = FLAG.TOB | FLAG.MBP;
/** Flags that take a record out of the ordinary way. */
const ODD = FLAG.TOB | FLAG.MBP | FLAG.SNAPSHOT;
const { ADD, CANCEL, FILL, MODIFY, NONE, CLEAR, TRADE } = ACTION;
const { adds, cancels, modifies, trades, fills, nones, clearRecords, unknownActions } = COUNTER;

/**
 * Applies rows `[from, to)` of one instrument; stops before the first row whose clock reaches
 * `stopNs` while no event is open. Returns the first row not applied.
 */
export function applyRows(
  b: BookState,
  c: MboColumns,
  from: number,
  to: number,
  stopNs: NsOfDay,
): number {
  const { tsRecv, action, flags, side, price, size, orderIdLo, orderIdHi } = c;
  const { tally, tickSize, perTick, priceLimit } = b;
  let now = b.now;
  for (let i = from; i < to; i++) {
    if (!b.eventOpen) {
      i = applyOrdinary(b, c, i, to, stopNs);
      if (i === to) break;
      now = b.now;
    }
    const ts = tsRecv[i];
    if (ts > now) {
      if (ts <= MAX_CLOCK_NS) {
        if (b.eventOpen && ts - b.openedAt > EVENT_OPEN_LIMIT_NS) forceClose(b);
        if (ts >= stopNs && !b.eventOpen) return i;
        now = ts;
        b.now = ts;
        b.stamp = ts;
      } else tally[COUNTER.undefinedClocks]++;
    } else {
      if (now >= stopNs && !b.eventOpen) return i;
      if (ts < now) tally[COUNTER.backwardClock]++;
    }
    if (!b.eventOpen) {
      b.eventOpen = true;
      b.openedAt = now;
    }
    const flag = flags[i];
    const act = action[i];
    if (b.inSnapshot !== ((flag & SNAPSHOT) !== 0) || !b.started) noteKind(b, act, flag);
    const lots = size[i] | 0;
    const code = side[i];
    const plain = lots > 0 && (flag & ODD) === 0 && (code - SIDE.ASK) >>> 0 < 2;
    const px = price[i];
    if (plain && act === CANCEL && px !== UNDEF_PRICE_F64) {
      tally[cancels]++;
      b.justCleared = false;
      cancelOrder(b, orderIdLo[i] | 0, orderIdHi[i] | 0, code & 1, lots);
    } else if (act === ADD || act === MODIFY) {
      const tick = Math.floor(px * perTick + 0.5) | 0;
      if (plain && tick * tickSize === px && Math.abs(px) <= priceLimit) {
        b.justCleared = false;
        const s = code & 1;
        if (act === ADD) {
          tally[adds]++;
          addOrder(b, orderIdLo[i] | 0, orderIdHi[i] | 0, s, tick, lots);
        } else {
          tally[modifies]++;
          modifyOrder(b, orderIdLo[i] | 0, orderIdHi[i] | 0, s, tick, lots);
        }
      } else place(b, c, i, act, flag);
    } else if (act === CANCEL) cancel(b, c, i, flag);
    else if (act === TRADE) trade(b, c, i);
    else if (act === FILL) fill(b, c, i);
    else if (act === CLEAR) clear(b, flag);
    else if (act === NONE) tally[nones]++;
    else tally[unknownActions]++;
    if ((flag & FLAG.MAYBE_BAD_BOOK) !== 0) doubt(b);
    if ((flag & LAST) !== 0) closeEvent(b);
  }
  return to;
}

function doubt(b: BookState): void {
  b.suspect = true;
  b.tally[COUNTER.maybeBadRecords]++;
}

/** Notes where a snapshot begins and ends, and a start in the middle of a session. */
function noteKind(b: BookState, act: number, flag: number): void {
  const first = !b.started;
  b.started = true;
  if ((flag & SNAPSHOT) === 0) {
    b.inSnapshot = false;
    if (first && act !== CLEAR) b.partial = true;
  } else if (act === ADD) {
    if (!b.justCleared) clearBook(b);
    b.inSnapshot = true;
    b.tally[COUNTER.snapshots]++;
  } else if (first && act !== CLEAR) b.partial = true;
}

function clear(b: BookState, flag: number): void {
  b.tally[clearRecords]++;
  clearBook(b);
  if ((flag & SNAPSHOT) === 0) return;
  b.inSnapshot = true;
  b.tally[COUNTER.snapshots]++;
}

/**
 * Drops every order and level without booking flow; the book is not valid until its event closes.
 */
function clearBook(b: BookState): void {
  b.orders.clear();
  b.bids.clear();
  b.asks.clear();
  if (b.flows !== null) b.flows.cleared = b.flows.length;
  b.tally[COUNTER.clears]++;
  b.valid = false;
  b.partial = false;
  b.suspect = false;
  b.justCleared = true;
}

/** Tick of a price on its side of the book, or `NO_PLACE` when it has none; counts what is odd. */
function placeOf(b: BookState, price: number, side: number): number {
  if (price === UNDEF_PRICE_F64) {
    b.tally[COUNTER.undefinedPrices]++;
    return NO_PLACE;
  }
  const size = b.tickSize;
  let tick = Math.floor(price / size);
  if (Math.abs(price) > MAX_PRICE || tick > MAX_TICK || tick < -MAX_TICK) {
    b.tally[COUNTER.outOfRangePrices]++;
    return NO_PLACE;
  }
  if (tick * size !== price) {
    if (tick * size > price) tick--;
    b.tally[COUNTER.offGridPrices]++;
    if (side === ASK) tick++;
  }
  return tick | 0;
}

/** `BID`, `ASK`, or 2 for a record that names neither. */
function sideOf(code: number): number {
  return code === SIDE.BID ? BID : code === SIDE.ASK ? ASK : 2;
}

/** `A` and `M`. */
function place(b: BookState, c: MboColumns, i: number, act: number, flag: number): void {
  b.tally[act === ADD ? adds : modifies]++;
  b.justCleared = false;
  const side = sideOf(c.side[i]);
  if (side === 2) {
    b.tally[COUNTER.sidelessOrders]++;
    return;
  }
  if ((flag & AGGREGATE) !== 0 && placeAggregate(b, c, i, side as Side, act, flag)) return;
  const size = c.size[i];
  if (size === UNDEF_ORDER_SIZE) {
    b.tally[COUNTER.undefinedSizes]++;
    return;
  }
  const tick = placeOf(b, c.price[i], side);
  if (tick === NO_PLACE) return;
  if ((flag & SNAPSHOT) !== 0 && c.tsEvent[i] < b.now) b.stamp = c.tsEvent[i];
  const lo = c.orderIdLo[i] | 0;
  const hi = c.orderIdHi[i] | 0;
  if (size === 0) {
    b.tally[COUNTER.zeroSizes]++;
    if (act === ADD) return;
  }
  if (act === ADD) addOrder(b, lo, hi, side, tick, size);
  else modifyOrder(b, lo, hi, side, tick, size);
  b.stamp = b.now;
}

function cancel(b: BookState, c: MboColumns, i: number, flag: number): void {
  b.tally[cancels]++;
  b.justCleared = false;
  const side = sideOf(c.side[i]);
  const size = c.size[i];
  if (side === 2) b.tally[COUNTER.sidelessOrders]++;
  else if ((flag & AGGREGATE) !== 0 && placeAggregate(b, c, i, side as Side, CANCEL, flag)) return;
  else if (c.price[i] === UNDEF_PRICE_F64) b.tally[COUNTER.undefinedPrices]++;
  else if (size === UNDEF_ORDER_SIZE) b.tally[COUNTER.undefinedSizes]++;
  else if (size === 0) b.tally[COUNTER.zeroSizes]++;
  else cancelOrder(b, c.orderIdLo[i] | 0, c.orderIdHi[i] | 0, side, size);
}

/**
 * Records of top-of-book and level feeds. Returns false when the record is an ordinary order's
 * after all.
 */
function placeAggregate(
  b: BookState,
  c: MboColumns,
  i: number,
  side: Side,
  act: number,
  flag: number,
): boolean {
  const tob = (flag & FLAG.TOB) !== 0;
  const price = c.price[i];
  if (tob && act !== ADD && price !== UNDEF_PRICE_F64) return false;
  b.tally[tob ? COUNTER.tobRecords : COUNTER.mbpRecords]++;
  if (tob && price === UNDEF_PRICE_F64) {
    clearSide(b, side, null);
    return true;
  }
  if (c.size[i] === UNDEF_ORDER_SIZE) {
    b.tally[COUNTER.undefinedSizes]++;
    return true;
  }
  const tick = placeOf(b, price, side);
  if (tick === NO_PLACE) return true;
  const key = tick ^ b.ladder(side).flip;
  if (tob) clearSide(b, side, key);
  setAggregate(b, side, key, act === CANCEL ? 0 : c.size[i]);
  return true;
}

/** `T`: volume only. What no fill of the same event accounts for is a hidden fill. */
function trade(b: BookState, c: MboColumns, i: number): void {
  const { tally } = b;
  tally[trades]++;
  const size = c.size[i];
  const price = c.price[i];
  if (size === UNDEF_ORDER_SIZE) tally[COUNTER.undefinedSizes]++;
  else if (size === 0) tally[COUNTER.zeroSizes]++;
  else if (price === UNDEF_PRICE_F64) tally[COUNTER.undefinedPrices]++;
  else {
    if (b.tradeLeft !== 0) settleTrade(b);
    const code = c.side[i];
    const buy = code === SIDE.BID;
    const sell = code === SIDE.ASK;
    tally[buy ? COUNTER.buyVolume : sell ? COUNTER.sellVolume : COUNTER.sidelessVolume] += size;
    tally[COUNTER.tradeCount]++;
    if (buy || sell) tally[buy ? COUNTER.buyTradeCount : COUNTER.sellTradeCount]++;
    b.tradeLeft = size;
    b.tradeRestingSide = buy ? ASK : sell ? BID : 2;
    b.tradePrice = price;
    if (b.tradeLog !== null) {
      const aggressor = buy ? AGGRESSOR.BUY : sell ? AGGRESSOR.SELL : AGGRESSOR.NONE;
      b.tradeLog.append(price, size, aggressor);
    }
  }
}

/** `F`: pending on its order; of an order that is not displayed it is a hidden fill. */
function fill(b: BookState, c: MboColumns, i: number): void {
  const { tally } = b;
  tally[fills]++;
  const size = c.size[i];
  if (size === UNDEF_ORDER_SIZE) tally[COUNTER.undefinedSizes]++;
  else if (size === 0) tally[COUNTER.zeroSizes]++;
  else {
    b.tradeLeft = b.tradeLeft > size ? b.tradeLeft - size : 0;
    if (noteFill(b, c.orderIdLo[i] | 0, c.orderIdHi[i] | 0, size)) return;
    tally[COUNTER.unknownFills]++;
    hiddenFillAt(b, sideOf(c.side[i]), c.price[i], size);
  }
}

function settleTrade(b: BookState): void {
  const left = b.tradeLeft;
  b.tradeLeft = 0;
  hiddenFillAt(b, b.tradeRestingSide, b.tradePrice, left);
}

/** Hidden volume at a price; a price or side that has no place in the book counts without one. */
function hiddenFillAt(b: BookState, side: number, price: number, qty: number): void {
  const size = b.tickSize;
  const tick = side === ASK ? Math.ceil(price / size) : Math.floor(price / size);
  const placed = Math.abs(price) <= MAX_PRICE && Math.abs(tick) <= MAX_TICK;
  bookHiddenFill(b, placed ? side : 2, placed ? tick | 0 : 0, qty);
}

function forceClose(b: BookState): void {
  b.tally[COUNTER.forcedCloses]++;
  closeEvent(b);
}

/** The end of an event: the book is consistent, and what happened in it becomes visible. */
export function closeEvent(b: BookState): void {
  if (b.tradeLeft !== 0) settleTrade(b);
  b.eventOpen = false;
  b.inSnapshot = false;
  b.valid = true;
  const event = ++b.eventCount;
  const bid = b.bids.best;
  const ask = b.asks.best;
  if (bid !== 0 && ask !== 0) {
    const askTick = ~b.asks.bestKey;
    const gap = askTick - b.bids.bestKey;
    b.lastMid2 = askTick + b.bids.bestKey;
    if (gap <= 0) b.tally[gap < 0 ? COUNTER.crossedEvents : COUNTER.lockedEvents]++;
  }
  const { flows, tradeLog } = b;
  if (flows !== null && flows.closed < flows.length) {
    for (let i = flows.closed; i < flows.length; i++) {
      flows.ts[i] = b.now;
      flows.eventId[i] = event;
    }
    flows.closed = flows.length;
  }
  if (tradeLog !== null && tradeLog.closed < tradeLog.length) {
    for (let i = tradeLog.closed; i < tradeLog.length; i++) {
      tradeLog.ts[i] = b.now;
      tradeLog.eventId[i] = event;
    }
    tradeLog.closed = tradeLog.length;
  }
}
