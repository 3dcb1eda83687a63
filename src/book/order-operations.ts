/**
 * What one record does to the orders of a book, and which flow its quantity is booked as.
 * Rules: docs/formulas.md (order book, flow attribution); they follow the vendor's published book.
 */
import type { BookState } from './book-state.ts';
import { COUNTER } from './counters.ts';
import { FLOW, FLOW_RESTED, type FlowLog, REST_NS } from './flow-log.ts';
import type { LevelLadder } from './level-ladder.ts';
import { ORDER_LEVEL, ORDER_PENDING, ORDER_QTY, ORDER_SIDE, ORDER_STRIDE } from './order-store.ts';
import { joinQueue, leaveQueue, shrinkInPlace } from './queue.ts';

const MAX_U32 = 4294967295;
const HIDDEN_FILL_LOTS = COUNTER.hiddenFillLots;

function logFlow(log: FlowLog, kind: number, side: number, tick: number, qty: number): void {
  const n = log.length;
  if (n === log.tick.length) log.reserve(1);
  log.tick[n] = tick;
  log.code[n] = kind | (side << 2);
  log.qty[n] = qty;
  log.length = n + 1;
}

/** Books `qty` lots of a flow, unless nobody listens or a snapshot is being read. */
export function bookFlow(
  b: BookState,
  kind: number,
  side: number,
  tick: number,
  qty: number,
): void {
  if (b.flows !== null && !b.inSnapshot) logFlow(b.flows, kind, side, tick, qty);
}

/** Books volume that matched no displayed order; `side` is the resting one, 2 when unknown. */
export function bookHiddenFill(b: BookState, side: number, tick: number, qty: number): void {
  b.tally[HIDDEN_FILL_LOTS] += qty;
  if (side !== 2 && b.flows !== null) logFlow(b.flows, FLOW.HIDDEN_FILL, side, tick, qty);
}

/**
 * Books the removal of `removed` lots of an order: as fill while fills are pending, the rest as
 * pull.
 */
function bookRemoval(b: BookState, at: number, side: number, tick: number, removed: number): void {
  const records = b.orders.records;
  const pending = records[at + ORDER_PENDING] >>> 0;
  let pull = removed;
  if (pending !== 0) {
    const fill = Math.min(pending, removed);
    records[at + ORDER_PENDING] = pending - fill;
    pull = removed - fill;
    bookFlow(b, FLOW.FILL, side, tick, fill);
  }
  if (pull === 0) return;
  const ages = b.flows?.ages === true && b.now - b.orders.since[at / ORDER_STRIDE] >= REST_NS;
  bookFlow(b, ages ? FLOW.PULL | FLOW_RESTED : FLOW.PULL, side, tick, pull);
}

/** Frees an order that has left its queue; fills still pending met no displayed quantity. */
function forgetOrder(b: BookState, order: number, side: number, tick: number): void {
  const pending = b.orders.records[order * ORDER_STRIDE + ORDER_PENDING] >>> 0;
  if (pending !== 0) bookHiddenFill(b, side, tick, pending);
  b.orders.removeFound();
}

/** Tick at which an order stands. */
function tickOf(b: BookState, order: number, ladder: LevelLadder): number {
  return ladder.keyOf(b.orders.records[order * ORDER_STRIDE + ORDER_LEVEL]) ^ ladder.flip;
}

/** Takes an order out of its queue, with all that is left of it. */
function takeOut(b: BookState, order: number, ladder: LevelLadder, tick: number): void {
  const at = order * ORDER_STRIDE;
  bookRemoval(b, at, ladder.side, tick, b.orders.records[at + ORDER_QTY] >>> 0);
  leaveQueue(b.orders, ladder, order);
}

/** Puts an order last in the queue of a price, where it is as old as the record. */
function putIn(b: BookState, order: number, side: number, tick: number, size: number): void {
  const store = b.orders;
  const ladder = b.ladders[side];
  store.records[order * ORDER_STRIDE + ORDER_SIDE] = side;
  store.since[order] = b.stamp;
  joinQueue(store, ladder, tick ^ ladder.flip, order, size);
  bookFlow(b, FLOW.ADD, side, tick, size);
}

/** Removes the order that the last `find` found, with what is left of it. */
export function removeOrder(b: BookState, order: number): void {
  const side = b.orders.records[order * ORDER_STRIDE + ORDER_SIDE];
  const ladder = b.ladders[side];
  const tick = tickOf(b, order, ladder);
  takeOut(b, order, ladder, tick);
  forgetOrder(b, order, side, tick);
}

/** Adds an order whose id the last `find` did not find. */
function insertOrder(
  b: BookState,
  lo: number,
  hi: number,
  side: number,
  tick: number,
  size: number,
): void {
  const order = b.orders.insert(lo, hi);
  if (order === 0) {
    b.tally[COUNTER.refusedOrders]++;
    b.suspect = true;
    return;
  }
  b.orders.records[order * ORDER_STRIDE + ORDER_PENDING] = 0;
  putIn(b, order, side, tick, size);
}

/** `A`: an id that is already there is pulled first, and counted. */
export function addOrder(
  b: BookState,
  lo: number,
  hi: number,
  side: number,
  tick: number,
  size: number,
): void {
  const old = b.orders.find(lo, hi);
  if (old !== 0) {
    b.tally[COUNTER.duplicateAdds]++;
    b.orders.records[old * ORDER_STRIDE + ORDER_PENDING] = 0;
    removeOrder(b, old);
    // `insert` goes by the place that the last `find` came to.
    b.orders.find(lo, hi);
  }
  insertOrder(b, lo, hi, side, tick, size);
}

/** `C`: takes `size` lots off an order, never more than it has. */
export function cancelOrder(
  b: BookState,
  lo: number,
  hi: number,
  side: number,
  size: number,
): void {
  const store = b.orders;
  const order = store.find(lo, hi);
  if (order === 0) {
    b.tally[COUNTER.unknownCancels]++;
    return;
  }
  const at = order * ORDER_STRIDE;
  const own = store.records[at + ORDER_SIDE];
  const qty = store.records[at + ORDER_QTY] >>> 0;
  if (own !== side) b.tally[COUNTER.sideMismatches]++;
  if (size > qty) b.tally[COUNTER.overCancels]++;
  if (size >= qty) {
    removeOrder(b, order);
    return;
  }
  const ladder = b.ladders[own];
  bookRemoval(b, at, own, tickOf(b, order, ladder), size);
  shrinkInPlace(store, ladder, order, size);
}

/** `M`: sets side, price and size absolutely; an unknown id is added, a size of 0 removes. */
export function modifyOrder(
  b: BookState,
  lo: number,
  hi: number,
  side: number,
  tick: number,
  size: number,
): void {
  const order = b.orders.find(lo, hi);
  if (order === 0) {
    b.tally[COUNTER.unknownModifies]++;
    if (size !== 0) insertOrder(b, lo, hi, side, tick, size);
    return;
  }
  const own = b.orders.records[order * ORDER_STRIDE + ORDER_SIDE];
  if (own !== side) b.tally[COUNTER.sideMismatches]++;
  if (size === 0) {
    removeOrder(b, order);
    return;
  }
  const ladder = b.ladders[own];
  const before = tickOf(b, order, ladder);
  if (own === side && before === tick) {
    resizeOrder(b, ladder, order, tick, size);
    return;
  }
  takeOut(b, order, ladder, before);
  putIn(b, order, side, tick, size);
}

/** A modify that stays at its price: growing loses the place in the queue, shrinking keeps it. */
function resizeOrder(
  b: BookState,
  ladder: LevelLadder,
  order: number,
  tick: number,
  size: number,
): void {
  const store = b.orders;
  const at = order * ORDER_STRIDE;
  const qty = store.records[at + ORDER_QTY] >>> 0;
  if (size > qty) {
    bookFlow(b, FLOW.ADD, ladder.side, tick, size - qty);
    leaveQueue(store, ladder, order);
    joinQueue(store, ladder, tick ^ ladder.flip, order, size);
  } else if (size < qty) {
    bookRemoval(b, at, ladder.side, tick, qty - size);
    shrinkInPlace(store, ladder, order, qty - size);
  }
}

/**
 * `F`: remembers the fill on its order until a cancel or modify takes the quantity out. Returns
 * false if unknown.
 */
export function noteFill(b: BookState, lo: number, hi: number, size: number): boolean {
  const order = b.orders.find(lo, hi);
  if (order === 0) return false;
  const records = b.orders.records;
  const at = order * ORDER_STRIDE + ORDER_PENDING;
  records[at] = Math.min((records[at] >>> 0) + size, MAX_U32);
  return true;
}
