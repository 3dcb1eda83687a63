/**
 * Levels that come as totals instead of orders: top-of-book feeds (`F_TOB`) and level feeds
 * (`F_MBP`).
 */
import type { Side } from '../core/index.ts';
import type { BookState } from './book-state.ts';
import { FLOW, FLOW_RESTED } from './flow-log.ts';
import { LEVEL_HEAD, LEVEL_STRIDE, type LevelLadder } from './level-ladder.ts';
import { bookFlow, removeOrder } from './order-operations.ts';
import { ORDER_ID_HI, ORDER_ID_LO, ORDER_STRIDE } from './order-store.ts';

/** Sets the total of a level to `qty` lots, 0 to remove it; the difference is an add or a pull. */
export function setAggregate(b: BookState, side: Side, key: number, qty: number): void {
  const ladder = b.ladder(side);
  const level = qty === 0 ? ladder.find(key) : ladder.obtain(key);
  if (level === 0) return;
  const change = qty - ladder.aggregate[level];
  if (change === 0) return;
  ladder.aggregate[level] = qty;
  ladder.qty[level] += change;
  if (key > ladder.touched) ladder.touched = key;
  // Totals have no age: they count as resting, here as in `restingDepthAt`.
  const pull = b.flows?.ages === true ? FLOW.PULL | FLOW_RESTED : FLOW.PULL;
  bookFlow(b, change > 0 ? FLOW.ADD : pull, side, key ^ ladder.flip, Math.abs(change));
  if (qty === 0 && ladder.ordersOf(level) === 0) ladder.drop(level);
}

/** Removes everything of a side but the total at `keepKey`: what leaves is pulled. */
export function clearSide(b: BookState, side: Side, keepKey: number | null): void {
  const ladder = b.ladder(side);
  let level = ladder.best;
  while (level !== 0) {
    const key = ladder.keyOf(level);
    removeOrders(b, ladder, level, key);
    if (key !== keepKey && ladder.find(key) !== 0) setAggregate(b, side, key, 0);
    level = ladder.below(key);
  }
}

function removeOrders(b: BookState, ladder: LevelLadder, level: number, key: number): void {
  let left = ladder.ordersOf(level);
  while (left-- > 0 && ladder.find(key) === level) {
    const order = ladder.rows[level * LEVEL_STRIDE + LEVEL_HEAD];
    const at = order * ORDER_STRIDE;
    b.orders.find(b.orders.records[at + ORDER_ID_LO], b.orders.records[at + ORDER_ID_HI]);
    removeOrder(b, order);
  }
}
