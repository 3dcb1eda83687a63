/**
 * The short way for the records that make up nearly all of a day: an add, cancel or modify of one
 * order that is an event of its own and leaves the best prices alone.
 *
 * It does what apply-rows.ts does for them, in one loop over typed arrays. A row that needs more (a
 * level made or gone, a fill pending, anything odd) is left, untouched, to the long way.
 */
import type { NsOfDay } from '../core/index.ts';
import * as dbn from '../dbn/index.ts';
import type { BookState } from './book-state.ts';
import { COUNTER } from './counters.ts';
import * as flow from './flow-log.ts';
import * as level from './level-ladder.ts';
import * as order from './order-store.ts';

// Constants of other modules, as constants of this one: the compiler folds only these.
const ADD = dbn.ACTION.ADD;
const CANCEL = dbn.ACTION.CANCEL;
const MODIFY = dbn.ACTION.MODIFY;
const LAST = dbn.FLAG.LAST;
const UNDEF_PRICE = dbn.UNDEF_PRICE_F64;
const { adds, cancels, modifies } = COUNTER;
const SIDE_ASK = dbn.SIDE.ASK;
/** Bits that an ordinary record's flags are looked at for: of them it has LAST alone. */
const LOOKED_AT = LAST | dbn.FLAG.TOB | dbn.FLAG.SNAPSHOT | dbn.FLAG.MBP | dbn.FLAG.MAYBE_BAD_BOOK;
const ENTER = flow.FLOW.ADD;
const PULL = flow.FLOW.PULL;
const RESTED_PULL = flow.FLOW.PULL | flow.FLOW_RESTED;
const REST_NS = flow.REST_NS;
const MAX_CLOCK = 2 ** 53;
const STRIDE = order.ORDER_STRIDE;
const LEVEL = order.ORDER_LEVEL;
const SIDE = order.ORDER_SIDE;
const QTY = order.ORDER_QTY;
const PENDING = order.ORDER_PENDING;
const NEXT = order.ORDER_NEXT;
const PREV = order.ORDER_PREV;
const ROW = level.LEVEL_STRIDE;
const ORDERS = level.LEVEL_ORDERS;
const HEAD = level.LEVEL_HEAD;
const TAIL = level.LEVEL_TAIL;

/** Flow entries that a row makes at most: a modify that changes its price. */
const MAX_FLOWS_PER_ROW = 2;

/**
 * Applies rows from `from` on while they are ordinary and their clock is below `stopNs`; returns
 * the first that is not. No event is open when it starts or when it ends.
 */
export function applyOrdinary(
  b: BookState,
  c: dbn.MboColumns,
  from: number,
  to: number,
  stopNs: NsOfDay,
): number {
  if (b.inSnapshot || !b.started || !hasSpread(b)) return from;
  const { tsRecv, action, flags, side, price, size, orderIdLo, orderIdHi } = c;
  const { orders, ladders, tickSize, perTick, priceLimit, flows, tally } = b;
  const stop = stopNs < MAX_CLOCK ? stopNs : MAX_CLOCK;
  if (flows !== null) flows.reserve(MAX_FLOWS_PER_ROW * (to - from));
  const first = b.eventCount + 1 - from;
  let now = b.now;
  let i = from;
  for (; i < to; i++) {
    const ts = tsRecv[i];
    if (!(ts >= now && ts < stop) || (flags[i] & LOOKED_AT) !== LAST) break;
    const lots = size[i] | 0;
    const code = side[i];
    const px = price[i];
    if (lots <= 0 || (code - SIDE_ASK) >>> 0 > 1 || px === UNDEF_PRICE) break;
    const act = action[i];
    const s = code & 1;
    const ladder = ladders[s];
    if (act === CANCEL) {
      const slot = orders.find(orderIdLo[i] | 0, orderIdHi[i] | 0);
      if (!cancel(orders, ladder, flows, slot, lots, ts, first + i)) break;
      tally[cancels]++;
    } else if (act === ADD || act === MODIFY) {
      const tick = Math.floor(px * perTick + 0.5) | 0;
      if (tick * tickSize !== px || Math.abs(px) > priceLimit) break;
      const target = ladder.near(tick ^ ladder.flip);
      if (target === 0) break;
      const lo = orderIdLo[i] | 0;
      const hi = orderIdHi[i] | 0;
      const slot = orders.find(lo, hi);
      if (act === ADD) {
        if (slot !== 0 || !add(orders, ladder, flows, lo, hi, target, lots, ts, first + i)) break;
        tally[adds]++;
      } else {
        if (!modify(orders, ladder, flows, slot, target, lots, ts, first + i)) break;
        tally[modifies]++;
      }
    } else break;
    now = ts;
  }
  if (i > from) {
    b.now = now;
    b.stamp = now;
    b.eventCount = first + i - 1;
    b.valid = true;
    b.justCleared = false;
  }
  return i;
}

/** True when both sides have orders and the book is neither crossed nor locked. */
function hasSpread(b: BookState): boolean {
  const { bids, asks } = b;
  return bids.best !== 0 && asks.best !== 0 && ~asks.bestKey > bids.bestKey;
}

/** Takes lots off an order; false (and nothing done) when more hangs on it. */
function cancel(
  orders: order.OrderStore,
  ladder: level.LevelLadder,
  flows: flow.FlowLog | null,
  slot: number,
  lots: number,
  ts: NsOfDay,
  event: number,
): boolean {
  const { records } = orders;
  const { rows } = ladder;
  const at = slot * STRIDE;
  if (slot === 0 || records[at + PENDING] !== 0 || records[at + SIDE] !== ladder.side) return false;
  const left = records[at + QTY] - lots;
  const own = records[at + LEVEL];
  const row = own * ROW;
  if (left < 0 || (left === 0 && rows[row + ORDERS] === 1)) return false;
  if (left === 0) {
    unlink(records, rows, at, row);
    orders.removeFound();
  } else records[at + QTY] = left;
  ladder.qty[own] -= lots;
  note(ladder, flows, pullKind(orders, flows, slot, ts), rows[row], lots, ts, event);
  return true;
}

/** Puts a new order, whose id the last `find` did not find, at the end of a level's queue. */
function add(
  orders: order.OrderStore,
  ladder: level.LevelLadder,
  flows: flow.FlowLog | null,
  lo: number,
  hi: number,
  target: number,
  lots: number,
  ts: NsOfDay,
  event: number,
): boolean {
  const slot = orders.insert(lo, hi);
  if (slot === 0) return false;
  const { records } = orders;
  records[slot * STRIDE + SIDE] = ladder.side;
  records[slot * STRIDE + PENDING] = 0;
  join(orders, ladder, slot, target, lots);
  orders.since[slot] = ts;
  note(ladder, flows, ENTER, ladder.rows[target * ROW], lots, ts, event);
  return true;
}

/** Sets price and size of an order; false (and nothing done) when more hangs on it. */
function modify(
  orders: order.OrderStore,
  ladder: level.LevelLadder,
  flows: flow.FlowLog | null,
  slot: number,
  target: number,
  lots: number,
  ts: NsOfDay,
  event: number,
): boolean {
  const { records } = orders;
  const { rows, qty } = ladder;
  const at = slot * STRIDE;
  if (slot === 0 || records[at + PENDING] !== 0 || records[at + SIDE] !== ladder.side) return false;
  const old = records[at + QTY];
  const own = records[at + LEVEL];
  const row = own * ROW;
  if (old <= 0 || (own !== target && rows[row + ORDERS] === 1)) return false;
  if (own === target && lots <= old) {
    if (lots === old) return true;
    records[at + QTY] = lots;
    qty[own] -= old - lots;
    note(ladder, flows, pullKind(orders, flows, slot, ts), rows[row], old - lots, ts, event);
    return true;
  }
  unlink(records, rows, at, row);
  qty[own] -= old;
  join(orders, ladder, slot, target, lots);
  if (own === target) {
    note(ladder, flows, ENTER, rows[row], lots - old, ts, event);
    return true;
  }
  note(ladder, flows, pullKind(orders, flows, slot, ts), rows[row], old, ts, event);
  orders.since[slot] = ts;
  note(ladder, flows, ENTER, rows[target * ROW], lots, ts, event);
  return true;
}

/**
 * Takes an order out of its queue. Slot 0 is nobody's order: writing to it is cheaper than asking
 * whether the order has neighbours, which nothing predicts.
 */
function unlink(records: Int32Array, rows: Int32Array, at: number, row: number): void {
  const next = records[at + NEXT];
  const prev = records[at + PREV];
  records[prev * STRIDE + NEXT] = next;
  records[next * STRIDE + PREV] = prev;
  const wasFirst = (prev - 1) >> 31;
  const wasLast = (next - 1) >> 31;
  rows[row + HEAD] = (next & wasFirst) | (rows[row + HEAD] & ~wasFirst);
  rows[row + TAIL] = (prev & wasLast) | (rows[row + TAIL] & ~wasLast);
  rows[row + ORDERS]--;
}

/** Puts an order of `lots` at the end of an existing level's queue. */
function join(
  orders: order.OrderStore,
  ladder: level.LevelLadder,
  slot: number,
  target: number,
  lots: number,
): void {
  const { records } = orders;
  const { rows } = ladder;
  const at = slot * STRIDE;
  const row = target * ROW;
  const last = rows[row + TAIL];
  const isFirst = (last - 1) >> 31;
  records[at + LEVEL] = target;
  records[at + QTY] = lots;
  records[at + NEXT] = 0;
  records[at + PREV] = last;
  records[last * STRIDE + NEXT] = slot;
  rows[row + HEAD] = (slot & isFirst) | (rows[row + HEAD] & ~isFirst);
  rows[row + TAIL] = slot;
  rows[row + ORDERS]++;
  ladder.qty[target] += lots;
}

/** Kind of a pull of an order's quantity: of the log's readers, some ask how long it had rested. */
function pullKind(
  orders: order.OrderStore,
  flows: flow.FlowLog | null,
  slot: number,
  ts: NsOfDay,
): number {
  if (flows === null || !flows.ages) return PULL;
  return ts - orders.since[slot] >= REST_NS ? RESTED_PULL : PULL;
}

/** Tells the readers of the ladder and the log what happened at a level. */
function note(
  ladder: level.LevelLadder,
  flows: flow.FlowLog | null,
  kind: number,
  key: number,
  lots: number,
  ts: NsOfDay,
  event: number,
): void {
  if (key > ladder.touched) ladder.touched = key;
  if (flows !== null) flows.push(kind | (ladder.side << 2), key ^ ladder.flip, lots, ts, event);
}
